"""
A compiled template: literal texts and slots, filled for one client after another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import bidirectional, is_normalized

from attrs import define, field

from crmkit import _binding
from crmkit._encode import plain_text
from crmkit._filling import Filled, Filling
from crmkit._filters import CURRENCY
from crmkit._parts import If, Jump
from crmkit.documents import TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmkit._binding import Origin, Sources
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
    _bindings: dict[object, Sequence[Origin]] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        numbers = [part for part in self.parts if isinstance(part, int)]
        straight = not any(isinstance(part, If | Jump) for part in self.parts)
        plain = straight and not any(piece.steps for piece in self.pieces)
        self._frame = _frame(self.parts) if plain and numbers else None
        self._encodes = any(piece.encode for piece in self.pieces)
        if any(CURRENCY in step.keywords for each in self.pieces for step in each.steps):
            self.pieces = (*self.pieces, _binding.piece(CURRENCY))

    @property
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
        origins = self._bindings.get(names)
        if origins is None:
            origins = self._bind(names, variables, custom_fields)
        values = [
            None if source is None else get(sources[source]) for get, source in origins
        ]
        if self._frame is not None and not request.isolate:
            filled = self._at_once(values)
            if filled is not None:
                return Filled(self, sources, origins, values, filled)
        return Filling(self, sources, origins, values, request).run()

    def _at_once(self, values: Sequence[object]) -> list[str] | None:
        """
        Return all texts when every value has one and nothing is to be cleaned of any.
        """
        try:
            texts = [
                value if type(value) is str else plain_text(value) or "" for value in values
            ]
        except Exception:  # noqa: BLE001 - whose it is, is told when they are taken singly
            return None
        together = "".join(texts)
        if not together.isprintable() or not all(map(str.strip, texts)):
            return None
        if not together.isascii() and not is_normalized("NFC", together):
            return None
        if self._encodes:
            pairs = zip(self.pieces, texts, strict=True)
            texts = [piece.encode(text) if piece.encode else text for piece, text in pairs]
        filled = list(self._frame or ())
        filled[1::2] = texts
        return filled

    def _bind(
        self,
        names: object,
        variables: Mapping[str, object],
        custom_fields: Mapping[str, object],
    ) -> Sequence[Origin]:
        if len(self._bindings) >= _KEPT_BINDINGS:
            self._bindings.clear()
        origins = _binding.bind(self.pieces, variables, custom_fields)
        self._bindings[names] = origins
        return origins


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
