"""
What passes between the connector and Pipedrive, replayed from cassettes.

The same functions record them, with ``--record-mode=rewrite``: from a simulated Pipedrive,
or from the one that RECORD_PIPEDRIVE_TOKEN is for.
"""

import os
from datetime import UTC, datetime
from itertools import islice

import pytest
from tests.plugins.pipedrive.accounts import LIVE, PHONE, live_account, simulated_account
from tests.plugins.pipedrive.cassettes import FOLDER, recording

from crmkit import (
    ActivityRecord,
    AuthenticationError,
    ClientNotFoundError,
    CRMConnector,
    UnavailableError,
    hookimpl,
)

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TYPES = ("note", "call", "email_sent", "meeting", "task", "property_view")


@pytest.fixture(scope="module")
def vcr_cassette_dir():
    """
    Keep the cassettes of all providers in one place.
    """
    return str(FOLDER)


@pytest.fixture
def allowed_hosts():
    """
    Close loopback too: what is replayed needs no network at all.
    """
    return


@pytest.fixture(scope="session")
def live():
    """
    Return the company that RECORD_PIPEDRIVE_TOKEN is for, with new persons.
    """
    return live_account(os.environ[LIVE])


@pytest.fixture
def account(request, record_mode):
    """
    Return the company to record from; None on replay.
    """
    if record_mode == "none":
        return None
    if LIVE in os.environ:
        return request.getfixturevalue("live")
    return simulated_account(request.getfixturevalue("crm_simulator"))


@pytest.fixture
def vcr_config(account):
    """
    Say what makes two requests the same, and what is kept of them.
    """
    told = {"label": account.label, "secrets": account.secrets} if account else {}
    with recording(**told) as config:
        yield config


@pytest.fixture(autouse=True)
def played(vcr, record_mode):
    """
    Hold that a replay needs all that was recorded.
    """
    yield
    if record_mode == "none":
        assert vcr.all_played


@pytest.fixture
def person(vcr, account):
    """
    Return a function that tells a person's id and address, as the cassette has them.
    """

    def person(name):
        return vcr.get_metadata(name, account and account.people[name])

    return person


@pytest.fixture
def ana(person):
    """
    Return the person that most is about.
    """
    return person("Ana")


@pytest.fixture
def connect(account, tmp_path):
    """
    Return a function that connects to Pipedrive.
    """
    made = []

    def connect(**options):
        given = {
            "settings": {"pipedrive": account.settings if account else {}},
            "credentials": account.token if account else "a-token",
            "store": f"sqlite:///{tmp_path}/outbox.db",
            **options,
        }
        made.append(CRMConnector(default_provider="pipedrive", **given))
        return made[-1]

    yield connect
    for connector in made:
        connector.close()


@pytest.fixture
def crm(connect):
    """
    Return a connector to Pipedrive.
    """
    return connect()


def activity(of, client, **fields):
    """
    Make an activity that is the same in every run.
    """
    return ActivityRecord(
        id=f"recorded-{of}",
        type=of,
        client_id=client["id"],
        description=f"About {of}",
        timestamp=NOON,
        **fields,
    )


@pytest.mark.vcr
def test_by_id(crm, ana):
    """
    A person is read by its id.
    """
    client = crm.get_client_data(ana["id"])

    assert (client.id, client.email) == (ana["id"], ana["email"])
    assert (client.name, client.phone) == ("Ana Núñez", PHONE)
    assert client.custom_fields["owner_id"]
    assert client.updated_at


@pytest.mark.vcr
def test_by_email(crm, ana):
    """
    A person is found by its address, and nobody by one that nobody has.
    """
    assert crm.find_client(email=ana["email"]).id == ana["id"]
    assert crm.find_client(email="nobody@example.com") is None


@pytest.mark.vcr
def test_batch(crm, ana):
    """
    Several persons are read at once; the one that is missing is told apart.
    """
    found = crm.get_clients_data([ana["id"], "99999999"])

    assert found[ana["id"]].email == ana["email"]
    assert isinstance(found["99999999"], ClientNotFoundError)


@pytest.mark.vcr
def test_pages(crm, monkeypatch):
    """
    A list goes on where its last page ended.
    """
    monkeypatch.setattr("crmkit_pipedrive._api.PAGE", 2)
    found = [client.id for client in islice(crm.iter_clients(), 3)]

    assert len(set(found)) == 3


@pytest.mark.vcr
def test_kinds(crm, ana):
    """
    Activities of every kind are written, and each gets an id.
    """
    report = crm.batch_sync_activities([activity(of, ana) for of in TYPES])

    assert all(report)
    assert all(outcome.remote_id for outcome in report)


@pytest.mark.vcr
def test_history(crm, person):
    """
    What was written is read back as history.
    """
    bo = person("Bo")
    said = {"subject": "Tuesday", "duration_s": 300, "direction": "out"}
    crm.batch_sync_activities([activity("note", bo), activity("call", bo, metadata=said)])
    history = crm.get_client_data(bo["id"], include=["history"]).history
    note, call = sorted(history, key=lambda one: one.type, reverse=True)

    assert (note.description, call.description) == (
        "About note",
        "About call\ndirection: out",
    )
    assert dict(call.metadata) == {"subject": "Tuesday", "duration_s": 300}
    assert (note.timestamp, call.timestamp) == (NOON, NOON)


@pytest.mark.vcr
def test_found_again(connect, person):
    """
    An activity whose answer was lost is found by its mark, and not written twice.
    """

    class Lost:
        @hookimpl(wrapper=True)
        def crmkit_sync(self):
            yield
            msg = "the answer was lost"
            raise UnavailableError(msg, sent=True)

    crm = connect(wrappers=[Lost()])
    first = crm.sync_activity(activity("call", person("Chi")))
    (outcome,) = crm.flush_pending()

    assert (first.status, outcome.status) == ("uncertain", "synced")
    assert outcome.remote_id


@pytest.mark.vcr
def test_wrong_token(connect, ana):
    """
    A wrong token is refused, and said to be.
    """
    with pytest.raises(AuthenticationError, match="401 - Unauthorized: the token is wrong"):
        connect(credentials="f" * 40).get_client_data(ana["id"])
