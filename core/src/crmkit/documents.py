"""
A template as a document of spans, which is what transformers see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from crmkit._values import items, read_only

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TEXT, SLOT, FIXED = "text", "slot", "fixed"


@frozen
class Span:
    """
    A piece of a template: its *kind* (``text``, ``slot`` or ``fixed``) and its *text*.

    Text is the author's prose, all that a transformer may change. A slot is a
    ``{{ variable }}``; fixed are URLs, addresses, code and markup.
    """

    kind: str
    text: str


@frozen
class Document:
    """
    A template as a sequence of spans; their texts joined are the template.

    *language* is the BCP 47 tag of the text itself, None where nobody said it. Who
    translates sets it.
    """

    spans: tuple[Span, ...] = field(converter=items)
    language: str | None = None

    @property
    def text(self) -> str:
        """
        The whole template.
        """
        return "".join(span.text for span in self.spans)

    def map_text(self, function: Callable[[str], str]) -> Document:
        """
        Return a document in which *function* rewrote each text span.
        """
        spans = (
            evolve(span, text=function(span.text)) if span.kind == TEXT else span
            for span in self.spans
        )
        return Document(spans, self.language)


@frozen(kw_only=True)
class Context:
    """
    What a transformer is told: content type, its settings, and what it declared to read.

    *reads* maps each declared name, such as ``preferences.communicationStyle``, to the
    client's value or None.
    """

    content_type: str
    settings: Any = field(default=None, repr=False)
    reads: Mapping[str, Any] = field(factory=dict, converter=read_only, repr=False)
    warnings: list[str] = field(factory=list, init=False, eq=False, repr=False)

    def warn(self, message: str) -> None:
        """
        Add a sentence to the warnings of all that is made of this template.
        """
        self.warnings.append(message)
