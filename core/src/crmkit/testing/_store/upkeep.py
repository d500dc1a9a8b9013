"""
Rules of upkeep: what is asked of a store beside sending.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.errors import StoreError
from crmkit.testing._store.data import GROUP, NOW, STATES, key, one_of_each, row, states
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from crmkit.testing._store.subject import StoreSubject


class KeepingRows:
    """
    What a store that is looked into and cleared out holds to.
    """

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
        What is neither synced nor being sent is retried: it is pending, due at once.
        """
        subject.about("retry")
        store = one_of_each(subject)
        store.add([row("not asked for", "dead")])
        subject.expect("gives", store.retry([*map(key, STATES)], NOW + 60), 3)
        again = {"dead": "pending", "uncertain": "pending", "not asked for": "dead"}
        wanted = {**{state: state for state in STATES}, **again}
        subject.expect("leaves", states(store), wanted)
        due = {it.activity_id: it.due_at for it in store.rows(state="pending", limit=9)}
        wanted_due = dict.fromkeys(["pending", "dead", "uncertain"], NOW + 60)
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
            subject.open(url).recover(NOW)
        except StoreError:
            return
        subject.broken("finds nothing wrong with it")

    @rule
    def test_o36_forget(self, subject: StoreSubject) -> None:
        """
        A client is forgotten with all that is not being sent: of one user, or of all.
        """
        subject.about("forget")
        store = subject.open()
        store.add([row(state, state) for state in STATES if state != "synced"])
        store.add([row("other client", client_id="8"), row("eve's", user_id="eve")])
        store.add([row("other CRM", provider="crm")])
        left = dict.fromkeys(("other client", "other CRM"), "pending")
        left["sending"] = "sending"
        one = store.forget("7", provider=GROUP.provider, user_id="")
        subject.expect("gives", tuple(one[:2]), (3, 1))
        subject.expect("leaves", states(store), {**left, "eve's": "pending"})
        everyone = store.forget("7", provider=GROUP.provider, user_id=None)
        subject.expect("gives, for all users,", tuple(everyone[:2]), (1, 1))
        subject.expect("leaves", states(store), left)

    @rule
    def test_o37_checkpoint(self, subject: StoreSubject) -> None:
        """
        What was kept last under a name comes back, to another owner too, else None.
        """
        subject.about("set_checkpoint")
        one, other = subject.open(), subject.open()
        subject.expect("leaves, at first,", one.checkpoint("a"), None)
        for name, value in [("a", "1"), ("b", "2"), ("a", "3"), ("", "é\n")]:
            one.set_checkpoint(name, value)
        found = [other.checkpoint(name) for name in ("a", "b", "", "A")]
        subject.expect("leaves", found, ["3", "2", "é\n", None])
