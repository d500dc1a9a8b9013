"""
The address book does its part under the connector.
"""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

import crmkit_addressbook
from crmkit import (
    ActivityRecord,
    AmbiguousClientError,
    ClientNotFoundError,
    ConfigurationError,
    ConsentRefused,
    CRMConnector,
    hookimpl,
)

CLIENTS = """\
ID,First Name,Last Name,Email,Phone,Language,communicationStyle,Budget,Email Opt Out,Updated
1,Hey,Thanks,hey@example.com,+1 212 555 0107,en-US,formal,500000,no,2026-05-01
2,Ana,López,us@example.es,,es-ES,,,yes,2026-05-02
3,Bob,López,us@example.es,,,casual,,,2026-04-01
4,Zoë,,,,,,,,,surplus
"""


@pytest.fixture
def connect(folder):
    """
    Make connectors to the same file and store.
    """
    (folder / "clients.csv").write_text(CLIENTS, encoding="utf-8")

    def make(**arguments):
        return CRMConnector(
            default_provider="addressbook",
            settings={"addressbook": {"path": str(folder / "clients.csv")}},
            store=f"sqlite:///{folder / 'crmkit.db'}",
            **{"plugins": {"addressbook": crmkit_addressbook}, **arguments},
        )

    return make


def journal(folder):
    """
    Return the rows of the activities file, without its header.
    """
    path = folder / "clients.activities.csv"
    return path.read_text(encoding="utf-8-sig").splitlines()[1:] if path.is_file() else []


def test_fetch(connect):
    """
    A client has what the file says, and the core has filled what it fills for all.
    """
    with connect() as crm:
        client = crm.get_client_data("1", include=["raw"])

    assert (client.provider, client.name) == ("addressbook", "Hey Thanks")
    assert client.language == "en-US"
    assert client.preferences == {"communicationStyle": "formal"}
    assert client.custom_fields["Budget"] == "500000"
    assert client.raw["Phone"] == "+1 212 555 0107"


def test_fetch_errors(connect):
    """
    An unknown client is not found; a malformed row is named by its line.
    """
    with connect() as crm:
        with pytest.raises(ClientNotFoundError):
            crm.get_client_data("99")
        with pytest.raises(ConfigurationError, match=r"clients\.csv, line 5: 11 cells"):
            crm.get_client_data("4")
        several = crm.get_clients_data(["1", "4", "3"])

    assert [several["1"].name, several["3"].name] == ["Hey Thanks", "Bob López"]
    assert isinstance(several["4"], ConfigurationError)


def test_find(connect):
    """
    One client is found, of two with one address the ids are told, of none there is None.
    """
    with connect() as crm:
        assert crm.find_client(email="HEY@example.com").id == "1"
        assert crm.find_client(phone="+12125550107").id == "1"
        assert crm.find_client(field=("budget", "500000")).id == "1"
        assert crm.find_client(email="nobody@example.com") is None
        with pytest.raises(AmbiguousClientError) as caught:
            crm.find_client(email="us@example.es")

    assert caught.value.client_ids == ("2", "3")


def test_list(connect, folder):
    """
    Clients are listed, and those that changed.
    """
    (folder / "clients.csv").write_text(CLIENTS.rpartition("4,")[0], encoding="utf-8")
    with connect() as crm:
        assert [client.id for client in crm.iter_clients()] == ["1", "2", "3"]
        since = datetime(2026, 5, 1, tzinfo=UTC)
        assert [c.id for c in crm.iter_clients(updated_since=since)] == ["1", "2"]


def test_personalize(connect):
    """
    Columns are variables, a blank cell is a missing value, and a no is a no.
    """
    template = 'Hello {{ firstName }}, up to {{ Budget | default: "any price" }}?'
    with connect() as crm:
        hey, ana, bob = (crm.get_client_data(i) for i in ("1", "2", "3"))
        assert crm.personalize_content(template, hey).content == "Hello Hey, up to 500000?"
        assert (
            crm.personalize_content(template, bob).content == "Hello Bob, up to any price?"
        )
        with pytest.raises(ConsentRefused) as caught:
            crm.personalize_content(template, ana)

    assert caught.value.source == "Email Opt Out"


def test_pending_then_once(connect, folder):
    """
    While the file cannot be written activities wait; afterwards each is there once.
    """
    batch = [ActivityRecord(id=f"a{i}", type="note", client_id="1") for i in range(3)]
    (folder / "clients.activities.csv").mkdir()
    with connect() as crm:
        report = crm.batch_sync_activities(batch)
        assert report.counts["pending"] == 3
        assert "is a folder" in str(report[0].error)

    (folder / "clients.activities.csv").rmdir()
    with connect() as crm:
        assert crm.flush_pending().counts["synced"] == 3
        assert crm.batch_sync_activities(batch).counts["synced"] == 3
    assert [row.split(",")[0] for row in journal(folder)] == ['"a0"', '"a1"', '"a2"']


def test_uncertain_then_once(connect, folder):
    """
    What failed between the write and its report is looked for and found, not sent again.
    """

    @hookimpl
    def crmkit_sync(session, activities):
        crmkit_addressbook.crmkit_sync(session, activities)
        raise KeyError

    broken = SimpleNamespace(**{**vars(crmkit_addressbook), "crmkit_sync": crmkit_sync})
    with connect(plugins={"addressbook": broken}) as crm:
        outcome = crm.sync_activity(ActivityRecord(id="a1", type="call", client_id="1"))
        assert outcome.status == "uncertain"
    with connect() as crm:
        assert crm.flush_pending().counts["synced"] == 1

    assert [row.split(",")[0] for row in journal(folder)] == ['"a1"']


def test_no_path():
    """
    Without a path the setting is named, both as an argument and in the file.
    """
    plugins = {"addressbook": crmkit_addressbook}
    with (
        CRMConnector(default_provider="addressbook", plugins=plugins) as crm,
        pytest.raises(
            ConfigurationError, match=r"settings\.addressbook\] path = .*CRMConn"
        ),
    ):
        crm.get_client_data("1")
