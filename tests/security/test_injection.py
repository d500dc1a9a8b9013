"""
What an id, a name or a text holds stays in its place: header, path, query, store.
"""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.core.plugins import provider

from crmkit import ActivityRecord, CrmkitError, InvalidRequestError, SyncOutcome

NASTY = [
    "a\r\nX-Admin: 1",
    "a\nb",
    "a\x00b",
    "..",
    "../../admin",
    "%2e%2e%2fadmin",
    "..%2f..",
    "/etc/passwd",
    "?admin=1",
    "#x",
    "a&admin=1",
    "a;b",
    "{kind}",
    "{0.__class__}",
    "%s%n",
    "\u202egro.evil",
    "Zoë 王",
    "\uff0e\uff0e\uff0f",
    "'; DROP TABLE activity; --",
    '" OR "1"="1',
    "x" * 20_000,
    "USER#other",
    "CRM_CREDENTIALS#acme",
]
nasty = pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:24]))
with_fixtures = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@nasty
def test_ids_in_paths(connect, server, text):
    """
    An id in a path is one segment there, or refused before anything is sent.
    """
    server.answer = lambda request: {}

    try:
        connect().session().http.get("/people/{id}/notes", path_values={"id": text})
    except InvalidRequestError:
        assert text == ".."
        assert server.requests == []
        return
    (request,) = server.requests
    assert request.path.count("/") == 3
    assert request.path.split("/")[2] not in {".", ".."}
    assert request.path.startswith("/people/")
    assert request.path.endswith("/notes")
    assert request.query == {}
    assert "x-admin" not in request.headers


@nasty
def test_ids_in_queries(connect, server, text):
    """
    An id in a query is the value of its own parameter and adds no other.
    """
    server.answer = lambda request: {}

    connect().session().http.get("/people", params={"id": text, "last": 1})

    (request,) = server.requests
    assert (request.path, request.query) == ("/people", {"id": text, "last": "1"})


def test_ids_in_headers(connect, server):
    """
    A value in a header is sent as it is, or refused without being shown.
    """
    server.answer = lambda request: {}
    http = connect().session().http

    @with_fixtures
    @given(st.one_of(st.sampled_from(NASTY), TEXTS), st.sampled_from(["X-Key", "X Key\n"]))
    def the_law(text, name):
        server.requests.clear()
        told = ""
        try:
            http.post("/notes", headers={name: text})
        except InvalidRequestError as error:
            told = str(error)
        assert bool(told) == (server.requests == [])
        assert len(text) < 5 or text not in told
        for request in server.requests:
            assert request.headers["x-key"].strip() == text.strip()
            assert "x-admin" not in request.headers

    the_law()


@pytest.mark.parametrize("token", ["a\r\nX-Admin: 1", "a\nb", "a\x00b", "Zoė"])
def test_tokens_in_headers(connect, server, token):
    """
    A token that would end its header is refused without being shown.
    """
    with pytest.raises(CrmkitError, match="do not fit into the header") as caught:
        connect(credentials=token).session().http.get("/people")

    assert token not in str(caught.value)
    assert server.requests == []


def test_an_id_in_a_header_costs_one_activity(connect, server):
    """
    An activity whose id does not fit into a header is dead by itself, the next one sent.
    """

    def sync(session, activities):
        (activity,) = activities
        session.http.post("/notes", headers={"Idempotency-Key": activity.id})
        return [SyncOutcome.synced(activity)]

    server.answer = lambda request: {}
    plugin = provider(sync=sync, info={"base_url": server.url})
    rows = [ActivityRecord(type="note", id=name) for name in ("a\r\nX-Admin: 1", "b")]

    report = connect(plugins={"acme": plugin}).batch_sync_activities(rows)

    assert [outcome.status for outcome in report] == ["dead", "synced"]
    assert [request.headers["idempotency-key"] for request in server.requests] == ["b"]


@nasty
def test_the_store_holds_any_text(connect, server, tmp_path, text):
    """
    Ids, users, types and texts of any content come back as they went in, once.
    """
    plugin = provider(sync=lambda activities: map(SyncOutcome.synced, activities))
    activity = ActivityRecord(
        type=text, id=text, client_id=text, description=text, metadata={text: text}
    )
    with connect(plugins={"acme": plugin}, auto_sync=False) as connector:
        for user_id in (text, "bob", None):
            assert connector.sync_activity(activity, user_id).status == "pending"
        rows = connector.outbox.list()
        assert [(row.activity_id, row.user_id) for row in rows] == [
            (text, text),
            (text, "bob"),
            (text, ""),
        ]
        assert connector.outbox.drop(text, user_id=text) == 1

    with connect(plugins={"acme": plugin}) as connector:
        report = connector.flush_pending()
        assert [outcome.status for outcome in report] == ["synced", "synced"]
        assert connector.outcome_of(text, "bob").status == "synced"
        assert connector.outcome_of(text, text) is None
    with closing(sqlite3.connect(tmp_path / "outbox.db")) as database:
        assert database.execute("SELECT count(*) FROM activity").fetchone() == (2,)


@nasty
def test_users_and_the_environment(connect, server, monkeypatch, text):
    """
    A user's name reaches this user's own variable alone, whatever it holds.
    """
    monkeypatch.setenv("CRMKIT_ACME_TOKEN", "of-nobody")
    monkeypatch.setenv("CRMKIT_ACME_TOKEN__bob", "of-bob")
    monkeypatch.setenv("CRMKIT_OTHER_TOKEN", "of-other")
    connector = connect(credentials=None)

    with pytest.raises(CrmkitError, match="No CRM credentials found for user"):
        connector.session(text)

    assert server.requests == []


@nasty
def test_names_of_providers(connect, text):
    """
    A provider's name that is none is refused, and loads, opens and asks nothing.
    """
    with pytest.raises(CrmkitError):
        connect().get_client_data("1", provider=text)
