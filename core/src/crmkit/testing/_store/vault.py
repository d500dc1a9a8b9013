"""
Rules of credentials: what a store that keeps them, too, holds to.
"""

from __future__ import annotations

from threading import Barrier, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, cast

from crmkit._vault import offers_vault
from crmkit.testing._store.child import done_elsewhere
from crmkit.testing._store.data import NOW
from crmkit.testing._verdicts import rule
from crmkit.vaults import SealedCredentials, Vault

if TYPE_CHECKING:
    from crmkit.testing._store.subject import StoreSubject

ALIKE = [("a", "b#c"), ("a#b", "c"), ("A", "b#c"), ("a", "B#c"), ("", "b#c")]
OWNERS, THREADS = 4, 2
HOUR, MOMENT = 3600.0, 0.2
_GRACE = 5.0
_PAUSE = 0.05


class KeepingCredentials:
    """
    What a store that keeps credentials holds to; to keep none breaks no rule.
    """

    @rule
    def test_o40_kept(self, subject: StoreSubject) -> None:
        """
        Credentials come back as they were saved, to every owner and after closing.
        """
        one, other = _two(subject, "save_credentials")
        full = _sealed(refresh_token="r" * 9000, metadata="é\n", expires_at=NOW + 0.25)
        for new in (full, _sealed("bob", access_token=None)):
            subject.expect("gives", one.save_credentials(new, replacing=None), wanted=True)
            found = other.credentials(new.user_id, new.provider)
            subject.expect("leaves", _shown(found), _shown(new))
        subject.close()
        found = _open(subject, "save_credentials").credentials("", "acme")
        subject.expect("leaves, after closing,", _shown(found), _shown(full))

    @rule
    def test_o41_replaced(self, subject: StoreSubject) -> None:
        """
        They are saved in place of the version that is named, and of no other.
        """
        store = _open(subject, "save_credentials")
        tries = [("1", "0"), ("1", None), ("2", None), ("2", "0"), ("2", "1"), ("3", "1")]
        results = [
            store.save_credentials(_sealed(version=version), replacing=replacing)
            for version, replacing in tries
        ]
        wanted = [False, True, False, False, True, False]
        subject.expect(f"gives, for {tries},", results, wanted)
        left = _shown(store.credentials("", "acme"))
        subject.expect("leaves", left, _shown(_sealed(version="2")))

    @rule
    def test_o42_one_replaces(self, subject: StoreSubject) -> None:
        """
        Of several owners and threads that replace one version at one moment one does.
        """
        stores = [_open(subject, "save_credentials") for _ in range(OWNERS)]
        stores[0].save_credentials(_sealed(), replacing=None)
        for before in ("1", None):
            if before is None:
                stores[0].remove_credentials("", "acme")
            saved = _saved_at_once(stores, replacing=before)
            subject.expect(f"lets so many replace {before!r}:", len(saved), 1)
            found = stores[0].credentials("", "acme")
            subject.expect("leaves the version", found and found.version, saved[0])

    @rule
    def test_o43_whose(self, subject: StoreSubject) -> None:
        """
        They belong to a user and a provider, to the letter; else there are none.
        """
        store = _open(subject, "credentials")
        subject.expect("gives, at first,", store.credentials("a", "b#c"), None)
        for number, (user, provider) in enumerate(ALIKE):
            new = _sealed(user, str(number), provider=provider)
            store.save_credentials(new, replacing=None)
        found = [store.credentials(*whose) for whose in ALIKE]
        versions = [it and it.version for it in found]
        subject.expect("gives the versions", versions, ["0", "1", "2", "3", "4"])
        subject.expect("gives, for another user,", store.credentials("b", "b#c"), None)

    @rule
    def test_o44_all(self, subject: StoreSubject) -> None:
        """
        All that are kept are listed by user, then by provider.
        """
        store = _open(subject, "all_credentials")
        subject.expect("gives, at first,", list(store.all_credentials()), [])
        names = [("b", "x"), ("", "x"), ("a", "y"), ("a", "x")]
        for user, provider in names:
            store.save_credentials(_sealed(user, provider=provider), replacing=None)
        found = [_shown(it) for it in store.all_credentials()]
        wanted = [_shown(_sealed(user, provider=crm)) for user, crm in sorted(names)]
        subject.expect("gives", found, wanted)

    @rule
    def test_o45_removed(self, subject: StoreSubject) -> None:
        """
        What is removed is gone, and told; others stay, and others may take its place.
        """
        store = _open(subject, "remove_credentials")
        for user in ("", "bob"):
            store.save_credentials(_sealed(user), replacing=None)
        results = [store.remove_credentials("", "acme") for _ in range(2)]
        subject.expect("gives, for the first and the second time,", results, [True, False])
        left = [it.user_id for it in store.all_credentials()]
        subject.expect("leaves those of the users", left, ["bob"])
        again = store.save_credentials(_sealed(), replacing=None)
        subject.expect("lets others be saved", again, wanted=True)

    @rule
    def test_o46_leased(self, subject: StoreSubject) -> None:
        """
        One owner renews them at a time, until it says so; they need not be kept yet.
        """
        one, other = _two(subject, "lease_credentials")
        tries = [store.lease_credentials("", "acme", HOUR) for store in (one, other, one)]
        subject.expect("gives, to one, another and the one,", tries, [True, False, True])
        others = [
            other.lease_credentials(*it, HOUR) for it in (("bob", "acme"), ("", "crm"))
        ]
        subject.expect("gives, for other users and providers,", others, [True, True])
        other.release_credentials("", "acme")
        held = other.lease_credentials("", "acme", HOUR)
        subject.expect("gives, once another released it,", held, wanted=False)
        one.release_credentials("", "acme")
        free = other.lease_credentials("", "acme", HOUR)
        subject.expect("gives, once its owner released it,", free, wanted=True)

    @rule
    def test_o47_lease_ends(self, subject: StoreSubject) -> None:
        """
        A lease is over when its time is over.
        """
        one, other = _two(subject, "lease_credentials")
        one.lease_credentials("", "acme", MOMENT)
        free = _comes_free(other, MOMENT, MOMENT)
        subject.expect("lets another one have it", free, wanted=True)

    @rule
    def test_o48_lease_of_the_closed(self, subject: StoreSubject) -> None:
        """
        A lease is over when its owner is closed.
        """
        one, other = _two(subject, "lease_credentials")
        one.lease_credentials("", "acme", HOUR)
        cast("Any", one).close()
        free = other.lease_credentials("", "acme", HOUR)
        subject.expect("gives, to another one,", free, wanted=True)

    @rule
    def test_o49_lease_of_the_killed(self, subject: StoreSubject) -> None:
        """
        A lease is over when the process of its owner is killed, and not before.
        """
        store = _open(subject, "lease_credentials")
        seconds = subject.lease_s or HOUR
        leased = ("lease_credentials", "", "acme", seconds)
        with done_elsewhere(subject, leased) as kill:
            held = store.lease_credentials("", "acme", seconds)
            subject.expect("gives, while it lives,", held, wanted=False)
            kill()
            free = _comes_free(store, seconds, subject.lease_s)
            subject.expect("gives, once it is killed,", free, wanted=True)


