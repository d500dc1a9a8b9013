"""
A compiled template: literal texts and slots, filled for one client after another.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any
from unicodedata import bidirectional

from attrs import define, field

from crmkit import _binding
from crmkit._encode import is_clean, plain_text
from crmkit._filling import Filled, Filling
from crmkit._filters import CURRENCY
from crmkit.documents import TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmkit._binding import Binding, Sources
    from crmkit._parts import Part, Piece
    from crmkit._request import Request
    from crmkit._template import Parsed

_KEPT_BINDINGS = 64


@define(eq=False)
class Program:
    """
    A compiled template: *parts* are literal texts, numbers of *pieces*, and jumps.
    """

    parts: tuple[Part, ...]
    pieces: tuple[Piece, ...]
    content_type: str
    parsed: Parsed
    language: str | None = None
    _frame: list[str] | None = field(init=False)
    _encodes: bool = field(init=False)
    _bindings: dict[object, Binding] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        kinds = set(map(type, self.parts))
        steps = [step for piece in self.pieces for step in piece.steps]
        plain = int in kinds and kinds <= {str, int} and not steps
        self._frame = _frame(self.parts) if plain else None
        self._encodes = any(piece.encode for piece in self.pieces)
        if any(CURRENCY in step.keywords for step in steps):
            self.pieces = (*self.pieces, _binding.piece(CURRENCY))

    @cached_property
    def right_to_left(self) -> bool:
        """
        Whether the template's prose runs from right to left, by its first letter.
        """
        for span in self.parsed.document.spans:
            for letter in span.text if span.kind == TEXT else "":
                direction = bidirectional(letter)
                if direction in {"L", "R", "AL"}:
                    return direction != "L"
        return False

    def fill(self, sources: Sources, request: Request) -> Filled:
        """
        Fill every slot.

        Raises TemplateError naming all unknown variables, or MissingValueError naming all
        that have no value, unless the request says otherwise.
        """
        variables, _, custom_fields = sources
        names = (*variables, None, *custom_fields)
        binding = self._bindings.get(names)
        if binding is None:
            binding = self._bind(names, variables, custom_fields)
        if self._frame is not None and not request.isolate:
            filled = self._at_once(self._frame, sources, binding)
            if filled is not None:
                return filled
        values = binding.read(sources)
        return Filling(self, sources, binding.origins, values, request).run()

    def _at_once(
        self, frame: list[str], sources: Sources, binding: Binding
    ) -> Filled | None:
        """
        Fill all slots when each has a value, and nothing is to be cleaned of any.
        """
        try:
            values: list[Any] = [
                value
                if (kind := type(value)) is str
                else str(value)
                if kind is int
                else plain_text(value) or ""
                for value in binding.read(sources)
            ]
        except Exception:  # noqa: BLE001 - whose it is, is told when they are taken singly
            return None
        if not is_clean("".join(values)) or not all(map(str.strip, values)):
            return None
        texts = frame.copy()
        texts[1::2] = self._encoded(values) if self._encodes else values
        return Filled(self, sources, binding.origins, values, texts)

    def _encoded(self, values: Sequence[str]) -> list[str]:
        pairs = zip(self.pieces, values, strict=True)
        return [piece.encode(value) if piece.encode else value for piece, value in pairs]

    def _bind(
        self,
        names: object,
        variables: Mapping[str, object],
        custom_fields: Mapping[str, object],
    ) -> Binding:
        if len(self._bindings) >= _KEPT_BINDINGS:
            self._bindings.clear()
        binding = _binding.bind(self.pieces, variables, custom_fields)
        self._bindings[names] = binding
        return binding


def _frame(parts: Sequence[Part]) -> list[str]:
    """
    Return the literal texts with an empty text for each slot: every other is a slot.
    """
    frame = [""]
    for part in parts:
        if isinstance(part, str):
            frame[-1] += part
        else:
            frame += ["", ""]
    return frame
