"""
Documents, and what is known of a client, to try a transformer with.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from attrs import field, frozen
from hypothesis import strategies as st

from crmkit._encode import CONTENT_TYPES
from crmkit._template import HTML, parse
from crmkit.documents import TEXT, Document
from crmkit.testing.strategies import documents, texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypothesis.strategies import SearchStrategy

_ODD = ("en", "pt_br", "ES", "x-klingon", "neutral", "Formal ", "casual", "", " ", "0")
_SHOWN = 60
# A word as prose, and where it is none.
_PLACES = (
    "{{{{a}}}} {0} https://x.example/{0}?q={0} `{0}` \\{{{{{0}}}}} #{0} {{{{ {0} }}}}"
    '<b title="{0}">{0}</b>{{{{ b | default: "{0}" }}}}<!-- {0} -->'
)


class Example(NamedTuple):
    """
    What a template becomes for a client of whom this is known.
    """

    template: str
    reads: Mapping[str, str]
    expected: str
    content_type: str = "email"


@frozen(kw_only=True)
class Case:
    """
    What one call of crmkit_transform gets, beside its settings.
    """

    content_type: str
    document: Document
    reads: Mapping[str, str | None] = field(factory=dict)

    def __str__(self) -> str:
        text = self.document.text
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        known = {name: value for name, value in self.reads.items() if value is not None}
        return f"{shown!r} ({self.content_type}, {known or 'nothing known'})"


def samples(examples: Sequence[Example], reads: Sequence[str]) -> Sequence[Case]:
    """
    Return each example in each content type: for its client, and for an unknown one.

    Beside them an empty document, and the examples' words where they are no prose.
    """
    hidden = [_PLACES.format(word) for word in _words(examples) if word.isalnum()]
    templates = [*(example.template for example in examples), "", *hidden]
    return [
        Case(
            content_type=content_type,
            document=parse(template, content_type).document,
            reads=known,
        )
        for template, content_type in product(templates, sorted(CONTENT_TYPES))
        for known in _known(examples, reads)
    ]


def cases(examples: Sequence[Example], reads: Sequence[str]) -> SearchStrategy[Case]:
    """
    Return documents full of the examples' words, for all that the client may be.
    """
    words = _words(examples)
    odd = {name: st.sampled_from([None, *_ODD]) | texts() for name in reads}
    known = st.sampled_from(_known(examples, reads)) | st.fixed_dictionaries(odd)
    # In HTML more can go wrong, so it comes up as often as all others.
    return (st.just(HTML) | st.sampled_from(sorted(CONTENT_TYPES))).flatmap(
        lambda content_type: st.builds(
            Case,
            content_type=st.just(content_type),
            document=documents(content_type, words),
            reads=known,
        )
    )


def _known(
    examples: Sequence[Example], reads: Sequence[str]
) -> Sequence[Mapping[str, str | None]]:
    nothing: dict[str, str | None] = dict.fromkeys(reads)
    found = [{name: example.reads.get(name) for name in reads} for example in examples]
    return [*(known for known in found if known != nothing), nothing]


def _words(examples: Sequence[Example]) -> Sequence[str]:
    prose = {
        span.text.strip()
        for example in examples
        for template in (example.template, example.expected)
        for span in parse(template, example.content_type).document.spans
        if span.kind == TEXT
    }
    return sorted(prose - {""})
