"""
Rules of claims: which groups wait, and who leases which rows.
"""

from __future__ import annotations

from collections import Counter
from threading import Barrier, Thread
from typing import TYPE_CHECKING

from attrs import evolve

from crmkit.stores import Group, Settlement
from crmkit.testing._store.data import GROUP, NOW, STATES, key, one_of_each, row, states
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmkit.stores import Row, Store
    from crmkit.testing._store.subject import StoreSubject

OTHER_GROUPS = [
    Group("other", "", "notes"),
    Group("acme", "bob", "notes"),
    Group("acme", "", "calls"),
]
ROWS, OWNERS, THREADS = 48, 4, 2


class ClaimingRows:
    """
    What a store that leases rows holds to.
    """

    @rule
    def test_o16_groups(self, subject: StoreSubject) -> None:
        """
        A group is named, once, when one of its pending or uncertain rows is due.
        """
        subject.about("groups")
        store = subject.open()
        kinds = {"pending": "notes", "uncertain": "calls"}
        for state, kind in kinds.items():
            due = [row(f"{state} {n}", state, kind=kind) for n in range(3)]
            later = row(f"{state} later", state, kind=f"late {kind}", due_at=NOW + 60)
            store.add([*due, later])
        early = [Group("acme", "", kind) for kind in ("calls", "notes")]
        late = [Group("acme", "", f"late {kind}") for kind in ("calls", "notes")]
        subject.expect("gives", sorted(store.groups(NOW)), early)
        every = sorted([*early, *late])
        subject.expect("gives a minute later", sorted(store.groups(NOW + 60)), every)

    @rule
    def test_o17_groups_at_rest(self, subject: StoreSubject) -> None:
        """
        A group is not named for rows that are being sent, synced or dead.
        """
        subject.about("groups")
        store = subject.open()
        store.add([row(state, state) for state in ("sending", "synced", "dead")])
        subject.expect("gives", list(store.groups(NOW)), [])

    @rule
    def test_o18_claim_order(self, subject: StoreSubject) -> None:
        """
        A claim takes what is due the longest; of rows due at one time the first added.
        """
        subject.about("claim")
        store = subject.open()
        dues = {"b": 0, "d": 9, "a": 0, "e": 9, "c": 5}
        store.add([row(name, due_at=NOW - due) for name, due in dues.items()])
        claimed = [name for _ in dues for name in _ids(_due(store, limit=2))]
        subject.expect("gives, one after the other,", claimed, ["d", "e", "c", "b", "a"])

    @rule
    def test_o19_claim_limit(self, subject: StoreSubject) -> None:
        """
        A claim leases no more rows than its limit, and all there are below it.
        """
        subject.about("claim")
        store = subject.open()
        store.add([row(name) for name in "abcde"])
        numbers = [len(_due(store, limit=limit)) for limit in (2, 9, 9)]
        subject.expect("gives, for limits of 2, 9 and 9,", numbers, [2, 3, 0])

    @rule
    def test_o20_claim_what(self, subject: StoreSubject) -> None:
        """
        A claim takes rows of its group and its state alone.
        """
        subject.about("claim")
        store = one_of_each(subject)
        for group in OTHER_GROUPS:
            fields = group._asdict()
            store.add([row(f"{s} of {group}", s, **fields) for s in STATES])
        for state in ("uncertain", "pending"):
            claimed = store.claim(GROUP, state=state, now=NOW, limit=99)
            subject.expect(f"gives, of {state} rows,", _ids(claimed), [state])

    @rule
    def test_o21_claim_when(self, subject: StoreSubject) -> None:
        """
        A claim takes no row before it is due, pending or uncertain.
        """
        subject.about("claim")
        store = subject.open()
        for state in ("pending", "uncertain"):
            store.add([row(state, state, due_at=NOW + 60)])
            counts = [
                len(store.claim(GROUP, state=state, now=NOW + seconds, limit=9))
                for seconds in (0, 59, 60)
            ]
            subject.expect("gives, before, shortly before and then,", counts, [0, 0, 1])

    @rule
    def test_o22_claim_as_it_was(self, subject: StoreSubject) -> None:
        """
        A claimed row comes back as it was; then it is being sent, for one more time.
        """
        subject.about("claim")
        store = subject.open()
        added = row("a", "uncertain", attempts=3, error_type="CRMError", error="no answer")
        store.add([added])
        (claimed,) = store.claim(GROUP, state="uncertain", now=NOW, limit=9)
        subject.expect_row("gives", claimed, added)
        sent = evolve(added, state="sending", attempts=4)
        subject.expect_row("leaves", store.get(added.key), sent)

    @rule
    def test_o23_claim_keys(self, subject: StoreSubject) -> None:
        """
        Of the keys that it is given, claim_keys leases and returns those still pending.
        """
        subject.about("claim_keys")
        store = one_of_each(subject)
        store.add([row("not asked for"), row("later", due_at=NOW + 60)])
        claimed = store.claim_keys([key(name) for name in (*STATES, "unknown", "later")])
        subject.expect("gives", sorted(claimed), [key("later"), key("pending")])
        leased = {"pending": "sending", "later": "sending", "not asked for": "pending"}
        wanted = {**{state: state for state in STATES}, **leased}
        subject.expect("leaves", states(store), wanted)

    @rule
    def test_o24_added_as_sending(self, subject: StoreSubject) -> None:
        """
        A row that is added as being sent is leased to who adds it.
        """
        subject.about("add")
        store = subject.open()
        store.add([row("a", "sending")])
        synced = Settlement(key=key("a"), state="synced")
        subject.expect("lets its owner settle", store.settle([synced]), 1)

    @rule
    def test_o25_once(self, subject: StoreSubject) -> None:
        """
        No row is leased twice, however many owners and threads claim at one moment.
        """
        subject.about("claim")
        owners = [subject.open() for _ in range(OWNERS)]
        owners[0].add([row(str(number)) for number in range(ROWS)])
        claims, failed = _claimed_at_once(owners)
        for error in failed:
            raise error
        twice = sum(number > 1 for number in Counter(claims).values())
        subject.expect(f"leases more than once, of {ROWS} rows,", twice, 0)


def _due(store: Store, *, limit: int) -> Sequence[Row]:
    return store.claim(GROUP, state="pending", now=NOW, limit=limit)


def _ids(rows: Sequence[Row]) -> list[str]:
    return [it.activity_id for it in rows]


def _claimed_at_once(owners: Sequence[Store]) -> tuple[list[str], list[Exception]]:
    """
    Claim everything, by group and by key, in several threads for each owner.
    """
    claims: list[str] = []
    failed: list[Exception] = []
    start = Barrier(OWNERS * THREADS)

    def claim(store: Store, number: int) -> None:
        try:
            start.wait()
            by_key = [key(str((number + n) % ROWS)) for n in range(3)]
            claims.extend(it.activity_id for it in store.claim_keys(by_key))
            for _ in range(ROWS):
                rows = _due(store, limit=1)
                claims.extend(_ids(rows))
                if not rows:
                    break
        except Exception as error:  # noqa: BLE001 - raised in the thread of the test
            failed.append(error)

    threads = [
        Thread(target=claim, args=(store, number))
        for number in range(THREADS)
        for store in owners
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return claims, failed
