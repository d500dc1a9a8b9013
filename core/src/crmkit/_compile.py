"""
A document made into a program: each slot taken apart once, not for every client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from crmkit import _template
from crmkit._encode import ONE_LINE, cleaner
from crmkit._filters import URLENCODE
from crmkit._html import Context
from crmkit._parts import If, Jump, Piece, piece_of
from crmkit._program import Program
from crmkit._tokens import condition_of, literal
from crmkit._values import fold
from crmkit.documents import FIXED, SLOT, TEXT, Document
from crmkit.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crmkit._filters import Filter
    from crmkit._html import State
    from crmkit._parts import Part
    from crmkit._template import Parsed
    from crmkit._tokens import Condition, Slot
    from crmkit.documents import Span


_TOLD = 100  # of conditions that do not end: nobody reads more


def compile_document(
    document: Document,
    content_type: str,
    parsed: Parsed,
    filters: Mapping[str, Filter],
) -> Program:
    """
    Return the program of a document, which is *parsed*'s own or one transformed from it.

    Raises TemplateError for an unknown filter or wrong arguments, a slot where no value is
    safe, and a condition that does not end.
    """
    program, problems = checked(document, content_type, parsed, filters)
    if problems:
        raise problems[0]
    return program


def checked(
    document: Document,
    content_type: str,
    parsed: Parsed,
    filters: Mapping[str, Filter],
) -> tuple[Program, list[TemplateError]]:
    """
    Return the program, and all that is wrong with it.
    """
    compiler = _Compiler(content_type, parsed, filters, document.language)
    spans = document.spans
    for span, before, after in zip(spans, (None, *spans), (*spans[1:], None), strict=False):
        if span.kind == SLOT:
            within = _in_a_name(before) or _in_a_name(after)
            compiler.slot(span.text, _shown(after), within=within)
        elif span.kind == TEXT:
            compiler.text(span.text)
        elif condition := condition_of(span.text):
            compiler.condition(condition, span.text)
        else:
            compiler.text(literal(span.text))
    return compiler.end()


@define
class _Open:
    """
    An ``{% if %}`` whose end is not reached: where it stands, and what was before it.
    """

    at: int
    start: int
    piece: int
    before: State | None
    jump: int | None = None
    then: State | None = None


@define
class _Compiler:
    content_type: str
    parsed: Parsed
    filters: Mapping[str, Filter]
    language: str | None
    _parts: list[Part] = field(factory=list, init=False)
    _said: list[str] = field(factory=list, init=False)  # since the last of the parts
    _pieces: list[Piece] = field(factory=list, init=False)
    _open: list[_Open] = field(factory=list, init=False)
    _problems: list[TemplateError] = field(factory=list, init=False)
    _html: Context | None = field(default=None, init=False)
    _one_line: Callable[[str], str] | None = field(default=None, init=False)
    _starts: dict[str, Iterator[int]] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        if self.content_type == _template.HTML:
            self._html = Context()
        if self.content_type in ONE_LINE:
            self._one_line = cleaner(self.content_type)

    def text(self, text: str) -> None:
        """
        Take in what the template itself says.
        """
        if self._html is not None:
            self._html.feed(text)
        if self._one_line is not None:
            text = self._one_line(text)
        self._said.append(text)

    def slot(self, token: str, following: str, *, within: bool) -> None:
        """
        Take in a slot; *following* is what the template says next.

        *within* a link, or another name, nothing may be put around a value.
        """
        slot, start = self.parsed.slots[token], self._start(token)
        try:
            piece = self._piece(slot, token, start, following)
        except TemplateError as error:
            self._problem(start, f"{error} (in {slot.name})", slot.name)
            return
        self._flush()
        self._parts.append(len(self._pieces))
        self._pieces.append(piece._replace(bare=False) if within else piece)

    def condition(self, condition: Condition, token: str) -> None:
        """
        Take in ``{% if name %}``, ``{% else %}`` or ``{% endif %}``.
        """
        self._flush()
        start = self._start(token)
        state = None
        try:
            state = self._state()
        except TemplateError as error:
            self._problem(start, str(error))
        if condition.word == "if":
            self._open.append(_Open(len(self._parts), start, len(self._pieces), state))
            self._parts.append(If(len(self._pieces), 0))
            self._pieces.append(Piece(condition.name, fold(condition.name), token, start))
        elif not self._open:
            self._problem(start, f"there is no {{% if %}} for this {token}")
        elif condition.word == "else" and self._open[-1].jump:
            self._problem(start, f"this {token} is the second of its {{% if %}}")
        elif condition.word == "else":
            self._else(self._open[-1], state)
        else:
            self._endif(self._open.pop(), state, start)

    def end(self) -> tuple[Program, list[TemplateError]]:
        """
        Return the program, and all that is wrong with it.
        """
        self._flush()
        for opened in self._open[:_TOLD]:
            self._problem(opened.start, "this {% if %} has no {% endif %}")
        program = Program(
            tuple(self._parts),
            tuple(self._pieces),
            self.content_type,
            self.parsed,
            self.language,
        )
        return program, self._problems

    def _else(self, opened: _Open, state: State | None) -> None:
        opened.jump, opened.then = len(self._parts), state
        self._parts.append(Jump(0))
        self._lead(opened)
        if self._html is not None and opened.before is not None:
            self._html.restore(opened.before)

    def _endif(self, opened: _Open, state: State | None, start: int) -> None:
        if opened.jump is None:
            self._lead(opened)
            other = opened.before
        else:
            self._parts[opened.jump] = Jump(len(self._parts))
            other = opened.then
        if state is not None and other is not None and state != other:
            self._problem(start, "both ways to this {% endif %} must end in like markup")

    def _lead(self, opened: _Open) -> None:
        self._parts[opened.at] = If(opened.piece, len(self._parts))

    def _flush(self) -> None:
        if self._said:
            self._parts.append("".join(self._said))
            self._said.clear()

    def _state(self) -> State | None:
        return None if self._html is None else self._html.state()

    def _piece(self, slot: Slot, token: str, start: int, following: str) -> Piece:
        piece = piece_of(slot, token, start, self.filters)
        if self._html is not None:
            encoded = any(name == URLENCODE for name, _ in slot.filters)
            encode = self._html.encoder(following, encoded=encoded)
            return piece._replace(encode=encode, bare=self._html.bare())
        if self._one_line is not None:
            default = None if piece.default is None else self._one_line(piece.default)
            return piece._replace(token=self._one_line(token), default=default)
        return piece

    def _start(self, token: str) -> int:
        if token not in self._starts:
            self._starts[token] = iter(self.parsed.starts[token])
        return next(self._starts[token])

    def _problem(self, start: int, why: str, name: str = "") -> None:
        line, column = self.parsed.place(start)
        names = (name,) if name else ()
        msg = f"{line}:{column}: {why}"
        self._problems.append(
            TemplateError(msg, line=line, column=column, token=name, names=names)
        )


def _shown(span: Span | None) -> str:
    if span is None or span.kind == SLOT or condition_of(span.text):
        return ""
    return literal(span.text) if span.kind == FIXED else span.text


def _in_a_name(span: Span | None) -> bool:
    """
    Whether a span beside a slot is of the link, or the address, that both are in.
    """
    if span is None or span.kind != FIXED or condition_of(span.text):
        return False
    return span.text[0] not in "\\{<&" and span.text[-1] != ">"
