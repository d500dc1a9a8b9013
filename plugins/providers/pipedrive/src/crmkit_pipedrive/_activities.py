"""
Activities: written one by one, found again by their mark, read as a history.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from crmkit import ClientNotFoundError, SyncOutcome
from crmkit.reading import newest_first
from crmkit.sending import looked_up, made
from crmkit.writing import by_mark
from crmkit_pipedrive._api import person
from crmkit_pipedrive._calls import CALL_LOGS, every, post
from crmkit_pipedrive._kinds import KINDS, OTHER
from crmkit_pipedrive._records import to_body, to_interaction
from crmkit_pipedrive._settings import LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit import ActivityRecord, ClientInteraction, Session


def sync(
    session: Session, kind: str, activities: Sequence[ActivityRecord]
) -> Iterator[SyncOutcome]:
    """
    Yield what became of each activity; Pipedrive takes one a request.

    Any kind but notes and callLogs is a type of activity, by its key.
    """
    call = KINDS.get(kind, OTHER).write
    for activity in activities:
        answer = post(session, call, to_body(kind, activity, session.settings))
        yield SyncOutcome.synced(activity, made(answer.get("data"), LABEL))


def find(session: Session, kind: str, activity: ActivityRecord) -> str | None:
    """
    Return the id of an activity that may be in Pipedrive, None if it is not.

    Raises NotSupportedError when it cannot be looked up, now or later: what was written of
    a person who was merged into another is now the other's.
    """
    look = partial(_found, session, kind, activity)
    return looked_up(activity, LABEL, look, marker=session.settings.marker)


def history(session: Session, client_id: str) -> list[ClientInteraction]:
    """
    Return a person's notes and activities, newest first.
    """
    return newest_first(
        to_interaction(kind, record)
        for kind in ("notes", "activities")
        for record in _records(session, kind, client_id)
    )


def _found(
    session: Session, kind: str, activity: ActivityRecord, client_id: str
) -> str | None:
    field = KINDS.get(kind, OTHER).field
    if found := by_mark(_records(session, kind, client_id), field, activity):
        return str(found["id"])
    if [str(one.get("id")) for one in person(session, client_id)] != [client_id]:
        raise ClientNotFoundError(client_id)
    return None


def _records(session: Session, kind: str, client_id: str) -> Iterator[dict[str, Any]]:
    call = KINDS.get(kind, OTHER).list
    # The list of call logs is the user's, of whomever they called.
    return every(session, call, {} if call is CALL_LOGS else {"person_id": client_id})
