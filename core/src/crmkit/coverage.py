"""
Coverage: who of many clients would get a default, nothing, or an error.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from attrs import define, field

from crmkit.contents import PersonalizedContent
from crmkit.errors import CrmkitError, MissingValueError, TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit._personalize import Result

_EXAMPLES = 20


@define
class Hits:
    """
    How many clients there are, and the ids of the first twenty.
    """

    count: int = 0
    clients: list[str] = field(factory=list)

    def add(self, client_id: str | None) -> None:
        """
        Count one more.
        """
        self.count += 1
        if client_id is not None and len(self.clients) < _EXAMPLES:
            self.clients.append(client_id)

    def as_dict(self) -> dict[str, Any]:
        """
        Return them as JSON values.
        """
        return {"count": self.count, "clients": list(self.clients)}


@define(kw_only=True)
class Coverage:
    """
    What would become of a template for many clients; nothing of them is held but ids.

    *refused* maps types of errors to who has them; *defaults*, *missing* and *unknown* map
    variables to who gets their default, has no value, or is not known to have it; *failed*
    to whose value a filter refuses. *variants* and *languages* count what was chosen.
    """

    total: int = 0
    personalized: int = 0
    refused: dict[str, Hits] = field(factory=dict)
    defaults: dict[str, Hits] = field(factory=dict)
    missing: dict[str, Hits] = field(factory=dict)
    unknown: dict[str, Hits] = field(factory=dict)
    failed: dict[str, Hits] = field(factory=dict)
    variants: Counter[str] = field(factory=Counter)
    languages: Counter[str] = field(factory=Counter)
    warnings: Counter[str] = field(factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        """
        Return it as JSON values.
        """
        tables = ("refused", "defaults", "missing", "unknown", "failed")
        counts = ("variants", "languages", "warnings")
        return {
            "total": self.total,
            "personalized": self.personalized,
            **{
                name: {key: hits.as_dict() for key, hits in getattr(self, name).items()}
                for name in tables
            },
            **{name: dict(getattr(self, name)) for name in counts},
        }


def cover(made: Iterable[Result]) -> Coverage:
    """
    Count what became of each client.
    """
    coverage = Coverage()
    for each in made:
        coverage.total += 1
        if isinstance(each, PersonalizedContent):
            _personalized(coverage, each)
        else:
            _refused(coverage, each)
    return coverage


def _personalized(coverage: Coverage, content: PersonalizedContent) -> None:
    coverage.personalized += 1
    told = content.explain()
    for table, status in (
        (coverage.defaults, "default"),
        (coverage.missing, "missing"),
        (coverage.unknown, "unknown"),
    ):
        for name in told.names(status):
            table.setdefault(name, Hits()).add(content.client_id)
    coverage.variants[content.variant or ""] += 1
    coverage.languages[content.language or ""] += 1
    coverage.warnings.update(told.warnings)


def _refused(coverage: Coverage, error: CrmkitError) -> None:
    client_id = getattr(error, "client_id", None)
    coverage.refused.setdefault(type(error).__name__, Hits()).add(client_id)
    if isinstance(error, TemplateError):
        table = coverage.failed if error.of_value else coverage.unknown
        if isinstance(error, MissingValueError):
            table = coverage.missing
        for name in error.names:
            table.setdefault(name, Hits()).add(client_id)