def _open(subject: StoreSubject, method: str) -> Vault:
    store = subject.open()
    if not offers_vault(store):
        subject.not_offered("the store keeps no credentials")
    subject.about(method)
    return cast("Vault", store)


def _two(subject: StoreSubject, method: str) -> tuple[Vault, Vault]:
    return _open(subject, method), _open(subject, method)


def _sealed(user_id: str = "", version: str = "1", **more: Any) -> SealedCredentials:
    given = {"provider": "acme", "access_token": f"sealed {version}"}
    return SealedCredentials(user_id=user_id, version=version, **{**given, **more})


def _shown(it: SealedCredentials | None) -> object:
    """
    Return all of them as it can be compared and told: their repr hides the texts.
    """
    if it is None:
        return None
    texts = (it.access_token, it.refresh_token, it.metadata)
    return it.user_id, it.provider, it.version, *texts, it.expires_at


def _saved_at_once(stores: list[Vault], *, replacing: str | None) -> list[str]:
    """
    Replace one version in several threads of each owner; return the versions saved.
    """
    saved: list[str] = []
    failed: list[Exception] = []
    start = Barrier(OWNERS * THREADS)

    def save(store: Vault, version: str) -> None:
        try:
            start.wait()
            if store.save_credentials(_sealed("", version), replacing=replacing):
                saved.append(version)
        except Exception as error:  # noqa: BLE001 - raised in the thread of the test
            failed.append(error)

    threads = [
        Thread(target=save, args=(store, f"{replacing} {number} {at}"))
        for number in range(THREADS)
        for at, store in enumerate(stores)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in failed:
        raise error
    return saved


def _comes_free(store: Vault, seconds: float, after: float) -> bool:
    """
    Tell whether the lease is to be had so many seconds after now, with some grace.
    """
    end = monotonic() + after + (_GRACE if after else 0.0)
    while not store.lease_credentials("", "acme", seconds):
        if monotonic() >= end:
            return False
        sleep(_PAUSE)
    return True
