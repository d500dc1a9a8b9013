"""
JSON lines to activities; a bad line costs that line alone.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, NamedTuple

from crmkit import ActivityRecord, ConfigurationError, stable_id
from crmkit.codec import activity_from_json, from_json

_BOM = b"\xef\xbb\xbf"


class Parsed(NamedTuple):
    """
    The activities of a file, and what is wrong with other lines, by line number.

    *unnamed* are the lines whose activities get a new id in each run.
    """

    activities: dict[int, ActivityRecord]
    errors: dict[int, str]
    unnamed: tuple[int, ...]


def parse(text: bytes, account: tuple[str, str]) -> Parsed:
    """
    Return the activities in JSON lines; blank lines count but say nothing.

    *account* is where they go: a line without an id gets one made of this and of what it
    says, so that reading the same file again makes the same activities. Only a line
    without a timestamp means a new activity each time. Raises ConfigurationError for one
    JSON array instead of lines.
    """
    lines = text.removeprefix(_BOM).split(b"\n")
    if text.removeprefix(_BOM).lstrip().startswith(b"["):
        msg = "this is one JSON array; write an activity on each line, as jq -c '.[]' does"
        raise ConfigurationError(msg)
    parsed = Parsed({}, {}, ())
    unnamed: list[int] = []
    seen: Counter[str] = Counter()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            values = from_json(line)
            if isinstance(values, dict) and not values.get("id"):
                values = _named(values, account, seen)
            parsed.activities[number] = activity_from_json(values)
            if "id" not in values:
                unnamed.append(number)
        except ValueError as error:
            parsed.errors[number] = str(error)
    return parsed._replace(unnamed=tuple(unnamed))


def _named(
    values: dict[str, Any], account: tuple[str, str], seen: Counter[str]
) -> dict[str, Any]:
    said = {key: value for key, value in values.items() if key != "id"}
    if not values.get("timestamp"):
        return said
    content = json.dumps(said, sort_keys=True)
    seen[content] += 1
    return {**said, "id": stable_id("crmkit sync", *account, content, seen[content])}
