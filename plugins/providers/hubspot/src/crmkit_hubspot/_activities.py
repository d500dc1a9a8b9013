"""
Activities: written in one request, found again by their mark, read as a history.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from crmkit import NotSupportedError, SyncOutcome
from crmkit.asking import every
from crmkit.reading import dicts, instant, newest_first
from crmkit.sending import check_kind, check_numeric, looked_up, prepared
from crmkit.writing import mark as mark_of
from crmkit_hubspot import _records
from crmkit_hubspot._answers import content, following, in_context, records
from crmkit_hubspot._api import BATCH, check_errors, current_id, read
from crmkit_hubspot._errors import error_of
from crmkit_hubspot._kinds import KINDS, TIMELINE
from crmkit_hubspot._settings import LABEL, path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit import ActivityRecord, ClientInteraction, Session


def sync(
    session: Session, kind: str, activities: Sequence[ActivityRecord]
) -> Iterator[SyncOutcome]:
    """
    Yield what became of each activity, after one request for all.

    What HubSpot could only refuse fails alone, before the request.
    """
    check_kind(kind, (*KINDS, TIMELINE), LABEL)
    ready, refused = prepared(activities, partial(_input, session, kind))
    yield from refused
    if ready:
        target = path(session, "crm/objects", f"{kind}/batch/create")
        inputs = [one for _, one in ready]
        answer = content(session.http.post(target, json={"inputs": inputs}))
        sent = {mark_of(activity): activity for activity, _ in ready}
        yield from _outcomes(kind, answer, sent)


def find(session: Session, kind: str, activity: ActivityRecord) -> str | None:
    """
    Return the id of an activity that may be in HubSpot, None if it is not.

    The search is of no use: what was just written is not in its index. Raises
    NotSupportedError when this one cannot be looked up, now or later.
    """
    look = partial(_found, session, kind, activity)
    return looked_up(activity, LABEL, look, marker=session.settings.marker)


def history(session: Session, client_id: str) -> list[ClientInteraction]:
    """
    Return a contact's notes, calls, e-mails, meetings and tasks, newest first.
    """
    return newest_first(
        _records.to_interaction(kind, record)
        for kind in KINDS
        for record in _associated(session, kind, client_id, _records.read_properties(kind))
    )


def _input(session: Session, kind: str, activity: ActivityRecord) -> dict[str, Any]:
    client_id = activity.client_id
    check_numeric(client_id, LABEL)
    association = {
        "to": {"id": client_id},
        "types": [
            {
                "associationCategory": "HUBSPOT_DEFINED",
                "associationTypeId": KINDS[kind].association,
            }
        ],
    }
    chosen = session.settings
    said = _records.to_properties(
        kind, activity, marker=chosen.marker, cut=chosen.cut_long_text
    )
    return {
        "objectWriteTraceId": mark_of(activity),
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


def _associated_ids(session: Session, kind: str, client_id: str) -> Iterator[str]:
    target = path(session, "crm/associations", f"contacts/{kind}/batch/read")

    def page(after: str | None) -> tuple[list[str], str | None]:
        asked = {"id": client_id, "after": after} if after else {"id": client_id}
        body = {"inputs": [asked]}
        answer = content(
            session.http.post(target, json=body, repeatable=True, limit="associations")
        )
        check_errors(answer)
        rows = records(answer)
        ids = [str(to["toObjectId"]) for row in rows for to in dicts(row.get("to"))]
        return ids, following(rows[-1]) if rows else None

    return every(page, LABEL)
