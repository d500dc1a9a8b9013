"""
Activities: each written in one request, found again by its mark, read as a history.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from crmkit import (
    AccessDeniedError,
    ClientNotFoundError,
    InvalidRequestError,
    NotSupportedError,
    RateLimitedError,
    SyncOutcome,
)
from crmkit.reading import content, instant, newest_first
from crmkit.sending import check_kind, check_numeric, looked_up, made
from crmkit.writing import by_mark
from crmkit_followupboss import _marketing
from crmkit_followupboss._api import person_of
from crmkit_followupboss._auth import is_registered
from crmkit_followupboss._kinds import EMAIL, KINDS
from crmkit_followupboss._pages import listed
from crmkit_followupboss._records import to_body, to_interaction
from crmkit_followupboss._settings import LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit import ActivityRecord, ClientInteraction, Session

_NEW, _AGAIN = timedelta(minutes=1), 5.0
_REFUSED = (ClientNotFoundError, AccessDeniedError, InvalidRequestError)
_DROPPED = (
    "the account dropped it: the lead flow of this source is archived, so Follow Up Boss "
    "kept nothing; name another in the setting source"
)
_UNREGISTERED = (
    "texts are taken from registered systems alone: give the settings system and "
    'system_key, or keep them as notes: activity_types = { sms_sent = "notes" }'
)


def sync(
    session: Session, kind: str, activities: Sequence[ActivityRecord]
) -> Iterator[SyncOutcome]:
    """
    Yield what became of each activity; all but e-mail marketing takes one at a time.
    """
    check_kind(kind, KINDS, LABEL)
    if kind == EMAIL:
        return _marketing.sync(session, activities)
    return (_sent(session, kind, one, _body(session, kind, one)) for one in activities)


def find(session: Session, kind: str, activity: ActivityRecord) -> str | None:
    """
    Return the id of an activity that may be in Follow Up Boss, None if it is not.

    Raises NotSupportedError when this one cannot be looked up, now or later.
    """
    look = partial(_found, session, kind, activity)
    marker = session.settings.marker or kind == EMAIL
    found = looked_up(activity, LABEL, look, marker=marker)
    if found is None and kind == "appointments":
        msg = "appointments are shown only to those who share their calendar; look there"
        raise NotSupportedError(msg)
    return found


def history(session: Session, client_id: str) -> list[ClientInteraction]:
    """
    Return what happened with a person, newest first.
    """
    now = str(person_of(session, client_id)["id"])
    return newest_first(
        to_interaction(kind, record)
        for kind in KINDS
        for record in listed(session, kind, personId=now)
    )


def _body(session: Session, kind: str, activity: ActivityRecord) -> dict[str, Any]:
    client_id = activity.client_id or ""
    check_numeric(client_id, LABEL)
    if not client_id and kind != "appointments":
        msg = f"{LABEL} keeps {kind} of people only; give the activity a client_id"
        raise InvalidRequestError(msg)
    if kind == "textMessages" and not is_registered(session):
        raise NotSupportedError(_UNREGISTERED)
    person = partial(person_of, session, client_id)
    body = to_body(kind, activity, session.settings, person)
    named = kind not in {"appointments", "events"}  # where others tell whose it is
    return {**body, "personId": int(client_id)} if named else body


def _sent(
    session: Session, kind: str, activity: ActivityRecord, body: dict[str, Any]
) -> SyncOutcome:
    bucket = kind if kind in {"notes", "events"} else ""
    if kind == "events" and is_registered(session):
        bucket = "leads"  # of which it may send any number
    params = {"sendInvitation": "false" if kind == "appointments" else None}
    try:
        answer = session.http.post(f"/v1/{kind}", json=body, params=params, limit=bucket)
    except (ClientNotFoundError, AccessDeniedError):
        _check_age(session, activity.client_id)
        raise
    if answer.status == HTTPStatus.NO_CONTENT and kind == "events":
        raise NotSupportedError(_DROPPED)
    remote_id = made(content(answer, LABEL), LABEL)
    # Of an event the answer is its person; nobody tells its own id.
    return SyncOutcome.synced(activity, None if kind == "events" else remote_id)


def _check_age(session: Session, client_id: str | None) -> None:
    """
    Raise RateLimitedError where a person was made just now, and takes no activities yet.

    https://docs.followupboss.com/reference/common-issues
    """
    with suppress(*_REFUSED):
        made = instant(person_of(session, client_id or "0").get("created"))
        if made is not None and datetime.now(UTC) - made < _NEW:
            msg = f"{LABEL} is not ready for a person who was made just now"
            raise RateLimitedError(msg, retry_after=_AGAIN)


def _found(
    session: Session, kind: str, activity: ActivityRecord, client_id: str
) -> str | None:
    now = str(person_of(session, client_id)["id"])
    if kind == EMAIL:
        return _marketing.find(session, activity, now)
    records = listed(session, kind, personId=now)
    found = by_mark(records, KINDS[kind].body, activity)
    return str(found["id"]) if found else None
