"""
Templates as documents: which parts are prose, which are slots, and which stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import TYPE_CHECKING, TypeAlias

from attrs import define, field, frozen

from crmkit import _html
from crmkit.documents import FIXED, SLOT, TEXT, Document, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Place: TypeAlias = tuple[int, int]

HTML = "email_html"

# Possessive throughout: what was taken is not given back, so a token that nobody closes
# costs one look at it, not one for each way to share out its spaces.
_ARGUMENT = r"""(?:"[^"\n]{0,500}+"|'[^'\n]{0,500}+'|[\w.+-]{1,64}+)"""
_ARGUMENTS = rf"{_ARGUMENT}(?:\s*+,\s*+{_ARGUMENT}){{0,9}}+"
_FILTER = (
    r"\|\s*+([A-Za-z_]\w{0,63}+)\s*+"
    rf"(?::\s*+({_ARGUMENTS})|\(\s*+({_ARGUMENTS})\s*+\))?+\s*+"
)
_NAME = r"[^\W\d][\w.-]{0,63}+"
_PLAIN_FILTER = re.sub(r"(?<!\\)\((?!\?)", "(?:", _FILTER)
_TOKEN = re.compile(rf"\{{\{{\s*+({_NAME})\s*+((?:{_PLAIN_FILTER}){{0,9}}+)\}}\}}(?!\}})")
_FILTERS = re.compile(_FILTER)
_EACH_ARGUMENT = re.compile(_ARGUMENT)
_BRACES = re.compile(r"\\\{[{%]|\{[{%]")
_LINE_END = re.compile(r"\n")
_MALFORMED = re.compile(r"\{+%?[^{}\n]{0,200}(?:%?\}+)?")


@frozen(kw_only=True)
class Slot:
    """
    A ``{{ name | filter: "argument" }}``, taken apart.
    """

    name: str
    filters: tuple[tuple[str, tuple[str, ...]], ...]


@define
class Parsed:
    """
    A template's document, and where its braces are malformed: (line, column, text).

    *places* are the (line, column) of each slot's text, from 1, in order.
    """

    document: Document
    malformed: list[tuple[int, int, str]] = field(factory=list)
    places: dict[str, list[Place]] = field(factory=dict)


def parse(text: str, content_type: str) -> Parsed:
    """
    Return the document of a template, brought to Unicode's form NFC.

    Malformed braces stay as they are, and are reported. Linear in the template's length.
    """
    text = unicodedata.normalize("NFC", text)
    parsed = Parsed(Document(()))
    atoms = _atoms(text, content_type, parsed)
    parsed.document = Document(_merged(_words(atoms)))
    return parsed


def slot_of(token: str) -> Slot:
    """
    Take a slot's text apart.
    """
    match = _TOKEN.fullmatch(token)
    if match is None:
        msg = "a slot's text must stay as it was"
        raise ValueError(msg)
    filters = tuple(
        (found[1], _arguments(found[2] or found[3] or ""))
        for found in _FILTERS.finditer(match[2])
    )
    return Slot(name=match[1], filters=filters)


def literal(text: str) -> str:
    """
    Return what a fixed span shows: an escaped brace without its backslash.
    """
    return text[1:] if text.startswith(("\\{{", "\\{%")) else text


def _place_in(text: str) -> Callable[[int], Place]:
    lines = [0, *(found.end() for found in _LINE_END.finditer(text))]

    def place(at: int) -> Place:
        line = bisect_right(lines, at)
        return line, at - lines[line - 1] + 1

    return place


def _arguments(text: str) -> tuple[str, ...]:
    found = _EACH_ARGUMENT.findall(text)
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in found)


