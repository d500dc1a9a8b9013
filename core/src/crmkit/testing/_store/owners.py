"""
Rules of owners that live, close, or are gone, and of what they leased.
"""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING

from crmkit.stores import Settlement
from crmkit.testing._store.child import added_elsewhere
from crmkit.testing._store.data import NOW, key, leasing, row, states
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from crmkit.stores import Store
    from crmkit.testing._store.subject import StoreSubject

_GRACE = 5.0
_PAUSE = 0.05


class OwningRows:
    """
    What a store whose owners come and go holds to.
    """

    @rule
    def test_o30_alive(self, subject: StoreSubject) -> None:
        """
        What an open store leases stays its own, for as long as it is open.
        """
        subject.about("recover")
        one, other = leasing(subject, "a"), subject.open()
        one.add([row("b")])
        sleep(1.5 * subject.lease_s)
        subject.expect("gives, of another's rows,", other.recover(NOW), 0)
        subject.expect("gives, of its own rows,", one.recover(NOW), 0)
        subject.expect("leaves", states(other), {"a": "sending", "b": "pending"})

    @rule
    def test_o31_closed(self, subject: StoreSubject) -> None:
        """
        What a closed store still leased is uncertain, whole, due from the recovery on.
        """
        subject.about("close")
        one, other, later = leasing(subject, "a", "b"), subject.open(), NOW + 60
        one.add([row("c")])
        one.settle([Settlement(key=key("b"), state="dead")])
        one.close()
        subject.expect("lets the next one recover", other.recover(later), 1)
        subject.expect("lets it recover once more", other.recover(later), 0)
        left = {"a": "uncertain", "b": "dead", "c": "pending"}
        subject.expect("leaves", states(other), left)
        wanted = row("a", "uncertain", attempts=1, due_at=later)
        subject.expect_row("leaves", other.get(key("a")), wanted)

    @rule
    def test_o32_killed(self, subject: StoreSubject) -> None:
        """
        What a process leased that was killed is uncertain for the next one that recovers.
        """
        subject.about("recover")
        store = subject.open()
        with added_elsewhere(subject, [row("a", "sending"), row("b")]) as kill:
            kill()
            subject.expect("gives", _recovered(store, subject.lease_s), 1)
        subject.expect_row("leaves", store.get(key("a")), row("a", "uncertain"))

    @rule
    def test_o33_alive_elsewhere(self, subject: StoreSubject) -> None:
        """
        What another process leases stays its own while that process lives.
        """
        subject.about("recover")
        store = subject.open()
        with added_elsewhere(subject, [row("a", "sending")]):
            subject.expect("gives", store.recover(NOW), 0)
        subject.expect("leaves", states(store)["a"], "sending")

    @rule
    def test_o34_written(self, subject: StoreSubject) -> None:
        """
        What was added is there even if the process is killed as soon as add returns.
        """
        subject.about("add")
        store = subject.open()
        with added_elsewhere(subject, [row("a"), row("b")]) as kill:
            kill()
        subject.expect("leaves", states(store), {"a": "pending", "b": "pending"})


def _recovered(store: Store, seconds: float) -> int:
    """
    Return how many rows come free within the time that a lease outlives its owner.
    """
    end = monotonic() + seconds + _GRACE
    count = store.recover(NOW)
    while seconds and not count and monotonic() < end:
        sleep(_PAUSE)
        count = store.recover(NOW)
    return count
