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
    ConfigurationError,
    InvalidRequestError,
    NotSupportedError,
    ProtocolError,
    RateLimitedError,
    SyncOutcome,
)
from crmkit.reading import content, instant
from crmkit.writing import mark, marked
from crmkit_followupboss import _marketing
from crmkit_followupboss._api import AN_ID, person_of
from crmkit_followupboss._auth import is_registered
from crmkit_followupboss._errors import LABEL
from crmkit_followupboss._kinds import EMAIL, KINDS
from crmkit_followupboss._pages import listed
from crmkit_followupboss._records import to_body, to_interaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit import ActivityRecord, ClientInteraction, Session

_NO_TIME = datetime.min.replace(tzinfo=UTC)
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
    if kind not in KINDS:
        msg = (
            f"{LABEL} has no kind of activity {kind!r}; in the setting activity_types use "
            f"one of {', '.join(KINDS)}"
        )
        raise ConfigurationError(msg)
    if kind == EMAIL:
        yield from _marketing.sync(session, activities)
        return
    for activity in activities:
        try:
            yield _sent(session, kind, activity, _body(session, kind, activity))
        except (InvalidRequestError, ClientNotFoundError, NotSupportedError) as error:
            yield SyncOutcome.failed(activity, error)


def find(session: Session, kind: str, activity: ActivityRecord) -> str | None:
    """
    Return the id of an activity that may be in Follow Up Boss, None if it is not.

    Raises NotSupportedError when this one cannot be looked up, now or later; an
    UnavailableError would hold up all that waits for the account.
    """
    client_id, marker = activity.client_id, session.settings.marker or kind == EMAIL
    if not client_id or not marker:
        lack = "the setting marker" if client_id else "a client"
        msg = f"an activity without {lack} cannot be looked up in {LABEL}"
        raise NotSupportedError(msg)
    try:
        now = str(person_of(session, client_id)["id"])
        found = _found(session, kind, activity, now)
    except _REFUSED as error:
        msg = f"the activity cannot be looked up: {error}"
        raise NotSupportedError(msg) from None
    if found is None and kind == "appointments":
        msg = "appointments are shown only to those who share their calendar; look there"
        raise NotSupportedError(msg)
    return found


def history(session: Session, client_id: str) -> list[ClientInteraction]:
    """
    Return what happened with a person, newest first.
    """
    now = str(person_of(session, client_id)["id"])
    found = [
        to_interaction(kind, record)
        for kind in KINDS
        for record in listed(session, kind, personId=now)
    ]
    found.sort(key=lambda one: one.timestamp or _NO_TIME, reverse=True)
    return found


def _body(session: Session, kind: str, activity: ActivityRecord) -> dict[str, Any]:
    client_id = activity.client_id or ""
    if client_id and not AN_ID.fullmatch(client_id):
        msg = f"the client's id is no number, so it is none of {LABEL}'s"
        raise ClientNotFoundError(msg)
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
    made = content(answer, LABEL).get("id")
    if not made:
        msg = f"{LABEL}'s answer does not tell what was made"
        raise ProtocolError(msg)
    # Of an event the answer is its person; nobody tells its own id.
    return SyncOutcome.synced(activity, None if kind == "events" else str(made))


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
    if kind == EMAIL:
        return _marketing.find(session, activity, client_id)
    for record in listed(session, kind, personId=client_id):
        if marked(str(record.get(KINDS[kind].body))) == mark(activity):
            return str(record["id"])
    return None
