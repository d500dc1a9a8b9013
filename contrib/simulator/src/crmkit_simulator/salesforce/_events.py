"""
When an event begins and ends: its start, its end and its duration must agree.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from crmkit_simulator.salesforce._errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    Values = Mapping[str, Any]

_STARTS = ("StartDateTime", "ActivityDateTime")  # two names of one time
_END, _MINUTES, _DATE = "EndDateTime", "DurationInMinutes", "ActivityDate"
_MINUTE, _DAY, _LONGEST = timedelta(minutes=1), timedelta(days=1), timedelta(days=14)
_WIRE = "%Y-%m-%dT%H:%M:%S.000+0000"


def times(old: Values, changes: Values) -> dict[str, Any]:
    """
    Return all that says when an event is, after a write; raises Refused.
    """
    new = {**old, **changes}
    whole = bool(new["IsAllDayEvent"])
    start = _whole_day(new, changes) if whole else _start(new, changes)
    length = _length(old, changes, start, whole=whole)
    last = start + (length - _DAY if whole else length)
    return {
        **dict.fromkeys(_STARTS, start.strftime(_WIRE)),
        _END: last.strftime(_WIRE),
        _MINUTES: length // _MINUTE,
        _DATE: start.date().isoformat(),
        "EndDate": last.date().isoformat(),
    }


def _start(new: Values, changes: Values) -> datetime:
    given = {changes[name] for name in _STARTS if changes.get(name)}
    found = given or {new[name] for name in _STARTS if new.get(name)}
    if not found:
        raise _missing(_STARTS[0])
    if len(given) > 1:
        raise _conflict(_STARTS[1])
    return _moment(found.pop())


def _whole_day(new: Values, changes: Values) -> datetime:
    given = [changes[name] for name in _STARTS if changes.get(name)]
    day = changes.get(_DATE) or (given[0][:10] if given else new.get(_DATE))
    if not day:
        raise _missing(_DATE)
    return _moment(f"{day}T00:00:00.000+0000")


def _length(old: Values, changes: Values, start: datetime, *, whole: bool) -> timedelta:
    said: list[timedelta] = []
    if changes.get(_MINUTES) is not None:
        said.append(changes[_MINUTES] * _MINUTE)
    if changes.get(_END):
        said.append(_moment(changes[_END]) - start + whole * _DAY)
    if not said and old.get(_MINUTES) is not None:
        said.append(old[_MINUTES] * _MINUTE)
    if not said and whole:
        said.append(_DAY)
    if not said:
        raise _missing(_MINUTES)
    if len(set(said)) > 1 or not timedelta() <= said[0] <= _LONGEST:
        raise _conflict(_END)
    return said[0]


def _moment(text: str) -> datetime:
    return datetime.strptime(text, _WIRE).replace(tzinfo=UTC)


def _missing(name: str) -> Refused:
    text = f"Required fields are missing: [{name}]"
    return Refused(400, "REQUIRED_FIELD_MISSING", text, [name])


def _conflict(name: str) -> Refused:
    text = f"{name}: the start, the end and the duration of the event do not agree"
    return Refused(400, "FIELD_INTEGRITY_EXCEPTION", text, [name])
