"""
A compiled template: literal text and slots, filled for one client after another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from crmkit._encode import clean, cleaner, plain_text
from crmkit._filters import BUILT_IN
from crmkit._values import fold
from crmkit.errors import ConfigurationError, MissingValueError, TemplateError

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    filters: tuple[tuple[Callable[..., object], tuple[str, ...]], ...]
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
    warnings: list[str] = field(factory=list)


@frozen(kw_only=True)
class Values:
    """
    Where values come from: the caller's variables, the client, its custom fields.
    """

    client: ClientData
    variables: Mapping[str, object]
    by_alias: Mapping[str, str]

    @classmethod
    def of(cls, client: ClientData, variables: Mapping[str, object]) -> Values:
        """
        Index the custom fields by alias; of several with one alias the first by name.
        """
        names = sorted(client.custom_fields, reverse=True)
        by_alias = {fold(name): name for name in names}
        return cls(client=client, variables=variables, by_alias=by_alias)

    def look_up(self, piece: Piece) -> tuple[bool, object]:
        """
        Tell whether the name is known, and its value.
        """
        if piece.name in self.variables:
            return True, self.variables[piece.name]
        if piece.attribute is not None:
            return True, getattr(self.client, piece.attribute)
        custom = self.client.custom_fields
        if piece.name in custom:
            return True, custom[piece.name]
        name = self.by_alias.get(piece.alias)
        return (True, custom[name]) if name is not None else (False, None)


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
        _complain(unknown_pieces, missing_pieces, values.client.id)
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
    for function, arguments in piece.filters:
        try:
            value = function(value, *arguments, **localized)
        except Exception as error:
            # The error's own text may hold the value.
            name = getattr(function, "__name__", "filter").strip("_")
            msg = f"{line}:{column}: {name} cannot render {piece.name}"
            raise TemplateError(
                msg, line=line, column=column, token=piece.name, names=(piece.name,)
            ) from error
    text = cleaned(plain_text(value) or "")
    filled.variables[piece.name] = text
    return _encoded(piece, text)


def _encoded(piece: Piece, text: str) -> str:
    return text if piece.encode is None else piece.encode(text)


def _is_blank(value: object) -> bool:
    return not clean(plain_text(value) or "").strip()


def _optional(piece: Piece) -> bool:
    # Hello{{ firstName | prefix: " " }}, says itself what to do without a name.
    own = {BUILT_IN["prefix"], BUILT_IN["suffix"]}
    return any(function in own for function, _ in piece.filters)


def _complain(unknown: Sequence[Piece], missing: Sequence[Piece], client_id: str) -> None:
    kind: type[TemplateError]
    if unknown:
        kind, pieces, what = TemplateError, unknown, "unknown variables"
        remedy = "pass variables=, or unknown='keep' or 'blank'"
    elif missing:
        kind, pieces, what = MissingValueError, missing, "no value for"
        remedy = 'write a default, as in {{ name | default: "text" }}'
    else:
        return
    named = dict.fromkeys(f"{p.name} ({p.place[0]}:{p.place[1]})" for p in pieces)
    msg = f"{what} {', '.join(named)}; {remedy}"
    first = pieces[0]
    raise kind(
        msg,
        line=first.place[0],
        column=first.place[1],
        token=first.name,
        names=tuple(dict.fromkeys(piece.name for piece in pieces)),
        client_id=client_id,
    )
