"""
What users do with credentials in the store: put, list, remove, seal anew, sign in.
"""

import base64
import os
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import evolve
from tests.core.keys import ONE, TWO
from tests.core.plugins import provider
from tests.core.server import Answer
from tests.core.waiting import in_threads

from crmkit import (
    ConfigurationError,
    CredentialsError,
    CredentialsNotFoundError,
    CRMCredentials,
    OAuth2,
    UnavailableError,
    bearer,
)
from crmkit._key_places import KeyFile
from crmkit._keys import put_new_first
from crmkit._rotation import rotate
from crmkit._sqlite import SqliteStore, open_store
from crmkit._vault import SealedVault, key_ids, vault_of
from crmkit.sealing import Key, local_keys
from crmkit.testing import START

BACK = "http://127.0.0.1:8400/callback"
OAUTH = OAuth2(
    authorize_url="https://login.example/oauth/authorize?v=2",
    token_url="/oauth/token",
    scopes=("read all", "write"),
)
ONCE = CRMCredentials(provider="acme", access_token="PLANTED", refresh_token="PLANTED-r")


@pytest.fixture(autouse=True)
def data(monkeypatch, tmp_path):
    """
    Have a folder for data in which no key is.
    """
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path / "crmkit"


@pytest.fixture
def key(monkeypatch):
    """
    Have a key.
    """
    monkeypatch.setenv("CRMKIT_KEY", ONE)


@pytest.fixture
def join(connect):
    """
    Return a function that makes a connector to which nothing is given.
    """

    def join(oauth=OAUTH, base_url="https://x", **arguments):
        info = {"auth": bearer, "base_url": base_url, "oauth": oauth}
        return connect(provider(info=info), credentials=None, max_retries=0, **arguments)

    return join


@pytest.fixture
def crm(join):
    """
    Return such a connector.
    """
    return join()


@pytest.fixture
def rows(store):
    """
    Return a function that reads all that is kept, sealed.
    """
    opened = open_store(f"sqlite:///{store}")
    yield opened.all_credentials
    opened.close()


class TestKept:
    def test_set(self, key, crm):
        """
        What is put there serves at once, also after there was something else.
        """
        with pytest.raises(CredentialsNotFoundError):
            crm.session("bob")
        for token in ("one", "two"):
            crm.credentials.set(evolve(ONCE, access_token=token), "bob")
            assert crm.session("bob").credentials.access_token.reveal() == token

    def test_list(self, key, crm):
        """
        The list says whose there are, what, and until when; no key is needed for it.
        """
        expiry = datetime(2026, 5, 1, 12, tzinfo=UTC)
        crm.credentials.set(evolve(ONCE, expires_at=expiry), "bob")
        metadata = {"client_id": "PLANTED"}
        bare = CRMCredentials(provider="acme", access_token="t", metadata=metadata)
        crm.credentials.set(bare)
        del os.environ["CRMKIT_KEY"]
        nobody, bob = crm.credentials.list()

        assert (nobody.provider, nobody.user_id, nobody.expires_at) == ("acme", None, None)
        assert nobody.holds == ("access_token", "metadata")
        assert (bob.user_id, bob.expires_at) == ("bob", expiry)
        assert bob.holds == ("access_token", "refresh_token")
        assert "PLANTED" not in repr([nobody, bob])

    def test_remove(self, key, crm):
        """
        What is removed serves no more, and that there was something is told.
        """
        crm.credentials.set(ONCE, "bob")
        crm.session("bob")

        assert crm.credentials.remove("acme", "bob")
        assert not crm.credentials.remove("acme", "bob")
        with pytest.raises(CredentialsNotFoundError):
            crm.session("bob")

    def test_no_key(self, crm, rows):
        """
        Without a key nothing is put there, and the error says how to make one.
        """
        with pytest.raises(ConfigurationError, match="credentials new-key"):
            crm.credentials.set(ONCE)
        assert list(rows()) == []

    def test_at_once(self, key, crm):
        """
        Of two that put something there at once the later one stands.
        """
        both = [evolve(ONCE, access_token=token) for token in ("one", "two")]
        in_threads(2, lambda number: crm.credentials.set(both[number]))()

        assert crm.session().credentials in both


