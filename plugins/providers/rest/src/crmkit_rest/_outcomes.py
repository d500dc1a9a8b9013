"""
What an answer tells of the activities that were written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit import ProtocolError, SyncOutcome
from crmkit.reading import safe_name
from crmkit_rest._errors import details, made, meaning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit import ActivityRecord, Response
    from crmkit_rest._kinds import Kind, Outcomes
    from crmkit_rest._schema import CRM

    Sent = dict[str, ActivityRecord]


def told_id(crm: CRM, how: Kind, response: Response) -> str:
    """
    Return the id of the one that was written; ProtocolError where the answer tells none.
    """
    found = how.id.text_of(response.json())
    if found is None:
        msg = f"{crm.label}'s answer to a write tells no id"
        raise ProtocolError(msg)
    return found


def outcomes(crm: CRM, told: Outcomes, answer: Any, sent: Sent) -> Iterator[SyncOutcome]:
    """
    Yield what became of each row that the answer accounts for.

    Raises ProtocolError where rows are known by their place and one is missing.
    """
    rows = told.at.of(answer)
    if not isinstance(rows, list):
        msg = f"{crm.label}'s answer tells of no rows at {told.at.text}"
        raise ProtocolError(msg)
    way = told.key or told.index
    if not way and len(rows) != len(sent):
        msg = f"{crm.label} tells of {len(rows)} rows where {len(sent)} were sent"
        raise ProtocolError(msg)
    known = {str(place): activity for place, activity in enumerate(sent.values())}
    if told.key:
        known = {**{one.id: one for one in sent.values()}, **sent}
    for place, row in enumerate(rows):
        activity = known.get((way.text_of(row) if way else str(place)) or "")
        if activity is not None:
            yield _outcome(crm, told, row, activity)


def _outcome(crm: CRM, told: Outcomes, row: Any, activity: ActivityRecord) -> SyncOutcome:
    meant = meaning(crm.errors, row)
    if meant is None and told.error.holds(row):
        meant = "refused"
    if meant is None:
        return SyncOutcome.synced(activity, told.id.text_of(row))
    names = [told.error.of(row), details(crm.errors, row)]
    why = next((name for name in map(safe_name, names) if name), "no code of its own")
    return SyncOutcome.failed(
        activity, made(meant, f"{crm.label} refuses the record: {why}", None, None)
    )
