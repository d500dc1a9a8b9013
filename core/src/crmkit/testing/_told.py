"""
What a run of tests tells of each contract at its end.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME = "crmkit-contracts"
_RULE = re.compile(r"::test_([a-z]\d\d)_\w+$")
_REASON = re.compile(r"\w+ (not offered|not proven): (.*)", re.DOTALL)
_VERDICTS = {"passed": "hold", "failed": "broken", "error": "in error"}
_CATEGORIES = (*_VERDICTS, "skipped", "xfailed")


class Telling:
    """
    Tests of a contract, whose results are told together.
    """

    @pytest.fixture(autouse=True)
    def _told(self, request: pytest.FixtureRequest) -> None:
        plugins = request.config.pluginmanager
        summary = plugins.get_plugin(_NAME)
        if summary is None:  # here, so that the package needs no entry point
            summary = Summary()
            plugins.register(summary, _NAME)
        summary.classes[request.node.parent.nodeid] = None


class Summary:
    """
    A plugin of pytest's that sums up the *classes* of contracts after all tests.
    """

    def __init__(self) -> None:
        self.classes: dict[str, None] = {}  # in the order of their first tests

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """
        Write one line for each class.
        """
        terminalreporter.section("contracts")
        for nodeid in self.classes:
            reports = [
                (category, report)
                for category in _CATEGORIES
                for report in terminalreporter.stats.get(category, ())
                if report.nodeid.startswith(f"{nodeid}::")
            ]
            terminalreporter.line(f"{nodeid.rpartition('::')[2]}: {_sum(reports)}")


def _sum(reports: Iterable[tuple[str, Any]]) -> str:
    """
    Return how many rules hold, and which do not and why.
    """
    counts: Counter[str] = Counter()
    reasons: dict[str, dict[str, list[str]]] = {}
    for category, report in reports:
        rule = _RULE.search(report.nodeid)
        if rule is None:
            continue
        verdict, why = _verdict(category, report)
        counts[verdict] += 1
        reasons.setdefault(verdict, {}).setdefault(why, []).append(rule[1].upper())
    held = counts.pop("hold", 0)
    told = ["1 rule holds" if held == 1 else f"{held} rules hold"]
    told += [
        f"{n} {verdict} ({_listed(reasons[verdict])})"
        for verdict, n in sorted(counts.items())
    ]
    return ", ".join(told)


def _verdict(category: str, report: Any) -> tuple[str, str]:
    if category in _VERDICTS:
        return _VERDICTS[category], ""
    said = getattr(report, "wasxfail", None) or report.longrepr[-1]
    found = _REASON.search(said)
    return (found[1], found[2].partition("\n")[0]) if found else ("skipped", "")


def _listed(reasons: dict[str, list[str]]) -> str:
    return "; ".join(
        " ".join(sorted(rules)) + (why and f": {why}") for why, rules in reasons.items()
    )