class TestRotation:
    def test_file(self, join, rows, data):
        """
        With a key file everything is sealed with a new key, and opens; the old key is gone.
        """
        crm = join()
        assert crm.credentials.new_key() == f"the key file {data / 'crmkit.key'}"
        crm.credentials.set(ONCE)
        crm.credentials.set(ONCE, "bob")
        before = set().union(*map(key_ids, rows()))
        done = crm.credentials.rotate()
        after = set().union(*map(key_ids, rows()))

        assert (done.sealed, done.new_key) == (2, True)
        assert len(before) == len(after) == 1
        assert before != after
        assert len((data / "crmkit.key").read_text().split()) == 1
        assert join().session("bob").credentials == ONCE
        assert crm.session("bob").credentials == ONCE

    def test_old_key_kept(self, crm, data):
        """
        The old key stays, after the new one, for who has other stores.
        """
        crm.credentials.new_key()
        (old,) = (data / "crmkit.key").read_text().split()
        crm.credentials.rotate(keep_old=True)

        new, left = (data / "crmkit.key").read_text().split()
        assert left == old != new

    def test_variable(self, crm, rows, monkeypatch):
        """
        The key of the variable is the user's to change; all is sealed with the first one.
        """
        monkeypatch.setenv("CRMKIT_KEY", ONE)
        crm.credentials.set(ONCE)
        monkeypatch.setenv("CRMKIT_KEY", f"{TWO} {ONE}")
        done = crm.credentials.rotate()

        assert (done.place, done.new_key, done.sealed) == ("CRMKIT_KEY", False, 1)
        monkeypatch.setenv("CRMKIT_KEY", TWO)
        assert crm.session().credentials == ONCE
        assert crm.credentials.rotate().sealed == 0

    def test_successors_stay_successors(self, key, crm, store, monkeypatch):
        """
        What is marked as the successor of given tokens is so after a rotation.
        """
        vault = vault_of(crm.credentials.open_store())
        vault.save(ONCE, None, replacing=None, succeeds="digest")
        monkeypatch.setenv("CRMKIT_KEY", f"{TWO} {ONE}")
        crm.credentials.rotate()

        assert vault.get("acme", None).succeeds == "digest"

    def test_waits_for_a_renewal(self, key, crm, store, monkeypatch, clock):
        """
        What another process renews is not touched before it is done.
        """
        crm.credentials.set(ONCE)
        monkeypatch.setenv("CRMKIT_KEY", f"{TWO} {ONE}")
        other = open_store(f"sqlite:///{store}")
        assert other.lease_credentials("", "acme", 120)
        slept = []

        def sleep(seconds):
            slept.append(seconds)
            other.release_credentials("", "acme")

        clock.sleep = sleep

        assert crm.credentials.rotate().sealed == 1
        assert len(slept) == 1
        assert other.lease_credentials("", "acme", 120)
        other.close()

    def test_waits_no_longer_than_a_lease(self, key, crm, store, monkeypatch):
        """
        Who renews for ever stops the rotation with an error; nothing is lost.
        """
        crm.credentials.set(ONCE)
        monkeypatch.setenv("CRMKIT_KEY", f"{TWO} {ONE}")
        other = open_store(f"sqlite:///{store}")
        other.lease_credentials("", "acme", 120)

        with pytest.raises(UnavailableError, match="another process renews"):
            crm.credentials.rotate()
        assert crm.session().credentials == ONCE
        other.close()

    @pytest.fixture
    def meanwhile(self, monkeypatch):
        """
        Return a function; what it is given is done, once, in the midst of a rotation.
        """

        def meanwhile(do):
            todo, right = [do], SqliteStore.all_credentials

            def all_credentials(store):
                found = right(store)
                if todo:
                    todo.pop()()
                return found

            monkeypatch.setattr(SqliteStore, "all_credentials", all_credentials)

        return meanwhile

    def test_one_at_a_time(self, crm, join, meanwhile, data, rows):
        """
        A second rotation waits for the first, and does nothing if that takes too long.
        """
        crm.credentials.new_key()
        crm.credentials.set(ONCE)
        failed = []

        def rotate():
            with pytest.raises(UnavailableError, match="seals credentials anew") as caught:
                join().credentials.rotate()
            failed.append(caught.value.sent)

        meanwhile(rotate)
        crm.credentials.rotate()

        assert failed == [False]
        assert len((data / "crmkit.key").read_text().split()) == 1
        assert join().session().credentials == ONCE
        assert join().credentials.rotate().sealed == 1

    def test_still_newer_key(self, crm, join, meanwhile):
        """
        A key that is put first meanwhile, for another store, is the one that seals.
        """
        crm.credentials.new_key()
        crm.credentials.set(ONCE)
        crm.credentials.set(ONCE, "bob")
        meanwhile(lambda: put_new_first(KeyFile()))
        done = []
        end = in_threads(1, lambda _number: done.append(crm.credentials.rotate()))
        end()

        assert done[0].new_key
        assert join().session("bob").credentials == ONCE

    def brings(self, crm, key):
        """
        Return the vault of a store that seals with this key, in the name of its own keys.
        """
        local = local_keys()
        keys = SimpleNamespace(newest=lambda place: key, find=local.find)
        return SealedVault(store=crm.credentials.open_store(), keys=keys)

    def test_store_with_keys_of_its_own(self, crm, clock, data):
        """
        Where the store's keys are elsewhere, no key of this machine is touched.
        """
        crm.credentials.new_key()
        before = (data / "crmkit.key").read_text()

        with pytest.raises(ConfigurationError, match="SqliteStore seals with other keys"):
            rotate(self.brings(crm, Key("other", bytes(32))), clock, keep_old=False)
        assert (data / "crmkit.key").read_text() == before

    def test_store_that_seals_more(self, crm, clock, join, data):
        """
        Where a store seals activities too, the old key stays, which opens them.
        """
        crm.credentials.new_key()
        crm.credentials.set(ONCE)
        old = local_keys().newest({})
        done = rotate(self.brings(crm, old), clock, keep_old=False)

        assert done.sealed == 1
        assert local_keys().newest({}) != old
        assert local_keys().find(old.id, {}) == old
        assert join().session().credentials == ONCE

    def test_lost_key(self, crm, monkeypatch):
        """
        What no key opens is not sealed anew, and the key that is missing is named.
        """
        monkeypatch.setenv("CRMKIT_KEY", ONE)
        crm.credentials.set(ONCE)
        monkeypatch.setenv("CRMKIT_KEY", TWO)

        with pytest.raises(ConfigurationError, match="needs the key"):
            crm.credentials.rotate()
        assert len(crm.credentials.list()) == 1


