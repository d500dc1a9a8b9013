"""
Rules of what a store keeps: rows that are added, and how they are found again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.stores import Key, Settlement
from crmkit.testing._store.data import NOW, key, row, states
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from crmkit.testing._store.subject import StoreSubject

TEXTS = [
    "",
    "Zoë 李雷 Ольга שלום ไทย 🏳️‍🌈",
    "a\x01b\tc\r\nd",
    "' \" \\ % _ ; -- {} $x",
    "é" * 100_000,
]
LOOK_ALIKE = ["a", "A", "a ", " a", "á", "a\u0301", "a%", "0", "00", "c", "b#c", "a#b"]
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
        users = ["", *LOOK_ALIKE]
        for user in users:
            rows = [
                row(name, user_id=user, digest=f"{user}, {name}") for name in LOOK_ALIKE
            ]
            known = [*map(tuple, store.add(rows))]
            subject.expect(f"takes new rows of {user!r} for", known, [])
        for each in (Key(user, name) for user in users for name in LOOK_ALIKE):
            found = store.get(each)
            digest = None if found is None else found.digest
            subject.expect("mixes up", digest, ", ".join(each))

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
