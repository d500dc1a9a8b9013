"""
What a CRM's answers may look like too: the same JSON with something changed.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from attrs import evolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from crmkit.testing._messages import Answer

Path = tuple[str | int, ...]
GONE = object()


def value_of(answer: Answer) -> Any:
    """
    Return an answer's JSON value, None if it is none.
    """
    try:
        return json.loads(answer.body())
    except ValueError:
        return None


def with_value(answer: Answer, value: Any) -> Answer:
    """
    Return an answer with another JSON value.
    """
    return evolve(answer, json=None, content=json.dumps(value).encode())


def texts(value: object) -> Iterable[str]:
    """
    Yield all texts and numbers inside a JSON value, as texts.
    """
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)
    elif value is not None:
        yield value if isinstance(value, str) else json.dumps(value)


def shows(record: object, client_id: str) -> bool:
    """
    Tell whether an id stands in a JSON value, alone or as part of a URL or the like.
    """
    whole = re.compile(rf"(?<!\w){re.escape(client_id)}(?!\w)")
    return any(map(whole.search, texts(record)))


def record_paths(value: Any, client_id: str) -> list[Path]:
    """
    Return where a client's records are: the outermost objects that hold its id.

    They hold it under a name such as id, or are kept under it; if there is none, whatever
    the name: where ids are small numbers, a count of records may be equal to one.
    """
    named = list(_holding(value, client_id, _is_named))
    return named or list(_holding(value, client_id, _is_there))


def _holding(
    value: Any, client_id: str, holds: Callable[[str, Any, str], bool], at: Path = ()
) -> Iterator[Path]:
    fields = value.items() if isinstance(value, dict) else ()
    is_kept_under_it = at and at[-1] == client_id
    if fields and (is_kept_under_it or any(holds(*f, client_id) for f in fields)):
        yield at
        return
    for key, inner in _inside(value):
        yield from _holding(inner, client_id, holds, (*at, key))


def _is_named(name: str, value: Any, client_id: str) -> bool:
    # In some CRMs an id has several parts.
    parts = value.values() if isinstance(value, dict) else (value,)
    return name.lower().endswith("id") and any(_is_id(p, client_id) for p in parts)


def _is_there(_name: str, value: Any, client_id: str) -> bool:
    return _is_id(value, client_id)


def leaf_paths(record: Any, client_id: str, at: Path = ()) -> Iterator[Path]:
    """
    Yield where a record's plain values are, but those that are its id.
    """
    if isinstance(record, dict | list):
        for key, inner in _inside(record):
            yield from leaf_paths(inner, client_id, (*at, key))
    elif not _is_id(record, client_id):
        yield at


def leaves(values: list[Any], client_id: str) -> list[Path]:
    """
    Return where the plain values of a client's records are, in any of these answers.
    """
    found: dict[Path, None] = {}
    for value in values:
        for path in record_paths(value, client_id):
            found.update(dict.fromkeys(leaf_paths(at_path(value, path), client_id)))
    return list(found)


def at_path(value: Any, path: Path) -> Any:
    """
    Return what is at a path.
    """
    for key in path:
        value = value[key]
    return value


def changed(value: Any, path: Path, new: Any) -> Any:
    """
    Return a copy with *new* at a path, or without what is there if *new* is GONE.
    """
    if not path:
        return new
    copy = value.copy()
    inner = changed(copy[path[0]], path[1:], new)
    if inner is GONE:
        del copy[path[0]]
    else:
        copy[path[0]] = inner
    return copy


def in_records(client_id: str, change: Callable[[Any], Any]) -> Callable[[Answer], Answer]:
    """
    Return what changes the records of a client in answers, and nothing else.
    """

    def changed_records(answer: Answer) -> Answer:
        value = value_of(answer)
        paths = record_paths(value, client_id)
        for path in paths:
            value = changed(value, path, change(at_path(value, path)))
        return with_value(answer, value) if paths else answer

    return changed_records


def without(path: Path, new: Any) -> Callable[[Any], Any]:
    """
    Return what puts *new* at a path of a record that has one there.
    """

    def change(record: Any) -> Any:
        try:
            at_path(record, path)
        except (LookupError, TypeError):
            return record
        return changed(record, path, new)

    return change


def everywhere(value: Any, change: Callable[[Any], Any]) -> Any:
    """
    Return a copy in which *change* has seen each value, the inner ones first.
    """
    if isinstance(value, dict):
        value = {key: everywhere(inner, change) for key, inner in value.items()}
    elif isinstance(value, list):
        value = [everywhere(inner, change) for inner in value]
    return change(value)


def _inside(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _is_id(value: object, client_id: str) -> bool:
    return isinstance(value, str | int) and str(value) == client_id
