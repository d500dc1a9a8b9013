"""
A unit as it is sent, all but its prose replaced by placeholders, and back again.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape, unescape
from itertools import count
from typing import TYPE_CHECKING, NoReturn

from crmkit import ProtocolError, Span
from crmkit_translate_aws._pieces import CLOSING, OPENING, PROSE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit_translate_aws._pieces import Piece

_END = "</span>"
_PLACEHOLDER = re.compile(
    rf'<span translate="no" id="s\d{{1,6}}">[^<]*+{_END}|<span id="s\d{{1,6}}">|{_END}'
)
_SENT = re.compile(r"\s*<p>(.*)</p>\s*", re.DOTALL)
_BLANK = re.compile(r">\s+<")
_HOLLOW = re.compile(rf'<span id="s\d{{1,6}}">\s*{_END}')
_ENTITY = re.compile(r"&#?\w{1,32};")
_TAG = re.compile(r"<[A-Za-z/!?]")
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def protect(unit: Sequence[Piece]) -> str:
    """
    Return the unit as HTML that the service translates.

    Only prose is in it. Of all else there is a ``<span>``, the same whatever it stands for;
    only an entity, part of a word as it may be, shows its character.
    """
    return f"<p>{_body(unit).strip()}</p>"


def restore(unit: Sequence[Piece], reply: str, *, html: bool) -> list[Span]:
    """
    Return the unit's spans with the prose of the reply.

    Raises ProtocolError unless each placeholder is there once, as it was sent and around
    something if it was, and the prose has no markup, braces or control characters that
    were not sent.
    """
    body = _body(unit)
    sent = _SENT.fullmatch(reply)
    if sent is None:
        _refuse("the paragraph was lost")
    inner = sent[1].strip()
    if len(_HOLLOW.findall(inner)) > len(_HOLLOW.findall(body)):
        _refuse("a tag was left around nothing")
    indent, trail = body[: len(body) - len(body.lstrip())], body[len(body.rstrip()) :]
    spans = _restored(unit, f"{indent}{inner}{trail}")
    was = "".join(piece.text for piece in unit if piece.kind == PROSE)
    _check(was, "".join(span.text for span in spans if span.kind == "text"), html=html)
    return spans


def _body(unit: Sequence[Piece]) -> str:
    return "".join(text for text, _ in _written(unit))


def _written(unit: Sequence[Piece]) -> Iterator[tuple[str, Piece]]:
    """
    Yield what is sent for each piece.
    """
    numbers = count(1)
    for piece in unit:
        if piece.kind == PROSE:
            yield escape(piece.text, quote=False), piece
        elif piece.kind == CLOSING:
            yield _END, piece
        elif piece.kind == OPENING:
            yield f'<span id="s{next(numbers)}">', piece
        else:
            number = next(numbers)
            entity = _ENTITY.fullmatch(piece.text)
            shown = escape(unescape(piece.text), quote=False) if entity else f"X{number}"
            yield f'<span translate="no" id="s{number}">{shown}{_END}', piece


def _restored(unit: Sequence[Piece], reply: str) -> list[Span]:
    left = _placeholders(unit)
    spans: list[Span] = []
    opened: list[Piece] = []
    at = 0
    for found in _PLACEHOLDER.finditer(reply):
        spans += _prose(reply[at : found.start()])
        at = found.end()
        if found[0] != _END:
            here, *partner = left.pop(_known(found[0]), None) or _refuse(_UNKNOWN)
            opened += partner
        else:
            here = opened.pop() if opened else _refuse("a tag ends that never began")
        spans += here.spans
    if left or opened:
        _refuse("a placeholder was lost")
    return [*spans, *_prose(reply[at:])]


_UNKNOWN = "a placeholder is there twice, or was changed or made up"


def _placeholders(unit: Sequence[Piece]) -> dict[str, list[Piece]]:
    """
    Return what each placeholder stands for; with an opening tag comes its closing one.
    """
    found: dict[str, list[Piece]] = {}
    opened: list[list[Piece]] = []
    for text, piece in _written(unit):
        if piece.kind == CLOSING:
            opened.pop().append(piece)
        elif piece.kind != PROSE:
            found[_known(text)] = [piece]
            if piece.kind == OPENING:
                opened.append(found[_known(text)])
    return found


def _known(placeholder: str) -> str:
    # A space that does not break may come back written out, or as one that does.
    return _BLANK.sub("> <", unescape(placeholder))


def _prose(text: str) -> list[Span]:
    prose = unicodedata.normalize("NFC", unescape(text))
    return [Span("text", prose)] if prose else []


def _check(was: str, now: str, *, html: bool) -> None:
    if not any(map(str.isalnum, now)):
        _refuse("it is empty")
    if any(now.count(sign) > was.count(sign) for sign in "<{"):
        _refuse("it wrote markup or braces")
    if html and (_TAG.search(now) or _ENTITY.search(now)):
        _refuse("it wrote markup")
    if set(_CONTROL.findall(now)) - set(_CONTROL.findall(was)):
        _refuse("it wrote control characters")


def _refuse(why: str) -> NoReturn:
    msg = (
        f"the answer of Amazon Translate cannot be used: {why}; write a variant of the"
        " template for this language, or a simpler sentence"
    )
    raise ProtocolError(msg)