def _atoms(text: str, content_type: str, parsed: Parsed) -> Iterator[tuple[Span, bool]]:
    """
    Yield spans with at most one word each, and whether they are within a word.
    """
    place = _place_in(text)
    offset = 0
    for kind, piece in _pieces(text, content_type):
        if kind == _html.OPAQUE:
            yield Span(FIXED, piece), piece == "&amp;"
        for span, at in _braces(piece) if kind != _html.OPAQUE else ():
            if span.kind == SLOT:
                parsed.places.setdefault(span.text, []).append(place(offset + at))
            elif span.kind == FIXED and not span.text.startswith("\\"):
                parsed.malformed.append((*place(offset + at), span.text))
            if span.kind == TEXT and kind == TEXT:
                for word in _WORD.findall(span.text):
                    yield Span(TEXT, word), not word.isspace()
            else:
                fixed = Span(FIXED, span.text) if span.kind == TEXT else span
                yield fixed, kind == TEXT
        offset += len(piece)


def _pieces(text: str, content_type: str) -> Iterator[tuple[str, str]]:
    for kind, piece in _html.pieces(text) if content_type == HTML else ((TEXT, text),):
        if kind != TEXT:
            yield kind, piece
            continue
        for part in _INLINE_CODE.split(piece):
            if part:
                yield _html.MARKUP if _INLINE_CODE.fullmatch(part) else TEXT, part


def _braces(text: str) -> Iterator[tuple[Span, int]]:
    at = 0
    while found := _BRACES.search(text, at):
        start = found.start()
        if start > at:
            yield Span(TEXT, text[at:start]), at
        token = _TOKEN.match(text, start)
        if found[0].startswith("\\"):
            yield Span(FIXED, found[0]), start
            at = found.end()
        elif token:
            yield Span(SLOT, token[0]), start
            at = token.end()
        else:
            malformed = _MALFORMED.match(text, start)
            at = malformed.end() if malformed else found.end()
            yield Span(FIXED, text[start:at]), start
    if at < len(text):
        yield Span(TEXT, text[at:]), at


_INLINE_CODE = re.compile(r"(`[^`\n]{1,500}`)")
_WORD = re.compile(r"\S+|\s+")
_OPENING, _CLOSING = "([\"'“‘«<", ".,;:!?)]\"'”’»>…"
_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.)+[a-z]{2,24}(?:[:/?#]\S*)?")
_ADDRESS = re.compile(r"[^\s@]+@(?:[\w-]{1,63}\.)*[\w-]{1,63}")
_MARK = re.compile(r"[@#]\w[\w-]*")


_STAND_IN = "x"


def _words(atoms: Iterable[tuple[Span, bool]]) -> Iterator[Span]:
    word: list[Span] = []
    for span, within in atoms:
        if within:
            word.append(span)
            continue
        yield from _classified(word)
        word = []
        yield span
    yield from _classified(word)


def _classified(word: Sequence[Span]) -> Iterator[Span]:
    # https://x.example/{{id}}/hey is one link: a slot stands for some letter of its word.
    text = "".join(span.text if span.kind == TEXT else _STAND_IN for span in word)
    body = text.lstrip(_OPENING)
    core = body.rstrip(_CLOSING)
    if not (_is_link(core) or _MARK.fullmatch(core)):
        yield from word
        return
    start = len(text) - len(body)
    end = start + len(core)
    for span in word:
        if span.kind == TEXT:
            first, last = max(start, 0), max(end, 0)
            parts = (span.text[:first], span.text[first:last], span.text[last:])
            kinds = zip((TEXT, FIXED, TEXT), parts, strict=True)
            yield from (Span(kind, part) for kind, part in kinds if part)
        else:
            yield span
        length = len(span.text) if span.kind == TEXT else len(_STAND_IN)
        start, end = start - length, end - length


def _is_link(text: str) -> bool:
    return bool(
        "://" in text
        or text.startswith(("mailto:", "tel:", "www."))
        or ("." in text and _DOMAIN.fullmatch(text))
        or ("@" in text and _ADDRESS.fullmatch(text))
    )


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    held: list[str] = []
    for span in spans:
        if span.kind == TEXT:
            held.append(span.text)
            continue
        if held:
            yield Span(TEXT, "".join(held))
            held = []
        yield span
    if held:
        yield Span(TEXT, "".join(held))
