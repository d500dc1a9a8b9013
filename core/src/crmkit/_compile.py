"""
A document made into a program: each slot taken apart once, not for every client.
"""

from __future__ import annotations

from functools import partial
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING

from attrs import evolve

from crmkit import _template
from crmkit._encode import ONE_LINE, cleaner
from crmkit._filters import BUILT_IN, DEFAULT, REQUIRED, unknown_filter
from crmkit._html import Context
from crmkit._program import Piece, Program, attribute_of
from crmkit._values import fold
from crmkit.documents import FIXED, SLOT, Document
from crmkit.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmkit._template import Place


def compile_document(
    document: Document,
    content_type: str,
    places: Mapping[str, Sequence[Place]],
    filters: Mapping[str, Callable[..., object]],
) -> Program:
    """
    Return the program of a document; *places* are those of each slot in the template.

    Raises TemplateError for an unknown filter, or a slot where no value is safe.
    """
    parts: list[str | Piece] = []
    context = Context()
    html = content_type == _template.HTML
    upcoming = {token: iter(found) for token, found in places.items()}
    for span, after in zip_longest(document.spans, document.spans[1:]):
        if span.kind == SLOT:
            following = after.text if after is not None and after.kind != SLOT else ""
            find_encoder = partial(context.encoder, following) if html else _no_encoder
            place = next(upcoming[span.text])
            parts.append(_piece(span.text, place, filters, find_encoder))
        else:
            literal = _template.literal(span.text) if span.kind == FIXED else span.text
            parts.append(literal)
            context.feed(literal)
    joined = _joined(parts)
    if content_type in ONE_LINE:
        joined = (_in_one_line(part, cleaner(content_type)) for part in joined)
    return Program(parts=tuple(joined), content_type=content_type)


def _piece(
    token: str,
    place: Place,
    filters: Mapping[str, Callable[..., object]],
    find_encoder: Callable[[], Callable[[str], str] | None],
) -> Piece:
    slot = _template.slot_of(token)
    named = dict(slot.filters)
    try:
        default = _default(named)
        steps = [
            (name, _filter(name, filters), arguments)
            for name, arguments in slot.filters
            if name not in {DEFAULT, REQUIRED}
        ]
        encode = find_encoder()
    except TemplateError as error:
        line, column = place
        msg = f"{line}:{column}: {error} (in {slot.name})"
        raise TemplateError(
            msg, line=line, column=column, token=slot.name, names=(slot.name,)
        ) from None
    alias = fold(slot.name)
    return Piece(
        name=slot.name,
        alias=alias,
        attribute=attribute_of(alias),
        token=token,
        place=place,
        default=default,
        required=REQUIRED in named,
        filters=tuple(steps),
        encode=encode,
    )


def _no_encoder() -> None:
    return None


def _default(named: Mapping[str, tuple[str, ...]]) -> str | None:
    if DEFAULT not in named:
        return None
    if len(named[DEFAULT]) != 1:
        msg = 'default takes one text, as in default: "there"'
        raise TemplateError(msg)
    return named[DEFAULT][0]


def _filter(
    name: str, filters: Mapping[str, Callable[..., object]]
) -> Callable[..., object]:
    function = filters.get(name) or BUILT_IN.get(name)
    if function is None:
        raise TemplateError(unknown_filter(name))
    return function


def _in_one_line(part: str | Piece, cleaned: Callable[[str], str]) -> str | Piece:
    if isinstance(part, str):
        return cleaned(part)
    default = None if part.default is None else cleaned(part.default)
    return evolve(part, token=cleaned(part.token), default=default)


def _joined(parts: Iterable[str | Piece]) -> Iterator[str | Piece]:
    for literal, group in groupby(parts, lambda part: isinstance(part, str)):
        if literal:
            yield "".join(str(part) for part in group)
        else:
            yield from group
