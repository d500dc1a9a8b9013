"""
Fill a program slot by slot: conditions, filters, defaults, and what to do without a value.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from attrs import define, field

from crmkit._binding import SOURCES
from crmkit._encode import clean, cleaner, plain_text
from crmkit._filters import CURRENCY, LANGUAGE, OPTIONAL, TIMEZONE
from crmkit._isolate import isolated
from crmkit._parts import Jump
from crmkit._unfilled import complain
from crmkit.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmkit._binding import Origin, Sources
    from crmkit._filters import Step
    from crmkit._parts import Piece
    from crmkit._program import Program
    from crmkit._request import Request

ERROR, KEEP, BLANK = "error", "keep", "blank"
VALUE, DEFAULT, MISSING, UNKNOWN = "value", "default", "missing", "unknown"
FAILED = "failed"
_SHORT = 3  # letters that are in any sentence
_KEPT = frozenset({MISSING, UNKNOWN, FAILED})


class Use(NamedTuple):
    """
    What became of one slot: the piece, its source and value, and the text it shows.

    *at* is the number of its text among all texts.
    """

    at: int
    piece: Piece
    source: str | None
    value: object
    text: str
    status: str


@define(eq=False, repr=False)
class Filled:
    """
    A filled program: its *texts*, and when it is asked for, what became of each slot.
    """

    program: Program
    sources: Sources
    origins: Sequence[Origin]
    values: Sequence[object]
    texts: list[str]
    _uses: list[Use] | None = None
    warnings: Sequence[str] = ()

    def uses(self) -> Sequence[Use]:
        """
        Return what became of each slot, in the order of the text.
        """
        if self._uses is None:
            self._uses = list(self._all_values())
        return self._uses

    def _all_values(self) -> Iterator[Use]:
        told = zip(self.program.pieces, self.origins, self.values, strict=True)
        for number, (piece, origin, value) in enumerate(told):
            text = str(value)
            yield Use(2 * number + 1, piece, _source(origin), value, text, VALUE)


@define(eq=False, repr=False)
class Filling:
    """
    One way through a program's parts.
    """

    program: Program
    sources: Sources
    origins: Sequence[Origin]
    values: Sequence[object]
    request: Request
    _texts: list[str] = field(factory=list, init=False)
    _uses: list[Use] = field(factory=list, init=False)
    _unknown: list[Piece] = field(factory=list, init=False)
    _missing: list[Piece] = field(factory=list, init=False)
    _warnings: list[str] = field(factory=list, init=False)

    def run(self) -> Filled:
        """
        Return the filled program; raises TemplateError or MissingValueError.
        """
        parts, at = self.program.parts, 0
        while at < len(parts):
            part = parts[at]
            at += 1
            if isinstance(part, str):
                self._texts.append(part)
            elif isinstance(part, int):
                self._slot(part)
            elif isinstance(part, Jump):
                at = part.to
            elif not self._holds(part.piece):
                at = part.otherwise
        self._complain()
        return Filled(
            self.program,
            self.sources,
            self.origins,
            self.values,
            self._texts,
            self._uses,
            self._warnings,
        )

    def _holds(self, number: int) -> bool:
        if self._status(number) == UNKNOWN and self.request.unknown == ERROR:
            self._unknown.append(self.program.pieces[number])
        return self._status(number) == VALUE and self.values[number] is not False

    def _status(self, number: int) -> str:
        text = self._written(self.program.pieces[number], self.values[number])
        if clean(text).strip():
            return VALUE
        return MISSING if self.origins[number].known else UNKNOWN

    def _written(self, piece: Piece, value: object) -> str:
        try:
            return plain_text(value) or ""
        except TemplateError as error:
            why = str(error)
        except Exception as error:  # noqa: BLE001 - a value of the caller's may raise anything
            why = type(error).__name__
        raise self._error(piece, f"{piece.name} cannot be written: {why}")

    def _slot(self, number: int) -> None:
        piece, request = self.program.pieces[number], self.request
        status = self._status(number)
        if status == VALUE:
            self._value(number)
        elif piece.default is not None and not piece.required:
            self._add(number, DEFAULT, piece.default)
        elif self._needed(piece, status):
            self._missing.append(piece)
        elif status == UNKNOWN and request.unknown == ERROR:
            self._unknown.append(piece)
        else:
            keep = request.unknown if status == UNKNOWN else request.missing
            self._add(number, status, piece.token if keep == KEEP else "")

    def _needed(self, piece: Piece, status: str) -> bool:
        if piece.required:
            return not self.request.lenient
        strict = status == MISSING and self.request.missing == ERROR
        return strict and not _optional(piece)

    def _value(self, number: int) -> None:
        piece, value = self.program.pieces[number], self.values[number]
        try:
            for step in piece.steps:
                value = self._stepped(step, piece, value)
            text = cleaner(self.program.content_type)(self._written(piece, value))
        except TemplateError as error:
            if not self.request.lenient:
                raise
            self._warnings.append(str(error))
            self._add(number, FAILED, piece.token)
        else:
            self._add(number, VALUE, text)

    def _stepped(self, step: Step, piece: Piece, value: object) -> object:
        try:
            return step.apply(value, self._known(step))
        except TemplateError as error:
            why = str(error)
        except Exception as error:  # noqa: BLE001 - a filter may raise anything
            why = type(error).__name__
        # The error's own text, and so its traceback, may hold the value.
        told = self._written(piece, value)
        why = "its reason holds the value" if len(told) > _SHORT and told in why else why
        msg = f"{step.name} cannot render {piece.name}: {why}"
        raise self._error(piece, msg) from None

    def _known(self, step: Step) -> Mapping[str, object]:
        known: dict[str, object] = {
            LANGUAGE: self._language(),
            TIMEZONE: self.sources[1].timezone,
        }
        if CURRENCY in step.keywords:
            known[CURRENCY] = plain_text(self.values[-1])
        return known

    def _language(self) -> str | None:
        """
        Return the client's language, but the text's where that is another one.
        """
        own, written = self.sources[1].language, self.program.language
        if own and written and _primary(own) == _primary(written):
            return own
        return written or own

    def _add(self, number: int, status: str, text: str) -> None:
        piece = self.program.pieces[number]
        source = _source(self.origins[number]) if status == VALUE else None
        at, value = len(self._texts), self.values[number]
        self._uses.append(Use(at, piece, source, value, text, status))
        kept = text and status in _KEPT  # the author's own text, not a value
        encode = escape if kept and piece.encode else piece.encode
        encoded = encode(text) if encode else text
        if self.request.isolate and piece.bare:
            kind, rtl = self.program.content_type, self.program.right_to_left
            encoded = isolated(encoded, kind, base_rtl=rtl)
        self._texts.append(encoded)

    def _error(self, piece: Piece, why: str) -> TemplateError:
        line, column = self.program.parsed.place(piece.start)
        return TemplateError(
            f"{line}:{column}: {why}",
            line=line,
            column=column,
            token=piece.name,
            names=(piece.name,),
            of_value=True,
        )

    def _complain(self) -> None:
        if self._unknown or self._missing:
            complain(self._unknown, self._missing, self.program.parsed, self.sources)


def _source(origin: Origin) -> str | None:
    return SOURCES[origin.source] if origin.known else None


def _primary(tag: str) -> str:
    return tag.strip().replace("_", "-").partition("-")[0].casefold()


def _optional(piece: Piece) -> bool:
    # Hello{{ firstName | prefix: " " }}, says itself what to do without a name.
    return any(step.name in OPTIONAL for step in piece.steps)
