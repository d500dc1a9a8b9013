"""
A document made into a program: each slot taken apart once, not for every client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import _template
from crmkit._filters import BUILT_IN, DEFAULT, REQUIRED, unknown_filter
from crmkit._html import Context
from crmkit._program import Piece, Program, attribute_of
from crmkit._values import fold
from crmkit.documents import FIXED, SLOT, Document
from crmkit.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def compile_document(
    document: Document,
    content_type: str,
    source: str,
    filters: Mapping[str, Callable[..., object]],
) -> Program:
    """
    Return the program of a document; *source* is the template, for places in errors.

    Raises TemplateError for an unknown filter, or a slot where no value is safe.
    """
    parts: list[str | Piece] = []
    context = Context()
    html = content_type == _template.HTML
    for span in document.spans:
        if span.kind == FIXED:
            parts.append(_template.literal(span.text))
            context.feed(span.text)
        elif span.kind == SLOT:
            parts.append(_piece(span.text, source, filters, context if html else None))
            context.fill()
        else:
            parts.append(span.text)
    return Program(parts=tuple(_joined(parts)), content_type=content_type)


def _piece(
    token: str,
    source: str,
    filters: Mapping[str, Callable[..., object]],
    context: Context | None,
) -> Piece:
    slot = _template.slot_of(token)
    line, column = _template.position(source, max(source.find(token), 0))
    where = {"line": line, "column": column, "token": slot.name, "names": (slot.name,)}
    default, required, steps = None, False, []
    for name, arguments in slot.filters:
        function = filters.get(name) or BUILT_IN.get(name)
        if name == DEFAULT and len(arguments) == 1:
            default = arguments[0]
        elif name == REQUIRED:
            required = True
        elif name == DEFAULT:
            msg = f'{line}:{column}: write default: "text" in {{{{ {slot.name} }}}}'
            raise TemplateError(msg, **where)  # type: ignore[arg-type]
        elif function is None:
            msg = f"{line}:{column}: {unknown_filter(name)}"
            raise TemplateError(msg, **where)  # type: ignore[arg-type]
        else:
            steps.append((function, arguments))
    try:
        encode = context.encoder() if context is not None else None
    except TemplateError as error:
        msg = f"{line}:{column}: {error}: {slot.name}"
        raise TemplateError(msg, **where) from None  # type: ignore[arg-type]
    alias = fold(slot.name)
    return Piece(
        name=slot.name,
        alias=alias,
        attribute=attribute_of(alias),
        token=token,
        place=(line, column),
        default=default,
        required=required,
        filters=tuple(steps),
        encode=encode,
    )


def _joined(parts: Sequence[str | Piece]) -> list[str | Piece]:
    joined: list[str | Piece] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return joined
