"""
Whose credentials a call uses: the caller's own, or none.
"""

import pickle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.core.plugins import provider

from crmkit import (
    AuthenticationError,
    ConfigurationError,
    CredentialsNotFoundError,
    CRMConnector,
    CRMCredentials,
    Secret,
    basic,
    bearer,
    header,
)

SIGNED = {"auth": bearer}


def token(connector, user_id=None, name="acme"):
    """
    Return the token with which this user's calls are signed.
    """
    return connector.session(user_id, provider=name).credentials.access_token.reveal()


@pytest.fixture
def given_credentials(connect):
    """
    Return a function that makes a connector with these credentials.
    """

    def make(credentials=None):
        plugins = {name: provider(info=SIGNED) for name in ("acme", "other", "my-crm")}
        return connect(credentials=credentials, plugins=plugins, settings={})

    return make


class TestNone:
    def test_message(self, given_credentials):
        """
        Without credentials the error begins as specified, and ends with the remedy.
        """
        with pytest.raises(CredentialsNotFoundError) as caught:
            given_credentials().get_client_data("1")

        assert str(caught.value) == (
            "No CRM credentials found for user (the call names none) of provider 'acme': "
            "set CRMKIT_ACME_TOKEN, or pass credentials= to CRMConnector, or keep them "
            "with crmkit credentials"
        )

    def test_message_for_a_user(self, given_credentials):
        """
        The error for a user names the user, the provider and the user's own variable.
        """
        with pytest.raises(CredentialsNotFoundError) as caught:
            given_credentials().get_client_data("1", user_id="bob")

        message = str(caught.value)
        assert message.startswith("No CRM credentials found for user 'bob'")
        assert "'acme'" in message
        assert "CRMKIT_ACME_TOKEN__bob" in message

    def test_not_needed(self, connect):
        """
        A provider without auth needs no credentials.
        """
        assert connect(provider(), credentials=None).session().credentials == (
            CRMCredentials(provider="acme")
        )


class TestEnvironment:
    def test_nobody(self, given_credentials, monkeypatch):
        """
        The provider's variable serves calls without a user.
        """
        monkeypatch.setenv("CRMKIT_ACME_TOKEN", "shared")

        assert token(given_credentials()) == "shared"

    def test_not_for_users(self, given_credentials, monkeypatch):
        """
        The provider's variable serves no call of a named user.
        """
        monkeypatch.setenv("CRMKIT_ACME_TOKEN", "shared")

        with pytest.raises(CredentialsNotFoundError):
            given_credentials().session("bob")

    def test_user(self, given_credentials, monkeypatch):
        """
        A user's own variable serves that user, and its name is never folded.
        """
        monkeypatch.setenv("CRMKIT_ACME_TOKEN__bob", "of bob")
        connector = given_credentials()

        assert token(connector, "bob") == "of bob"
        for other in (None, "BOB", "Bob", "bob ", "eve", "__bob"):
            with pytest.raises(CredentialsNotFoundError):
                connector.session(other)

    def test_user_that_no_shell_can_export(self, given_credentials, monkeypatch):
        """
        The id of a user is taken exactly as given, whatever it holds.
        """
        monkeypatch.setenv("CRMKIT_ACME_TOKEN__bob@example.com", "of bob")

        assert token(given_credentials(), "bob@example.com") == "of bob"

    def test_provider_name(self, given_credentials, monkeypatch):
        """
        What fits no variable in a provider's name becomes an underscore.
        """
        monkeypatch.setenv("CRMKIT_MY_CRM_TOKEN", "mine")

        assert token(given_credentials(), name="my-crm") == "mine"

    def test_empty(self, given_credentials, monkeypatch):
        """
        An empty variable is no token.
        """
        monkeypatch.setenv("CRMKIT_ACME_TOKEN", "")

        with pytest.raises(CredentialsNotFoundError):
            given_credentials().session()

    def test_given_stands_above(self, given_credentials, monkeypatch):
        """
        What is given stands above the environment, which serves what is not given.
        """
        monkeypatch.setenv("CRMKIT_ACME_TOKEN", "environment")
        monkeypatch.setenv("CRMKIT_OTHER_TOKEN", "environment")
        connector = given_credentials({"acme": "given"})

        assert token(connector) == "given"
        assert token(connector, name="other") == "environment"


