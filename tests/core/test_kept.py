"""
Credentials that the store keeps: found, renewed in turn, and saved before they are used.
"""

import logging
import sys
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from attrs import evolve
from tests.core.book import activities
from tests.core.keys import ONE, TWO
from tests.core.plugins import provider
from tests.core.server import Answer
from tests.core.waiting import in_threads

from crmkit import (
    ActivityRecord,
    AuthenticationError,
    ConfigurationError,
    CredentialsError,
    CredentialsNotFoundError,
    CRMCredentials,
    OAuth2,
    RateLimitedError,
    StoreError,
    UnavailableError,
    bearer,
)
from crmkit._sqlite import SqliteStore, open_store
from crmkit._vault import vault_of

OAUTH = OAuth2(authorize_url="https://x/authorize", token_url="/token")
METADATA = {"client_id": "app"}
OLD = CRMCredentials(
    provider="acme", access_token="a0", refresh_token="r0", metadata=METADATA
)


class Grant:
    """
    A CRM whose refresh tokens are good once; using one again ends the grant.
    """

    def __init__(self):
        self.number, self.ended, self.rotates, self.asked = 0, False, True, []
        self.on_refresh = lambda: None

    def __call__(self, request):
        if request.path != "/token":
            good = f"Bearer a{self.number}"
            return {} if request.headers.get("authorization") == good else 401
        token = request.body.decode().split("refresh_token=")[1].split("&")[0]
        self.asked.append(token)
        self.on_refresh()
        if self.ended or token != self.token:
            self.ended = True
            return Answer(400, json={"error": "invalid_grant"})
        self.number += 1
        return {"access_token": f"a{self.number}", "refresh_token": self.token}

    @property
    def token(self):
        return f"r{self.number if self.rotates else 0}"


@pytest.fixture(autouse=True)
def key(monkeypatch, tmp_path):
    """
    Have a key, and no data of anybody's.
    """
    monkeypatch.setenv("CRMKIT_KEY", ONE)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


@pytest.fixture
def grant(server):
    """
    Serve the CRM.
    """
    server.answer = Grant()
    return server.answer


@pytest.fixture
def join(connect):
    """
    Return a function that makes a connector, by default one to which nothing is given.
    """

    def join(credentials=None, refresh=lambda: None, **arguments):
        info = {"auth": bearer, "base_url": "https://x", "oauth": OAUTH}
        hooks = {"sync": lambda session: session.http.post("/notes"), "refresh": refresh}
        plugin = provider(info=info, **hooks)
        return connect(plugin, credentials=credentials, **{"max_retries": 0, **arguments})

    return join


@pytest.fixture
def vault(store):
    """
    Return the credentials in the store, as another process sees them.
    """
    opened = open_store(f"sqlite:///{store}")
    yield vault_of(opened)
    opened.close()


def ask(connector, user=None):
    """
    Ask the CRM for something; return the token that did it.
    """
    session = connector.session(user)
    assert session.http.get("/people").status == 200
    return session.credentials.access_token.reveal()


