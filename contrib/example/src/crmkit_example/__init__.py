"""
The provider ``example``: Acme, the invented CRM of crmkit's tutorial, with most hooks.
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from crmkit import (
    ClientData,
    ClientInteraction,
    ClientPage,
    Consent,
    CustomField,
    Limit,
    NotSupportedError,
    ProviderInfo,
    RateLimitedError,
    SyncOutcome,
    bearer,
    hookimpl,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from crmkit import ActivityRecord, CRMError, Response, Session


@hookimpl
def crmkit_provider() -> ProviderInfo:
    """
    Describe Acme.
    """
    return ProviderInfo(
        label="Acme",
        base_url="https://api.acme.example/v1",
        auth=bearer,
        fetch_batch=50,
        sync_batch=50,
        error_from=_error,
        limit_from=_limit,
    )


@hookimpl
def crmkit_fetch(session: Session, ids: Sequence[str]) -> Iterable[ClientData]:
    """
    Return the people with these ids.
    """
    return _clients(session, _people(session, id=",".join(ids)))


@hookimpl
def crmkit_find_clients(session: Session, field: str, value: str) -> Iterable[ClientData]:
    """
    Return the people with this e-mail address; Acme searches by nothing else.
    """
    if field != "email":
        msg = f"Acme cannot search by {field}"
        raise NotSupportedError(msg)
    return _clients(session, _people(session, email=value))


@hookimpl
def crmkit_list_clients(
    session: Session, updated_since: datetime | None, cursor: str | None
) -> ClientPage:
    """
    Return one page of all people, or of those changed since then.
    """
    since = updated_since.isoformat() if updated_since else None
    page = _people(session, since=since, cursor=cursor)
    return ClientPage(
        clients=_clients(session, page),
        next_cursor=page.get("next"),
        deleted=page.get("deleted"),
    )


@hookimpl
def crmkit_fields(session: Session) -> Iterable[CustomField]:
    """
    Return the account's custom fields.
    """
    fields = session.http.get("/fields").json()["fields"]
    return [CustomField(key=f["key"], name=f["name"], type=f["type"]) for f in fields]


@hookimpl
def crmkit_history(session: Session, client_id: str) -> Iterable[ClientInteraction]:
    """
    Return a person's notes, which Acme gives newest first.
    """
    path = "/people/{id}/notes"
    notes = session.http.get(path, path_values={"id": client_id}).json()["notes"]
    return map(_interaction, notes)


@hookimpl
def crmkit_sync(
    session: Session, activities: Sequence[ActivityRecord]
) -> Iterable[SyncOutcome]:
    """
    Write the activities in one request, and tell what became of each.
    """
    answer = session.http.post("/notes", json=[_note(a) for a in activities]).json()
    return map(partial(_outcome, {a.id: a for a in activities}), answer["notes"])


@hookimpl
def crmkit_find_activity(session: Session, activity: ActivityRecord) -> str | None:
    """
    Look for the note that bears the activity's id.
    """
    notes = session.http.get("/notes", params={"ref": activity.id}).json()["notes"]
    return notes[0]["id"] if notes else None


def _people(session: Session, **params: str | None) -> Any:
    return session.http.get("/people", params=params).json()


def _clients(session: Session, answer: Any) -> Iterable[ClientData]:
    names = {field.key: field.name for field in session.fields()}
    return map(partial(to_client, names), answer["people"])


def to_client(names: Mapping[str, str], person: Any) -> ClientData:
    """
    Return a person as a client; in Acme's record all but the id may be null or missing.
    """
    more = person.get("more") or {}
    unsubscribed = Consent(channel="email", status="opted_out", source="Acme")
    return ClientData(
        id=person["id"],
        name=person.get("name"),
        email=person.get("email"),
        phone=person.get("phone"),
        custom_fields={names.get(key, key): value for key, value in more.items()},
        consent=[unsubscribed] if person.get("unsubscribed") else [],
        updated_at=person.get("updated"),
        aliases=person.get("merged"),
        raw=person,
    )


def _interaction(note: Any) -> ClientInteraction:
    return ClientInteraction(
        id=note["id"], type=note["type"], description=note["text"], timestamp=note["at"]
    )


def _note(activity: ActivityRecord) -> Mapping[str, object]:
    return {
        "ref": activity.id,  # the mark by which it is found again
        "person": activity.client_id,
        "type": activity.type,
        "text": activity.description,
        "at": activity.timestamp.isoformat(),
    }


def _outcome(sent: Mapping[str, ActivityRecord], row: Any) -> SyncOutcome:
    activity = sent[row["ref"]]
    if row.get("error"):  # Acme's own words may quote the note, so they are not told
        return SyncOutcome.failed(activity, "Acme refuses the note")
    return SyncOutcome.synced(activity, row["id"])


def _error(response: Response) -> CRMError | None:
    # A spent day and a missing right are both 403.
    if response.status == HTTPStatus.FORBIDDEN and response.headers.get("X-Left") == "0":
        return RateLimitedError("Acme's requests of this day are spent")
    return None


def _limit(response: Response) -> Limit | None:
    left, seconds = response.headers.get("X-Left"), response.headers.get("X-Reset")
    if not left or not seconds:
        return None
    return Limit(remaining=int(left), resets_in=float(seconds))
