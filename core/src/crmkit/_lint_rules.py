"""
The rules of lint: each looks at one part of a template for one thing.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from crmkit._binding import bind
from crmkit._filters import CURRENCY, LANGUAGE, OPTIONAL, TIMEZONE
from crmkit._parts import If
from crmkit._template import malformed
from crmkit._values import fold
from crmkit.documents import FIXED, SLOT
from crmkit.errors import TemplateError
from crmkit.lint import ERROR, WARNING, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmkit._filters import Step
    from crmkit._parts import Part as Item
    from crmkit._parts import Piece
    from crmkit._program import Program
    from crmkit._template import Parsed

_UNSUBSCRIBE = re.compile(
    r"unsubscri|opt[-_ ]?out|sign[-_ ]?off|email[-_ ]?preferences|abmeld|abbestell"
    r"|d[ée]sabonn|d[ée]sinscri|desuscri|cancelar[-_ ]?suscripci|darse[-_ ]?de[-_ ]?baja"
    r"|disiscri|annulla[-_ ]?iscri|afmeld|uitschrijv|avregistr|afmelding",
    re.IGNORECASE,
)
_STOP = re.compile(r"\b(?:stop|opt[- ]?out|unsubscribe)\b", re.IGNORECASE)
_SAMPLES = (
    *(3, "3", "2026-05-01", "2026-05-01T12:00:00+00:00", "Ana", ["a", "b"]),
    *(date(2026, 5, 1), datetime(2026, 5, 1, 12, tzinfo=UTC)),
)
_SIGNS = "$€£¥₹₽₺₩"
_NEAR = 4  # how far behind a token a sign may stand
_HEADER, _POST = 78, 280
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


class Part(NamedTuple):
    """
    What the rules look at: one part of a template, parsed and compiled.

    *known* are the names that clients may have values for, None where nobody told; *given*
    are aliases of those that have one for every client.
    """

    name: str
    content_type: str
    parsed: Parsed
    program: Program
    known: frozenset[str] | None
    given: frozenset[str]
    marketing: bool

    def problem(
        self,
        severity: str,
        code: str,
        message: str,
        start: int | None = None,
        token: str = "",
    ) -> Problem:
        """
        Return a problem of this part, at this place in its text.
        """
        line, column = (0, 0) if start is None else self.parsed.place(start)
        return Problem(
            severity=severity,
            code=code,
            message=message,
            line=line,
            column=column,
            token=token,
            part=self.name,
        )


def _malformed(part: Part) -> Iterator[Problem]:
    for start, message in malformed(part.parsed):
        yield part.problem(ERROR, "malformed", message, start)


def _unknown(part: Part) -> Iterator[Problem]:
    if part.known is None:
        return
    near = {fold(name): name for name in (*part.known, "firstName", "lastName", "fullName")}
    closest = cache(partial(get_close_matches, possibilities=near, n=1))
    origins = bind(part.program.pieces, part.known, ()).origins
    for piece, origin in zip(part.program.pieces, origins, strict=True):
        if not origin.known and piece.token:
            close = closest(piece.alias)
            hint = f"; did you mean {near[close[0]]}?" if close else ""
            severity = ERROR if piece.default is None or piece.required else WARNING
            message = f"nobody knows {piece.name}{hint}"
            yield part.problem(severity, "unknown", message, piece.start, piece.name)


def _without_default(part: Part) -> Iterator[Problem]:
    for piece in _unguarded(part.program.parts, part.program.pieces):
        own_way = any(step.name in OPTIONAL for step in piece.steps)
        if piece.required or own_way or piece.alias in part.given:
            continue
        if piece.default is None:
            message = f"a client without {piece.name} is refused: write a default, a"
            message += " condition around it, or required"
            yield part.problem(WARNING, "no-default", message, piece.start, piece.name)


def _unguarded(parts: Sequence[Item], pieces: Sequence[Piece]) -> Iterator[Piece]:
    """
    Yield the slots which no condition around them has asked for.
    """
    open_until: list[tuple[int, str]] = []  # the innermost last
    asked = Counter[str]()
    for at, item in enumerate(parts):
        while open_until and open_until[-1][0] <= at:
            asked[open_until.pop()[1]] -= 1
        if isinstance(item, If):
            open_until.append((item.otherwise, pieces[item.piece].alias))
            asked[pieces[item.piece].alias] += 1
        elif isinstance(item, int) and not asked[pieces[item].alias]:
            yield pieces[item]


def _arguments(part: Part) -> Iterator[Problem]:
    """
    Yield the filters that no value gets through: their arguments must be at fault.
    """
    for piece in _slots(part):
        for step in piece.steps:
            reasons = [_refusal(step, value) for value in _SAMPLES]
            if all(reasons):
                message = f"the filter {step.name} takes other arguments: {reasons[0]}"
                yield part.problem(ERROR, "template", message, piece.start, piece.name)


def _refusal(step: Step, value: object) -> str | None:
    try:
        step.apply(value, {LANGUAGE: "en", TIMEZONE: "UTC", CURRENCY: "EUR"})
    except TemplateError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - a filter may raise anything
        return type(error).__name__
    return None


def _signs(part: Part) -> Iterator[Problem]:
    text = part.parsed.text
    for piece in _slots(part):
        sign = text[piece.start - 1 : piece.start] or " "
        end = piece.start + len(piece.token)
        after = text[end : end + _NEAR].lstrip()[:1] or " "
        shown = any(step.name == "currency" for step in piece.steps)
        if shown and (sign in _SIGNS or after in _SIGNS):
            message = f"{piece.name} brings its currency, and a sign stands beside it"
            yield part.problem(ERROR, "currency-sign", message, piece.start, piece.name)


def _unsubscribe(part: Part) -> Iterator[Problem]:
    if not part.marketing or part.content_type not in {"email", "email_html"}:
        return
    if not any(_UNSUBSCRIBE.search(place) for place in _places(part)):
        yield part.problem(
            ERROR,
            "unsubscribe",
            "a marketing mail needs a link to unsubscribe: a URL or a variable whose name "
            "says so; or is it purpose='transactional'?",
        )


def _places(part: Part) -> Iterator[str]:
    """
    Yield where a link to unsubscribe may be: fixed spans, and the names of variables.
    """
    for span in part.parsed.document.spans:
        if span.kind == SLOT:
            yield part.parsed.slots[span.text].name
        elif span.kind == FIXED:
            yield span.text


def _stop(part: Part) -> Iterator[Problem]:
    if part.marketing and part.content_type == "sms" and not _STOP.search(part.parsed.text):
        message = "a marketing SMS should say how to end them, as in: Reply STOP to opt out"
        yield part.problem(WARNING, "unsubscribe", message)


def _comments(part: Part) -> Iterator[Problem]:
    if part.content_type != "email_html":
        return
    for comment in _COMMENT.finditer(part.parsed.text):
        if "{{" in comment[0] or "{%" in comment[0]:
            message = "nothing is filled in within a comment"
            yield part.problem(WARNING, "comment", message, comment.start())


def _length(part: Part) -> Iterator[Problem]:
    written = len(_written(part))
    if part.content_type == "subject" and written > _HEADER:
        message = f"a subject of more than {_HEADER} characters is cut by mail programs"
        yield part.problem(WARNING, "length", message)
    if part.content_type == "social" and written > _POST:
        message = f"a post of more than {_POST} characters is refused by some networks"
        yield part.problem(WARNING, "length", message)


def _alphabet(part: Part) -> Iterator[Problem]:
    if part.content_type != "sms":
        return
    from crmkit.lengths import GSM_7, sms_length

    foreign = sorted(c for c in set(_written(part)) if sms_length(c).encoding != GSM_7)
    if foreign:
        message = f"{' '.join(foreign)} halves what fits: an SMS then takes 70 characters"
        yield part.problem(WARNING, "alphabet", message)


def _written(part: Part) -> str:
    return "".join(each for each in part.program.parts if isinstance(each, str))


def _slots(part: Part) -> Iterator[Piece]:
    """
    Yield the pieces that show a value, not those that are conditions.
    """
    return (piece for piece in part.program.pieces if piece.token.startswith("{{"))


RULES: tuple[Callable[[Part], Iterator[Problem]], ...] = (
    _malformed,
    _arguments,
    _unknown,
    _without_default,
    _signs,
    _unsubscribe,
    _stop,
    _comments,
    _length,
    _alphabet,
)