class TestGiven:
    @pytest.mark.parametrize("one", ["t", " t\n", Secret("t")])
    def test_one_value(self, given_credentials, one):
        """
        One value serves every user and provider.
        """
        connector = given_credentials(one)

        assert token(connector) == token(connector, "bob") == "t"
        assert connector.session(provider="other").credentials.provider == "other"

    def test_one_that_says_whose_it_is(self, given_credentials):
        """
        Credentials of one provider serve all its users, and no other provider.
        """
        connector = given_credentials(CRMCredentials(provider="acme", access_token="t"))

        assert token(connector) == token(connector, "bob") == "t"
        with pytest.raises(CredentialsNotFoundError):
            connector.session(provider="other")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"acme": {"access_token": "PLANTED"}},
            {"acme": b"PLANTED"},
            {"acme": 5},
            {"acme": CRMCredentials(provider="hubspot", access_token="PLANTED")},
            lambda *_: ["PLANTED"],
        ],
    )
    def test_wrong_kind(self, given_credentials, wrong):
        """
        What is no token, or is another provider's, is refused and not shown.
        """
        with pytest.raises(ConfigurationError, match="credentials= gives") as caught:
            given_credentials(wrong).session()

        assert "PLANTED" not in str(caught.value)

    def test_by_provider(self, given_credentials):
        """
        A mapping of providers gives each its own.
        """
        connector = given_credentials({"acme": "a", "other": "o"})

        assert token(connector) == token(connector, "bob") == "a"
        assert token(connector, name="other") == "o"

    def test_by_user(self, given_credentials):
        """
        A mapping of provider and user gives each user their own, nobody else any.
        """
        connector = given_credentials(
            {("acme", "bob"): "b", ("acme", "eve"): "e", ("acme", None): "nobody"}
        )

        assert token(connector, "bob") == "b"
        assert token(connector, "eve") == "e"
        assert token(connector) == "nobody"
        with pytest.raises(CredentialsNotFoundError):
            connector.session("mallory")
        with pytest.raises(CredentialsNotFoundError):
            connector.session("bob", provider="other")

    def test_function(self, given_credentials):
        """
        A function is asked with provider and user; None means that it has none.
        """
        asked = []

        def find(name, user_id):
            asked.append((name, user_id))
            return "b" if user_id == "bob" else None

        connector = given_credentials(find)

        assert token(connector, "bob") == "b"
        with pytest.raises(CredentialsNotFoundError):
            connector.session("eve")
        assert set(asked) == {("acme", "bob"), ("acme", "eve")}

    def test_metadata(self, given_credentials):
        """
        CRMCredentials reach the hooks with their metadata.
        """
        one = CRMCredentials(provider="acme", access_token="t", metadata={"shop": "7"})

        assert given_credentials(one).session().credentials.metadata == {"shop": "7"}

    USERS = st.one_of(st.none(), st.sampled_from(["a", "A", "a_b", "a b", "None", "é"]))

    @given(tokens=st.dictionaries(USERS, st.sampled_from("pqrstuvw")), user=USERS)
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @pytest.mark.parametrize("source", ["mapping", "function", "environment"])
    def test_never_of_another_user(self, monkeypatch, source, tokens, user):
        """
        A user gets the token that is theirs, or none; never one of another user.
        """
        own = {user: f"{token} of {user}" for user, token in tokens.items()}
        sources = {
            "mapping": {("acme", user): value for user, value in own.items()},
            "function": lambda name, user_id: own.get(user_id),
            "environment": None,
        }
        with monkeypatch.context() as environment:
            for name, value in own.items() if source == "environment" else ():
                suffix = "" if name is None else f"__{name}"
                environment.setenv(f"CRMKIT_ACME_TOKEN{suffix}", value)
            connector = CRMConnector(
                plugins={"acme": provider(info=SIGNED)},
                default_provider="acme",
                credentials=sources[source],
            )
            try:
                found = token(connector, user)
            except CredentialsNotFoundError:
                found = None

        assert found == own.get(user)


@pytest.mark.parametrize("given", ["planted", {"acme": "planted"}])
def test_given_as_text_is_not_shown(given_credentials, given):
    """
    A token that was given as text is in no repr of what the connector hands out or holds.
    """
    connector = given_credentials(given)
    rooms = connector._open
    with rooms.syncing() as sync:
        shown = [connector, connector.credentials, connector.session(), sync, rooms]

    assert "planted" not in repr(shown)


class TestSigning:
    @pytest.mark.parametrize(
        ("auth", "name", "value"),
        [
            (bearer, "authorization", "Bearer t"),
            (basic, "authorization", "Basic dDo="),
            (header("X-Api-Key"), "x-api-key", "t"),
            (
                header("Authorization", "Zoho-oauthtoken "),
                "authorization",
                "Zoho-oauthtoken t",
            ),
        ],
    )
    def test_ready_made(self, connect, server, auth, name, value):
        """
        bearer, basic and header sign as their names say.
        """
        server.answer = lambda request: {}
        plugin = provider(info={"auth": auth, "base_url": "https://x"})

        connect(plugin, credentials="t").session().http.get("/")

        assert server.requests[0].headers[name] == value

    def test_users_are_signed_apart(self, connect, server):
        """
        Each user's requests are signed with that user's token.
        """
        server.answer = lambda request: {}
        plugin = provider(info={"auth": bearer, "base_url": "https://x"})
        connector = connect(plugin, credentials=lambda name, user_id: f"of-{user_id}")

        for user in ("bob", "eve", "bob"):
            connector.session(user).http.get("/")

        signed = [request.headers["authorization"] for request in server.requests]
        assert signed == ["Bearer of-bob", "Bearer of-eve", "Bearer of-bob"]

    def test_refused_without_a_way_to_refresh(self, connect, server):
        """
        Without a way to refresh a refused token is an AuthenticationError at once.
        """
        server.script(401)
        plugin = provider(info={"auth": bearer, "base_url": "https://x"})

        with pytest.raises(AuthenticationError, match="Acme API error: 401 - Unauthorized"):
            connect(plugin).session().http.get("/")

        assert len(server.requests) == 1


class TestSecret:
    def test_shows_nothing(self):
        """
        A secret shows itself in no representation.
        """
        secret = Secret("hunter2")
        credentials = CRMCredentials(
            provider="acme",
            access_token="hunter2",
            refresh_token=secret,
            metadata={"client_secret": "hunter2"},
        )

        shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", repr([secret])]
        assert not [text for text in (*shown, repr(credentials)) if "hunter2" in text]
        assert secret.reveal() == "hunter2"

    def test_is_not_pickled(self):
        """
        A secret refuses to be pickled, alone or in credentials.
        """
        for value in (Secret("x"), CRMCredentials(provider="acme", access_token="x")):
            with pytest.raises(TypeError, match="a secret is not pickled"):
                pickle.dumps(value)

    def test_equality(self):
        """
        Secrets are equal when what they hide is, and never equal to a plain text.
        """
        assert Secret("x") == Secret(Secret("x"))
        assert hash(Secret("x")) == hash(Secret("x"))
        assert Secret("x") != Secret("y")
        assert Secret("x") != "x"
