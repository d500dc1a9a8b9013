"""
A check finds what is wrong, names it, and writes nothing.
"""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from tests.core.acme_crm import TOKEN
from tests.core.keys import ONE
from tests.core.plugins import provider
from tests.core.server import Answer

from crmkit import AccessDeniedError, ActivityRecord, CRMCredentials, Finding
from crmkit.testing import START


def statuses(findings):
    """
    Return the status of each subject.
    """
    return {finding.subject: finding.status for finding in findings}


def test_all_well(connect, crm, server):
    """
    Where nothing is wrong all is ok: plugin, credentials, host, account and store.
    """
    found = connect().check()

    assert statuses(found) == {
        "plugin": "ok",
        "credentials": "ok",
        "host": "ok",
        "right to read": "ok",
        "right to write": "ok",
        "store": "ok",
    }
    assert {request.method for request in server.requests} == {"GET"}


def test_the_host_gets_no_token(connect, crm, server):
    """
    Whether the host answers is asked without the token.
    """
    connect().check()

    assert "authorization" not in server.requests[0].headers


def test_plugin_missing(connect):
    """
    A provider that is not installed is a problem with the remedy; the store is checked.
    """
    found = connect().check(provider="hubspt")

    assert statuses(found) == {"plugin": "problem", "store": "ok"}
    assert "hubspt" in found[0].detail


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("given", "given, for calls without a user"),
        ("store", "found in the store, for calls without a user"),
        ("environment", "found in the environment, for calls without a user"),
    ],
)
def test_source_of_credentials(connect, crm, monkeypatch, source, said):
    """
    Where the credentials come from is told, so that nobody mends the wrong ones.
    """
    monkeypatch.setenv("CRMKIT_KEY", ONE)
    connector = connect(credentials=TOKEN if source == "given" else None)
    if source == "store":
        connector.credentials.set(CRMCredentials(provider="acme", access_token=TOKEN))
    monkeypatch.setenv("CRMKIT_ACME_TOKEN", TOKEN)

    details = {finding.subject: finding.detail for finding in connector.check()}
    assert details["credentials"] == said


def test_no_credentials(connect):
    """
    Missing credentials are a problem that names the variable to set.
    """
    found = connect(credentials=None).check("ana")

    assert statuses(found) == {"plugin": "ok", "credentials": "problem", "store": "ok"}
    assert "CRMKIT_ACME_TOKEN__ana" in found[1].detail


def test_settings_wrong(connect):
    """
    Settings that are wrong are a problem of their own, not of the credentials.
    """
    found = connect(settings={"acme": {"regoin": "eu"}}).check()

    assert statuses(found) == {"plugin": "ok", "settings": "problem", "store": "ok"}


def test_host_away(connect):
    """
    A host that does not answer is a problem, and the account is not asked for then.
    """
    settings = {"acme": {"base_url": "http://127.0.0.1:1"}}

    found = statuses(connect(settings=settings).check())

    assert found["host"] == "problem"
    assert "account" not in found


@pytest.mark.parametrize(
    ("seconds", "status"),
    [(0, "ok"), (-60, "ok"), (61, "warning"), (-300, "warning"), (301, "problem")],
)
def test_clock(connect, server, seconds, status):
    """
    A clock that differs from the CRM's by more than a minute is found.
    """
    date = format_datetime(START + timedelta(seconds=seconds))
    server.answer = lambda request: Answer(404, headers={"Date": date})
    plugin = provider(info={"base_url": "https://x"})

    found = {finding.subject: finding for finding in connect(plugin).check()}

    assert found["clock"].status == status
    assert found["clock"].detail.startswith(f"{abs(seconds)} s")


def test_account(connect, crm):
    """
    What the plugin finds is told as it says it.
    """
    crm.rights = ["read"]

    assert statuses(connect().check())["right to write"] == "problem"


def test_token_refused(connect, crm):
    """
    A token that is refused in the plugin's own check is a problem of the token.
    """
    found = {finding.subject: finding for finding in connect(credentials="bad").check()}

    assert found["token"].status == "problem"
    assert found["token"].detail == "Acme API error: 401 - Unauthorized"


def test_plugin_breaks(connect, caplog):
    """
    Of an exception that is not crmkit's only the kind is told.
    """

    def check(session):
        raise KeyError(session.provider, "ana@example.com")

    found = {f.subject: f for f in connect(provider(check=check)).check()}

    assert found["account"].detail == "the plugin raised KeyError"


def test_findings_before_an_error_count(connect):
    """
    What the plugin found before it failed is told too.
    """

    def check(session):
        yield Finding(subject="token", status="ok")
        message = "refused"
        raise AccessDeniedError(message)

    found = statuses(connect(provider(check=check)).check())

    assert (found["token"], found["account"]) == ("ok", "problem")


def test_no_network(connect, server):
    """
    A provider without a base URL is not asked for over the network.
    """
    assert statuses(connect(provider()).check()) == {"plugin": "ok", "store": "ok"}
    assert server.requests == []


def test_store(connect, server, crm):
    """
    What is dead or uncertain in the outbox is a warning that counts it.
    """
    connector = connect()
    crm.refuse = {"a"}
    connector.sync_activity(ActivityRecord(type="note", id="a"))

    (store,) = [f for f in connector.check() if f.subject == "store"]

    assert (store.status, store.detail) == ("warning", "1 dead")
    assert "crmkit outbox flush" in store.remedy


def test_store_broken(connect, store):
    """
    A store that cannot be opened is a problem.
    """
    store.write_text("not a database")

    assert statuses(connect(provider()).check())["store"] == "problem"


def test_wrong_status():
    """
    A finding has one of three statuses.
    """
    with pytest.raises(ValueError, match="ok, warning, problem"):
        Finding(subject="token", status="fine")
