"""
A transformer under test, called as the core calls it.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import define
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Flaky

from crmkit import CRMConnector, PluginError
from crmkit._host import Host
from crmkit._output import check_output
from crmkit._pipeline import TRANSLATE
from crmkit.codec import structured
from crmkit.documents import Context
from crmkit.testing._transformer.cases import cases, samples
from crmkit.testing._verdicts import NotProven, Tried

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmkit.documents import Document
    from crmkit.infos import TransformerInfo
    from crmkit.testing._transformer.cases import Case, Example

_READS = re.compile(r"language|timezone|preferences\..+")


@define(kw_only=True, slots=False)
class Transformer(Tried):
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
        Return the document that the core goes on with: the same where it leaves one out.
        """
        translates = self.info.stage == TRANSLATE
        try:
            found = self.transform(case)
            check_output(case.document, found, case.content_type, translates=translates)
        except Exception:  # noqa: BLE001 - of which another rule tells
            return case.document
        changed: Document = found
        return changed

    @cached_property
    def samples(self) -> Sequence[Case]:
        """
        A few cases.
        """
        return samples(self.examples, self.info.reads)

    def for_all(self, check: Callable[[Case], None]) -> None:
        """
        Try a law with the samples, then with as many cases as Hypothesis is set to.

        They are the same in each run. A service is asked for the samples alone.
        """
        for case in self.samples:
            check(case)
        if self.info.remote:
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
