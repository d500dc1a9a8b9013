"""
Templates as documents: which parts are prose, which are slots, and which stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from attrs import define, field

from crmkit import _html, _names, _tokens
from crmkit._encode import ONE_LINE
from crmkit.documents import FIXED, SLOT, TEXT, Document, Span
from crmkit.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmkit._tokens import Braces, Slot

    Region: TypeAlias = tuple[str, int, int]
    Place: TypeAlias = tuple[int, int]

HTML = "email_html"
_INLINE_CODE = re.compile(r"`[^`\n]{1,500}`")
_LINE_END = re.compile(r"\n")
_LETTER = "_"  # part of a word, and no end of a host


@define
class Parsed:
    """
    A template's *text* in Unicode's form NFC, its *document*, and what is in its braces.

    *slots* maps the text of each slot to what it says, *starts* that of slots and
    conditions to where they stand; *malformed* are where and what braces are none of ours.
    """

    text: str
    document: Document = field(factory=lambda: Document(()))
    slots: dict[str, Slot] = field(factory=dict)
    starts: dict[str, list[int]] = field(factory=dict)
    malformed: list[tuple[int, str]] = field(factory=list)
    shared: dict[str, Span] = field(factory=dict, init=False)  # one for all that are equal
    _lines: list[int] | None = field(default=None, init=False)  # where each begins

    def place(self, start: int) -> Place:
        """
        Return line and column, from 1, of a place in the text.
        """
        if self._lines is None:
            ends = (found.end() for found in _LINE_END.finditer(self.text))
            self._lines = [0, *ends]
        line = bisect_right(self._lines, start)
        return line, start - self._lines[line - 1] + 1


def parse(text: str, content_type: str, language: str | None = None) -> Parsed:
    """
    Return the document of a template, brought to Unicode's form NFC.

    Malformed braces stay as they are, and are told. Linear in the template's length.
    """
    parsed = Parsed(unicodedata.normalize("NFC", text))
    html = content_type == HTML
    regions = list(_regions(parsed.text, html=html))
    found = [
        list(_tokens.braces(parsed.text, start, end)) if kind != _html.OPAQUE else []
        for kind, start, end in regions
    ]
    names = deque(_names.names(_shadow(parsed.text, regions, found)))
    spans: list[Span] = []
    for region, braces in zip(regions, found, strict=True):
        spans += _spans(parsed, region, braces, names)
    parsed.document = Document(spans, language)
    return parsed


def encodable(template: str, content_type: str) -> str:
    """
    Return a template without the line end of a file, where it is one line.

    Raises TemplateError for half a character, which no encoding has.
    """
    try:
        template.encode()
    except UnicodeEncodeError as error:
        line = template.count("\n", 0, error.start) + 1
        column = error.start - template.rfind("\n", 0, error.start)
        msg = f"{line}:{column}: the template holds half a character (a lone surrogate)"
        raise TemplateError(msg, line=line, column=column) from None
    return template.rstrip("\r\n") if content_type in ONE_LINE else template


def malformed(parsed: Parsed) -> Iterator[tuple[int, str]]:
    """
    Yield where braces are none of ours, and what to say of them.
    """
    for start, text in parsed.malformed:
        yield start, f"{text[:40]!r} is no variable and stays as it is{_hint(text)}"


def _hint(text: str) -> str:
    if any(quote in text for quote in "“”‘’„"):
        return "; write straight quotes"
    if text.startswith("{%"):
        return "; there are {% if name %}, {% else %} and {% endif %}"
    words = text.strip("{} ").split()
    if not words[1:] or not all(word.isidentifier() for word in words):
        return ""
    return f"; a name has no spaces: write {{{{ {'_'.join(words)} }}}}"


def _regions(text: str, *, html: bool) -> Iterator[Region]:
    """
    Yield the kind, start and end of what is prose, markup, or opaque even to slots.
    """
    at = 0
    for kind, piece in _html.pieces(text) if html else ((TEXT, text),):
        end = at + len(piece)
        if kind == TEXT and "`" in piece:
            yield from _around_code(text, at, end)
        else:
            yield kind, at, end
        at = end


def _around_code(text: str, at: int, end: int) -> Iterator[Region]:
    for code in _INLINE_CODE.finditer(text, at, end):
        if code.start() > at:
            yield TEXT, at, code.start()
        at = code.end()
        yield _html.MARKUP, code.start(), at
    if at < end:
        yield TEXT, at, end


def _shadow(text: str, regions: Iterable[Region], found: Iterable[Sequence[Braces]]) -> str:
    """
    Return the text as words see it: slots are letters of theirs, markup is between them.

    https://x.example/{{id}}/hey is one link.
    """
    pieces = []
    for (kind, at, end), braces in zip(regions, found, strict=True):
        if kind != TEXT:
            within = kind == _html.OPAQUE and text.startswith("&amp;", at)
            pieces.append((_LETTER if within else " ") * (end - at))
            continue
        for each in braces:
            pieces += text[at : each.start], _LETTER * (each.end - each.start)
            at = each.end  # noqa: PLW2901 - what is left of the region
        pieces.append(text[at:end])
    return "".join(pieces)


def _spans(
    parsed: Parsed, region: Region, braces: Iterable[Braces], names: deque[Place]
) -> Iterator[Span]:
    kind, at, end = region
    text = parsed.text
    for each in braces:
        if each.start > at:
            yield from _written(text, kind, at, each.start, names)
        at = each.end
        token = text[each.start : at]
        if each.slot is not None:
            parsed.slots[token] = each.slot
        if each.slot is not None or each.kind == _tokens.CONDITION:
            parsed.starts.setdefault(token, []).append(each.start)
        elif each.kind == _tokens.MALFORMED:
            parsed.malformed.append((each.start, token))
        if token not in parsed.shared:
            parsed.shared[token] = Span(SLOT if each.slot else FIXED, token)
        yield parsed.shared[token]
    if at < end:
        yield from _written(text, kind, at, end, names)


def _written(
    text: str, kind: str, at: int, end: int, names: deque[Place]
) -> Iterator[Span]:
    """
    Yield what the author wrote between two braces: prose, and the names in it.
    """
    if kind != TEXT:
        yield Span(FIXED, text[at:end])
        return
    while names and names[0][0] < end:
        start, stop = names[0]
        if start > at:
            yield Span(TEXT, text[at:start])
        if min(stop, end) > max(start, at):
            yield Span(FIXED, text[max(start, at) : min(stop, end)])
            at = min(stop, end)
        if stop > end:
            break
        names.popleft()
    if at < end:
        yield Span(TEXT, text[at:end])
