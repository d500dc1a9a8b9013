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
from crmkit.codec import structured
from crmkit.documents import FIXED, SLOT, TEXT, Context, Document
from crmkit.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmkit._host import Host
    from crmkit._program import Program
    from crmkit.documents import Span
    from crmkit.models import ClientData

_LOG = logging.getLogger("crmkit.personalize")
_TRANSLATE = 200
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
        parsed = _template.parse(template, content_type)
        document = parsed.document
        warnings = [
            f"{line}:{column}: {text[:40]!r} is no variable and stays as it is"
            for line, column, text in parsed.malformed
        ]
        applied: list[str] = []
        skipped: dict[str, str] = {}
        lasting = True
        for name in self._ordered():
            changed, reason = self._transformed(name, document, content_type, reads)
            if changed is not None:
                document = changed
                applied.append(name)
            else:
                skipped[name] = reason
            if reason not in {"", _UNCHANGED}:
                warnings.append(f"the transformer {name} was left out: {reason}")
                lasting = False
        return Compiled(
            program=compile_document(
                document, content_type, parsed.places, self._filters()
            ),
            applied=tuple(applied),
            skipped=skipped,
            warnings=tuple(warnings),
            lasting=lasting,
        )

    def _transformed(
        self,
        name: str,
        document: Document,
        content_type: str,
        reads: Mapping[str, str | None],
    ) -> tuple[Document | None, str]:
        info = self.host.transformer(name)
        context = Context(
            content_type=content_type,
            settings=structured(self.transformers[name], info.settings, name),
            reads={key: reads[key] for key in info.reads},
        )
        try:
            changed = self.host.transform(name, document, context)
        except Exception as error:
            _LOG.warning("transformer %s failed: %s", name, type(error).__name__)
            return None, f"it failed with {type(error).__name__}"
        if changed is None or changed == document:
            return None, _UNCHANGED
        if not isinstance(changed, Document):
            return None, f"it returned a {type(changed).__name__}, not a Document"
        return _checked(document, changed, translates=info.stage == _TRANSLATE)

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


def _checked(
    before: Document, after: Document, *, translates: bool
) -> tuple[Document | None, str]:
    if any(span.kind not in {TEXT, SLOT, FIXED} for span in after.spans):
        return None, "it made a span of unknown kind"
    was, now = _frame(before), _frame(after)
    kept = Counter(was) == Counter(now) if translates else was == now
    if not kept:
        return None, "it changed slots or fixed parts"
    if any("{{" in span.text for span in after.spans if span.kind == TEXT):
        return None, "it wrote braces into the text"
    return after, ""


def _frame(document: Document) -> Sequence[Span]:
    return [span for span in document.spans if span.kind != TEXT]


def _read(client: ClientData, name: str) -> str | None:
    if name in {"language", "timezone"}:
        value = getattr(client, name)
    elif name.startswith("preferences."):
        value = client.preferences.get(name.removeprefix("preferences."))
    else:
        msg = f"a transformer may read language, timezone and preferences.*, not {name!r}"
        raise ConfigurationError(msg)
    return None if value is None else str(value)
