"""
An activity to a record of Zoho's, and such a record to an interaction.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from crmkit import ClientInteraction, InvalidRequestError
from crmkit.reading import instant
from crmkit.texts import to_text
from crmkit.writing import (
    fitting,
    lines,
    mark,
    mark_line,
    seconds,
    text_body,
    title,
    unmarked,
    utc,
)
from crmkit_zoho._errors import LABEL
from crmkit_zoho._kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crmkit import ActivityRecord
    from crmkit_zoho._kinds import ZohoKind
    from crmkit_zoho._settings import Settings

_HOUR = 3600.0
_AT = re.compile(r"^at: (\S+)$\n?", re.MULTILINE)


def to_record(kind: str, activity: ActivityRecord, settings: Settings) -> dict[str, Any]:
    """
    Return the record that says all that an activity says.

    Metadata without a field become lines of the body; the mark, where the settings want
    one, is the last. Raises InvalidRequestError for what Zoho would refuse or misread.
    """
    made_of, rest = KINDS[kind], dict(activity.metadata)
    record = _timed(made_of, activity, rest)
    record = made_of.written(rest, record)
    record |= {name: rest.pop(name) for name in settings.activity_fields if name in rest}
    if record.get("Call_Type") == "Outbound":
        record["Outbound_Call_Status"] = "Completed"
    if kind in settings.unique_fields:
        record[settings.unique_fields[kind]] = mark(activity)
    record |= _parent(kind, activity, settings.module)
    if kind != "Notes" and made_of.title not in record:
        record[made_of.title] = title(activity.description) or activity.type
    return record | _texts(made_of, activity, rest, record, settings)


def to_interaction(kind: str, record: Mapping[str, Any]) -> ClientInteraction:
    """
    Return what a record tells, in the caller's words where it has some.
    """
    made_of = KINDS[kind]
    text = unmarked(_text(record.get(made_of.body)))
    told = _AT.findall(text)
    metadata = made_of.read(record)
    if isinstance(length := record.get("Call_Duration_in_seconds"), int):
        metadata["duration_s"] = length
    way = metadata.pop("direction", None)
    return ClientInteraction(
        id=record["id"],
        type=made_of.types[0],
        description=_AT.sub("", text).strip(),
        timestamp=instant(
            record.get(made_of.time or "")
            or next(filter(instant, reversed(told)), None)
            or record.get("Created_Time")
        ),
        direction=way if way in {"in", "out"} else None,
        metadata=metadata,
    )


def read_fields(kind: str) -> list[str]:
    """
    Return the fields of a kind that to_interaction looks at.
    """
    made_of = KINDS[kind]
    named = [entry.name for entry in made_of.entries]
    more = ["Call_Duration_in_seconds"] if kind == "Calls" else []
    times = [made_of.time] if made_of.time else []
    return list(dict.fromkeys([made_of.body, *named, *times, *more, "Created_Time"]))


def _timed(
    made_of: ZohoKind, activity: ActivityRecord, rest: dict[str, Any]
) -> dict[str, Any]:
    if made_of.time is None:
        return {}
    record = {made_of.time: _wire(utc(activity.timestamp))}
    if made_of.time == "Start_DateTime":
        length = seconds(rest.pop("duration_s")) if "duration_s" in rest else _HOUR
        record["End_DateTime"] = _wire(utc(activity.timestamp, length))
    return record


def _parent(kind: str, activity: ActivityRecord, module: str) -> dict[str, Any]:
    client_id = activity.client_id
    if kind == "Notes":
        if not client_id:
            msg = f"a note of {LABEL}'s belongs to a client; give the activity a client_id"
            raise InvalidRequestError(msg)
        return {"Parent_Id": {"module": {"api_name": module}, "id": client_id}}
    if not client_id:
        return {}
    if module == "Contacts":
        return {"Who_Id": {"id": client_id}}
    return {"What_Id": {"id": client_id}, "$se_module": module}


def _texts(
    made_of: ZohoKind,
    activity: ActivityRecord,
    rest: dict[str, Any],
    record: dict[str, Any],
    settings: Settings,
) -> dict[str, str]:
    html = to_text(str(rest.pop("html", None) or ""))
    said = activity.description
    html = "" if html == said.strip() else html
    more = lines(activity, rest, made_of.types)
    if made_of.time is None:
        more.append(f"at: {_wire(utc(activity.timestamp))}")
    if settings.marker:
        more.append(mark_line(activity))
    tail = "\n".join(more)
    longest_title, longest = made_of.longest
    text = text_body(said, [html])
    name, cut = made_of.title, settings.cut_long_text
    found = {
        made_of.body: fitting(
            text,
            longest,
            field=made_of.body,
            label=LABEL,
            cut=cut,
            tail=f"\n{tail}" if text and tail else tail,
        )
    }
    if name in record:
        found[name] = fitting(
            str(record[name]), longest_title, field=name, label=LABEL, cut=cut
        )
    return found


def _wire(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
