"""
What passes between the connector and Zoho, replayed from cassettes.

The same functions record them, with ``--record-mode=rewrite``: from a simulated account, or
from the one that RECORD_ZOHO_TOKEN is for.
"""

import os
from datetime import UTC, datetime

import pytest
from tests.plugins.zoho.accounts import APP, LIVE, live_account, simulated_account
from tests.plugins.zoho.cassettes import FOLDER, HOST, recording

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
TYPES = ("note", "call", "meeting", "task", "property_view")


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
    Return the account that RECORD_ZOHO_TOKEN is for, with new contacts.
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
    Return a function that connects to Zoho.
    """
    made = []

    def connect(**options):
        # So that the account's own fields do not matter.
        own = {"fields": ["Title"], "base_url": account.base_url if account else HOST}
        given = {
            "settings": {"zoho": own},
            "credentials": account.token if account else "a-token",
            "store": f"sqlite:///{tmp_path}/outbox.db",
            **options,
        }
        made.append(CRMConnector(default_provider="zoho", **given))
        return made[-1]

    yield connect
    for connector in made:
        connector.close()


@pytest.fixture
def crm(connect):
    """
    Return a connector to Zoho.
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
    A contact is read by its id, one that is missing is told apart, in one request.
    """
    found = crm.get_clients_data([ana["id"], "1"])
    client = found[ana["id"]]

    assert (client.id, client.email) == (ana["id"], ana["email"])
    assert (client.name, client.phone) == ("Ana Núñez", "+351 555 0107")
    assert client.custom_fields["Title"] == "Baker"
    assert client.updated_at
    assert isinstance(found["1"], ClientNotFoundError)


@pytest.mark.vcr
def test_found(crm, ana):
    """
    A contact is found by its address, and nobody by one that nobody has.
    """
    assert crm.find_client(email=ana["email"]).id == ana["id"]
    assert crm.find_client(email="nobody@example.com") is None


@pytest.mark.vcr
def test_changed(crm, ana):
    """
    What changed since a moment is listed, then who is gone.
    """
    changed = [client.id for client in crm.iter_clients(updated_since=NOON)]

    assert ana["id"] in changed


@pytest.mark.vcr
def test_fields(crm):
    """
    The module's schema tells which fields there are, and what each may hold.
    """
    fields = {field.key: field for field in crm.session().fields()}

    assert fields["Title"].type == "text"
    assert fields["Lead_Source"].type == "choice"


@pytest.mark.vcr
def test_history(crm, person):
    """
    Activities of each kind are written, and read back as history.
    """
    bo = person("Bo")
    report = crm.batch_sync_activities([activity(of, bo) for of in TYPES])
    history = crm.get_client_data(bo["id"], include=["history"]).history

    assert all(report)
    assert {one.id for one in history} == {outcome.remote_id for outcome in report}
    assert {one.timestamp for one in history} == {NOON}
    assert {one.description for one in history} > {"About note", "About call"}


@pytest.mark.vcr
def test_partly_refused(crm, ana):
    """
    Of a batch, what Zoho refuses fails alone.
    """
    wrong = ActivityRecord(id="bad", type="call", client_id="1", timestamp=NOON)
    good, bad = crm.batch_sync_activities([activity("call", ana), wrong])

    assert good.remote_id
    assert bad.status == "dead"


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
    with pytest.raises(AuthenticationError, match="401 - Unauthorized: INVALID_TOKEN"):
        connect(credentials="a-wrong-token").get_client_data(ana["id"])


@pytest.mark.vcr
@pytest.mark.skipif(LIVE in os.environ, reason="a token alone is no app")
def test_signed_in(connect, ana):
    """
    A refresh token of an app becomes an access token.
    """
    app = CRMCredentials(
        provider="zoho",
        refresh_token=APP["refresh_token"],
        metadata={name: APP[name] for name in ("client_id", "client_secret")},
    )

    assert connect(credentials=app).get_client_data(ana["id"]).email == ana["email"]
