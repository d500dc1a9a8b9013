"""
The transform pipeline: each transformer in its order, its output checked, the rest kept.
"""

from __future__ import annotations

import logging
from functools import partial
from operator import attrgetter
from threading import Lock
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field, frozen

from crmkit import _template
from crmkit._compile import compile_document
from crmkit._filters import Filter
from crmkit._output import UnusableError, check_output
from crmkit._template import malformed
from crmkit.codec import structured
from crmkit.documents import Context, Document
from crmkit.errors import ConfigurationError, CrmkitError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmkit._clock import Clock
    from crmkit._host import Host
    from crmkit._program import Program
    from crmkit._template import Parsed
    from crmkit._variants import Match
    from crmkit.models import ClientData

_LOG = logging.getLogger("crmkit.personalize")
TRANSLATE = 200
_KEPT_TEMPLATES = 256
_UNCHANGED = "nothing to change"
_AGAIN = 60.0  # seconds after which a service that failed is asked again


@frozen(kw_only=True)
class Compiled:
    """
    A program and how it came about.

    Where a transformer failed it serves *until* then, in the clock's seconds.
    """

    program: Program
    language: str | None = None
    applied: tuple[str, ...] = ()
    skipped: Mapping[str, str] = field(factory=dict)
    warnings: tuple[str, ...] = ()
    machine_translated: bool = False
    until: float | None = None


@define(kw_only=True)
class Pipeline:
    """
    The transformers of one connector, and the templates that they have transformed.

    *transformers* maps names to settings.
    """

    host: Host
    transformers: Mapping[str, Mapping[str, Any]]
    clock: Clock
    _lock: Lock = field(factory=Lock, init=False)
    _compiled: dict[tuple[object, ...], Compiled] = field(factory=dict, init=False)
    _order: tuple[str, ...] | None = field(default=None, init=False)
    _reads: Mapping[str, Callable[[ClientData], str | None]] | None = field(
        default=None, init=False
    )

    @property
    def matches(self) -> Sequence[Match]:
        """
        What chooses variants, of the transformers that do.
        """
        found = (self.host.transformer(name).match for name in self._ordered())
        return [match for match in found if match is not None]

    def program(
        self, template: str, content_type: str, client: ClientData, language: str | None
    ) -> Compiled:
        """
        Return the program for a client: transformed for all that the transformers read.

        Clients of one kind share it; *language* is that of the template, where it is known.
        Raises TemplateError for what is wrong with the template.
        """
        if self._reads is None:
            self._reads = self._readers()
        if self._reads:
            told = [read(client) for read in self._reads.values()]
            key: tuple[object, ...] = (template, content_type, language, *told)
        else:
            key = (template, content_type, language)
        compiled = self._compiled.get(key)
        if compiled is None or self._is_over(compiled.until):
            reads = {name: read(client) for name, read in self._reads.items()}
            compiled = self._compile(template, content_type, language, reads)
            with self._lock:
                if len(self._compiled) >= _KEPT_TEMPLATES:
                    del self._compiled[next(iter(self._compiled))]
                self._compiled[key] = compiled
        return compiled

    def parsed(
        self, template: str, content_type: str, language: str | None = None
    ) -> Parsed:
        """
        Return a template's document; TemplateError for what cannot be encoded.
        """
        text = _template.encodable(template, content_type)
        return _template.parse(text, content_type, language)

    def filters(self) -> Mapping[str, Filter]:
        """
        Return the filters that the transformers bring.
        """
        return {
            filter_name: Filter(function, self._settings(name))
            for name in self._ordered()
            for filter_name, function in self.host.transformer(name).filters.items()
        }

    def _compile(
        self,
        template: str,
        content_type: str,
        language: str | None,
        reads: Mapping[str, str | None],
    ) -> Compiled:
        parsed = self.parsed(template, content_type, language)
        document, filters = parsed.document, self.filters()
        program = compile_document(document, content_type, parsed, filters)
        warnings = [_placed(parsed, *found) for found in malformed(parsed)]
        applied: list[str] = []
        skipped: dict[str, str] = {}
        for name in self._ordered():
            context = self._context(name, content_type, reads)
            try:
                changed = self._transformed(name, document, context)
                if changed is None:
                    skipped[name] = _UNCHANGED
                    continue
                program = compile_document(changed, content_type, parsed, filters)
            except Exception as error:
                skipped[name] = _reason(error)
                warnings.append(f"the transformer {name} was left out: {skipped[name]}")
                _LOG.warning("transformer %s left out: %s", name, skipped[name])
            else:
                document = changed
                applied.append(name)
            finally:
                warnings += context.warnings
        return Compiled(
            program=program,
            language=document.language,
            applied=tuple(applied),
            skipped=skipped,
            warnings=tuple(warnings),
            machine_translated=any(self.host.transformer(name).machine for name in applied),
            until=self._until(skipped),
        )

    def _until(self, skipped: Mapping[str, str]) -> float | None:
        failed = [name for name, why in skipped.items() if why != _UNCHANGED]
        if not failed:
            return None
        remote = any(self.host.transformer(name).remote for name in failed)
        return self.clock.monotonic() + (_AGAIN if remote else 0)

    def _is_over(self, until: float | None) -> bool:
        return until is not None and until <= self.clock.monotonic()

    def _context(
        self, name: str, content_type: str, reads: Mapping[str, str | None]
    ) -> Context:
        info = self.host.transformer(name)
        return Context(
            content_type=content_type,
            settings=self._settings(name),
            reads={key: reads[key] for key in info.reads},
        )

    def _settings(self, name: str) -> object:
        info = self.host.transformer(name)
        return structured(self.transformers[name], info.settings, name)

    def _transformed(
        self, name: str, document: Document, context: Context
    ) -> Document | None:
        changed = self.host.transform(name, document, context)
        if isinstance(changed, Document) and changed.language is None:
            changed = evolve(changed, language=document.language)
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

    def _readers(self) -> Mapping[str, Callable[[ClientData], str | None]]:
        return {
            name: _reader(name)
            for transformer in self._ordered()
            for name in self.host.transformer(transformer).reads
        }


def _reason(error: Exception) -> str:
    told = isinstance(error, (UnusableError, CrmkitError))
    return str(error) if told else f"it failed with {type(error).__name__}"


def _reader(name: str) -> Callable[[ClientData], str | None]:
    if name in {"language", "timezone"}:
        return attrgetter(name)
    if name.startswith("preferences."):
        return partial(_preference, name.removeprefix("preferences."))
    msg = f"a transformer may read language, timezone and preferences.*, not {name!r}"
    raise ConfigurationError(msg)


def _preference(name: str, client: ClientData) -> str | None:
    value = client.preferences.get(name)
    return value if value is None or isinstance(value, str) else str(value)


def _placed(parsed: Parsed, start: int, message: str) -> str:
    line, column = parsed.place(start)
    return f"{line}:{column}: {message}"
