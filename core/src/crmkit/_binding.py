"""
Where a slot's value comes from: the caller's variables, the client, its custom fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit._parts import Piece
from crmkit._values import fold, text
from crmkit.errors import ConfigurationError

if TYPE_CHECKING:
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
    How to *get* a value, from which of the SOURCES; *key* if it is no more than looked up.

    Without one *get* takes all sources.
    """

    get: Callable[..., object]
    source: int
    key: str | None = None
    known: bool = True


class Binding(NamedTuple):
    """
    The origin of each piece, and what reads all their values at once.
    """

    origins: Sequence[Origin]
    read: Callable[[Sources], Sequence[object]]


Getter = Callable[[Any], Any]
Sources = tuple[Mapping[str, object], "ClientData", Mapping[str, object]]


def piece(name: str) -> Piece:
    """
    Return what only looks a name up.
    """
    return Piece(name, fold(name))


def bind(
    pieces: Iterable[Piece], variables: Iterable[str], custom_fields: Iterable[str]
) -> Binding:
    """
    Return where each piece has its value from, for all clients who have these names.

    The first that knows the name: the variables, the client's own, its custom fields;
    each exactly, then by alias. What is before a dot goes before the whole name.
    """
    given, custom = _Names(variables), _Names(custom_fields)
    origins = [
        ("." in each.name and _within(each.name, given, custom))
        or _origin(each.name, each.alias, given, custom)
        or _NOWHERE
        for each in pieces
    ]
    return Binding(origins, _reader(origins))


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
        own = getattr(client, attribute)
        others = [rival for rival in alike if text(fields[rival]) != own]
        return ["the client's own", *others]
    return () if name in fields else alike


class _Names:
    """
    The names in one source, also by alias: of several of one alias the first.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.exact = frozenset(names)
        if not all(isinstance(name, str) for name in self.exact):
            msg = "variables= takes a mapping of names to values; a name is a text"
            raise ConfigurationError(msg)
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
        return Origin(itemgetter(found), 0, found)
    if (attribute := _BY_ALIAS.get(alias)) is not None:
        return Origin(attrgetter(attribute), 1, attribute)
    if (found := custom.find(name, alias)) is not None:
        return Origin(itemgetter(found), 2, found)
    return None


def _reader(origins: Sequence[Origin]) -> Callable[[Sources], Sequence[object]]:
    """
    Return what reads all values: at once from each source where no more is to be done.
    """
    keys: tuple[list[str], ...] = ([], [], [])
    for origin in origins:
        if origin.key is not None:
            keys[origin.source].append(origin.key)
    used = [source for source in range(len(keys)) if keys[source]]
    if len(origins) < _FEW or sum(map(len, keys)) < len(origins):
        return partial(_one_by_one, origins)
    ways = (_all(itemgetter, keys[0]), _all(attrgetter, keys[1]), _all(itemgetter, keys[2]))
    if len(used) == 1:
        return partial(_of_one_source, ways[used[0]], used[0])
    places = sorted(range(len(origins)), key=lambda number: origins[number].source)
    order = sorted(range(len(origins)), key=places.__getitem__)
    return partial(_of_all_sources, *ways, itemgetter(*order))


_FEW = 2  # itemgetter returns a tuple from two keys on


def _all(getter: Callable[..., Getter], keys: Sequence[str]) -> Getter:
    if not keys:
        return _no_values
    if len(keys) == 1:
        return partial(_single, getter(*keys))
    return getter(*keys)


def _no_values(_source: object) -> tuple[object, ...]:
    return ()


def _single(get: Getter, source: object) -> tuple[object, ...]:
    return (get(source),)


def _one_by_one(origins: Sequence[Origin], sources: Sources) -> Sequence[object]:
    return [
        origin.get(sources if origin.key is None else sources[origin.source])
        for origin in origins
    ]


def _of_one_source(get: Getter, source: int, sources: Sources) -> Sequence[object]:
    values: tuple[object, ...] = get(sources[source])
    return values


def _of_all_sources(
    first: Getter, second: Getter, third: Getter, order: Getter, sources: Sources
) -> Sequence[object]:
    variables, client, fields = sources
    values: tuple[object, ...] = order((*first(variables), *second(client), *third(fields)))
    return values


def _within(name: str, given: _Names, custom: _Names) -> Origin | None:
    """
    Return the origin of ``agent.name``, a value in a mapping, or under that very name.
    """
    head, _, rest = name.partition(".")
    outer = _origin(head, fold(head), given, custom)
    whole = _origin(name, fold(name), given, custom)
    if outer is None or (whole is not None and whole.source < outer.source):
        return whole
    get = partial(_descend, outer, rest.split("."), whole or _NOWHERE)
    return Origin(get, outer.source)


def _descend(
    outer: Origin, path: Iterable[str], otherwise: Origin, sources: Sources
) -> object:
    value = outer.get(sources[outer.source])
    for name in path:
        if not isinstance(value, Mapping) or name not in value:
            return otherwise.get(sources[otherwise.source])
        value = value[name]
    return value


def _nothing(_source: object) -> None:
    return None


_NOWHERE = Origin(_nothing, 0, known=False)
