"""
Conversions of the values that models hold: read-only mappings, ids, instants.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NoReturn

_MAX_DEPTH = 32


class ReadOnlyDict(dict[str, Any]):
    """
    A dict that refuses to change, so that ``json.dumps`` and ``==`` work as usual.
    """

    __slots__ = ()

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        msg = "this mapping is read-only; dict(mapping) makes a copy that can change"
        raise TypeError(msg)

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[object, ...]:
        return ReadOnlyDict, (dict(self),)


_EMPTY = ReadOnlyDict()


def read_only(value: Mapping[str, Any] | None) -> ReadOnlyDict:
    """
    Return a read-only copy of a mapping; None and empty ones share one value.
    """
    if isinstance(value, ReadOnlyDict):
        return value
    return ReadOnlyDict(value) if value else _EMPTY


def by_name(value: Mapping[Any, Any] | None) -> ReadOnlyDict:
    """
    Return a read-only mapping whose keys are texts: some CRMs number their fields.
    """
    if value and set(map(type, value)) != {str}:
        value = {str(key): item for key, item in value.items()}
    return read_only(value)


def json_value(value: Any, where: str = "metadata", depth: int = 0) -> Any:
    """
    Return a JSON value made read-only, or raise ValueError that names the place.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if depth > _MAX_DEPTH:
        msg = f"{where} is nested deeper than {_MAX_DEPTH} levels"
        raise ValueError(msg)
    if isinstance(value, list | tuple):
        return tuple(json_value(v, f"{where}[{i}]", depth + 1) for i, v in enumerate(value))
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return read_only(
            {k: json_value(v, f"{where}.{k}", depth + 1) for k, v in value.items()}
        )
    msg = (
        f"{where} is a {type(value).__name__}, not a JSON value; give a text, a finite "
        "number, a boolean, None, or a list or mapping (with text keys) of these"
    )
    raise ValueError(msg)


def instant(value: datetime | str) -> datetime:
    """
    Return an aware datetime from one, or from ISO 8601 text; a naive one is refused.
    """
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if moment.tzinfo is not None:
            return moment
    except (ValueError, AttributeError):
        msg = "a timestamp must be a datetime or ISO 8601 text such as 2026-05-01T09:30:00Z"
        raise ValueError(msg) from None
    msg = (
        "a timestamp needs its UTC offset: use datetime.now(UTC), or end the text in Z "
        "or +02:00"
    )
    raise ValueError(msg)


@lru_cache(maxsize=4096)  # fields have few names, and clients are many
def fold(name: str) -> str:
    """
    Return the form in which names are compared: no case, space, underscore or hyphen.

    An accent may be part of its letter or stand after it.
    """
    if not name.isascii():
        from unicodedata import normalize

        name = normalize("NFC", name)
    return name.translate(_SEPARATORS).casefold()


_SEPARATORS = str.maketrans("", "", " _-")


def stable_id(*parts: object) -> str:
    """
    Make an activity id from *parts* that is the same in every run.

    32 hexadecimal digits; ``stable_id("ab", "c")`` differs from ``stable_id("a", "bc")``.
    """
    import hashlib

    framed = "".join([f"{len(text)}:{text}" for text in map(str, parts)])
    return hashlib.sha256(framed.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def an_id(value: object) -> str:
    """
    Return an id as text; a whole number is converted, empty is refused.
    """
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        msg = f"an id must be a text or a whole number, not {type(value).__name__}"
        raise ValueError(msg if value != "" else "an id must not be empty")
    if isinstance(value, str) and not _is_unicode(value):
        msg = "an id holds half a character (a lone surrogate)"
        raise ValueError(msg)
    return str(value)


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def text(value: object) -> str | None:
    """
    Return *value* as text, None as None.
    """
    return None if value is None else str(value)


def whole_text(value: str | None) -> str | None:
    """
    Return a text that can be written: half a character (a lone surrogate) becomes "?".
    """
    return None if value is None else value.encode("utf-8", "replace").decode()


def common_text(value: object) -> str | None:
    """
    Return *value* as text, one object for all that are equal: few differ, many have it.
    """
    return None if value is None else sys.intern(str(value))


def lower(value: str) -> str:
    """
    Return a text in lower case, without space around it.
    """
    return value.strip().lower()


def optional_id(value: object) -> str | None:
    """
    Return an id, or None for None and empty text.
    """
    return None if value is None or value == "" else an_id(value)


def texts(values: Iterable[object] | str | None) -> tuple[str, ...]:
    """
    Return a tuple of texts without Nones; a single text is one of them.
    """
    if isinstance(values, str):
        return (values,)
    return tuple(str(v) for v in values if v is not None) if values else ()


def items(values: Iterable[Any] | None) -> tuple[Any, ...]:
    """
    Return a tuple, empty for None.
    """
    return tuple(values) if values else ()


def optional_items(values: Iterable[Any] | None) -> tuple[Any, ...] | None:
    """
    Return a tuple, or None.
    """
    return None if values is None else tuple(values)


def optional_read_only(value: Mapping[str, Any] | None) -> ReadOnlyDict | None:
    """
    Return a read-only mapping, or None.
    """
    return None if value is None else read_only(value)


def optional_instant(value: datetime | str | None) -> datetime | None:
    """
    Return an aware datetime, or None.
    """
    return None if value is None else instant(value)


def json_mapping(value: Mapping[str, Any] | None) -> ReadOnlyDict:
    """
    Return metadata made read-only; anything but JSON values is refused.
    """
    if value is None:
        return _EMPTY
    if not isinstance(value, Mapping):
        msg = f"metadata is a {type(value).__name__}, not a mapping"
        raise ValueError(msg)
    frozen_value: ReadOnlyDict = json_value(value)
    return frozen_value


def now() -> datetime:
    """
    Return the current time, aware.
    """
    return datetime.now(UTC)


def new_id() -> str:
    """
    Make an id that no other call makes.
    """
    import uuid

    return uuid.uuid4().hex
