"""
Activities: 200 in one request, found again, read as a history.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from crmkit import ProtocolError, SyncOutcome
from crmkit.reading import dicts, newest_first
from crmkit.sending import check_kind, looked_up, prepared
from crmkit.writing import by_mark, mark
from crmkit_salesforce._api import moved
from crmkit_salesforce._errors import codes, error_of
from crmkit_salesforce._fields import described, plans
from crmkit_salesforce._kinds import READ
from crmkit_salesforce._records import places, to_interaction, to_record
from crmkit_salesforce._settings import LABEL, path
from crmkit_salesforce._soql import AN_ID, any_of, every, query, quoted, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit import ActivityRecord, ClientInteraction, Session

_LIKE_A_FIELD = re.compile(r"[A-Z][A-Za-z]+|\w+__c", re.ASCII)
_CREATE_ONLY = "INVALID_FIELD_FOR_INSERT_UPDATE"


def sync(
    session: Session, kind: str, activities: Sequence[ActivityRecord]
) -> Iterator[SyncOutcome]:
    """
    Yield what became of each activity, after one request for all.

    Those of one client are neighbours, since Salesforce locks a client's record for each.
    """
    external = _external_id(session, kind)
    known = _known(session, kind, activities)
    make = partial(to_record, kind, settings=session.settings, known=known)
    neighbours = sorted(activities, key=lambda one: one.client_id or "")
    ready, unfit = prepared(neighbours, make)
    yield from unfit
    if not ready:
        return
    refused = []
    answer = _written(session, kind, external, [record for _, record in ready])
    for (activity, _), item in zip(ready, answer, strict=True):
        errors = dicts(item.get("errors"))
        if item.get("success") is True:
            yield SyncOutcome.synced(activity, item.get("id"))
        elif external and _CREATE_ONLY in codes(errors):
            refused.append((activity, errors))
        elif item.get("success") is False:
            yield SyncOutcome.failed(activity, error_of(errors))
    there = _there(session, kind, external, [mark(activity) for activity, _ in refused])
    for activity, errors in refused:
        found = there.get(mark(activity))
        yield (
            SyncOutcome.synced(activity, found)
            if found
            else SyncOutcome.failed(activity, error_of(errors))
        )


def find(session: Session, kind: str, activity: ActivityRecord) -> str | None:
    """
    Return the id of an activity that may be in Salesforce, None if it is not.

    With an external id nobody need look: sending it again does no harm. Raises
    NotSupportedError when this one cannot be looked up, now or later.
    """
    if _external_id(session, kind):
        return None
    where = places(kind, activity.client_id, session.settings)
    marker = session.settings.marker and {"client_id", "description"} <= where.keys()
    look = partial(_found, session, kind, activity)
    return looked_up(activity, LABEL, look, marker=marker)


def history(session: Session, client_id: str) -> list[ClientInteraction]:
    """
    Return a client's tasks and events, newest first.
    """
    found = []
    for kind, wanted in READ.items():
        fields = described(session, kind)
        columns = ", ".join(name for name in wanted if name in fields)
        column = places(kind, client_id, session.settings)["client_id"]
        where = f"{column} = {quoted(client_id)}"
        found += [to_interaction(kind, row) for row in every(session, columns, kind, where)]
    return newest_first(found)


def _external_id(session: Session, kind: str) -> str | None:
    check_kind(kind, (*READ, *session.settings.records), LABEL)
    return places(kind, None, session.settings).get("id")


def _known(
    session: Session, kind: str, activities: Sequence[ActivityRecord]
) -> frozenset[str]:
    """
    Return the kind's fields, if some metadata are named like a field.
    """
    names = {key for activity in activities for key in activity.metadata}
    wanted = frozenset(filter(_LIKE_A_FIELD.fullmatch, names))
    return wanted & described(session, kind).keys() if wanted else wanted


def _written(
    session: Session, kind: str, external: str | None, made: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    body = {"allOrNone": False, "records": made}
    target = path(session, "composite/sobjects")
    if external:
        target = f"{target}/{kind}/{external}"
        answer = session.http.patch(target, json=body, repeatable=True).json()
    else:
        answer = session.http.post(target, json=body).json()
    # Only their order tells which result is whose.
    if len(dicts(answer)) != len(made) or len(answer) != len(made):
        msg = f"{LABEL}'s answer does not tell of each record that was sent"
        raise ProtocolError(msg)
    return dicts(answer)


def _there(
    session: Session, kind: str, external: str | None, marks: Sequence[str]
) -> dict[str, str]:
    """
    Return the ids of what a repetition could not change: TaskSubtype is set but once.
    """
    if not external or not marks:
        return {}
    wanted = f"{external} IN {any_of(marks)}"
    soql = f"SELECT Id, {external} FROM {kind} WHERE {wanted}"  # noqa: S608
    return {
        str(row.get(external)): str(row.get("Id")) for row in rows(query(session, soql))
    }


def _found(
    session: Session, kind: str, activity: ActivityRecord, client_id: str
) -> str | None:
    where = places(kind, client_id, session.settings)
    column, text = where["client_id"], where["description"]
    if not AN_ID.fullmatch(client_id):
        return None
    objects = [n for n, one in plans(session).items() if client_id.startswith(one.prefix)]
    later = moved(session, "".join(objects), [client_id]).values()
    for whose in (client_id, *later):
        told = every(session, f"Id, {text}", kind, f"{column} = {quoted(whose)}")
        if found := by_mark(told, text, activity):
            return str(found.get("Id"))
    return None
