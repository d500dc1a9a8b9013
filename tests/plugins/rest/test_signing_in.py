"""
Every way to sign: the token is in a header, and renewed where the file says how.
"""

import pytest
from tests.plugins.rest.conftest import EXAMPLES, MINIMAL
from tests.plugins.rest.fakes import Harbor

import crmkit_rest
from crmkit import CredentialsError, CRMCredentials, OAuth2

PERSON = {"id": 7}


def minimal(auth):
    """
    Return a file that signs in this way.
    """
    assert 'auth = "bearer"' in MINIMAL
    return MINIMAL.replace('auth = "bearer"', f"auth = {auth}")


@pytest.mark.parametrize(
    ("auth", "metadata", "signed"),
    [
        ('"bearer"', {}, {"authorization": "Bearer a-token"}),
        ('"basic"', {}, {"authorization": "Basic YS10b2tlbjo="}),
        (
            '{ kind = "basic", user = "login" }',
            {"login": "ana"},
            {"authorization": "Basic YW5hOmEtdG9rZW4="},
        ),
        ('{ kind = "header", name = "X-Key" }', {}, {"x-key": "a-token"}),
        ('{ kind = "header", name = "X-Key", prefix = "t=" }', {}, {"x-key": "t=a-token"}),
        ('"none"', {}, {}),
    ],
)
def test_signed(played, connect, written, auth, metadata, signed):
    """
    A request carries what the file says.
    """
    played.answers["/people/7"] = PERSON
    given = CRMCredentials(provider="acme", access_token="a-token", metadata=metadata)
    crm = connect(played, file=written(text=minimal(auth)), credentials=given)
    crm.get_client_data("7")

    assert played.asked[0].headers.items() >= signed.items()
    assert signed or "authorization" not in played.asked[0].headers


def test_no_user(played, connect, written):
    """
    A user that the credentials do not name is told, without a request.
    """
    file = written(text=minimal('{ kind = "basic", user = "login" }'))
    with pytest.raises(CredentialsError, match="hold no login"):
        connect(played, file=file).get_client_data("7")
    assert played.asked == []


def test_oauth(written):
    """
    Where users sign in is told to the core, which does it.
    """
    auth = '{ kind = "oauth2", authorize_url = "/a", token_url = "/t", scopes = ["x"] }'
    info = crmkit_rest.provider(written(text=minimal(auth))).crmkit_provider()

    assert info.oauth == OAuth2(authorize_url="/a", token_url="/t", scopes=("x",))


@pytest.fixture
def harbor():
    """
    Return the CRM of the second example, with one contact.
    """
    harbor = Harbor()
    harbor.contacts["7"] = {"contact_no": 7}
    return harbor


def app(**metadata):
    """
    Return the credentials of an app.
    """
    return CRMCredentials(provider="acme", metadata=metadata)


def test_client_credentials(harbor, connect):
    """
    An app gets its token for its own id and secret.
    """
    given = app(client_id="an-app", client_secret="its-secret")
    crm = connect(harbor, file=str(EXAMPLES / "harbor.toml"), credentials=given)

    assert crm.get_client_data("7").id == "7"
    assert harbor.token == "renewed-1"


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ({"client_id": "an-app"}, "hold no client_secret"),
        ({"client_id": "an-app", "client_secret": "wrong"}, "401 - Unauthorized"),
    ],
)
def test_wrong_app(harbor, connect, metadata, told):
    """
    What is missing, or wrong, is told without the secret.
    """
    file = str(EXAMPLES / "harbor.toml")
    crm = connect(harbor, file=file, credentials=app(**metadata))

    with pytest.raises(CredentialsError, match=told) as caught:
        crm.get_client_data("7")
    assert "wrong" not in str(caught.value)


def test_token_form(played, connect, written):
    """
    The app's id and secret may be in the form, with more that the file names.
    """
    auth = (
        '{ kind = "client_credentials", token_url = "/t", scopes = ["a", "b"], '
        'params = { audience = "api" } }'
    )
    played.answers |= {"/t": {"access_token": "new"}, "/people/7": PERSON}
    given = app(client_id="an-app", client_secret="its-secret")
    connect(played, file=written(text=minimal(auth)), credentials=given).get_client_data(
        "7"
    )

    assert played.asked[0].form() == {
        "grant_type": "client_credentials",
        "audience": "api",
        "scope": "a b",
        "client_id": "an-app",
        "client_secret": "its-secret",
    }
    assert played.asked[1].headers["authorization"] == "Bearer new"


@pytest.mark.parametrize("odd", [{}, [], "x", {"access_token": 5}, {"access_token": ""}])
def test_no_token(played, connect, written, odd):
    """
    An answer without a token is told as such.
    """
    auth = '{ kind = "client_credentials", token_url = "/t" }'
    played.answers["/t"] = odd
    given = app(client_id="an-app", client_secret="its-secret")
    crm = connect(played, file=written(text=minimal(auth)), credentials=given)

    with pytest.raises(CredentialsError, match="no access token"):
        crm.get_client_data("7")


def test_check(played, connect):
    """
    Each right is told by its name, what is missing as a problem.
    """
    more = '\n[check]\npeople = { path = "/people" }\nnotes = { path = "/notes" }\n'
    played.answers["/people"] = []
    played.answers["/notes"] = denied
    found = {f.subject: f.status for f in connect(played, more).check()}

    assert (found["people"], found["notes"]) == ("ok", "problem")


def denied(_request):
    """
    Refuse, for want of a right.
    """
    from crmkit.testing import Answer

    return Answer(status=403, json={})
