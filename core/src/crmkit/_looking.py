"""
Looking in the CRM for what is of uncertain fate, before it is sent again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from crmkit import _verdicts
from crmkit._dispatch import LOOK
from crmkit._outbox import activity_of, outcome_of
from crmkit.errors import UnavailableError
from crmkit.reports import SYNCED, UNCERTAIN, SyncOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from crmkit._dispatch import Dispatch
    from crmkit.models import ActivityRecord
    from crmkit.stores import Group, Row

SETTLED = 60.0  # seconds in which a CRM may still finish, or not yet find, what it got


def look_up(
    run: Dispatch, group: Group, claim: Callable[[], Sequence[Row]]
) -> Generator[tuple[dict[str, SyncOutcome], list[ActivityRecord]], None, None]:
    """
    Ask the CRM for activities of uncertain fate, as many as *claim* leases at once.

    Yields the outcomes of those that are there, and the activities that are to be sent
    again; in the end the outcomes of those that stay uncertain.
    """
    staying: dict[str, SyncOutcome] = {}
    due: dict[str, float] = {}
    # What stays uncertain is leased until the end, or it would be claimed over and over.
    try:
        while not run.halted(group) and (rows := claim()):
            staying.update({row.activity_id: outcome_of(row) for row in rows})
            due.update({row.activity_id: row.due_at for row in rows})
            looked = {row.activity_id: _look(run, group, row) for row in rows}
            for key, outcome in looked.items():
                if outcome is None or outcome.status == SYNCED:
                    del staying[key]
                else:
                    staying[key] = outcome
            there = {key: it for key, it in looked.items() if it and it.status == SYNCED}
            again = [activity_of(row) for row in rows if looked[row.activity_id] is None]
            yield run.note(group, there), again
    finally:
        told = run.note(group, staying, due)
    yield told, []


def _look(run: Dispatch, group: Group, row: Row) -> SyncOutcome | None:
    if run.halted(group) or not run.host.offers(group.provider, LOOK):
        return outcome_of(row)
    activity = activity_of(row)
    try:
        session = run.session(group, writes=0)
        remote_id = run.host.find_activity(session, group.kind, activity)
    except Exception as error:
        judged = _verdicts.of_raised(activity.id, error)
        run.heed(group, [judged])
        return evolve(judged, status=UNCERTAIN)
    if remote_id is not None:
        return SyncOutcome.synced(activity, remote_id)
    if run.outbox.now() >= row.due_at + SETTLED:
        return None
    msg = f"not there yet; a flush {SETTLED:.0f} s after it was sent looks once more"
    later = UnavailableError(msg, sent=True)
    return SyncOutcome(activity_id=activity.id, status=UNCERTAIN, error=later)
