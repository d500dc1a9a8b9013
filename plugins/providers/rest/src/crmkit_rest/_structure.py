"""
From a file's tables to what they say, with all mistakes at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache, partial
from types import GenericAlias
from typing import Any, get_args, get_origin

from attrs import fields, has
from cattrs import Converter
from cattrs.errors import (
    BaseValidationError,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
)
from cattrs.gen import make_dict_structure_fn

from crmkit_rest._client import Custom, Rest
from crmkit_rest._expressions import Expression
from crmkit_rest._requests import TableError
from crmkit_rest._schema import CRM, PATTERNS, Auth, Condition
from crmkit_rest._templates import Fields, Headers, Path, Template

Keys = tuple[str | int, ...]
Structure = Callable[[Any, Any], Any]

_SHORT = {Auth: "kind", Custom: "at", Rest: "at"}  # what a text alone says of these
_PLAIN: dict[type, str] = {
    bool: "must be true or false",
    float: "must be a number",
    int: "must be a whole number",
    str: "must be a text",
}
_CHOICES = re.compile(r"not in literal .*\[(.*)\]")
_IN_ADDRESS = (
    "a token in an address ends up in logs, so there is no such auth; nearly every API "
    "takes it in a header as well: use the kind header or bearer"
)


def structured(values: Mapping[str, Any]) -> tuple[CRM | None, list[tuple[Keys, str]]]:
    """
    Return what a file's tables say, None where they are wrong; and what is, by its keys.
    """
    try:
        return _converter().structure(values, CRM), []
    except BaseValidationError as error:
        return None, list(dict.fromkeys(_told(error)))


@cache
def _converter() -> Converter:
    converter = Converter()
    register = converter.register_structure_hook
    for kind, message in _PLAIN.items():
        register(kind, _plain(kind, message))
    for text in (Expression, Path):
        register(text, lambda value, kind: kind(_text(value)))
    for template in (Template, Fields, Headers):
        register(template, lambda value, kind: kind(value))
    for named, (pattern, message) in PATTERNS.items():
        register(named, _matching(re.compile(pattern), message))
    register(Condition, _condition)
    for test, make in (
        (has, partial(_table, converter)),
        (lambda kind: _is_of(kind, dict), partial(_tables, converter)),
        (lambda kind: _is_of(kind, tuple), partial(_list, converter)),
    ):
        converter.register_structure_hook_factory(test, make)
    return converter


def _is_of(kind: Any, origin: type) -> bool:
    return get_origin(kind) is origin


def _plain(kind: type, message: str) -> Structure:
    def structured(value: Any, _: Any) -> Any:
        allowed = (int, float) if kind is float else kind
        if not isinstance(value, allowed) or (kind is not bool and isinstance(value, bool)):
            raise TypeError(message)
        return value

    return structured


def _text(value: Any) -> str:
    if not isinstance(value, str):
        msg = "must be a text"
        raise TypeError(msg)
    return value


def _matching(pattern: re.Pattern[str], message: str) -> Structure:
    def structured(value: Any, _: Any) -> Any:
        if not pattern.fullmatch(_text(value)):
            raise ValueError(message)
        return value

    return structured


def _condition(value: Any, _: Any) -> Condition:
    if isinstance(value, int) and not isinstance(value, bool):
        return Condition(status=value)
    return Condition(at=Expression(_text(value)))


def _tables(converter: Converter, kind: Any) -> Structure:
    structure = converter.gen_structure_mapping(kind)

    def structured(value: Any, wanted: Any) -> Any:
        if not isinstance(value, Mapping):
            msg = "must be a table"
            raise TypeError(msg)
        return structure(value, wanted)

    return structured


def _list(converter: Converter, kind: Any) -> Structure:
    items: Any = GenericAlias(list, get_args(kind)[:1])

    def structured(value: Any, _: Any) -> Any:
        if not isinstance(value, list):
            msg = 'must be a list, such as ["note"]'
            raise TypeError(msg)
        return tuple(converter.structure(value, items))

    return structured


def _table(converter: Converter, kind: Any) -> Structure:
    structure: Structure = make_dict_structure_fn(
        kind, converter, _cattrs_forbid_extra_keys=True
    )
    short = _SHORT.get(kind)

    def structured(value: Any, wanted: Any) -> Any:
        if short is not None and isinstance(value, str):
            value = {short: value}
        if not isinstance(value, Mapping):
            msg = "must be a table" + (" or a text" if short else "")
            raise TypeError(msg)
        if kind is Auth and value.get("kind") == "query":
            raise TypeError(_IN_ADDRESS)
        try:
            return structure(value, wanted)
        except ClassValidationError as error:
            more = _more(structure, value, error)
            raise ClassValidationError(
                error.message, [*error.exceptions, *more], kind
            ) from None

    return structured


def _more(
    structure: Structure, value: Mapping[str, Any], error: ClassValidationError
) -> list[Exception]:
    """
    Return what a table says of itself, which it does only once all its keys are good.
    """
    wrong = {note.name for _, note in error.group_exceptions()[0]}
    known = {attribute.name for attribute in fields(error.cl)} - wrong
    try:
        structure({key: value[key] for key in value if key in known}, error.cl)
    except ClassValidationError as again:
        told = [one for one in again.exceptions if isinstance(one, TableError)]
        return [TableError(one.alone, []) for one in told]
    return []


def _told(error: Exception, at: Keys = ()) -> Iterator[tuple[Keys, str]]:
    if isinstance(error, ClassValidationError | IterableValidationError):
        noted, others = error.group_exceptions()
        for inner, note in noted:
            yield from _told(
                inner, (*at, getattr(note, "name", getattr(note, "index", "")))
            )
        for inner in others:
            yield from _told_of(inner, error.cl, at)
    else:
        yield at, _sentence(error)


def _sentence(error: Exception) -> str:
    if isinstance(error, KeyError):
        return "is missing"
    choices = _CHOICES.search(str(error))
    return f"must be one of {choices[1].replace(chr(39), '')}" if choices else str(error)


def _told_of(error: Exception, kind: type, at: Keys) -> Iterator[tuple[Keys, str]]:
    if isinstance(error, KeyError):
        yield at, f"lacks {error.args[0]}"
    elif isinstance(error, ForbiddenExtraKeysError):
        known = [attribute.name for attribute in fields(kind)]
        for name in error.extra_fields:
            close = get_close_matches(name, known, n=1)
            meant = (
                f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
            )
            yield (*at, name), f"is unknown; {meant}"
    elif isinstance(error, TableError):
        for key, told in (*error.alone, *error.others):
            yield (*at, *filter(None, key.split(".", 1))), told
    else:
        yield from _told(error, at)
