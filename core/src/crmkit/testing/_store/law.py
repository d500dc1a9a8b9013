"""
The law of stores: whatever is done in whatever order, all of them tell the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from crmkit.stores import Group, Key, Settlement
from crmkit.testing._store.data import GROUP, NOW, row
from crmkit.testing._store.model import Place, StoreModel
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crmkit.stores import Store
    from crmkit.testing._store.subject import StoreSubject

KEYS = [Key("", "1"), Key("", "2"), Key("eve", "1")]
STATES = ["pending", "pending", "sending", "uncertain", "dead"]


@frozen
class Step:
    """
    Something that one of two owners does; each method uses what it needs.
    """

    method: str
    owner: int
    keys: Sequence[Key]
    state: str
    time: float
    limit: int

    def __str__(self) -> str:
        named = ", ".join("/".join(each) for each in self.keys)
        at = f"{self.time - NOW:+.0f} s"
        return f"{self.method}({named}; {self.state}, {at}, {self.limit}) of {self.owner}"


def _add(store: Store, step: Step) -> object:
    rows = [
        row(each.activity_id, step.state, user_id=each.user_id, due_at=step.time)
        for each in step.keys
    ]
    return sorted(store.add(rows))


def _claim(store: Store, step: Step) -> object:
    group = Group(GROUP.provider, step.keys[0].user_id, GROUP.kind)
    state = "pending" if step.state == "sending" else step.state
    rows = store.claim(group, state=state, now=step.time, limit=step.limit)
    return [it.key for it in rows]


def _claim_keys(store: Store, step: Step) -> object:
    return sorted(store.claim_keys(step.keys))


def _settle(store: Store, step: Step) -> object:
    state = "synced" if step.state == "sending" else step.state
    return store.settle(
        Settlement(key=each, state=state, due_at=step.time) for each in step.keys
    )


def _retry(store: Store, step: Step) -> object:
    return store.retry(step.keys, step.time)


def _drop(store: Store, step: Step) -> object:
    return store.drop(step.keys)


_METHODS: dict[str, Callable[[Store, Step], object]] = {
    "add": _add,
    "claim": _claim,
    "claim_keys": _claim_keys,
    "settle": _settle,
    "retry": _retry,
    "drop": _drop,
}
_STEPS = st.lists(
    st.builds(
        Step,
        method=st.sampled_from(sorted(_METHODS)),
        owner=st.integers(0, 1),
        keys=st.lists(st.sampled_from(KEYS), unique=True, min_size=1),
        state=st.sampled_from(STATES),
        time=st.sampled_from([NOW, NOW + 60]),
        limit=st.integers(1, 3),
    ),
    min_size=8,
    max_size=20,
)


class StoreLaw:
    """
    What a store does when anything may have happened before.
    """

    @rule
    def test_o35_law(self, subject: StoreSubject) -> None:
        """
        Whatever two owners do in whatever order, results and states are as said above.
        """

        @settings(
            max_examples=40,
            phases=[Phase.generate],  # what is found is shortened below, in few steps
            deadline=None,
            derandomize=True,
            database=None,
        )
        @given(steps=_STEPS)
        def law(steps: Sequence[Step]) -> None:
            if not _holds(subject, steps):
                _play(subject, _shortened(subject, steps))

        law()


def _play(subject: StoreSubject, steps: Sequence[Step]) -> None:
    """
    Do the steps on two stores of a new place and on two models, and compare.
    """
    subject.close()
    subject.move()
    stores = [subject.open(), subject.open()]
    place = Place()
    models = [StoreModel(place), StoreModel(place)]
    for number, step in enumerate(steps, 1):
        subject.about(step.method)
        did = _METHODS[step.method]
        wanted = did(models[step.owner], step)
        after = f"gives, after {_shown(steps[:number])},"
        subject.expect(after, did(stores[step.owner], step), wanted)
    after = f"leaves, after {_shown(steps)},"
    subject.expect(after, _states(stores[0]), _states(models[0]))


def _holds(subject: StoreSubject, steps: Sequence[Step]) -> bool:
    try:
        _play(subject, steps)
    except Exception:  # noqa: BLE001 - raised again once it is as short as can be
        return False
    return True


def _shortened(subject: StoreSubject, steps: Sequence[Step]) -> Sequence[Step]:
    """
    Leave out each step without which something is wrong still.
    """
    for step in steps:
        fewer = [it for it in steps if it is not step]
        if not _holds(subject, fewer):
            steps = fewer
    return steps


def _shown(steps: Iterable[Step]) -> str:
    return " then ".join(map(str, steps))


def _states(store: Store) -> object:
    found = [*store.rows(state=None, limit=99), *store.rows(state="synced", limit=99)]
    kept = [(tuple(it.key), it.state, it.due_at - NOW, it.attempts) for it in found]
    return kept, [it.user_id for it in sorted(store.groups(NOW))]
