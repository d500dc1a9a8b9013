"""
Credentials are renewed early, or once when they are refused, by one caller at a time.
"""

from datetime import timedelta
from threading import Barrier, Event, Thread

import pytest
from attrs import evolve
from tests.core.acme_crm import TOKEN
from tests.core.plugins import provider
from tests.core.server import Answer
from tests.core.waiting import in_threads

from crmkit import (
    ActivityRecord,
    AuthenticationError,
    CredentialsError,
    CRMCredentials,
    UnavailableError,
    bearer,
)
from crmkit.testing import START

OLD = CRMCredentials(provider="acme", access_token="old", refresh_token="again")


def tokens(server):
    """
    Return the requests for a token.
    """
    return [request for request in server.requests if request.path == "/token"]


def test_many_threads(connect, crm, server):
    """
    Of eight threads whose token is refused at once one refreshes, and all go on.
    """
    crm.add("1")
    together = Barrier(8, timeout=30)

    def answer(request):
        if request.headers.get("authorization") == "Bearer old":
            together.wait()
        return crm(request)

    server.answer = answer
    connector, answers = connect(credentials=OLD), []

    def ask():
        people = connector.session().http.get("/people", params={"id": "1"}).json()
        answers.append(people["people"][0]["id"])

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert answers == ["1"] * 8
    assert len(tokens(server)) == 1


def test_kept(connect, crm, server):
    """
    A fresh token serves all later calls of that user, and no other user.
    """
    crm.add("1")
    connector = connect(credentials=OLD)

    for client_id in ("1", "2", "3"):
        connector.get_clients_data([client_id], user_id="bob")
    connector.get_clients_data(["1"], user_id="eve")

    assert len(tokens(server)) == 2
    assert connector.session("bob").credentials.access_token.reveal() == "fresh-1"
    assert connector.session("eve").credentials.access_token.reveal() == "fresh-2"


def test_write_after_a_refusal(connect, crm):
    """
    A write whose token was refused was not done, so it is repeated with the new one.
    """
    activity = ActivityRecord(type="note")

    assert connect(credentials=OLD).sync_activity(activity)
    assert crm.times_written() == {activity.id: 1}


@pytest.mark.parametrize(("seconds", "refreshed"), [(-5, 1), (30, 1), (60, 1), (61, 0)])
def test_early(connect, crm, server, seconds, refreshed):
    """
    A token that expires within a minute is refreshed before it is used.
    """
    crm.tokens.add("old")
    expires = START + timedelta(seconds=seconds)
    credentials = CRMCredentials(
        provider="acme", access_token="old", refresh_token="again", expires_at=expires
    )

    connect(credentials=credentials).session().http.get("/fields")

    assert len(tokens(server)) == refreshed
    assert len(server.requests) == refreshed + 1


def test_first_token(connect, crm, server):
    """
    Credentials without an access token get their first one before the first request.
    """
    credentials = CRMCredentials(provider="acme", refresh_token="again")

    connect(credentials=credentials).session().http.get("/fields")

    assert [request.path for request in server.requests] == ["/token", "/fields"]


def test_not_mine(connect, crm, server):
    """
    Where crmkit_refresh has nothing to offer, the refusal stands.
    """
    with pytest.raises(AuthenticationError):
        connect(credentials="no refresh token").session().http.get("/fields")

    assert len(server.requests) == 1


def test_fresh_token_refused(connect, server):
    """
    A fresh token that is refused too is an AuthenticationError, not a loop.
    """
    server.answer = lambda request: (
        {"access_token": "fresh"} if request.path == "/token" else 401
    )

    with pytest.raises(AuthenticationError):
        connect(credentials=OLD).session().http.get("/fields")

    assert [r.path for r in server.requests] == ["/fields", "/token", "/fields"]


def test_refusal_while_refreshing(connect, server):
    """
    A 401 for the refresh itself is a CredentialsError; it does not refresh again.
    """
    server.answer = lambda request: 401
    connector, caught = connect(credentials=OLD), []

    def ask():
        try:
            connector.session().http.get("/fields")
        except CredentialsError as error:
            caught.append(error)

    thread = Thread(target=ask, daemon=True)
    thread.start()
    thread.join(20)

    assert not thread.is_alive()
    assert len(caught) == 1
    assert len(tokens(server)) == 1


