"""
Rules of what a store keeps: rows that are added, and how they are found again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.errors import StoreError
from crmkit.stores import Key, Settlement
from crmkit.testing._store_subject import NOW, key, row, states
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from crmkit.stores import Store
    from crmkit.testing._store_subject import StoreSubject

TEXTS = [
    "",
    "Zoë 李雷 Ольга שלום ไทย 🏳️‍🌈",
    "a\x01b\tc\r\nd",
    "' \" \\ % _ ; -- {} $x",
    "é" * 100_000,
]
LOOK_ALIKE = ["a", "A", "a ", " a", "á", "a\u0301", "0", "00", "a#b", "a%b", "a/b", "a:b"]
MANY = 1_000


class StoringRows:
    """
    What a store that keeps rows holds to.
    """

    @rule
    def test_o01_get(self, subject: StoreSubject) -> None:
        """
        A row comes back as it was added; of a key that nobody added, nothing does.
        """
        subject.about("get")
        store = subject.open()
        full = row(
            "full",
            "dead",
            stored_at=NOW - 0.25,
            due_at=NOW + 0.125,
            attempts=3,
            remote_id="9",
            error_type="CRMError",
            error="it failed",
        )
        bare = row("bare", payload=None, client_id=None, due_at=0.0)
        store.add([full, bare])
        for added in (full, bare):
            subject.expect_row("gives", store.get(added.key), added)
        subject.expect("gives, for an unknown id,", store.get(key("unknown")), None)
        subject.expect("gives, for another user,", store.get(key("full", "eve")), None)

    @rule
    def test_o02_texts(self, subject: StoreSubject) -> None:
        """
        A text comes back as it was, whatever its script and its length, empty ones too.
        """
        subject.about("get")
        store = subject.open()
        for number, text in enumerate(TEXTS):
            added = row(str(number), payload=text, client_id=text[:99], kind=text[:9])
            store.add([added])
            if store.get(added.key) != added:
                subject.broken(f"does not give back a text like {text[:40]!r}")

    @rule
    def test_o03_keys(self, subject: StoreSubject) -> None:
        """
        A row is known by user and id together, to the letter; the empty user is one too.
        """
        subject.about("add")
        store = subject.open()
        keys = [Key(user, name) for user in ("", *LOOK_ALIKE) for name in LOOK_ALIKE]
        for user, name in [*keys, ("a", "b#c"), ("a#b", "c")]:
            again = store.add([row(name, user_id=user, digest=f"{user}|{name}")])
            subject.expect(f"takes {name!r} of {user!r} for", [*map(tuple, again)], [])
            found = store.get(Key(user, name))
            if found is None or found.digest != f"{user}|{name}":
                subject.broken(f"does not keep {name!r} of {user!r}")

    @rule
    def test_o04_known(self, subject: StoreSubject) -> None:
        """
        A row that is known stays as it is: add returns it, and adds the others.
        """
        subject.about("add")
        store = subject.open()
        first = row("known", "dead", error="the first")
        store.add([first])
        known = store.add([row("known", digest="d2"), row("new")])
        subject.expect("returns", dict(known), {first.key: first})
        subject.expect_row("leaves", store.get(first.key), first)
        subject.expect("leaves", states(store), {"known": "dead", "new": "pending"})

    @rule
    def test_o05_all_or_nothing(self, subject: StoreSubject) -> None:
        """
        Of the rows of one add all are written or, when it fails, none.
        """
        subject.about("add")
        store = subject.open()
        unwritable = row("bad", payload=object())
        try:
            store.add([*(row(str(number)) for number in range(300)), unwritable])
        except Exception:  # noqa: BLE001 - any way to refuse what is no text will do
            subject.expect("fails, and leaves so many rows:", len(states(store)), 0)

    @rule
    def test_o06_none(self, subject: StoreSubject) -> None:
        """
        Where nothing is given nothing happens: an empty sequence is no error.
        """
        store = subject.open()
        for name, result in (
            ("add", dict(store.add([]))),
            ("claim_keys", list(store.claim_keys([]))),
            ("settle", store.settle([])),
            ("retry", store.retry([], NOW)),
            ("drop", store.drop([])),
        ):
            subject.about(name)
            subject.expect("gives", bool(result), wanted=False)

    @rule
    def test_o07_many(self, subject: StoreSubject) -> None:
        """
        One call takes a thousand rows or keys: to add, claim, settle, retry and drop.
        """
        store = subject.open()
        rows = [row(str(number)) for number in range(MANY)]
        keys = [it.key for it in rows]
        dead = (Settlement(key=each, state="dead") for each in keys)
        store.add(rows)
        for name, count in (
            ("add", len(store.add(rows))),
            ("claim_keys", len(store.claim_keys(keys))),
            ("settle", store.settle(dead)),
            ("retry", store.retry(keys, NOW)),
            ("rows", len(store.rows(state="pending", limit=MANY))),
            ("drop", store.drop(keys)),
        ):
            subject.about(name)
            subject.expect("gives", count, MANY)

    @rule
    def test_o08_durable(self, subject: StoreSubject) -> None:
        """
        What was written is there when the store is closed and opened again.
        """
        subject.about("add")
        store = subject.open()
        store.add([row("waits"), row("done", "synced")])
        store.close()
        kept = states(subject.open())
        subject.expect("leaves", kept, {"waits": "pending", "done": "synced"})

    @rule
    def test_o09_rows(self, subject: StoreSubject) -> None:
        """
        Rows come in the order in which they were added, no more of them than asked for.
        """
        subject.about("rows")
        store = subject.open()
        for age, name in enumerate("cab"):
            due = NOW - age
            store.add([row(f"{name}{n}", stored_at=NOW + age, due_at=due) for n in "21"])
        found = [it.activity_id for it in store.rows(state=None, limit=5)]
        subject.expect("gives", found, ["c2", "c1", "a2", "a1", "b2"])

    @rule
    def test_o10_rows_of_a_state(self, subject: StoreSubject) -> None:
        """
        Rows are those of the state asked for; without a state all but the synced ones.
        """
        subject.about("rows")
        store = one_of_each(subject)
        for state in STATES:
            found = [it.state for it in store.rows(state=state, limit=9)]
            subject.expect(f"gives, for {state},", found, [state])
        left = {it.state for it in store.rows(state=None, limit=9)}
        subject.expect("gives", sorted(left), sorted(set(STATES) - {"synced"}))

    @rule
    def test_o11_counts(self, subject: StoreSubject) -> None:
        """
        Counts are the numbers of rows by state; a state without any may be left out.
        """
        subject.about("counts")
        store = one_of_each(subject)
        store.add([row("one more", "dead"), row("of another", "dead", user_id="eve")])
        counts = {state: count for state, count in store.counts().items() if count}
        subject.expect("gives", counts, {**dict.fromkeys(STATES, 1), "dead": 3})

    @rule
    def test_o12_retry(self, subject: StoreSubject) -> None:
        """
        Only rows that are dead or uncertain are retried: they are pending, due at once.
        """
        subject.about("retry")
        store = one_of_each(subject)
        store.add([row("not asked for", "dead")])
        subject.expect("gives", store.retry([*map(key, STATES)], NOW + 60), 2)
        again = {"dead": "pending", "uncertain": "pending", "not asked for": "dead"}
        wanted = {**{state: state for state in STATES}, **again}
        subject.expect("leaves", states(store), wanted)
        due = {it.activity_id: it.due_at for it in store.rows(state="pending", limit=9)}
        wanted_due = {"pending": NOW, "dead": NOW + 60, "uncertain": NOW + 60}
        subject.expect("makes them due at", due, wanted_due)

    @rule
    def test_o13_drop(self, subject: StoreSubject) -> None:
        """
        Rows that are neither synced nor being sent can be dropped; they are unknown then.
        """
        subject.about("drop")
        store = one_of_each(subject)
        store.add([row("not asked for")])
        subject.expect("gives", store.drop([*map(key, STATES)]), 3)
        left = {"sending": "sending", "synced": "synced", "not asked for": "pending"}
        subject.expect("leaves", states(store), left)
        known = store.add([row("dead")])
        subject.expect("leaves known", dict(known), {})

    @rule
    def test_o14_purge(self, subject: StoreSubject) -> None:
        """
        A purge deletes synced rows that were stored before its time, and no others.
        """
        subject.about("purge")
        store = subject.open()
        old = [row(f"old {state}", state, stored_at=NOW - 1) for state in STATES]
        store.add([*old, row("new", "synced")])
        subject.expect("gives", store.purge(NOW), 1)
        wanted = {f"old {state}": state for state in STATES if state != "synced"}
        subject.expect("leaves", states(store), {**wanted, "new": "synced"})

    @rule
    def test_o15_unusable(self, subject: StoreSubject) -> None:
        """
        A place that cannot be used is a StoreError, on opening or on first use.
        """
        subject.about("recover")
        url = subject.unusable()
        try:
            subject.open(url).recover()
        except StoreError:
            return
        subject.broken("finds nothing wrong with it")


STATES = ("pending", "sending", "synced", "uncertain", "dead")


def one_of_each(subject: StoreSubject) -> Store:
    """
    Return a store with a row of each state, named after it.
    """
    store = subject.open()
    store.add([row(state, state) for state in STATES])
    return store
