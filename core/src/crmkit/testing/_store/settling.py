"""
Rules of settling: what becomes of the rows that an owner leases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import asdict

from crmkit.stores import Settlement
from crmkit.testing._store.data import GROUP, NOW, key, leasing, row, states
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from crmkit.testing._store.subject import StoreSubject


class SettlingRows:
    """
    What a store that notes outcomes holds to.
    """

    @rule
    def test_o26_settle_own(self, subject: StoreSubject) -> None:
        """
        Only rows that this owner leases are settled, each once; settle tells how many.
        """
        subject.about("settle")
        one, other = subject.open(), subject.open()
        one.add([row("a"), row("b"), row("free")])
        one.claim_keys([key("a")])
        other.claim_keys([key("b")])
        every = [_synced(name) for name in ("a", "b", "free", "unknown")]
        subject.expect("gives", one.settle(every), 1)
        subject.expect("gives, for the second time,", one.settle(every), 0)
        wanted = {"a": "synced", "b": "sending", "free": "pending"}
        subject.expect("leaves", states(one), wanted)

    @rule
    def test_o27_settled(self, subject: StoreSubject) -> None:
        """
        A settled row has the state, due time, remote id and error that it was given.
        """
        subject.about("settle")
        store = leasing(subject, "a")
        told = Settlement(
            key=key("a"),
            state="uncertain",
            due_at=NOW + 0.5,
            remote_id="9",
            error_type="CRMError",
            error="no answer",
        )
        store.settle(iter([told]))
        settled = {name: value for name, value in asdict(told).items() if name != "key"}
        subject.expect_row("leaves", store.get(told.key), row("a", attempts=1, **settled))

    @rule
    def test_o28_erased(self, subject: StoreSubject) -> None:
        """
        The activity and its client are erased once synced, and kept in any other state.
        """
        subject.about("settle")
        ends = ("synced", "pending", "uncertain", "dead")
        store = leasing(subject, *ends)
        store.settle([Settlement(key=key(state), state=state) for state in ends])
        found = [store.get(key(state)) for state in ends]
        kept = [it.activity_id for it in found if it and (it.payload or it.client_id)]
        subject.expect("keeps the activity of rows that are", kept, list(ends[1:]))

    @rule
    def test_o29_again(self, subject: StoreSubject) -> None:
        """
        A row that is settled as pending can be claimed by every owner.
        """
        subject.about("settle")
        one, other = leasing(subject, "a"), subject.open()
        one.settle([Settlement(key=key("a"), state="pending", due_at=NOW + 60)])
        claimed = other.claim(GROUP, state="pending", now=NOW + 60, limit=9)
        subject.expect("lets another owner claim", len(claimed), 1)


def _synced(name: str) -> Settlement:
    return Settlement(key=key(name), state="synced")
