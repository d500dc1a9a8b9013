"""
Where a provider says where its tokens come from, the core renews them.
"""

from base64 import b64encode
from datetime import timedelta

import pytest
from attrs import evolve
from tests.core.plugins import provider
from tests.core.server import Answer

from crmkit import (
    ActivityRecord,
    CredentialsError,
    CRMCredentials,
    InvalidRequestError,
    OAuth2,
    RateLimitedError,
    SyncOutcome,
    UnavailableError,
    bearer,
)
from crmkit.testing import START

OAUTH = OAuth2(authorize_url="https://x/authorize", token_url="/oauth/token")
METADATA = {"client_id": "app", "client_secret": "s3cret", "account": "7"}
SPENT = CRMCredentials(
    provider="acme", access_token="old", refresh_token="again", metadata=METADATA
)
FRESH = {"token_type": "bearer", "access_token": "new", "expires_in": 1800, "hub_id": 7}


def sync(session, activities):
    """
    Write each with one request.
    """
    session.http.post("/notes")
    return [SyncOutcome.synced(activity) for activity in activities]


@pytest.fixture
def crm(server):
    """
    Serve tokens, and what the new one opens; return the forms that asked for tokens.
    """
    forms = []

    def answer(request):
        if request.path == "/oauth/token":
            assert "authorization" not in request.headers
            forms.append(request.body.decode())
            return FRESH
        return {} if request.headers.get("authorization") == "Bearer new" else 401

    server.answer = answer
    return forms


@pytest.fixture
def session(connect, server):
    """
    Return a function that opens a session with credentials.
    """

    def session(credentials=SPENT, **info):
        info = {"auth": bearer, "base_url": "https://x", "oauth": OAUTH, **info}
        plugin = provider(info=info, sync=sync)
        session.connector = connect(plugin, credentials=credentials, max_retries=0)
        return session.connector.session()

    return session


def test_renewed_once_refused(session, crm):
    """
    A token that is refused is renewed by the refresh token, and the request repeated.
    """
    assert session().http.get("/people").json() == {}
    assert crm == [
        "grant_type=refresh_token&refresh_token=again&client_id=app&client_secret=s3cret"
    ]


def test_what_the_answer_says(session, crm):
    """
    Expiry and whatever else the answer holds are kept, the old metadata too.
    """
    opened = session()
    opened.http.get("/people")

    fresh = opened.credentials
    assert fresh.expires_at == START + timedelta(seconds=1800)
    assert fresh.refresh_token.reveal() == "again"
    assert fresh.metadata == {**METADATA, "hub_id": 7}


def test_rotated(session, server):
    """
    A refresh token that comes with the answer is the one to use next.
    """
    server.script({**FRESH, "refresh_token": "next", "expires_in": 0}, {}, FRESH, {})
    early = CRMCredentials(provider="acme", refresh_token="again", metadata=METADATA)

    session(early).http.get("/people")
    session.connector.session().http.get("/people")

    forms = [r.body.decode() for r in server.requests if r.path == "/oauth/token"]
    assert ["refresh_token=again" in form for form in forms] == [True, False]
    assert "refresh_token=next" in forms[1]


@pytest.mark.parametrize(
    ("code", "remedy"),
    [("invalid_grant", "sign in again"), ("invalid_client", "client_id and client_secret")],
)
def test_refused(session, server, code, remedy):
    """
    A grant that is gone is a CredentialsError with the remedy, and parks activities.
    """
    refusal = Answer(400, json={"error": code, "error_description": "again is unknown"})
    server.answer = lambda request: refusal if request.path == "/oauth/token" else 401

    with pytest.raises(CredentialsError, match=remedy) as caught:
        session().http.get("/people")

    assert code in str(caught.value)
    assert "again is unknown" not in str(caught.value)
    report = session.connector.batch_sync_activities([ActivityRecord(type="note")])
    assert (report[0].status, report.exit_code) == ("pending", 5)


def test_no_client_id(session, crm):
    """
    Credentials that cannot be renewed for want of a client id say so.
    """
    bare = CRMCredentials(provider="acme", access_token="old", refresh_token="again")

    with pytest.raises(CredentialsError, match="no client_id"):
        session(bare).http.get("/people")


def test_public_app(session, crm):
    """
    An app without a secret sends none.
    """
    public = CRMCredentials(
        provider="acme", refresh_token="again", metadata={"client_id": "app"}
    )

    session(public).http.get("/people")

    assert "client_secret" not in crm[0]


def test_basic(session, server):
    """
    An app that says who it is by HTTP Basic sends its secret in no form.
    """
    server.script(FRESH, {})
    oauth = evolve(OAUTH, basic=True)
    early = CRMCredentials(provider="acme", refresh_token="again", metadata=METADATA)

    session(early, oauth=oauth).http.get("/people")

    asked = server.requests[0]
    assert asked.headers["authorization"] == f"Basic {b64encode(b'app:s3cret').decode()}"
    assert asked.body == b"grant_type=refresh_token&refresh_token=again"


def test_tokens_at_the_users_own_url(connect, crm, server):
    """
    A base URL of the user's own stands in for the host that tokens come from.
    """
    elsewhere = evolve(OAUTH, token_url="https://login.example.com/oauth/token")
    info = {"auth": bearer, "base_url": "https://x", "oauth": elsewhere}
    crm_here = connect(provider(info=info), credentials=SPENT)

    assert crm_here.session().http.get("/people").json() == {}
    assert len(crm) == 1


def test_filled_url(session, server, crm):
    """
    Where tokens come from may depend on the metadata, as the base URL may.
    """
    away = evolve(SPENT, metadata={**METADATA, "site": "oauth"})

    assert session(away, oauth=evolve(OAUTH, token_url="/{site}/token")).http.get("/people")
    assert len(crm) == 1


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RateLimitedError("too many tokens", retry_after=600), RateLimitedError),
        (InvalidRequestError("no such code here"), CredentialsError),
    ],
)
def test_own_words(session, server, error, expected):
    """
    What OAuth has no code for is what the provider makes of it, whatever its status.
    """

    def error_from(response):
        return error if b"odd" in response.content else None

    server.answer = lambda request: (
        {"error": "odd"} if request.path == "/oauth/token" else 401
    )

    with pytest.raises(expected, match=str(error)):
        session(error_from=error_from).http.get("/people")


@pytest.mark.parametrize("answer", [{}, [], {"access_token": ""}, {"access_token": 7}])
def test_no_token_in_the_answer(session, server, answer):
    """
    An answer without a token is a CredentialsError.
    """
    server.script(401, answer)

    with pytest.raises(CredentialsError, match="no access token"):
        session().http.get("/people")


def test_token_endpoint_away(session, server):
    """
    When tokens cannot be had the write was not done, so the activity is pending.
    """
    server.answer = lambda request: 503 if request.path == "/oauth/token" else 401
    session()

    outcome = session.connector.sync_activity(ActivityRecord(type="note"))

    assert outcome.status == "pending"
    assert isinstance(outcome.error, UnavailableError)
    assert not outcome.error.sent


@pytest.mark.parametrize(("mine", "forms"), [(True, 0), (False, 1)])
def test_the_hook_comes_first(connect, crm, mine, forms):
    """
    What crmkit_refresh returns stands; None leaves it to OAuth.
    """
    own = CRMCredentials(provider="acme", access_token="new")
    info = {"auth": bearer, "base_url": "https://x", "oauth": OAUTH}
    plugin = provider(info=info, refresh=lambda: own if mine else None)

    connect(plugin, credentials=SPENT).session().http.get("/people")

    assert len(crm) == forms
