"""
What is sent: tables of a file in which ``{names}`` stand for values, never for JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from crmkit import InvalidRequestError
from crmkit.writing import as_text, utc, wire_time

Values = Mapping[str, Any]
_Maker = Callable[[Values, str], Any]

_HOLE = re.compile(r"\{(\w+(?:\.[^{}|]+)?)(?:\|([^{}|]*))?\}")
_NUMBER = re.compile(r"-?\d{1,18}")
_LITERAL = re.compile(r"(?:/[\w.~!$&'()*+,;=:@-]*)*", re.ASCII)
_HEADER = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_THE_CORES = frozenset(
    {"authorization", "connection", "content-length", "cookie", "host", "transfer-encoding"}
)


@frozen
class Template:
    """
    A table, list or text of a file, and the *names* that stand in it.

    A text that is one name becomes its value, whatever that is; in a longer text it is
    written out. What holds a name without a value is left out, the key too.
    """

    shape: Any = None
    names: frozenset[str] = field(init=False, repr=False, eq=False)
    _make: _Maker = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        names: set[str] = set()
        object.__setattr__(self, "_make", _compiled(self.shape, names))
        object.__setattr__(self, "names", frozenset(names))

    def fill(self, values: Values, times: str) -> Any:
        """
        Return it with these values; *times* says how moments are written.
        """
        return self._make(values, times)


@frozen
class Fields(Template):
    """
    A template that is a table; without one it is empty.
    """

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.shape, dict | None):
            msg = "must be a table"
            raise ValueError(msg)
        super().__attrs_post_init__()


@frozen
class Headers(Fields):
    """
    Headers of a request, but those that are not a file's to set.
    """

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        for name, value in (self.shape or {}).items():
            if not _HEADER.fullmatch(name) or not isinstance(value, str):
                msg = f"{name!r} is no header, or has no text"
                raise ValueError(msg)
            if name.lower() in _THE_CORES:
                msg = f"{name} is not the file's to set: auth signs, crmkit does the rest"
                raise ValueError(msg)


@frozen
class Path:
    """
    A path below the base URL; each value in it is quoted, and stays in its segment.
    """

    text: str
    template: Template = field(init=False, repr=False, eq=False)
    _numbered: str = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        literal = _HOLE.sub("x", self.text)
        dots = any(part and not part.strip(".") for part in literal.split("/"))
        if not literal.startswith("/") or not _LITERAL.fullmatch(literal) or dots:
            msg = (
                f"{self.text!r} must be a path below base_url, such as /people/{{id}}; "
                "what follows a ? goes into params"
            )
            raise ValueError(msg)
        holes = list(_HOLE.finditer(self.text))
        numbers = iter(range(len(holes)))
        numbered = _HOLE.sub(lambda _: f"{{v{next(numbers)}}}", self.text)
        object.__setattr__(self, "_numbered", numbered)
        object.__setattr__(self, "template", Template([hole[0] for hole in holes]))

    @property
    def names(self) -> frozenset[str]:
        """
        The names that stand in it.
        """
        return self.template.names

    def fill(self, values: Values, times: str) -> tuple[str, dict[str, str]]:
        """
        Return the path with numbered names, and their values.

        Raises InvalidRequestError where one has none.
        """
        filled = self.template.fill(values, times)
        if len(filled) < self._numbered.count("{"):
            msg = f"the path {self.text} needs a value for each of its names"
            raise InvalidRequestError(msg)
        return self._numbered, {f"v{n}": in_url(value) for n, value in enumerate(filled)}


def in_url(value: Any) -> str:
    """
    Return a value as it stands in a URL: several with commas between.
    """
    if isinstance(value, list | tuple):
        return ",".join(map(in_url, value))
    return as_text(value)


def time_text(moment: datetime, how: str) -> str | int:
    """
    Return a moment in UTC: ``iso``, ``date``, ``seconds``, ``milliseconds`` or a pattern.
    """
    match how:
        case "iso":
            return wire_time(moment)
        case "seconds" | "milliseconds":
            return int(moment.timestamp() * (1 if how == "seconds" else 1000))
    return utc(moment).strftime("%Y-%m-%d" if how == "date" else how)


def _number(value: Any) -> Any:
    if isinstance(value, int | float):
        return value
    several = value if isinstance(value, list | tuple) else [value]
    numbers = [int(one) for one in several if _NUMBER.fullmatch(str(one))]
    if not numbers:
        msg = "the file wants a number (`|number`) where the activity or client has none"
        raise InvalidRequestError(msg)
    return numbers[0] if several is not value else numbers


def _scaled(how: str, factor: float) -> Callable[[Any], Any]:
    def scaled(value: Any) -> Any:
        if isinstance(value, datetime):
            return time_text(value, how)
        number = float(_number(value)) * factor
        return int(number) if factor >= 1 else round(number)

    return scaled


def _moment(how: str) -> Callable[[Any], Any]:
    return lambda value: time_text(value, how) if isinstance(value, datetime) else value


_FORMATS: dict[str, Callable[[Any], Any]] = {
    "date": _moment("date"),
    "digits": lambda value: re.sub(r"\D", "", as_text(value)),
    "iso": _moment("iso"),
    "milliseconds": _scaled("milliseconds", 1000),
    "minutes": _scaled("seconds", 1 / 60),
    "number": _number,
    "seconds": _scaled("seconds", 1),
    "text": as_text,
}


def _compiled(shape: Any, names: set[str]) -> _Maker:
    if isinstance(shape, Mapping):
        pairs = [(_text(key, names), _compiled(v, names)) for key, v in shape.items()]
        return lambda values, times: {
            key(values, times): made
            for key, value in pairs
            if (made := value(values, times)) is not None
        }
    if isinstance(shape, list):
        items = [_compiled(item, names) for item in shape]
        return lambda values, times: [
            made for item in items if (made := item(values, times)) is not None
        ]
    return _text(shape, names) if isinstance(shape, str) else lambda _values, _times: shape


def _text(text: str, names: set[str]) -> _Maker:
    parts: list[str | _Maker] = []
    at = 0
    for hole in _HOLE.finditer(text):
        names.add(hole[1])
        parts += [text[at : hole.start()], _filling(hole[1], hole[2])]
        at = hole.end()
    parts = [part for part in (*parts, text[at:]) if part != ""]
    if len(parts) == 1 and not isinstance(parts[0], str):
        return parts[0]

    def joined(values: Values, times: str) -> str | None:
        said = [p if isinstance(p, str) else p(values, times) for p in parts]
        return None if None in said else "".join(map(as_text, said))

    return joined


def _filling(name: str, how: str | None) -> _Maker:
    if how is not None and how not in _FORMATS:
        msg = f"{{{name}|{how}}}: there is no format {how!r}; {', '.join(_FORMATS)} are"
        raise ValueError(msg)

    def filled(values: Values, times: str) -> Any:
        value = values.get(name)
        if value is None:
            return None
        if how is not None:
            return _FORMATS[how](value)
        return time_text(value, times) if isinstance(value, datetime) else value

    return filled
