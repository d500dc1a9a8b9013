"""
Activities: written in one request, found again by their mark, read as a history.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crmkit import (
    AccessDeniedError,
    ClientNotFoundError,
    ConfigurationError,
    InvalidRequestError,
    NotSupportedError,
    ProtocolError,
    SyncOutcome,
)
from crmkit.reading import dicts, instant
from crmkit.writing import mark as mark_of
from crmkit_hubspot import _records
from crmkit_hubspot._answers import content, in_context, records
from crmkit_hubspot._api import AN_ID, BATCH, check_errors, current_id, read
from crmkit_hubspot._errors import error_of
from crmkit_hubspot._kinds import KINDS, TIMELINE
from crmkit_hubspot._settings import path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmkit import ActivityRecord, ClientInteraction, Session


_NO_TIME = datetime.min.replace(tzinfo=UTC)


def sync(
    session: Session, kind: str, activities: Sequence[ActivityRecord]
) -> Iterator[SyncOutcome]:
    """
    Yield what became of each activity, after one request for all.

    What HubSpot could only refuse fails alone, before the request.
    """
    if kind not in KINDS:
        msg = (
            f"HubSpot has no kind of activity {kind!r}; in the setting activity_types use "
            f"one of {', '.join(KINDS)}, {TIMELINE}"
        )
        raise ConfigurationError(msg)
    sent: dict[str, ActivityRecord] = {}
    inputs = []
    for activity in activities:
        mark = mark_of(activity)
        try:
            inputs.append(_input(session, kind, activity, mark))
        except (InvalidRequestError, ClientNotFoundError) as error:
            yield SyncOutcome.failed(activity, error)
        else:
            sent[mark] = activity
    if inputs:
        target = path(session, "crm/objects", f"{kind}/batch/create")
        answer = content(session.http.post(target, json={"inputs": inputs}))
        yield from _outcomes(kind, answer, sent)


def find(session: Session, kind: str, activity: ActivityRecord) -> str | None:
    """
    Return the id of an activity that may be in HubSpot, None if it is not.

    The search is of no use: what was just written is not in its index. Raises
    NotSupportedError when this one cannot be looked up, now or later; an UnavailableError
    would hold up all that waits for the account.
    """
    if not activity.client_id or not session.settings.marker:
        lack = "the setting marker" if activity.client_id else "a client"
        msg = f"an activity without {lack} cannot be looked up in HubSpot"
        raise NotSupportedError(msg)
    try:
        return _found(session, kind, activity, activity.client_id)
    except ClientNotFoundError:
        msg = "the client is gone from HubSpot, so its activity cannot be looked up"
        raise NotSupportedError(msg) from None
    except AccessDeniedError as error:
        msg = f"the activity cannot be looked up: {error}"
        raise NotSupportedError(msg) from None


def history(session: Session, client_id: str) -> list[ClientInteraction]:
    """
    Return a contact's notes, calls, e-mails, meetings and tasks, newest first.
    """
    found = [
        _records.to_interaction(kind, record)
        for kind in KINDS
        for record in _associated(session, kind, client_id, _records.read_properties(kind))
    ]
    found.sort(key=lambda one: one.timestamp or _NO_TIME, reverse=True)
    return found


def _input(
    session: Session, kind: str, activity: ActivityRecord, mark: str
) -> dict[str, Any]:
    client_id = activity.client_id
    if client_id and not AN_ID.fullmatch(client_id):
        msg = "the client's id is no number, so it is none of HubSpot's"
        raise ClientNotFoundError(msg)
    association = {
        "to": {"id": client_id},
        "types": [
            {
                "associationCategory": "HUBSPOT_DEFINED",
                "associationTypeId": KINDS[kind].association,
            }
        ],
    }
    said = _records.to_properties(kind, activity, marker=session.settings.marker)
    return {
        "objectWriteTraceId": mark,
        "properties": said,
        "associations": [association] if client_id else [],
    }


def _outcomes(
    kind: str, answer: dict[str, Any], sent: dict[str, ActivityRecord]
) -> Iterator[SyncOutcome]:
    nameless: set[str] = set()
    for record in dicts(answer.get("results")):
        properties = record.get("properties") or {}
        mark = record.get("objectWriteTraceId") or _records.traced(kind, properties)
        if mark in sent:
            yield SyncOutcome.synced(sent.pop(mark), record["id"])
        elif mark is None:
            nameless.add(record["id"])
    for item in dicts(answer.get("errors")):
        for mark in in_context(item, "objectWriteTraceId"):
            if mark in sent:
                yield SyncOutcome.failed(sent.pop(mark), error_of(item))
    # As many nameless records as activities left: they are these, though none knows which.
    if len(nameless) == len(sent):
        remote_id = nameless.pop() if len(sent) == 1 else None
        yield from (SyncOutcome.synced(one, remote_id) for one in sent.values())


def _found(
    session: Session, kind: str, activity: ActivityRecord, client_id: str
) -> str | None:
    found = _among(session, kind, activity, client_id)
    if found is None and (now := current_id(session, client_id)) != client_id:
        return _among(session, kind, activity, now)
    return found


def _among(
    session: Session, kind: str, activity: ActivityRecord, client_id: str
) -> str | None:
    bodies = KINDS[kind].bodies
    written = _records.to_properties(kind, activity, marker=False)["hs_timestamp"]
    # HubSpot does not write an instant as it was sent: it leaves out milliseconds of 0.
    instants = {instant(written), None}
    hidden = False
    for record in _associated(session, kind, client_id, ["hs_timestamp", *bodies]):
        said = record.get("properties") or {}
        if _records.traced(kind, said) == mark_of(activity):
            return str(record["id"])
        if kind == "emails" and not any(said.get(name) for name in bodies):
            hidden = hidden or instant(said.get("hs_timestamp")) in instants
    if hidden:
        msg = (
            "one of the client's e-mails may be this activity, but shows no text; to read "
            "it the token needs the scope sales-email-read"
        )
        raise NotSupportedError(msg)
    return None


def _associated(
    session: Session, kind: str, client_id: str, properties: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """
    Yield a contact's records of one kind, the latest first.
    """
    ids = sorted(set(_associated_ids(session, kind, client_id)), key=int, reverse=True)
    for start in range(0, len(ids), BATCH):
        answer = read(session, kind, ids[start : start + BATCH], properties)
        check_errors(answer)
        found = {str(record["id"]): record for record in records(answer)}
        yield from (found[one] for one in ids[start : start + BATCH] if one in found)


def _associated_ids(session: Session, kind: str, client_id: str) -> Iterable[str]:
    target = path(session, "crm/associations", f"contacts/{kind}/batch/read")
    seen: set[str] = set()
    asked = {"id": client_id}
    while True:
        answer = content(
            session.http.post(
                target, json={"inputs": [asked]}, repeatable=True, limit="associations"
            )
        )
        check_errors(answer)
        after = None
        for row in records(answer):
            yield from (str(to["toObjectId"]) for to in dicts(row.get("to")))
            after = ((row.get("paging") or {}).get("next") or {}).get("after")
        if after is None:
            return
        if after in seen:
            msg = "HubSpot's list of a client's activities loops: a cursor came twice"
            raise ProtocolError(msg)
        seen.add(after)
        asked = {"id": client_id, "after": after}