class TestFound:
    def test_in_the_store(self, join, vault):
        """
        What the store keeps for a user serves that user, and nobody else.
        """
        vault.save(OLD, "bob", replacing=None)
        connector = join()

        assert connector.session("bob").credentials == OLD
        for other in (None, "eve", "Bob"):
            with pytest.raises(CredentialsNotFoundError):
                connector.session(other)

    def test_order(self, join, vault, monkeypatch):
        """
        What is given stands above the store, and the store above the environment.
        """
        vault.save(evolve(OLD, access_token="kept"), None, replacing=None)
        monkeypatch.setenv("CRMKIT_ACME_TOKEN", "environment")
        monkeypatch.setenv("CRMKIT_ACME_TOKEN__bob", "environment")

        assert join("given").session().credentials.access_token.reveal() == "given"
        assert join().session().credentials.access_token.reveal() == "kept"
        assert join().session("bob").credentials.access_token.reveal() == "environment"

    def test_given_stands_above_with_a_refresh_token(self, join, vault):
        """
        Given credentials that could have a successor do not take what was kept otherwise.
        """
        vault.save(evolve(OLD, access_token="kept"), None, replacing=None)

        assert join(OLD).session().credentials == OLD

    @pytest.mark.parametrize("credentials", [None, "given", OLD])
    def test_no_file_for_a_fetch(self, join, store, credentials, monkeypatch):
        """
        No store is made to look for credentials.
        """
        monkeypatch.setenv("CRMKIT_ACME_TOKEN", "environment")
        join(credentials).session()

        assert not store.exists()

    def test_nothing_is_opened_without_a_key(self, join, vault, monkeypatch):
        """
        Without a key the store is not asked, as long as there are credentials elsewhere.
        """
        vault.all()
        monkeypatch.delenv("CRMKIT_KEY")
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        monkeypatch.setenv("CRMKIT_ACME_TOKEN", "environment")
        monkeypatch.setattr(SqliteStore, "credentials", None)

        assert join().session().credentials.access_token.reveal() == "environment"

    def test_kept_but_no_key(self, join, vault, monkeypatch):
        """
        Where credentials are kept and no key is at hand, the error names the key.
        """
        vault.save(OLD, None, replacing=None)
        monkeypatch.delenv("CRMKIT_KEY")
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

        with pytest.raises(ConfigurationError, match="needs the key"):
            join().session()

    def test_other_key(self, join, vault, monkeypatch):
        """
        With another key the environment does not stand in for what is kept.
        """
        vault.save(OLD, None, replacing=None)
        monkeypatch.setenv("CRMKIT_KEY", TWO)
        monkeypatch.setenv("CRMKIT_ACME_TOKEN", "environment")

        with pytest.raises(ConfigurationError, match="needs the key"):
            join().session()

    def test_read_once(self, join, vault, monkeypatch):
        """
        The store is read once for all calls of a user, also if it keeps nothing.
        """
        vault.save(OLD, "bob", replacing=None)
        monkeypatch.setenv("CRMKIT_ACME_TOKEN", "environment")
        read, right = [], SqliteStore.credentials

        def credentials(self, *whose):
            read.append(whose)
            return right(self, *whose)

        monkeypatch.setattr(SqliteStore, "credentials", credentials)
        connector = join()
        for user in ("bob", None, "bob", None):
            connector.session(user)

        assert read == [("bob", "acme"), ("", "acme")]

    def test_kept_later(self, join, vault):
        """
        Credentials that another process keeps meanwhile are found where there were none.
        """
        connector = join()
        with pytest.raises(CredentialsNotFoundError):
            connector.session()
        vault.save(OLD, None, replacing=None)

        assert connector.session().credentials == OLD

    def test_no_credentials_needed(self, connect, store, monkeypatch):
        """
        A provider that needs no credentials never asks the store.
        """
        open_store(f"sqlite:///{store}").counts()
        monkeypatch.setattr(SqliteStore, "credentials", None)

        connect(provider(), credentials=None).session()