class TestSignIn:
    @pytest.fixture(autouse=True)
    def with_key(self, key):
        """
        Have a key, for what comes of it is kept.
        """

    @pytest.fixture
    def asked(self, server):
        """
        Have the CRM give tokens; return the forms that it was sent.
        """
        asked = []

        def answer(request):
            asked.append(parse_qs(request.body.decode()))
            return {"access_token": "a", "refresh_token": "r", "hub": 7}

        server.answer = answer
        return asked

    def begin(self, crm, **more):
        """
        Begin to sign in.
        """
        given = {"client_id": "app", "back": BACK, "client_secret": "PLANTED", **more}
        return crm.credentials.begin("acme", **given)

    def test_page(self, crm):
        """
        The page is asked for a code, with scopes, state and a challenge that tells nothing.
        """
        begun = self.begin(crm)
        query = parse_qs(urlsplit(begun.url).query)
        digest = sha256(begun.proof.verifier.encode()).digest()

        assert query == {
            "v": ["2"],
            "response_type": ["code"],
            "client_id": ["app"],
            "redirect_uri": [BACK],
            "scope": ["read all write"],
            "state": [begun.proof.state],
            "code_challenge": [base64.urlsafe_b64encode(digest).decode().rstrip("=")],
            "code_challenge_method": ["S256"],
        }
        assert begun.proof.verifier not in begun.url
        assert len(begun.proof.verifier) >= 43
        assert "scope=read%20all%20write" in begun.url

    def test_never_the_same(self, crm):
        """
        Each sign-in has a state and a verifier of its own, which its repr hides.
        """
        one, other = self.begin(crm), self.begin(crm)

        assert one.proof.state != other.proof.state
        assert one.proof.verifier != other.proof.verifier
        for hidden in ("PLANTED", one.proof.verifier, one.proof.state):
            assert hidden not in repr(one).replace(one.url, "")

    @pytest.mark.parametrize(
        ("page", "base_url", "expected"),
        [
            ("https://login.example/a", None, "https://login.example/a"),
            ("https://login.example/a", "http://127.0.0.1:9", "http://127.0.0.1:9/a"),
            ("/oauth/a", None, "https://x/oauth/a"),
            ("/oauth/a", "http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1/oauth/a"),
        ],
    )
    def test_where(self, join, page, base_url, expected):
        """
        The page is the CRM's own, but on the host of the user's base URL where that is set.
        """
        crm = join(
            oauth=OAuth2(authorize_url=page, token_url="/t"), own={"base_url": base_url}
        )

        assert self.begin(crm).url.partition("?")[0] == expected

    def test_filled(self, join):
        """
        The page may depend on the plugin's settings.
        """
        oauth = OAuth2(authorize_url="{site}/a", token_url="/t")
        crm = join(oauth=oauth, own={"site": "https://login.example", "base_url": None})

        assert self.begin(crm).url.partition("?")[0] == "https://login.example/a"

    def test_finish(self, key, crm, asked, clock):
        """
        The code is exchanged with its proof, unsigned; what comes of it is kept.
        """
        begun = self.begin(crm)
        crm.credentials.finish(begun, "the code", "bob")
        found = crm.session("bob").credentials

        assert asked == [
            {
                "grant_type": ["authorization_code"],
                "code": ["the code"],
                "redirect_uri": [BACK],
                "code_verifier": [begun.proof.verifier],
                "client_id": ["app"],
                "client_secret": ["PLANTED"],
            }
        ]
        assert found.refresh_token.reveal() == "r"
        assert found.metadata == {"client_id": "app", "client_secret": "PLANTED", "hub": 7}
        with pytest.raises(CredentialsNotFoundError):
            crm.session()

    def test_public_app(self, key, crm, asked):
        """
        An app without a secret sends none.
        """
        crm.credentials.finish(self.begin(crm, client_secret=None), "code")

        assert "client_secret" not in asked[0]

    def test_expiry(self, key, crm, server):
        """
        Until when the token is good is kept.
        """
        server.answer = lambda request: {"access_token": "a", "expires_in": 1800}
        crm.credentials.finish(self.begin(crm), "code")

        (kept,) = crm.credentials.list()
        assert kept.expires_at == START + timedelta(seconds=1800)

    @pytest.mark.parametrize(
        "answer", [Answer(400, json={"error": "invalid_grant"}), {}, 403, 401]
    )
    def test_refused(self, key, crm, server, answer, rows):
        """
        A code that is refused is a CredentialsError, and nothing is kept.
        """
        server.answer = lambda request: answer

        with pytest.raises(CredentialsError, match="'acme' gives no token"):
            crm.credentials.finish(self.begin(crm), "code")
        assert list(rows()) == []

    def test_no_key(self, crm, monkeypatch):
        """
        Without a key nobody is sent to sign in: what comes of it could not be kept.
        """
        monkeypatch.delenv("CRMKIT_KEY")

        with pytest.raises(ConfigurationError, match="credentials new-key"):
            self.begin(crm)

    def test_no_sign_in(self, join):
        """
        A provider without OAuth says how else a token is kept.
        """
        with pytest.raises(ConfigurationError, match="credentials set"):
            self.begin(join(oauth=None))
