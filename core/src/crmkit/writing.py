"""
What an activity becomes on a CRM's wire: its mark, its body, times, lengths.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from crmkit._values import stable_id
from crmkit.codec import to_json
from crmkit.errors import InvalidRequestError
from crmkit.reading import instant
from crmkit.texts import to_html, to_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from crmkit.models import ActivityRecord

_MARK = re.compile(r"\[crmkit ([0-9a-f]{16})\]\s*")
_AT = re.compile(r"^at: (\d{4}-\d\d-\d\dT\S+)$\n?", re.MULTILINE)
_BROKEN_END = re.compile(r"(?:&[a-z]*|<[a-z]*)\Z")  # of text that was made HTML, then cut
_CENTURIES = 10**10  # seconds
_TITLE = 100


def mark(activity: ActivityRecord) -> str:
    """
    Return what an activity is known by in a CRM: 16 hex digits, the same in every attempt.
    """
    return stable_id(activity.user_id or "", activity.id)[:16]


def mark_line(activity: ActivityRecord) -> str:
    """
    Return the line of a body by which crmkit_find_activity knows the activity again.
    """
    return f"[crmkit {mark(activity)}]"


def marked(text: str) -> str | None:
    """
    Return whose mark a body bears: the last one, since texts may quote others.
    """
    found = _MARK.findall(text)
    return found[-1] if found else None


def unmarked(text: str) -> str:
    """
    Return a body without marks and the space around it.
    """
    return _MARK.sub("", text).strip()


def by_mark(
    records: Iterable[Mapping[str, Any]], field: str, activity: ActivityRecord
) -> Mapping[str, Any] | None:
    """
    Return the first record whose *field* bears an activity's mark, None without any.
    """
    wanted = mark(activity)
    return next((one for one in records if marked(str(one.get(field))) == wanted), None)


def lines(
    activity: ActivityRecord, rest: Mapping[str, Any], own_types: Collection[str]
) -> list[str]:
    """
    Return what a record has no field for, as lines of its body.

    *rest* is the metadata that found no field. The type is told unless it is one of
    *own_types*, which the kind of record says already.
    """
    typed = [] if activity.type in own_types else [f"type: {activity.type}"]
    return typed + [f"{name}: {as_text(value)}" for name, value in rest.items()]


def text_body(text: str, more: Iterable[str]) -> str:
    """
    Return a plain body: a text, and *more* lines.
    """
    return "\n".join(filter(None, (text, *more)))


def html_body(text: str, more: Iterable[str], html: object = None) -> str:
    """
    Return an HTML body: *html*, else what shows the text; and *more* lines.
    """
    shown = str(html) if html else to_html(text)
    return "<br>".join(filter(None, (shown, *map(to_html, more))))


def body(
    activity: ActivityRecord,
    rest: dict[str, Any],
    own_types: Collection[str],
    longest: int,
    *,
    field: str,
    label: str,
    marker: bool,
    markup: bool = False,
    cut: bool = False,
    also: Iterable[str] = (),
) -> str:
    """
    Return the text that tells what no field has told of an activity, with *markup* HTML.

    First the description, or the metadata ``html``; then the *rest* of the metadata as
    lines, *also* more of them, and with *marker* the mark. What is longer than the CRM
    *label* takes in this *field* is cut before the lines, if *cut* says so, to plain text;
    else raises InvalidRequestError.
    """
    html = rest.pop("html", None)
    more = [*lines(activity, rest, own_types), *also]
    more += [mark_line(activity)] if marker else []
    said, plain = activity.description, to_text(str(html or ""))
    if markup:
        shown, tail = html_body(said, (), html), html_body("", more)
    else:
        same = plain.split() == said.split()  # whatever lies between the words
        shown = text_body(said, [] if same else [plain])
        tail = text_body("", more)
    gap = ("<br>" if markup else "\n") if shown and tail else ""
    room = longest - len(gap + tail)
    if markup and cut and len(shown) > room > 0:
        shown = _BROKEN_END.sub("", to_html(said or plain)[:room])
    return fitting(shown, longest, field=field, label=label, cut=cut, tail=gap + tail)


def time_line(activity: ActivityRecord) -> str:
    """
    Return the line of a body that tells when, where a record has no such field.
    """
    return f"at: {wire_time(activity.timestamp, to='seconds')}"


def timed(text: str) -> tuple[datetime | None, str]:
    """
    Return the instant that a body's last line of time_line tells, and the body without it.
    """
    found = _AT.findall(text)
    return instant(found[-1]) if found else None, _AT.sub("", text).strip()


def metadata(activity: ActivityRecord) -> dict[str, Any]:
    """
    Return what an activity's metadata say: without those that are None.
    """
    return {key: value for key, value in activity.metadata.items() if value is not None}


def title(text: str, longest: int = _TITLE) -> str:
    """
    Return the first line of a text, cut at so many characters.
    """
    return text.strip().partition("\n")[0][:longest].rstrip()


def subject(activity: ActivityRecord, longest: int = _TITLE) -> str:
    """
    Return what a record is called: the first line of the description, else the type.
    """
    return title(activity.description, longest) or activity.type.replace("_", " ")


def as_text(value: object) -> str:
    """
    Return a value as text; several texts are parted by semicolons, all else is JSON.
    """
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, tuple) and all(isinstance(item, str) for item in value):
        return ";".join(value)
    return to_json(value)


def wire_time(moment: datetime, after: float = 0, *, to: str = "milliseconds") -> str:
    """
    Return an instant, or one so many seconds *after* it, in UTC: 2026-05-01T09:30:00.000Z.

    It is told *to* the milliseconds, or the seconds. Raises InvalidRequestError beyond the
    calendar.
    """
    return utc(moment, after).isoformat(timespec=to).replace("+00:00", "Z")


def utc(moment: datetime, after: float = 0) -> datetime:
    """
    Return an instant, or one so many seconds *after* it, in UTC.

    Raises InvalidRequestError beyond the calendar.
    """
    try:
        return moment.astimezone(UTC) + timedelta(seconds=after)
    except OverflowError:
        msg = "a time of the activity is beyond the calendar's end"
        raise InvalidRequestError(msg) from None


def seconds(value: object, key: str = "duration_s") -> float:
    """
    Return the duration that metadata hold under *key*; InvalidRequestError for none.
    """
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and 0 <= value < _CENTURIES:  # type: ignore[operator]
        return float(value)  # type: ignore[arg-type]
    msg = f"{key} must be a number of seconds, 0 or more"
    raise InvalidRequestError(msg)


def moment(value: object, key: str = "due_at") -> datetime:
    """
    Return the instant that metadata hold under *key*; InvalidRequestError for none.
    """
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        msg = f"{key} must be ISO 8601 text with its offset, such as 2026-05-01T09:30:00Z"
        raise InvalidRequestError(msg)
    return found


def fitting(
    text: str, longest: int, *, field: str, label: str, cut: bool = False, tail: str = ""
) -> str:
    """
    Return a text with its *tail*, which the CRM *label* takes in a *field* so long.

    Where it is too long the text before the tail is cut, if *cut* says so; else raises
    InvalidRequestError. Lengths are in characters.
    """
    if len(text) + len(tail) <= longest:
        return text + tail
    if cut and len(tail) <= longest:
        return text[: longest - len(tail)] + tail
    msg = (
        f"{field} would have {len(text) + len(tail):,} characters, markup and all; {label} "
        f"takes {longest:,}, so shorten the description, or part it into several activities"
    )
    raise InvalidRequestError(msg)