class TestRenewed:
    def test_kept_before_use(self, join, vault, grant, server):
        """
        New tokens are in the store before the first request is signed with them.
        """
        vault.save(evolve(OLD, access_token="old"), None, replacing=None)
        seen = []

        def answer(request):
            if request.headers.get("authorization") == "Bearer a1":
                seen.append(vault.get("acme", None).credentials)
            return grant(request)

        server.answer = answer

        assert ask(join()) == "a1"
        assert seen[0].access_token.reveal() == "a1"
        assert seen[0].refresh_token.reveal() == "r1"
        assert seen[0].metadata == METADATA

    def test_next_start(self, join, vault, grant):
        """
        Each start goes on with what the one before kept; no refresh token is used again.
        """
        vault.save(OLD, None, replacing=None)
        for number in range(1, 4):
            session = join().session()
            session.http.renew(session.credentials)
            assert session.credentials.access_token.reveal() == f"a{number}"

        assert grant.asked == ["r0", "r1", "r2"]

    def test_by_another_process(self, join, vault, grant):
        """
        When the token is refused that another has renewed meanwhile, nothing is refreshed.
        """
        first = vault.save(OLD, None, replacing=None)
        connector = join()
        assert ask(connector) == "a0"
        grant.number = 7
        new = evolve(OLD, access_token="a7", refresh_token="r7")
        vault.save(new, None, replacing=first.version)

        assert ask(connector) == "a7"
        assert grant.asked == []

    def test_by_another_process_and_due(self, join, vault, grant, clock):
        """
        What another process renewed and is about to expire is refreshed with its own token.
        """
        first = vault.save(OLD, None, replacing=None)
        connector = join()
        assert ask(connector) == "a0"
        grant.number = 7
        due = clock.now() + timedelta(seconds=5)
        new = evolve(OLD, access_token="a7", refresh_token="r7", expires_at=due)
        vault.save(new, None, replacing=first.version)

        assert ask(connector) == "a8"
        assert grant.asked == ["r7"]

    def test_removed(self, join, vault, grant):
        """
        Credentials that were removed are refreshed no more once they are refused.
        """
        vault.save(OLD, None, replacing=None)
        connector = join()
        ask(connector)
        grant.number = 1
        vault.remove("acme", None)

        with pytest.raises(AuthenticationError):
            connector.session().http.get("/people")
        assert grant.asked == []

    def test_waits_for_another(self, join, vault, grant, clock):
        """
        While another process renews, this one waits, and takes what that one kept.
        """
        first = vault.save(OLD, None, replacing=None)
        grant.number = 1
        assert vault.lease("acme", None, 60)
        slept = []

        def sleep(seconds):
            slept.append(seconds)
            if len(slept) == 3:
                new = evolve(OLD, access_token="a1", refresh_token="r1")
                vault.save(new, None, replacing=first.version)

        clock.sleep = sleep

        assert ask(join()) == "a1"
        assert grant.asked == []
        assert slept == [0.05, 0.1, 0.2]

    def test_waits_no_longer_than_it_may(self, join, vault, grant, clock):
        """
        Who waits for too long gets an error after which trying again is safe.
        """
        vault.save(OLD, None, replacing=None)
        grant.number = 1
        assert vault.lease("acme", None, 120)
        before = clock.monotonic()

        with pytest.raises(UnavailableError, match="another process renews") as caught:
            join(max_wait=10).session().http.get("/people")
        assert not caught.value.sent
        assert 8 < clock.monotonic() - before <= 10
        assert grant.asked == []

    def test_released(self, join, vault, grant):
        """
        After renewing, and after failing to, others may renew.
        """
        vault.save(OLD, None, replacing=None)
        grant.number = 1
        with pytest.raises(CredentialsError):
            join().session().http.get("/people")

        assert vault.lease("acme", None, 60)

    def test_invalid_grant_but_signed_in_anew(self, join, vault, grant):
        """
        When the refresh is refused, what somebody kept meanwhile serves.
        """
        first = vault.save(OLD, None, replacing=None)
        grant.number = 5

        def sign_in():
            new = evolve(OLD, access_token="a5", refresh_token="r5")
            vault.save(new, None, replacing=first.version)

        grant.on_refresh = sign_in

        assert ask(join()) == "a5"
        assert grant.asked == ["r0"]

    def test_key_lost(self, join, vault, grant, monkeypatch):
        """
        Where the new token could not be kept the old one is not spent.
        """
        vault.save(OLD, None, replacing=None)
        connector = join()
        connector.session()
        grant.number = 1  # so that the access token is refused
        monkeypatch.delenv("CRMKIT_KEY")

        with pytest.raises(ConfigurationError, match="put it back"):
            ask(connector)

        assert grant.asked == []

    def test_no_extra(self, join, store, grant, monkeypatch, caplog):
        """
        What seals is looked for before a given token is spent; without it memory is told.
        """
        place = "cryptography.hazmat.primitives.ciphers.aead"
        monkeypatch.setitem(sys.modules, place, None)

        assert ask(join(evolve(OLD, access_token="old"))) == "a1"

        assert "is lost when this process ends: sealing needs the extra" in caplog.text

    def test_invalid_grant(self, join, vault, grant):
        """
        When the refresh is refused, what is kept stays, and the error says what to do.
        """
        kept = vault.save(OLD, None, replacing=None)
        grant.number = 5

        with pytest.raises(CredentialsError, match="sign in again"):
            join().session().http.get("/people")
        assert vault.get("acme", None) == kept

    def test_sealed_anew_meanwhile(self, join, vault, grant):
        """
        A rotation of keys while the token is refreshed does not lose the new one.
        """
        first = vault.save(OLD, None, replacing=None)
        grant.on_refresh = lambda: vault.save(OLD, None, replacing=first.version)
        connector = join()
        session = connector.session()

        assert session.http.renew(session.credentials)
        assert vault.get("acme", None).credentials.refresh_token.reveal() == "r1"
        assert ask(connector) == "a1"

    def test_signed_in_meanwhile(self, join, vault, grant):
        """
        What somebody kept while the token was refreshed is not written over; it serves.
        """
        first = vault.save(OLD, None, replacing=None)
        other = evolve(OLD, access_token="a1", refresh_token="of another grant")
        grant.on_refresh = lambda: vault.save(other, None, replacing=first.version)
        session = join().session()
        session.http.renew(session.credentials)

        assert vault.get("acme", None).credentials == other
        assert session.credentials == other

    def test_ends_before_its_lease(self, join, vault, server, clock):
        """
        However often a refresh is put off, it is over before others may begin one.
        """
        vault.save(evolve(OLD, access_token=None), None, replacing=None)
        asked = []

        def answer(request):
            asked.append(clock.monotonic())
            return Answer(429, headers={"Retry-After": "50"})

        server.answer = answer

        with pytest.raises(RateLimitedError):
            join(max_retries=9).session()
        assert len(asked) == 2
        assert asked[-1] - asked[0] < 60

    def test_deadline_while_another_thread_renews(self, join, vault, grant):
        """
        A deadline holds, too, while another thread waits for the CRM to renew the token.
        """
        vault.save(evolve(OLD, access_token=None), None, replacing=None)
        connector, asked, answer = join(clock=None), Event(), Event()

        def on_refresh():
            asked.set()
            answer.wait(30)

        grant.on_refresh = on_refresh
        renewing = in_threads(1, lambda _number: connector.session())
        assert asked.wait(30)
        sending = in_threads(
            1, lambda _number: connector.sync_activity(*activities(1), deadline=0.01)
        )
        (outcome,) = sending()
        answer.set()
        renewing()

        assert outcome.status == "pending"
        assert grant.asked == ["r0"]

    def test_many_threads_of_two_connectors(self, join, vault, grant):
        """
        Threads of two connectors to one store refresh once.
        """
        vault.save(OLD, None, replacing=None)
        connectors = [join(clock=None), join(clock=None)]
        sessions = [connectors[number % 2].session() for number in range(8)]
        old = sessions[0].credentials

        def renew(number):
            return sessions[number].http.renew(old)

        assert in_threads(8, renew)() == [True] * 8
        assert grant.asked == ["r0"]
        assert {s.credentials.access_token.reveal() for s in sessions} == {"a1"}


