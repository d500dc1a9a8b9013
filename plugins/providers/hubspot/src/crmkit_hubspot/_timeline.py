"""
Timeline events, for apps that own an event type; the activity's id is the event's.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from crmkit import ConfigurationError, InvalidRequestError, SyncOutcome
from crmkit.reading import dicts
from crmkit.writing import as_text, wire_time
from crmkit_hubspot._answers import content, in_context
from crmkit_hubspot._errors import error_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit import ActivityRecord, Session

_TEMPLATES = "/integrators/timeline/v3/events/batch/create"
_APP_EVENTS = "/integrators/timeline/2026-03/events/batch"


def sync(session: Session, activities: Sequence[ActivityRecord]) -> Iterator[SyncOutcome]:
    """
    Yield what became of each event; to send one again does no harm.

    Raises ConfigurationError without the setting that names the event type.
    """
    template, event = session.settings.timeline_template, session.settings.timeline_event
    if not (template or event):
        msg = (
            "the kind timeline needs HubSpot's setting timeline_template (an event "
            "template's id) or timeline_event (an app event's name)"
        )
        raise ConfigurationError(msg)
    named = {"eventTemplateId": template} if template else {"eventTypeName": event}
    values = "tokens" if template else "properties"
    inputs = [{**named, **_event(activity, values)} for activity in activities]
    try:
        sent = session.http.post(
            _TEMPLATES if template else _APP_EVENTS,
            json={"inputs": inputs},
            repeatable=True,
        )
    except InvalidRequestError as error:
        if error.status != HTTPStatus.CONFLICT or len(activities) > 1:
            raise
        answer: dict[str, Any] = {}  # it was there already
    else:
        answer = content(sent) if sent.content else {}
    yield from _outcomes(answer, {activity.id: activity for activity in activities})


def _event(activity: ActivityRecord, values: str) -> dict[str, Any]:
    said = {name: as_text(value) for name, value in activity.metadata.items()}
    if activity.description:
        said["description"] = activity.description
    return {
        "id": activity.id,
        "objectId": activity.client_id,
        "timestamp": wire_time(activity.timestamp),
        values: said,
    }


def _outcomes(
    answer: dict[str, Any], left: dict[str, ActivityRecord]
) -> Iterator[SyncOutcome]:
    errors = dicts(answer.get("errors"))
    for item in errors:
        for event_id in in_context(item, "ids"):
            if event_id in left:
                yield SyncOutcome.failed(left.pop(event_id), error_of(item))
    # Without errors all are in; with some, only those that the answer names.
    named = {event.get("id") for event in dicts(answer.get("results"))}
    yield from (
        SyncOutcome.synced(activity, activity.id)
        for activity in left.values()
        if not errors or activity.id in named
    )