def test_refused_late(connect, crm, server):
    """
    A refusal that comes after another thread has renewed the token renews nothing.
    """
    both, renewed, arrived = Barrier(2, timeout=30), Event(), []

    def answer(request):
        if request.headers.get("authorization") == "Bearer old":
            arrived.append(request)
            late = len(arrived) == 2
            both.wait()
            if late:
                assert renewed.wait(30)
        elif request.path == "/fields":
            renewed.set()
        return crm(request)

    server.answer = answer
    session = connect(credentials=OLD).session()

    answers = in_threads(2, lambda _: session.http.get("/fields").status)()

    assert answers == [200, 200]
    assert len(tokens(server)) == 1


def test_given_anew(connect, crm, server):
    """
    When the caller gives other credentials by now, a refused session takes those.
    """
    given = ["revoked"]
    connector = connect(credentials=lambda name, user_id: given[0])
    session = connector.session()
    given[0] = TOKEN

    assert session.http.get("/fields").status == 200
    assert tokens(server) == []


def test_given_anew_after_a_renewal(connect, crm, server):
    """
    What was renewed serves while its origin is given; another grant stands in for it.
    """
    given = [OLD]
    connector = connect(credentials=lambda name, user_id: given[0])
    connector.session().http.get("/fields")
    connector.session().http.get("/fields")
    assert len(tokens(server)) == 1
    given[0] = evolve(OLD, access_token=TOKEN, refresh_token="another")

    connector.session().http.get("/fields")

    assert server.requests[-1].headers["authorization"] == f"Bearer {TOKEN}"
    assert len(tokens(server)) == 1


@pytest.mark.parametrize("answer", [404, 400, 403, 401, Answer(content=b"<html>")])
def test_no_way_to_a_token(connect, crm, server, answer):
    """
    Whatever a token endpoint says, nothing of what waits for a token is given up.
    """
    server.answer = lambda request: answer if request.path == "/token" else 401
    connector = connect(credentials=OLD, clock=None)
    given = [ActivityRecord(id=str(number), type="note") for number in range(5)]

    report = connector.batch_sync_activities(given)

    assert {outcome.status for outcome in report} == {"pending"}
    assert report.exit_code == 5
    assert len(tokens(server)) == 1
    server.answer = crm
    assert all(connector.flush_pending())
    assert len(crm.written) == 5


def test_grant_gone(connect, server):
    """
    CredentialsError from crmkit_refresh reaches the caller, and parks the activities.
    """

    def refresh(session):
        message = "the grant was revoked; sign in again"
        raise CredentialsError(message)

    def sync(session):
        session.http.post("/notes")

    info = {"auth": bearer, "base_url": "https://x"}
    connector = connect(provider(info=info, refresh=refresh, sync=sync), credentials=OLD)
    server.answer = lambda request: 401

    with pytest.raises(CredentialsError, match="sign in again"):
        connector.session().http.get("/fields")
    report = connector.batch_sync_activities([ActivityRecord(type="note")])
    assert [outcome.status for outcome in report] == ["pending"]
    assert report.exit_code == 5


def test_refresh_fails_for_a_while(connect, crm, server):
    """
    A refresh that fails for a while leaves the credentials; the next call tries again.
    """
    crm.add("1")
    connector = connect(credentials=OLD, max_retries=0)
    server.script(401, 503)

    with pytest.raises(UnavailableError):
        connector.session().http.get("/fields")

    assert connector.session().http.get("/fields").json() == {"fields": []}


def test_other_provider_in_fresh_credentials(connect):
    """
    Fresh credentials belong to the provider that was asked, whatever they say.
    """
    refreshed = []

    def refresh(session):
        refreshed.append(session.provider)
        return CRMCredentials(
            provider="other", access_token=f"{session.provider}-{len(refreshed)}"
        )

    def fetch(session, ids):
        session.http.get("/")

    info = {"auth": bearer, "base_url": "https://x"}
    plugins = {
        name: provider(info=info, refresh=refresh, fetch=fetch)
        for name in ("acme", "other")
    }
    connector = connect(plugins=plugins, credentials=lambda name, user_id: f"{name}-0")
    session = connector.session(provider="acme")

    for _ in range(2):
        session.http.renew(session.credentials)

    assert connector.session(provider="acme").credentials.access_token.reveal() == "acme-2"
    assert (
        connector.session(provider="other").credentials.access_token.reveal() == "other-0"
    )


def test_unsigned(connect, crm, server):
    """
    While it refreshes, a plugin's requests carry no token.
    """
    connect(credentials=OLD).session().http.get("/fields")

    (request,) = tokens(server)
    assert "authorization" not in request.headers
    assert TOKEN not in str(request)
