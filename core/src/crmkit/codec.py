"""
Values to and from JSON and settings: the same rules for every plugin.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import NOTHING, asdict, fields, has

from crmkit._values import read_only
from crmkit.errors import ConfigurationError
from crmkit.models import ActivityRecord, Secret

if TYPE_CHECKING:
    from cattrs import Converter

T = TypeVar("T")

_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_ACTIVITY = tuple(attribute.name for attribute in fields(ActivityRecord))
_KNOWN = frozenset(_ACTIVITY)


def quoted(text: str | None) -> str:
    """
    Return a text, or None, as JSON, as to_json does.
    """
    return "null" if text is None else encode_basestring_ascii(text)


def to_json(value: object, *, indent: int | None = None) -> str:
    """
    Return JSON text: models as mappings, instants and dates in ISO 8601, secrets refused.

    Compact text is ASCII, so that it survives any wire; indented text is for people.
    Raises TypeError for what JSON cannot say.
    """
    if indent is None:
        return _encode(value)
    return json.dumps(
        value, default=_plain, ensure_ascii=False, allow_nan=False, indent=indent
    )


def from_json(text: str | bytes) -> Any:
    """
    Return JSON values; raise ValueError for anything else.

    Too deep nesting is, and a number that is none or has too many digits.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode(json.detect_encoding(text), "surrogatepass")
        return _decode(text)
    except RecursionError:
        msg = "JSON nested too deep"
    except json.JSONDecodeError as error:
        msg = f"no JSON: {error.msg} at column {error.colno} of line {error.lineno}"
    except UnicodeDecodeError:
        msg = "not UTF-8"
    except ValueError as error:
        msg = str(error)
    raise ValueError(msg)  # out here, since what was caught holds the whole text


def structure(values: Mapping[str, Any], kind: type[T], where: str) -> T:
    """
    Return an attrs object of this *kind*; *where* names the place in an error.

    Raises ConfigurationError that names each unknown, missing or wrong setting.
    """
    known = {attribute.name for attribute in fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(values) - known)
    if unknown:
        msg = f"{where}: unknown {_listed(unknown)}; known are {_listed(sorted(known))}"
        raise ConfigurationError(msg)
    try:
        return _converter().structure(dict(values), kind)
    except ConfigurationError:
        raise
    except Exception as error:
        from cattrs import transform_error

        if told := _told(error):
            msg = f"{where}: {told}"
            raise ConfigurationError(msg) from None
        problems = "; ".join(_without_value(line) for line in transform_error(error))
        msg = f"{where}: {problems}"
        raise ConfigurationError(msg) from None


def structured(given: Mapping[str, Any], kind: type | None, plugin: str) -> Any:
    """
    Return a plugin's settings as its own class, or as a read-only mapping if it has none.
    """
    if kind is None:
        return read_only(given)
    if not given and not any(field.default is NOTHING for field in fields(kind)):
        return kind()  # without the library that structures
    return structure(given, kind, f"settings of {plugin!r}")


def activity_from_json(values: object) -> ActivityRecord:
    """
    Return an activity from a JSON object whose keys are snake_case or camelCase.

    Raises ValueError that names what is wrong with it, never a value.
    """
    if not isinstance(values, Mapping):
        msg = 'an activity is a JSON object, such as {"type": "note"}'
        raise ValueError(msg)
    # What the outbox kept needs no other names, and there may be a million.
    named = values if values.keys() <= _KNOWN else _snake_case(values)
    given = {k: v for k, v in named.items() if v is not None}
    return ActivityRecord(**{"type": "", **given})


def activity_to_json(activity: ActivityRecord) -> str:
    """
    Return the JSON text from which activity_from_json makes an equal activity.
    """
    # Field by field, since most of them are texts: it is done for each of a million.
    timestamp = activity.timestamp.isoformat()
    metadata = to_json(activity.metadata) if activity.metadata else "{}"
    return (
        f'{{"type":{quoted(activity.type)},"description":{quoted(activity.description)},'
        f'"client_id":{quoted(activity.client_id)},"user_id":{quoted(activity.user_id)},'
        f'"timestamp":"{timestamp}","metadata":{metadata},'
        f'"id":{quoted(activity.id)},"provider":{quoted(activity.provider)}}}'
    )


def _snake_case(values: Mapping[Any, Any]) -> dict[str, Any]:
    named = {_CAMEL.sub(r"_\1", str(k)).lower(): v for k, v in values.items()}
    unknown = sorted(set(named) - _KNOWN)
    if unknown:
        msg = f"unknown {_listed(unknown)}; an activity has {_listed(sorted(_KNOWN))}"
        raise ValueError(msg)
    if len(named) < len(values):
        msg = "a key is given twice, in snake_case and in camelCase"
        raise ValueError(msg)
    return named


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        msg = "JSON has neither NaN nor infinite numbers"
        raise ValueError(msg)
    return number


# json.loads would make a decoder for each text.
_decode = json.JSONDecoder(parse_float=_finite, parse_constant=_finite).decode


def _told(error: BaseException) -> ConfigurationError | None:
    """
    Return the ConfigurationError that a settings class raised, out of its wrappings.
    """
    for inner in getattr(error, "exceptions", ()):
        if isinstance(inner, ConfigurationError):
            return inner
        if found := _told(inner):
            return found
    return None


def _plain(value: object) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Secret):
        msg = "a secret has no place in JSON"
        raise TypeError(msg)
    if has(type(value)):
        return asdict(value, recurse=False)  # type: ignore[arg-type]
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    msg = f"a {type(value).__name__} is not a JSON value"
    raise TypeError(msg)


_encode = json.JSONEncoder(default=_plain, allow_nan=False, separators=(",", ":")).encode


@cache
def _converter() -> Converter:
    from cattrs import Converter
    from cattrs.cols import is_sequence

    plain, strict = Converter(), Converter()

    def of_a_list(value: Any, kind: Any) -> Any:
        # A text is a sequence too, of letters, which nobody means.
        if not isinstance(value, list | tuple | set | frozenset):
            msg = "must be a list"
            raise TypeError(msg)
        return plain.structure(value, kind)

    strict.register_structure_hook_func(is_sequence, of_a_list)
    strict.register_structure_hook(bool, _boolean)
    return strict


def _boolean(value: Any, _kind: type) -> bool:
    if not isinstance(value, bool):
        msg = "must be true or false"
        raise TypeError(msg)
    return value


def _listed(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names) or "nothing"


def _without_value(line: str) -> str:
    return line.replace(" @ $.", ": ").replace(" @ $", "")