@pytest.mark.parametrize("method", ["credentials", "lease_credentials"])
def test_nothing_is_sent_without(join, vault, server, monkeypatch, method):
    """
    Activities are pending, not uncertain, when the store fails on the way to a token.
    """
    vault.save(evolve(OLD, access_token=None), None, replacing=None)

    def fail(*whose):
        msg = "disk full"
        raise StoreError(msg)

    monkeypatch.setattr(SqliteStore, method, fail)
    connector = join()
    report = connector.batch_sync_activities(activities(1, 2))

    assert [outcome.status for outcome in report] == ["pending", "pending"]
    assert isinstance(report[0].error, StoreError)
    (reason,) = connector.flush_pending().unsent
    assert "disk full" in reason


class TestPending:
    def test_unreadable(self, join, vault, server):
        """
        What somebody changed in the store signs in nobody; activities stay pending.
        """
        kept = vault.save(OLD, None, replacing=None)
        (row,) = vault.all()
        changed = evolve(row, access_token=row.refresh_token)
        vault.store.save_credentials(changed, replacing=kept.version)
        outcome = join().sync_activity(ActivityRecord(type="note"))

        assert outcome.status == "pending"
        assert isinstance(outcome.error, StoreError)
        assert server.requests == []


class TestNotSaved:
    @pytest.fixture
    def failing(self, monkeypatch):
        """
        Return a list; while it holds anything, the store saves nothing.
        """
        failing, right = ["disk full"], SqliteStore.save_credentials

        def save(self, new, *, replacing):
            if failing:
                raise StoreError(failing[0])
            return right(self, new, replacing=replacing)

        monkeypatch.setattr(SqliteStore, "save_credentials", save)
        return failing

    @pytest.fixture
    def spent(self, join, vault, grant, failing, caplog):
        """
        Return a connector whose new token could not be saved.
        """
        failing.clear()
        vault.save(OLD, None, replacing=None)
        failing.append("disk full")
        connector = join()
        session = connector.session()
        with caplog.at_level(logging.WARNING):
            session.http.renew(session.credentials)
        return connector

    def test_serves(self, spent, grant):
        """
        A new token that cannot be saved serves all the same, in this process.
        """
        assert [ask(spent), ask(spent)] == ["a1", "a1"]
        assert grant.asked == ["r0"]

    def test_told(self, spent, caplog):
        """
        That it is not saved is logged, with ids alone.
        """
        (record,) = caplog.get_records("setup")

        assert record.name == "crmkit.credentials"
        assert "acme" in record.getMessage()
        assert "disk full" in record.getMessage()
        assert not {"a0", "a1", "r0", "r1"} & set(record.getMessage().split())

    def test_saved_later(self, spent, vault, failing, clock):
        """
        Saving is tried again, not more than once a minute.
        """
        failing.clear()
        ask(spent)
        assert vault.get("acme", None).credentials.refresh_token.reveal() == "r0"
        clock.sleep(60)
        ask(spent)

        assert vault.get("acme", None).credentials.refresh_token.reveal() == "r1"

    def test_saved_on_closing(self, spent, vault, failing):
        """
        Saving is tried again when the connector is closed.
        """
        failing.clear()
        spent.close()

        assert vault.get("acme", None).credentials.refresh_token.reveal() == "r1"
        assert vault.lease("acme", None, 60)

    def test_others_wait(self, spent, vault):
        """
        Others do not refresh with the token that is spent while the lease holds.
        """
        assert not vault.lease("acme", None, 120)

    @pytest.mark.parametrize("call", ["close", "session"])
    def test_waits_for_nobody(self, spent, grant, vault, failing, clock, call):
        """
        Neither closing nor signing in waits to save while another thread is renewing.
        """
        asked, answer = Event(), Event()

        def renew(_number):
            session = spent.session()
            return session.http.renew(session.credentials)

        def on_refresh():
            asked.set()
            answer.wait(30)

        grant.on_refresh = on_refresh
        failing.clear()
        renewing = in_threads(1, renew)
        assert asked.wait(30)
        clock.turn(60)
        (result,) = in_threads(1, lambda _number: getattr(spent, call)())()
        answer.set()

        assert not isinstance(result, Exception)
        assert renewing() == [True]
        assert vault.get("acme", None).credentials.refresh_token.reveal() == "r2"

    def test_closing_fails_in_silence(self, spent):
        """
        Closing raises nothing, though the token is not saved.
        """
        spent.close()

    def test_renewed_again(self, spent, grant, vault, failing):
        """
        What is in memory is renewed from memory, and kept once that is possible.
        """
        failing.clear()
        session = spent.session()
        session.http.renew(session.credentials)

        assert grant.asked == ["r0", "r1"]
        assert vault.get("acme", None).credentials.refresh_token.reveal() == "r2"

    def test_signed_in_anew(self, spent, grant, vault, failing, clock):
        """
        What somebody kept since then is not written over by what was not saved.
        """
        failing.clear()
        other = evolve(OLD, access_token="a1", refresh_token="of another grant")
        vault.save(other, None, replacing=vault.get("acme", None).version)
        clock.sleep(60)
        ask(spent)
        spent.close()

        assert vault.get("acme", None).credentials == other


