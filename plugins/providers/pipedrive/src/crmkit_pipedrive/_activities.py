"""
Activities: written one by one, found again by their mark, read as a history.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crmkit import NotSupportedError, ProtocolError, SyncOutcome
from crmkit.writing import mark, marked
from crmkit_pipedrive._api import person
from crmkit_pipedrive._calls import CALL_LOGS, every, post
from crmkit_pipedrive._kinds import KINDS, OTHER
from crmkit_pipedrive._records import to_body, to_interaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit import ActivityRecord, ClientInteraction, Session

_NO_TIME = datetime.min.replace(tzinfo=UTC)


def sync(
    session: Session, kind: str, activities: Sequence[ActivityRecord]
) -> Iterator[SyncOutcome]:
    """
    Yield what became of each activity; Pipedrive takes one a request.

    Any kind but notes and callLogs is a type of activity, by its key.
    """
    call = KINDS.get(kind, OTHER).write
    for activity in activities:
        made = post(session, call, to_body(kind, activity, session.settings)).get("data")
        if not isinstance(made, dict) or "id" not in made:
            msg = "Pipedrive's answer does not tell what was written"
            raise ProtocolError(msg)
        yield SyncOutcome.synced(activity, str(made["id"]))


def find(session: Session, kind: str, activity: ActivityRecord) -> str | None:
    """
    Return the id of an activity that may be in Pipedrive, None if it is not.

    Raises NotSupportedError when it cannot be looked up, now or later: what was written of
    a person who was merged into another is now the other's.
    """
    client_id = activity.client_id
    if not client_id or not session.settings.marker:
        lack = "the setting marker" if client_id else "a client"
        msg = f"an activity without {lack} cannot be looked up in Pipedrive"
        raise NotSupportedError(msg)
    for record in _records(session, kind, client_id):
        text = str(record.get(KINDS.get(kind, OTHER).field) or "")
        if marked(text) == mark(activity):
            return str(record["id"])
    if [str(one.get("id")) for one in person(session, client_id)] != [client_id]:
        msg = "the client is gone from Pipedrive, so its activity cannot be looked up"
        raise NotSupportedError(msg)
    return None


def history(session: Session, client_id: str) -> list[ClientInteraction]:
    """
    Return a person's notes and activities, newest first.
    """
    found = [
        to_interaction(kind, record)
        for kind in ("notes", "activities")
        for record in _records(session, kind, client_id)
    ]
    found.sort(key=lambda one: one.timestamp or _NO_TIME, reverse=True)
    return found


def _records(session: Session, kind: str, client_id: str) -> Iterator[dict[str, Any]]:
    call = KINDS.get(kind, OTHER).list
    # The list of call logs is the user's, of whomever they called.
    return every(session, call, {} if call is CALL_LOGS else {"person_id": client_id})
