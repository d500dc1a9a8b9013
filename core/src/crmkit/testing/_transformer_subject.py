"""
A transformer under test, called as the core calls it.
"""

from __future__ import annotations

import re
import sys
import threading
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from attrs import define
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Flaky

from crmkit import CRMConnector, PluginError
from crmkit._host import Host
from crmkit.codec import structured
from crmkit.documents import Context, Document
from crmkit.testing import _importing
from crmkit.testing._transformer_cases import cases, samples
from crmkit.testing._verdicts import Broken, NotOffered, NotProven

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from crmkit.infos import TransformerInfo
    from crmkit.testing._transformer_cases import Case, Example

_READS = re.compile(r"language|timezone|preferences\..+")


@define(kw_only=True, slots=False)
class Transformer:
    """
    One transformer; *hook* is the hook that the running rule is about.
    """

    plugin: Any
    name: str
    settings: Mapping[str, Any]
    examples: Sequence[Example]
    hook: str = "crmkit_transform"

    @cached_property
    def host(self) -> Host:
        """
        What loads it.
        """
        return Host({self.name: self.plugin})

    @cached_property
    def info(self) -> TransformerInfo:
        """
        What it says of itself; NotProven when it cannot be loaded.
        """
        try:
            return self.host.transformer(self.name)
        except PluginError as error:
            msg = f"the plugin cannot be loaded: {error}"
            raise NotProven(msg) from error

    @cached_property
    def structured(self) -> Any:
        """
        Its settings, as it gets them.
        """
        return structured(self.settings, self.info.settings, self.name)

    def missing(self) -> str:
        """
        Return nothing: no fake is needed.
        """
        return ""

    def finish(self) -> None:
        """
        Hold nothing against what was proven.
        """

    def broken(self, what: str, *, cause: BaseException | None = None) -> NoReturn:
        """
        Say how the rule is broken.
        """
        raise Broken(what, hook=self.hook, cause=cause)

    def not_offered(self, what: str) -> NoReturn:
        """
        Say what it does not have.
        """
        raise NotOffered(what)

    def not_proven(self, why: str) -> NoReturn:
        """
        Say why nothing can be shown.
        """
        raise NotProven(why)

    def wrong_reads(self) -> Sequence[str]:
        """
        Return what it declares to read and may not.
        """
        return [name for name in self.info.reads if not _READS.fullmatch(name)]

    def connect(self) -> CRMConnector:
        """
        Return a connector that applies the transformer, with its settings.
        """
        return CRMConnector(
            plugins={self.name: self.plugin}, transformers={self.name: self.settings}
        )

    def transform(self, case: Case, reads: Mapping[str, Any] | None = None) -> Any:
        """
        Return what crmkit_transform makes of a case, or raise what it raises.
        """
        context = Context(
            content_type=case.content_type,
            settings=self.structured,
            reads=case.reads if reads is None else reads,
        )
        return self.host.transform(self.name, case.document, context)

    def changed(self, case: Case) -> Document:
        """
        Return the document that comes out, the same for None and for all that is no result.
        """
        try:
            found = self.transform(case)
        except Exception:  # noqa: BLE001 - of which another rule tells
            return case.document
        return found if isinstance(found, Document) else case.document

    def samples(self) -> Sequence[Case]:
        """
        Return a few cases.
        """
        return samples(self.examples, self.info.reads)

    def for_all(self, check: Callable[[Case], None]) -> None:
        """
        Try a law with as many cases as Hypothesis is set to, the same ones in each run.

        The smallest that breaks it is told. A service is asked for a few cases alone.
        """
        if self.info.remote:
            for case in self.samples():
                check(case)
            return
        tried: Any = settings(
            derandomize=True,
            database=None,
            deadline=None,
            print_blob=False,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )(given(cases(self.examples, self.info.reads))(check))
        try:
            tried()
        except Flaky as error:
            msg = "the same document does not always give the same"
            raise NotProven(msg) from error


@contextmanager
def watched() -> Iterator[Sequence[str]]:
    """
    Yield the list of what this thread does meanwhile beside computing; none of it happens.
    """
    thread, keep = threading.get_ident(), sys.dont_write_bytecode
    watch = _importing.Watch([*sys.path, sys.prefix, sys.base_prefix, sys.exec_prefix])

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if threading.get_ident() == thread:
            watch(event, arguments)

    sys.dont_write_bytecode = True  # a module that is imported on first use is no deed
    sys.addaudithook(hook)
    try:
        yield watch.did
    finally:
        watch.stop()
        sys.dont_write_bytecode = keep
