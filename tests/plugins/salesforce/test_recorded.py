"""
What passes between the connector and Salesforce, replayed from cassettes.

The same functions record them, with ``--record-mode=rewrite``: from a simulated org, or
from the one that RECORD_SALESFORCE_TOKEN is for, at CRMKIT_SALESFORCE_URL.
"""

import os
from datetime import UTC, datetime

import pytest
from tests.plugins.salesforce.accounts import APP, LIVE, live_account, simulated_account
from tests.plugins.salesforce.cassettes import FOLDER, recording

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
TYPES = ("note", "call", "email_sent", "task", "property_view")


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
    Return the org that RECORD_SALESFORCE_TOKEN is for, with new contacts.
    """
    return live_account(os.environ[LIVE])


@pytest.fixture
def account(request, record_mode):
    """
    Return the org to record from; None on replay.
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
    with recording(**told, **({"source": account.source} if account else {})) as config:
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
    Return a function that connects to Salesforce.
    """
    made = []

    def connect(**options):
        # A field is named so that the org's own ones do not matter.
        own = {"fields": ["Title"], "my_domain": "acme"}
        place = {"base_url": account.source} if account else {}
        given = {
            "settings": {"salesforce": {**own, **place}},
            "credentials": account.token if account else "a-token",
            "store": f"sqlite:///{tmp_path}/outbox.db",
            **options,
        }
        made.append(CRMConnector(default_provider="salesforce", **given))
        return made[-1]

    yield connect
    for connector in made:
        connector.close()


@pytest.fixture
def crm(connect):
    """
    Return a connector to Salesforce.
    """
    return connect()


def activity(of, client, **fields):
    """
    Make an activity that is the same in every run.
    """
    said = {"description": f"About {of}", "timestamp": NOON, **fields}
    return ActivityRecord(id=f"recorded-{of}", type=of, client_id=client["id"], **said)


@pytest.mark.vcr
def test_batch(crm, ana):
    """
    Contacts are read at once; the one that is missing is told apart.
    """
    absent = "003000000000000AAA"
    found = crm.get_clients_data([ana["id"], absent])
    client = found[ana["id"]]

    assert (client.email, client.name) == (ana["email"], "Ana Núñez")
    assert client.custom_fields["Title"] == "Baker"
    assert client.updated_at
    assert isinstance(found[absent], ClientNotFoundError)


@pytest.mark.vcr
def test_by_email(crm, ana):
    """
    A contact is found by its address, and nobody by another one.
    """
    assert crm.find_client(email=ana["email"]).id == ana["id"]
    assert crm.find_client(email="nobody@example.com") is None


@pytest.mark.vcr
def test_changed(crm, vcr, account, ana):
    """
    What changed since a moment is found.
    """
    since = vcr.get_metadata("since", account and account.since)
    changed = crm.iter_clients(updated_since=datetime.fromisoformat(since))
    found = [client.id for client in changed]

    assert ana["id"] in found
    assert len(set(found)) == len(found) >= 3


@pytest.mark.vcr
def test_kinds(crm, ana):
    """
    Activities are written in one request, and each gets its own id.
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
    crm.sync_activity(activity("call", bo, metadata=said))
    (call,) = crm.get_client_data(bo["id"], include=["history"]).history

    assert (call.description, call.metadata["subject"]) == ("About call", "Tuesday")
    assert (call.timestamp, call.direction) == (NOON, "out")


@pytest.mark.vcr
def test_partly_refused(crm, ana):
    """
    Of a batch, what Salesforce refuses fails alone.
    """
    wrong = activity("call", ana, metadata={"CallType": "Sideways"})
    good, bad = crm.batch_sync_activities([activity("note", ana), wrong])

    assert good.remote_id
    assert (bad.status, "CallType" in str(bad.error)) == ("dead", True)


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
    with pytest.raises(AuthenticationError, match="401 - Unauthorized: INVALID_SESSION_ID"):
        connect(credentials="a-wrong-token").get_client_data(ana["id"])


@pytest.mark.vcr
@pytest.mark.skipif(LIVE in os.environ, reason="a token alone is no app")
def test_signed_in(connect, ana):
    """
    Client credentials become an access token.
    """
    app = CRMCredentials(
        provider="salesforce",
        metadata={name: APP[name] for name in ("client_id", "client_secret")},
    )

    assert connect(credentials=app).get_client_data(ana["id"]).email == ana["email"]
