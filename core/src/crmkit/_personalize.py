"""
Personalize: consent, address, the transformed template from the cache, then the values.
"""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field, frozen

from crmkit import _consent, _template
from crmkit._encode import CONTENT_TYPES
from crmkit._program import ERROR, Program, Values, check_policy, compile_document
from crmkit._session import structured
from crmkit._values import fold
from crmkit.documents import FIXED, SLOT, TEXT, Context, Document
from crmkit.errors import (
    ConfigurationError,
    CrmkitError,
    PersonalizationError,
)
from crmkit.models import ClientData
from crmkit.reports import PersonalizedContent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmkit._clock import Clock
    from crmkit._host import Host
    from crmkit.documents import Span

_LOG = logging.getLogger("crmkit.personalize")
_TRANSLATE = 200
_KEPT_TEMPLATES = 256


@frozen(kw_only=True)
class Request:
    """
    What a caller asks of one personalization, beside template and client.
    """

    content_type: str = "email"
    variables: Mapping[str, object] = field(factory=dict)
    unknown: str = ERROR
    missing: str = ERROR
    purpose: str = _consent.MARKETING
    mode: str = _consent.PERMISSIVE
    user_id: str | None = None

    def __attrs_post_init__(self) -> None:
        check_policy("unknown", self.unknown)
        check_policy("missing", self.missing)
        if self.content_type not in CONTENT_TYPES:
            known = ", ".join(sorted(CONTENT_TYPES))
            msg = f"unknown content type {self.content_type!r}; there are {known}"
            raise ConfigurationError(msg)


@frozen(kw_only=True)
class _Compiled:
    program: Program
    applied: tuple[str, ...] = ()
    skipped: Mapping[str, str] = field(factory=dict)
    warnings: tuple[str, ...] = ()
    lasting: bool = True


@define(kw_only=True)
class Personalize:
    """
    The verb *personalize* of one connector; *transformers* maps names to settings.
    """

    host: Host
    clock: Clock
    transformers: Mapping[str, Mapping[str, Any]]
    policy: _consent.Policy
    _lock: Lock = field(factory=Lock, init=False)
    _compiled: OrderedDict[tuple[object, ...], _Compiled] = field(
        factory=OrderedDict, init=False
    )
    _order: tuple[str, ...] | None = field(default=None, init=False)

    def one(
        self, template: str, client: ClientData, request: Request
    ) -> PersonalizedContent:
        """
        Return the template's text for one client.

        Raises ConsentRefused, AddressMissingError, TemplateError or MissingValueError.
        """
        if not isinstance(template, str):
            msg = f"a template is a text, not a {type(template).__name__}"
            raise ConfigurationError(msg)
        if not isinstance(client, ClientData):
            msg = f"client_data is a ClientData, not a {type(client).__name__}"
            raise ConfigurationError(msg)
        policy = evolve(
            self.policy,
            purpose=request.purpose,
            mode=request.mode,
            user_id=request.user_id,
        )
        client, address = _consent.admit(client, request.content_type, policy, self.clock)
        try:
            compiled = self._program(template, request.content_type, client)
            return self._filled(compiled, client, address, request)
        except PersonalizationError as error:
            error.client_id = client.id
            raise

    def many(
        self, template: str, clients: Iterable[ClientData], request: Request
    ) -> Iterator[PersonalizedContent | CrmkitError]:
        """
        Yield the content, or the error with its client_id, for each client in turn.
        """
        for client in clients:
            try:
                yield self.one(template, client, request)
            except ConfigurationError:
                raise
            except CrmkitError as error:
                yield error

    def _filled(
        self,
        compiled: _Compiled,
        client: ClientData,
        address: str | None,
        request: Request,
    ) -> PersonalizedContent:
        filled = compiled.program.fill(
            Values.of(client, request.variables),
            unknown=request.unknown,
            missing=request.missing,
            localized={"language": client.language, "timezone": client.timezone},
        )
        return PersonalizedContent(
            content="".join(filled.texts),
            client_id=client.id,
            content_type=request.content_type,
            to=address,
            language=client.language,
            variables=filled.variables,
            personalized_at=self.clock.now(),
            defaults_used=filled.defaults,
            missing=filled.missing,
            applied=compiled.applied,
            skipped=compiled.skipped,
            warnings=(*compiled.warnings, *_collisions(client, filled.variables)),
            provider=client.provider,
        )

    def _program(self, template: str, content_type: str, client: ClientData) -> _Compiled:
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
    ) -> _Compiled:
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
        return _Compiled(
            program=compile_document(document, content_type, template, self._filters()),
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
        except Exception as error:  # noqa: BLE001 - adaptation fails open
            _LOG.warning("transformer %s failed: %s", name, type(error).__name__)
            return None, f"it failed with {type(error).__name__}"
        if changed is None or changed == document:
            return None, _UNCHANGED
        if not isinstance(changed, Document):
            return None, f"it returned a {type(changed).__name__}, not a Document"
        return _checked(document, changed, translates=info.stage == _TRANSLATE)

    def _ordered(self) -> tuple[str, ...]:
        if self._order is None:
            staged = [(self.host.transformer(name).stage, name) for name in self.transformers]
            self._order = tuple(name for _, name in sorted(staged))
        return self._order

    def _filters(self) -> Mapping[str, Callable[..., object]]:
        return {
            filter_name: function
            for name in self._ordered()
            for filter_name, function in self.host.transformer(name).filters.items()
        }


_UNCHANGED = "nothing to change"


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


def _collisions(client: ClientData, used: Mapping[str, str]) -> Iterator[str]:
    if not used:
        return
    names: dict[str, list[str]] = {}
    for name in client.custom_fields:
        names.setdefault(fold(name), []).append(name)
    for name in used:
        same = sorted(names.get(fold(name), []))
        if len(same) > 1 and name not in same:
            yield f"{name} could be any of {', '.join(same)}; the first was taken"
