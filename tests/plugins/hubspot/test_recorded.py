"""
What passes between the connector and HubSpot, replayed from cassettes.

The same functions record them, with ``--record-mode=rewrite``: from a simulated HubSpot, or
from the one that RECORD_HUBSPOT_TOKEN is for.
"""

import os
import socket
from datetime import UTC, datetime
from itertools import islice

import pytest
from tests.plugins.hubspot.accounts import APP, LIVE, live_account, simulated_account
from tests.plugins.hubspot.cassettes import FOLDER, recording

from crmkit import (
    ActivityRecord,
    AuthenticationError,
    ClientNotFoundError,
    CRMConnector,
    CRMCredentials,
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
    Return the account that RECORD_HUBSPOT_TOKEN is for, with new contacts.
    """
    return live_account(os.environ[LIVE])


@pytest.fixture
def account(request, record_mode):
    """
    Return the account to record from; None on replay.
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
    Return a function that tells a contact's id and address, as the cassette has them.
    """

    def person(name):
        return vcr.get_metadata(name, account and account.people[name])

    return person


@pytest.fixture
def ana(person):
    """
    Return the contact that most is about.
    """
    return person("Ana")


@pytest.fixture
def connect(account, tmp_path):
    """
    Return a function that connects to HubSpot.
    """
    made = []

    def connect(**options):
        own = {"properties": ["jobtitle"]}  # so that the account's own ones do not matter
        given = {
            "settings": {"hubspot": {**own, **(account.settings if account else {})}},
            "credentials": account.token if account else "a-token",
            "store": f"sqlite:///{tmp_path}/outbox.db",
            **options,
        }
        made.append(CRMConnector(default_provider="hubspot", **given))
        return made[-1]

    yield connect
    for connector in made:
        connector.close()


@pytest.fixture
def crm(connect):
    """
    Return a connector to HubSpot.
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
def test_closed(record_mode):
    """
    While cassettes are replayed not even loopback is open.
    """
    if record_mode != "none":
        pytest.skip("nothing is replayed")
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket() as client,
        pytest.raises(RuntimeError, match="Network is disabled"),
    ):
        client.connect(server.getsockname())


@pytest.mark.vcr
def test_by_id(crm, ana):
    """
    A contact is read by its id.
    """
    client = crm.get_client_data(ana["id"])

    assert (client.id, client.email) == (ana["id"], ana["email"])
    assert (client.name, client.phone) == ("Ana Núñez", "+351 555 0107")
    assert client.custom_fields["jobtitle"] == "Baker"
    assert client.updated_at


@pytest.mark.vcr
def test_by_email(crm, ana):
    """
    A contact is found by its address.
    """
    assert crm.find_client(email=ana["email"]).id == ana["id"]


@pytest.mark.vcr
def test_absent(crm):
    """
    Nobody has this id, and nobody this address.
    """
    assert crm.find_client(email="nobody@example.com") is None
    with pytest.raises(ClientNotFoundError):
        crm.get_client_data("1")


@pytest.mark.vcr
def test_batch(crm, ana):
    """
    Several contacts are read at once; the one that is missing is told apart.
    """
    found = crm.get_clients_data([ana["id"], "1"])

    assert found[ana["id"]].email == ana["email"]
    assert isinstance(found["1"], ClientNotFoundError)


@pytest.mark.vcr
def test_pages(crm, monkeypatch):
    """
    A list goes on where its last page ended.
    """
    monkeypatch.setattr("crmkit_hubspot._api.BATCH", 2)
    found = [client.id for client in islice(crm.iter_clients(), 3)]

    assert len(set(found)) == 3


@pytest.mark.vcr
def test_changed(crm, vcr, account, ana, monkeypatch):
    """
    What changed since a moment is found page by page, to the end.
    """
    since = vcr.get_metadata("since", account and account.since)
    monkeypatch.setattr("crmkit_hubspot._api.BATCH", 2)
    changed = crm.iter_clients(updated_since=datetime.fromisoformat(since))
    found = [client.id for client in changed]

    assert ana["id"] in found
    assert len(set(found)) == len(found) >= 3


@pytest.mark.vcr
def test_fields(crm):
    """
    The account's schema tells which fields there are, and what each may hold.
    """
    fields = {field.key: field for field in crm.session().fields()}

    assert fields["jobtitle"].type == "text"
    assert fields["lifecyclestage"].type == "choice"
    assert "customer" in fields["lifecyclestage"].options


@pytest.mark.vcr
def test_kinds(crm, ana):
    """
    Activities are written, those of one kind in one request, and each gets its own id.
    """
    report = crm.batch_sync_activities([activity(of, ana) for of in TYPES])

    assert all(report)
    assert len({outcome.remote_id for outcome in report} - {None}) == len(TYPES)


@pytest.mark.vcr
def test_history(crm, person):
    """
    What was written is read back as history.
    """
    bo = person("Bo")
    said = {"subject": "Tuesday", "duration_s": 90, "direction": "out"}
    crm.batch_sync_activities([activity("note", bo), activity("call", bo, metadata=said)])
    history = crm.get_client_data(bo["id"], include=["history"]).history
    note, call = sorted(history, key=lambda one: one.type, reverse=True)

    assert (note.description, call.description) == ("About note", "About call")
    assert (call.metadata["subject"], call.metadata["duration_s"]) == ("Tuesday", 90)
    assert (call.timestamp, call.direction) == (NOON, "out")


@pytest.mark.vcr
def test_partly_refused(crm, ana):
    """
    Of a batch, what HubSpot refuses fails alone.
    """
    wrong = {"hs_task_priority": "AT_ONCE"}
    good, bad = crm.batch_sync_activities(
        [
            activity("task", ana),
            ActivityRecord(
                id="recorded-bad",
                type="task",
                client_id=ana["id"],
                timestamp=NOON,
                metadata=wrong,
            ),
        ]
    )

    assert good.remote_id
    assert (bad.status, "VALIDATION_ERROR" in str(bad.error)) == ("dead", True)


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
    first = crm.sync_activity(activity("note", person("Chi")))
    (outcome,) = crm.flush_pending()

    assert (first.status, outcome.status) == ("uncertain", "synced")
    assert outcome.remote_id


@pytest.mark.vcr
def test_wrong_token(connect, ana):
    """
    A wrong token is refused, and said to be.
    """
    with pytest.raises(AuthenticationError, match="401 - Unauthorized: the token is wrong"):
        connect(credentials="a-wrong-token").get_client_data(ana["id"])


@pytest.mark.vcr
@pytest.mark.skipif(LIVE in os.environ, reason="a token alone is no app")
def test_signed_in(connect, ana):
    """
    A refresh token of an app becomes an access token.
    """
    app = CRMCredentials(
        provider="hubspot",
        refresh_token=APP["refresh_token"],
        metadata={name: APP[name] for name in ("client_id", "client_secret")},
    )

    assert connect(credentials=app).get_client_data(ana["id"]).email == ana["email"]
