"""
The transform pipeline: each transformer in its order, its output checked, the rest kept.
"""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from crmkit import _template
from crmkit._compile import compile_document
from crmkit._encode import ONE_LINE
from crmkit._html import tags
from crmkit.codec import structured
from crmkit.documents import FIXED, SLOT, TEXT, Context, Document, Span
from crmkit.errors import ConfigurationError, TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmkit._host import Host
    from crmkit._program import Program
    from crmkit.models import ClientData

_LOG = logging.getLogger("crmkit.personalize")
TRANSLATE = 200
_KEPT_TEMPLATES = 256
_UNCHANGED = "nothing to change"


@frozen(kw_only=True)
class Compiled:
    """
    A program and how it came about; not *lasting* when a transformer failed.
    """

    program: Program
    applied: tuple[str, ...] = ()
    skipped: Mapping[str, str] = field(factory=dict)
    warnings: tuple[str, ...] = ()
    lasting: bool = True


@define(kw_only=True)
class Pipeline:
    """
    The transformers of one connector, and the templates that they have transformed.

    *transformers* maps names to settings.
    """

    host: Host
    transformers: Mapping[str, Mapping[str, Any]]
    _lock: Lock = field(factory=Lock, init=False)
    _compiled: OrderedDict[tuple[object, ...], Compiled] = field(
        factory=OrderedDict, init=False
    )
    _order: tuple[str, ...] | None = field(default=None, init=False)

    def program(self, template: str, content_type: str, client: ClientData) -> Compiled:
        """
        Return the program for a client: transformed for all that the transformers read.

        Clients of one kind share it. Raises TemplateError for an unknown filter or a slot
        where no value is safe.
        """
        reads = {
            name: _read(client, name)
            for transformer in self._ordered()
            for name in self.host.transformer(transformer).reads
        }
        key = (template, content_type, *reads.items())
        with self._lock:
            compiled = self._compiled.get(key)
            if compiled is not None:
                self._compiled.move_to_end(key)
                return compiled
        compiled = self._compile(template, content_type, reads)
        if compiled.lasting:
            with self._lock:
                self._compiled[key] = compiled
                if len(self._compiled) > _KEPT_TEMPLATES:
                    self._compiled.popitem(last=False)
        return compiled

    def _compile(
        self, template: str, content_type: str, reads: Mapping[str, str | None]
    ) -> Compiled:
        parsed = _template.parse(_encodable(template, content_type), content_type)
        document, filters = parsed.document, self._filters()
        program = compile_document(document, content_type, parsed.places, filters)
        warnings = [
            f"{line}:{column}: {text[:40]!r} is no variable and stays as it is{_hint(text)}"
            for line, column, text in parsed.malformed
        ]
        applied: list[str] = []
        skipped: dict[str, str] = {}
        for name in self._ordered():
            context = self._context(name, content_type, reads)
            try:
                changed = self._transformed(name, document, context)
                if changed is None:
                    skipped[name] = _UNCHANGED
                    continue
                program = compile_document(changed, content_type, parsed.places, filters)
            except Exception as error:
                skipped[name] = _reason(error)
                warnings.append(f"the transformer {name} was left out: {skipped[name]}")
                _LOG.warning("transformer %s left out: %s", name, skipped[name])
            else:
                document = changed
                applied.append(name)
        return Compiled(
            program=program,
            applied=tuple(applied),
            skipped=skipped,
            warnings=tuple(warnings),
            lasting=set(skipped.values()) <= {_UNCHANGED},
        )

    def _context(
        self, name: str, content_type: str, reads: Mapping[str, str | None]
    ) -> Context:
        info = self.host.transformer(name)
        return Context(
            content_type=content_type,
            settings=structured(self.transformers[name], info.settings, name),
            reads={key: reads[key] for key in info.reads},
        )

    def _transformed(
        self, name: str, document: Document, context: Context
    ) -> Document | None:
        changed = self.host.transform(name, document, context)
        if changed is None or changed == document:
            return None
        translates = self.host.transformer(name).stage == TRANSLATE
        check_output(document, changed, context.content_type, translates=translates)
        return changed

    def _ordered(self) -> tuple[str, ...]:
        if self._order is None:
            staged = [
                (self.host.transformer(name).stage, name) for name in self.transformers
            ]
            self._order = tuple(name for _, name in sorted(staged))
        return self._order

    def _filters(self) -> Mapping[str, Callable[..., object]]:
        return {
            filter_name: function
            for name in self._ordered()
            for filter_name, function in self.host.transformer(name).filters.items()
        }


def _encodable(template: str, content_type: str) -> str:
    try:
        template.encode()
    except UnicodeEncodeError as error:
        line = template.count("\n", 0, error.start) + 1
        column = error.start - template.rfind("\n", 0, error.start)
        msg = f"{line}:{column}: the template holds half a character (a lone surrogate)"
        raise TemplateError(msg, line=line, column=column) from None
    return template.rstrip("\r\n") if content_type in ONE_LINE else template


class _UnusableError(Exception):
    """
    A transformer's output that may not be used, and why.
    """


def _reason(error: Exception) -> str:
    unusable = isinstance(error, _UnusableError)
    return str(error) if unusable else f"it failed with {type(error).__name__}"


def check_output(
    before: Document, after: object, content_type: str, *, translates: bool
) -> None:
    """
    Raise where a transformer's output may not be used, saying why.
    """
    if not isinstance(after, Document):
        msg = f"it returned a {type(after).__name__}, not a Document"
        raise _UnusableError(msg)
    if not all(_is_span(span) for span in after.spans):
        msg = "it made a span of unknown kind"
        raise _UnusableError(msg)
    if not _same(_frame(before), _frame(after), any_order=translates):
        msg = "it changed slots or fixed parts"
        raise _UnusableError(msg)
    if any("{{" in span.text for span in after.spans if span.kind == TEXT):
        msg = "it wrote braces into the text"
        raise _UnusableError(msg)
    if content_type == _template.HTML and not _same(
        tags(before.text), tags(after.text), any_order=translates
    ):
        msg = "it wrote markup into the text"
        raise _UnusableError(msg)
    after.text.encode()  # fails on half a character


def _is_span(span: object) -> bool:
    kinds = (TEXT, SLOT, FIXED)
    return isinstance(span, Span) and span.kind in kinds and isinstance(span.text, str)


def _frame(document: Document) -> Sequence[Span]:
    return [span for span in document.spans if span.kind != TEXT]


def _same(was: Sequence[object], now: Sequence[object], *, any_order: bool) -> bool:
    return Counter(was) == Counter(now) if any_order else was == now


def _read(client: ClientData, name: str) -> str | None:
    if name in {"language", "timezone"}:
        value = getattr(client, name)
    elif name.startswith("preferences."):
        value = client.preferences.get(name.removeprefix("preferences."))
    else:
        msg = f"a transformer may read language, timezone and preferences.*, not {name!r}"
        raise ConfigurationError(msg)
    return None if value is None else str(value)


def _hint(text: str) -> str:
    first, *others = text.strip("{} ").split() or [""]
    words = [first, *others]
    if not others or not all(word.isidentifier() for word in words):
        return ""
    return f"; a name has no spaces: write {{{{ {'_'.join(words)} }}}}"
