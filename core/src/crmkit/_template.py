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
    from collections.abc import Callable, Iterator

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
    place = _place_in(text)
    spans: list[Span] = []
    pieces = _html.pieces(text) if content_type == HTML else [(TEXT, text)]
    offset = 0
    for kind, piece in pieces:
        if kind == _html.OPAQUE:
            spans.append(Span(FIXED, piece))
        else:
            for span, at in _braces(piece):
                if span.kind == SLOT:
                    parsed.places.setdefault(span.text, []).append(place(offset + at))
                elif span.kind == FIXED and not span.text.startswith("\\"):
                    parsed.malformed.append((*place(offset + at), span.text))
                if span.kind == TEXT:
                    spans.extend(_prose(span.text, kind, spans))
                else:
                    spans.append(span)
        offset += len(piece)
    parsed.document = Document(_merged(spans))
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


_CHUNK = re.compile(r"`[^`\n]{1,500}`|[^\s`]+|\s+|`")
_OPENING, _CLOSING = "([\"'“‘«<", ".,;:!?)]\"'”’»>…"
_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.)+[a-z]{2,24}(?:[:/?#]\S*)?")
_ADDRESS = re.compile(r"[^\s@]+@(?:[\w-]{1,63}\.)*[\w-]{1,63}")
_MARK = re.compile(r"[@#]\w[\w-]*")


def _prose(text: str, kind: str, before: list[Span]) -> Iterator[Span]:
    if kind == _html.MARKUP:
        yield Span(FIXED, text)
        return
    for position_, chunk in enumerate(_CHUNK.findall(text)):
        if position_ == 0 and _within_link(before) and not chunk[0].isspace():
            yield Span(FIXED, chunk)
        else:
            yield from _classified(chunk)


def _within_link(before: list[Span]) -> bool:
    # https://x.example/{{id}}/hey: what follows the slot belongs to the address.
    last = [span for span in before[-2:] if span.text]
    return (
        len(last) > 1
        and last[1].kind == SLOT
        and last[0].kind == FIXED
        and not last[0].text.endswith(("}", ">"))
        and _is_link(last[0].text)
    )


def _classified(chunk: str) -> Iterator[Span]:
    if chunk[0].isspace() or (chunk[0] == "`" and len(chunk) > 1):
        yield Span(FIXED if chunk[0] == "`" else TEXT, chunk)
        return
    body = chunk.lstrip(_OPENING)
    head = chunk[: len(chunk) - len(body)]
    core = body.rstrip(_CLOSING)
    tail = body[len(core) :]
    if _is_link(core) or _MARK.fullmatch(core):
        spans = (Span(TEXT, head), Span(FIXED, core), Span(TEXT, tail))
        yield from (span for span in spans if span.text)
    else:
        yield Span(TEXT, chunk)


def _is_link(text: str) -> bool:
    return bool(
        "://" in text
        or text.startswith(("mailto:", "tel:", "www."))
        or ("." in text and _DOMAIN.fullmatch(text))
        or ("@" in text and _ADDRESS.fullmatch(text))
    )


def _merged(spans: list[Span]) -> Iterator[Span]:
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
