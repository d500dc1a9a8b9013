"""
Whether what a transformer made of a template may be used.
"""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING

from crmkit._html import tags
from crmkit._template import HTML
from crmkit._tokens import condition_of
from crmkit.documents import FIXED, SLOT, TEXT, Document, Span

if TYPE_CHECKING:
    from collections.abc import Sequence


class UnusableError(Exception):
    """
    A transformer's output that may not be used, and why.
    """


def check_output(
    before: Document, after: object, content_type: str, *, translates: bool
) -> None:
    """
    Raise where a transformer's output may not be used, saying why.
    """
    if not isinstance(after, Document):
        msg = f"it returned a {type(after).__name__}, not a Document"
        raise UnusableError(msg)
    if not all(_is_span(span) for span in after.spans):
        msg = "it made a span of unknown kind"
        raise UnusableError(msg)
    frames = zip_longest(_branches(before), _branches(after))
    if not all(_same(*frame, any_order=translates) for frame in frames):
        msg = "it changed slots or fixed parts"
        raise UnusableError(msg)
    if any("{{" in span.text for span in after.spans if span.kind == TEXT):
        msg = "it wrote braces into the text"
        raise UnusableError(msg)
    if content_type == HTML and not _same(
        tags(before.text), tags(after.text), any_order=translates
    ):
        msg = "it wrote markup into the text"
        raise UnusableError(msg)
    after.text.encode()  # fails on half a character


def _is_span(span: object) -> bool:
    kinds = (TEXT, SLOT, FIXED)
    return isinstance(span, Span) and span.kind in kinds and isinstance(span.text, str)


def _branches(document: Document) -> Sequence[Sequence[Span]]:
    """
    Return the slots and fixed spans, each branch of a condition apart with its tag first.
    """
    branches: list[list[Span]] = [[]]
    for span in document.spans:
        if span.kind == FIXED and condition_of(span.text):
            branches += [span], []
        elif span.kind != TEXT:
            branches[-1].append(span)
    return branches


def _same(
    was: Sequence[object] | None, now: Sequence[object] | None, *, any_order: bool
) -> bool:
    if was is None or now is None or not any_order:
        return was == now
    return Counter(was) == Counter(now)