class TestGiven:
    def test_successor(self, join, vault, grant):
        """
        The successor of given tokens is kept, and found when the same are given again.
        """
        session = join(OLD).session()
        session.http.renew(session.credentials)

        assert vault.get("acme", None).credentials.refresh_token.reveal() == "r1"
        assert ask(join(OLD)) == "a1"
        again = join(OLD)
        session = again.session()
        session.http.renew(session.credentials)
        assert grant.asked == ["r0", "r1"]
        assert ask(join(OLD)) == "a2"

    @pytest.mark.parametrize("key", [ONE, ""])
    def test_function_that_fails(self, join, store, grant, monkeypatch, key):
        """
        A function that gives nothing any more, once the token is spent, loses no new one.
        """
        monkeypatch.setenv("CRMKIT_KEY", key)

        def give(provider, user_id):
            if grant.asked and not healed:
                raise OSError
            return OLD

        healed = []
        connector = join(give)
        session = connector.session()

        assert session.http.renew(session.credentials)
        healed.append(True)
        assert ask(connector) == "a1"
        assert grant.asked == ["r0"]

    def test_function_that_fails_at_the_end(self, join, grant, monkeypatch, store):
        """
        Closing closes the store, though a token that was not saved cannot be saved now.
        """
        monkeypatch.setattr(SqliteStore, "save_credentials", self.fail)
        closed = []
        connector = join(lambda provider, user_id: OLD if not closed else 1 / 0)
        session = connector.session()
        session.http.renew(session.credentials)
        closed.append(True)
        connector.close()

        assert not list(store.parent.glob("*.owner"))

    def fail(self, new, *, replacing):
        """
        Save nothing.
        """
        msg = "full"
        raise StoreError(msg)

    @pytest.mark.parametrize(
        "other",
        [None, "token", evolve(OLD, access_token="z"), evolve(OLD, refresh_token="z")],
    )
    def test_no_successor_of_others(self, join, vault, grant, other):
        """
        A successor serves nobody who gives other tokens, or none.
        """
        session = join(OLD).session()
        session.http.renew(session.credentials)
        connector = join(other)

        if other is None:
            with pytest.raises(CredentialsNotFoundError):
                connector.session()
        else:
            found = connector.session().credentials.access_token.reveal()
            assert found in {"token", "a0", "z"}

    def test_not_rotated(self, join, vault, grant):
        """
        Given tokens that are not spent by a refresh are not put into the store.
        """
        grant.rotates = False
        session = join(OLD).session()
        session.http.renew(session.credentials)

        assert session.credentials.access_token.reveal() == "a1"
        assert list(vault.all()) == []

    def test_without_a_key(self, join, store, grant, monkeypatch, caplog):
        """
        Without a key the successor is in memory alone, which one warning says.
        """
        monkeypatch.delenv("CRMKIT_KEY")
        connector = join(OLD)
        for _ in range(2):
            session = connector.session()
            session.http.renew(session.credentials)

        assert grant.asked == ["r0", "r1"]
        assert ask(connector) == "a2"
        (record,) = caplog.records
        assert "lost when this process ends" in record.getMessage()
        assert "credentials new-key" in record.getMessage()
        assert not store.exists()

    def test_without_a_store(self, join, grant, caplog, tmp_path):
        """
        Where the store cannot be used, given tokens are renewed all the same.
        """
        file = tmp_path / "file"
        file.touch()
        connector = join(OLD, store=f"sqlite:///{file}/outbox.db")
        session = connector.session()
        session.http.renew(session.credentials)

        assert ask(connector) == "a1"
        assert "saving it is tried again" in caplog.records[0].getMessage()

    def test_others_of_this_user(self, join, vault, grant, caplog):
        """
        What was put into the store by hand is not written over by a successor.
        """
        mine = evolve(OLD, access_token="mine")
        vault.save(mine, None, replacing=None)
        connector = join(OLD)
        session = connector.session()
        session.http.renew(session.credentials)

        assert ask(connector) == "a1"
        assert vault.get("acme", None).credentials == mine
        assert "keeps others of this user" in caplog.records[0].getMessage()

    def test_given_anew(self, join, vault, grant):
        """
        Who signs in anew and gives those tokens has their successors kept in turn.
        """
        session = join(OLD).session()
        session.http.renew(session.credentials)
        anew = evolve(OLD, access_token="x", refresh_token="r1")
        session = join(anew).session()
        session.http.renew(session.credentials)

        assert grant.asked == ["r0", "r1"]
        assert ask(join(anew)) == "a2"

    def test_environment_beside_a_successor(self, join, vault, grant, monkeypatch):
        """
        A token of the environment that is renewed does not touch what succeeds given ones.
        """
        session = join(OLD).session()
        session.http.renew(session.credentials)
        kept = vault.get("acme", None)
        monkeypatch.setenv("CRMKIT_ACME_TOKEN", "refused")
        fresh = CRMCredentials(provider="acme", access_token="a1")

        assert ask(join(refresh=lambda: fresh)) == "a1"
        assert vault.get("acme", None) == kept


def test_expiry_is_kept(join, vault, server):
    """
    Until when a token is good is known at the next start.
    """
    soon = {"access_token": "a1", "refresh_token": "r1", "expires_in": 1800}
    server.answer = lambda request: soon if request.path == "/token" else {}
    vault.save(evolve(OLD, access_token=None), None, replacing=None)
    ask(join())

    found = join().session().credentials
    assert found.expires_at > datetime(2020, 1, 1, tzinfo=UTC)
    assert found.access_token.reveal() == "a1"
