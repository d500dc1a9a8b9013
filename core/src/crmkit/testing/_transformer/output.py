"""
Rules of what crmkit_transform returns.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from crmkit._html import tags
from crmkit._pipeline import TRANSLATE
from crmkit._template import HTML
from crmkit._values import ReadOnlyDict
from crmkit.documents import FIXED, SLOT, TEXT, Document, Span
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit.testing._transformer.cases import Case
    from crmkit.testing._transformer.subject import Transformer


class Output:
    """
    What a transformer's output holds to.
    """

    @rule
    def test_t08_document(self, subject: Transformer) -> None:
        """
        A transformer returns None or a Document of spans of text, slot and fixed.
        """

        def check(case: Case) -> None:
            found = _result(subject, case)
            if not isinstance(found, Document | None):
                subject.broken(f"returns a {type(found).__name__} for {case}")
            for span in () if found is None else found.spans:
                if not _is_span(span):
                    subject.broken(f"returns the span {span!r} for {case}")

        subject.for_all(check)

    @rule
    def test_t09_frame(self, subject: Transformer) -> None:
        """
        Slots and fixed parts come back as they were, and in order unless it translates.
        """
        translates = subject.info.stage == TRANSLATE

        def check(case: Case) -> None:
            was, now = _frame(case.document), _frame(_returned(subject, case))
            lost = Counter(was) - Counter(now)
            gained = Counter(now) - Counter(was)
            for span in lost:
                subject.broken(f"changes or loses {span!r} of {case}")
            for span in gained:
                subject.broken(f"invents {span!r} for {case}")
            if was != now and not translates:
                subject.broken(f"moves slots or fixed parts of {case}")

        subject.for_all(check)

    @rule
    def test_t10_prose(self, subject: Transformer) -> None:
        """
        A transformer writes prose: no braces of slots, no markup, no half characters.
        """

        def check(case: Case) -> None:
            after = _returned(subject, case)
            if any("{{" in span.text for span in after.spans if span.kind == TEXT):
                subject.broken(f"writes braces into {case}")
            if case.content_type == HTML and _frame(after) == _frame(case.document):
                written = Counter(tags(after.text)) - Counter(tags(case.document.text))
                for tag in written:
                    subject.broken(f"writes the markup {tag!r} into {case}")
            try:
                after.text.encode()
            except UnicodeEncodeError:
                subject.broken(f"writes half a character into {case}")

        subject.for_all(check)

    @rule
    def test_t11_total(self, subject: Transformer) -> None:
        """
        A transformer raises nothing, whatever the document and what it reads of the client.
        """

        def check(case: Case) -> None:
            try:
                subject.transform(case)
            except Exception as error:  # noqa: BLE001 - which is what the rule is about
                subject.broken(
                    f"raises {type(error).__name__}: {error} for {case}", cause=error
                )

        subject.for_all(check)

    @rule
    def test_t12_declared(self, subject: Transformer) -> None:
        """
        A transformer reads nothing but what it declares in reads.
        """

        def check(case: Case) -> None:
            reads = _Reads(case.reads)
            _result(subject, case, reads)
            undeclared = sorted(reads.asked - set(subject.info.reads))
            if undeclared:
                subject.broken(f"asks for {undeclared[0]}, which it does not declare")

        subject.for_all(check)


class _Reads(ReadOnlyDict):
    """
    What is known of a client, which notes the names that were asked for.
    """

    def __init__(self, known: Mapping[str, str | None]) -> None:
        super().__init__(known)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """
        Return what is known by this name.
        """
        self.asked.add(name)
        return super().get(name, default)


def _result(
    subject: Transformer, case: Case, reads: Mapping[str, str | None] | None = None
) -> object:
    try:
        return subject.transform(case, reads)
    except Exception:  # noqa: BLE001 - of which another rule tells
        return None


def _returned(subject: Transformer, case: Case) -> Document:
    found = _result(subject, case)
    if isinstance(found, Document) and all(map(_is_span, found.spans)):
        return found
    return case.document


def _frame(document: Document) -> list[Span]:
    return [span for span in document.spans if span.kind != TEXT]


def _is_span(span: object) -> bool:
    kinds = (TEXT, SLOT, FIXED)
    return isinstance(span, Span) and span.kind in kinds and isinstance(span.text, str)
