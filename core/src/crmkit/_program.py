"""
A compiled template: literal text and slots, filled for one client after another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from crmkit._encode import clean, cleaner, plain_text
from crmkit._unfilled import complain
from crmkit._values import fold
from crmkit.errors import ConfigurationError, TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmkit.models import ClientData

ERROR, KEEP, BLANK = "error", "keep", "blank"

_BUILT_IN = {
    "firstName": "first_name",
    "lastName": "last_name",
    "fullName": "name",
    "email": "email",
    "phone": "phone",
    "id": "id",
}
_BY_ALIAS = {fold(name): attribute for name, attribute in _BUILT_IN.items()}


@frozen(kw_only=True)
class Piece:
    """
    One slot of a program: what to look up, and how its value becomes text.
    """

    name: str
    alias: str
    attribute: str | None
    token: str
    place: tuple[int, int]
    default: str | None
    required: bool
    filters: tuple[tuple[str, Callable[..., object], tuple[str, ...]], ...]
    encode: Callable[[str], str] | None


@define
class Filled:
    """
    What filling a program brought.
    """

    texts: list[str]
    variables: dict[str, str] = field(factory=dict)
    defaults: list[str] = field(factory=list)
    missing: list[str] = field(factory=list)


@frozen(kw_only=True)
class Values:
    """
    Where values come from: the caller's variables, the client, its custom fields.

    The names of variables and custom fields are also known by alias, in order.
    """

    client: ClientData
    variables: Mapping[str, object]
    variable_names: Mapping[str, Sequence[str]]
    custom_names: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, client: ClientData, variables: Mapping[str, object]) -> Values:
        """
        Index the variables and custom fields by alias.
        """
        return cls(
            client=client,
            variables=variables,
            variable_names=_by_alias(variables),
            custom_names=_by_alias(client.custom_fields),
        )

    def look_up(self, piece: Piece) -> tuple[bool, object]:
        """
        Tell whether the name is known, and its value; of several of one alias the first.
        """
        name = _named(piece, self.variables, self.variable_names)
        if name is not None:
            return True, self.variables[name]
        if piece.attribute is not None:
            return True, getattr(self.client, piece.attribute)
        name = _named(piece, self.client.custom_fields, self.custom_names)
        return (False, None) if name is None else (True, self.client.custom_fields[name])

    def names(self) -> Sequence[str]:
        """
        Return every name that is known.
        """
        return (*self.client.custom_fields, *_BUILT_IN, *self.variables)

    def rivals(self, name: str) -> Sequence[str]:
        """
        Return the names any of which *name* could mean, none if it is plain.
        """
        alias = fold(name)
        if name in self.variables:
            return ()
        if alias in self.variable_names:
            return self.variable_names[alias]
        custom = self.custom_names.get(alias, ())
        if attribute := attribute_of(alias):
            own = plain_text(getattr(self.client, attribute))
            fields = self.client.custom_fields
            others = [rival for rival in custom if plain_text(fields[rival]) != own]
            return ["the client's own", *others]
        return () if name in self.client.custom_fields else custom


@frozen(kw_only=True)
class Program:
    """
    A compiled template: *parts* are literal texts and pieces, in order.
    """

    parts: tuple[str | Piece, ...]
    content_type: str

    def fill(
        self, values: Values, *, unknown: str, missing: str, localized: Mapping[str, object]
    ) -> Filled:
        """
        Fill every slot.

        Raises TemplateError naming all unknown variables, or MissingValueError naming all
        that have no value, unless the policies say otherwise.
        """
        filled = Filled([])
        cleaned = cleaner(self.content_type)
        unknown_pieces, missing_pieces = [], []
        for part in self.parts:
            if isinstance(part, str):
                filled.texts.append(part)
                continue
            known, value = values.look_up(part)
            if not _is_blank(value):
                filled.texts.append(_render(part, value, cleaned, localized, filled))
            elif part.default is not None and not part.required:
                filled.defaults.append(part.name)
                filled.texts.append(_encoded(part, part.default))
            elif not known and unknown == ERROR:
                unknown_pieces.append(part)
            elif part.required or (known and missing == ERROR and not _optional(part)):
                missing_pieces.append(part)
            else:
                filled.missing.append(part.name)
                keep = unknown == KEEP if not known else missing == KEEP
                filled.texts.append(_encoded(part, part.token) if keep else "")
        complain(unknown_pieces, missing_pieces, values)
        return filled


def attribute_of(alias: str) -> str | None:
    """
    Return the client's own attribute of a variable's alias, None if it is no built-in.
    """
    return _BY_ALIAS.get(alias)


def check_policy(name: str, policy: str) -> None:
    """
    Refuse a policy that is none.
    """
    if policy not in {ERROR, KEEP, BLANK}:
        msg = f"{name}= takes {ERROR!r}, {KEEP!r} or {BLANK!r}, not {policy!r}"
        raise ConfigurationError(msg)


def _render(
    piece: Piece,
    value: object,
    cleaned: Callable[[str], str],
    localized: Mapping[str, object],
    filled: Filled,
) -> str:
    line, column = piece.place
    for name, function, arguments in piece.filters:
        try:
            value = function(value, *arguments, **localized)
        except Exception as error:  # noqa: BLE001 - a filter may raise anything
            # The error's own text, and so its traceback, may hold the value.
            why = type(error).__name__
            msg = f"{line}:{column}: {name} cannot render {piece.name} ({why})"
            raise TemplateError(
                msg, line=line, column=column, token=piece.name, names=(piece.name,)
            ) from None
    text = cleaned(plain_text(value) or "")
    filled.variables[piece.name] = text
    return _encoded(piece, text)


def _by_alias(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        found.setdefault(fold(name), []).append(name)
    return found


def _named(
    piece: Piece, values: Mapping[str, object], names: Mapping[str, Sequence[str]]
) -> str | None:
    if piece.name in values:
        return piece.name
    return names[piece.alias][0] if piece.alias in names else None


def _encoded(piece: Piece, text: str) -> str:
    return text if piece.encode is None else piece.encode(text)


def _is_blank(value: object) -> bool:
    return not clean(plain_text(value) or "").strip()


def _optional(piece: Piece) -> bool:
    # Hello{{ firstName | prefix: " " }}, says itself what to do without a name.
    return any(name in {"prefix", "suffix"} for name, _, _ in piece.filters)
