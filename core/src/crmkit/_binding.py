"""
Where a slot's value comes from: the caller's variables, the client, its custom fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, NamedTuple

from crmkit._encode import plain_text
from crmkit._parts import Piece
from crmkit._values import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crmkit.models import ClientData

VARIABLES, CLIENT, CUSTOM_FIELDS = "variables", "client", "custom_fields"
SOURCES = (VARIABLES, CLIENT, CUSTOM_FIELDS)

_BUILT_IN = {
    "firstName": "first_name",
    "lastName": "last_name",
    "fullName": "name",
    "email": "email",
    "phone": "phone",
    "id": "id",
}
_BY_ALIAS = {fold(name): attribute for name, attribute in _BUILT_IN.items()}


class Origin(NamedTuple):
    """
    How to *get* a value, from which of the SOURCES; *source* None: nobody knows the name.
    """

    get: Callable[..., object]
    source: int | None


Sources = tuple[Mapping[str, object], "ClientData", Mapping[str, object]]


def piece(name: str) -> Piece:
    """
    Return what only looks a name up.
    """
    return Piece(name, fold(name))


def bind(
    pieces: Iterable[Piece], variables: Iterable[str], custom_fields: Iterable[str]
) -> Sequence[Origin]:
    """
    Return the origin of each piece, for all clients who have these names.

    The first that knows the name: the variables, the client's own, its custom fields;
    each exactly, then by alias, then the part before a dot.
    """
    given, custom = _Names(variables), _Names(custom_fields)
    return [
        _origin(each.name, each.alias, given, custom)
        or _within(each.name, given, custom)
        or _NOWHERE
        for each in pieces
    ]


def known_names(sources: Sources) -> Sequence[str]:
    """
    Return every name that is known.
    """
    variables, _, custom_fields = sources
    return (*custom_fields, *_BUILT_IN, *variables)


def rivals(name: str, sources: Sources) -> Sequence[str]:
    """
    Return the names any of which *name* could mean, none if it is plain.
    """
    variables, client, fields = sources
    alias = fold(name)
    if name in variables:
        return ()
    given, custom = _Names(variables), _Names(fields)
    if alias in given.by_alias:
        return given.by_alias[alias]
    alike = custom.by_alias.get(alias, ())
    if attribute := _BY_ALIAS.get(alias):
        own = plain_text(getattr(client, attribute))
        others = [rival for rival in alike if plain_text(fields[rival]) != own]
        return ["the client's own", *others]
    return () if name in fields else alike


class _Names:
    """
    The names in one source, also by alias: of several of one alias the first.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.exact = frozenset(names)
        self.by_alias: dict[str, list[str]] = {}
        for name in sorted(self.exact):
            self.by_alias.setdefault(fold(name), []).append(name)

    def find(self, name: str, alias: str) -> str | None:
        """
        Return the name under which there is a value, None if there is none.
        """
        return name if name in self.exact else self.by_alias.get(alias, (None,))[0]


def _origin(name: str, alias: str, given: _Names, custom: _Names) -> Origin | None:
    if (found := given.find(name, alias)) is not None:
        return Origin(itemgetter(found), 0)
    if (attribute := _BY_ALIAS.get(alias)) is not None:
        return Origin(attrgetter(attribute), 1)
    if (found := custom.find(name, alias)) is not None:
        return Origin(itemgetter(found), 2)
    return None


def _within(name: str, given: _Names, custom: _Names) -> Origin | None:
    head, dot, rest = name.partition(".")
    origin = _origin(head, fold(head), given, custom) if dot else None
    if origin is None:
        return None
    return Origin(partial(_descend, origin.get, rest.split(".")), origin.source)


def _descend(get: Callable[..., object], path: Iterable[str], source: object) -> object:
    value = get(source)
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def _nothing(_source: object) -> None:
    return None


_NOWHERE = Origin(_nothing, None)
