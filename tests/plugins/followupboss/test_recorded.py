"""
What passes between the connector and Follow Up Boss, replayed from cassettes.

The same functions record them, with ``--record-mode=rewrite``: from a simulated account, or
from the one that RECORD_FOLLOWUPBOSS_TOKEN is for.
"""

import os
from datetime import UTC, datetime
from itertools import islice

import pytest
from tests.plugins.followupboss.accounts import APP, LIVE, live_account, simulated_account
from tests.plugins.followupboss.cassettes import FOLDER, HOST, recording

from crmkit import (
    ActivityRecord,
    AuthenticationError,
    ClientNotFoundError,
    CRMConnector,
    CRMCredentials,
)

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TYPES = ("note", "call", "task", "meeting", "property_view", "email_sent")
NOBODY = "999999999"


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
    Return the account that RECORD_FOLLOWUPBOSS_TOKEN is for, with new people.
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
    Return a function that tells a person's id and address, as the cassette has them.
    """

    def person(name):
        return vcr.get_metadata(name, account and account.people[name])

    return person


@pytest.fixture
def connect(account, tmp_path):
    """
    Return a function that connects to Follow Up Boss.
    """
    made = []

    def connect(**options):
        # Campaigns are the system's, so it has the same name on replay.
        played = {"base_url": HOST, "system": "simulated-system"}
        own = account.settings if account else played
        given = {
            "settings": {"followupboss": {"system_key": "a-key", **own}},
            "credentials": account.token if account else "a-token",
            "store": f"sqlite:///{tmp_path}/outbox.db",
            **options,
        }
        made.append(CRMConnector(default_provider="followupboss", **given))
        return made[-1]

    yield connect
    for connector in made:
        connector.close()


@pytest.fixture
def crm(connect):
    """
    Return a connector to Follow Up Boss.
    """
    return connect()


def activity(of, client):
    """
    Make an activity that is the same in every run.
    """
    return ActivityRecord(
        id=f"recorded-{of}",
        type=of,
        client_id=client["id"],
        description=f"About {of}",
        timestamp=NOON,
    )


@pytest.mark.vcr
def test_by_id(crm, person):
    """
    A person is read by id.
    """
    ana = person("Ana")
    client = crm.get_client_data(ana["id"])

    assert (client.id, client.email) == (ana["id"], ana["email"])
    assert (client.name, client.phone) == ("Ana Núñez", "555-286-9155")
    assert client.custom_fields["stage"] == "Lead"


@pytest.mark.vcr
def test_by_email(crm, person):
    """
    A person is found by address, and nobody by one that nobody has.
    """
    ana = person("Ana")

    assert crm.find_client(email=ana["email"]).id == ana["id"]
    assert crm.find_client(email="nobody@example.com") is None


@pytest.mark.vcr
def test_batch(crm, person):
    """
    Several people are read at once; the one who is missing is told apart.
    """
    ana, bo = person("Ana"), person("Bo")
    found = crm.get_clients_data([ana["id"], bo["id"], NOBODY])

    assert found[bo["id"]].email == bo["email"]
    assert isinstance(found[NOBODY], ClientNotFoundError)


@pytest.mark.vcr
def test_pages(crm, monkeypatch):
    """
    A list goes on where its last page ended.
    """
    monkeypatch.setattr("crmkit_followupboss._pages.BATCH", 2)

    assert len({client.id for client in islice(crm.iter_clients(), 3)}) == 3


@pytest.mark.vcr
def test_kinds(crm, person):
    """
    Activities of all kinds are written.
    """
    ana = person("Ana")

    assert all(crm.batch_sync_activities([activity(of, ana) for of in TYPES]))


@pytest.mark.vcr
def test_history(crm, person):
    """
    What was written is read back as history.
    """
    bo = person("Bo")
    crm.batch_sync_activities([activity("note", bo), activity("property_view", bo)])
    history = crm.get_client_data(bo["id"], include=["history"]).history

    assert {one.type for one in history} >= {"note", "property_view"}


@pytest.mark.vcr
def test_wrong_token(connect, person):
    """
    A wrong key is refused, and said to be.
    """
    with pytest.raises(AuthenticationError, match="401 - Unauthorized: the API key"):
        connect(credentials="a-wrong-token").get_client_data(person("Ana")["id"])


@pytest.mark.vcr
@pytest.mark.skipif(LIVE in os.environ, reason="a key alone is no app")
def test_signed_in(connect, person):
    """
    A refresh token of an app becomes an access token.
    """
    ana = person("Ana")
    app = CRMCredentials(
        provider="followupboss",
        refresh_token=APP["refresh_token"],
        metadata={name: APP[name] for name in ("client_id", "client_secret")},
    )

    assert connect(credentials=app).get_client_data(ana["id"]).email == ana["email"]
