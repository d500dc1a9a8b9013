"""
Rules of the filters that a transformer brings.
"""

from __future__ import annotations

import inspect
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

from crmkit import CrmkitError, TemplateError
from crmkit._filters import CURRENCY, DEFAULT, LANGUAGE, REQUIRED, TIMEZONE, Filter, step
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmkit._filters import Step
    from crmkit.testing._transformer.subject import Transformer

_NAME = re.compile(r"[A-Za-z_]\w{0,63}")
_VALUES: Sequence[object] = (
    *(None, "", "Ana", "1.250.000", "-0", "2026-05-01", "山田 \u202b", "İ" * 300),
    *(True, 0, -1, 10**30, 0.1, float("inf"), float("nan"), Decimal("1.10")),
    *(date(2026, 5, 1), datetime(2026, 5, 1, 12, tzinfo=UTC), [], ["a", None], {"a": 1}),
)
_LANGUAGES = (None, "", "en", "pt_br", "x-klingon")
_ZONES = (None, "", "Europe/Madrid", "Mars/Olympus")


class Filters:
    """
    What ``{{ value | filter }}`` holds to.
    """

    @rule
    def test_t19_names(self, subject: Transformer) -> None:
        """
        A filter has a name that a template can use, and none that is the core's.
        """
        _offered(subject)
        for name in subject.info.filters:
            if not _NAME.fullmatch(name):
                subject.broken(f"names a filter {name!r}, which no template can use")
            if name in {DEFAULT, REQUIRED}:
                subject.broken(f"names a filter {name!r}, which the core itself heeds")

    @rule
    def test_t20_values(self, subject: Transformer) -> None:
        """
        A filter makes a text of any value, for any language and zone, or raises ValueError.
        """
        for name, function in _offered(subject).items():
            use = _step(subject, name, function)
            for value, language, timezone in product(_VALUES, _LANGUAGES, _ZONES):
                given = f"{value!r} (language {language!r}, time zone {timezone!r})"
                known = {LANGUAGE: language, TIMEZONE: timezone, CURRENCY: "EUR"}
                try:
                    text = use.apply(value, known)
                except (ValueError, CrmkitError):
                    continue
                except Exception as error:  # noqa: BLE001 - which is what the rule is about
                    raised = type(error).__name__
                    subject.broken(
                        f"has a filter {name} that raises {raised} for {given}", cause=error
                    )
                if not isinstance(text, str):
                    kind = type(text).__name__
                    subject.broken(f"has a filter {name} that returns a {kind} for {given}")


def _offered(subject: Transformer) -> Mapping[str, Callable[..., object]]:
    subject.hook = "crmkit_transformer"
    if not subject.info.filters:
        subject.not_offered("no filters")
    return subject.info.filters


def _step(subject: Transformer, name: str, function: Callable[..., object]) -> Step:
    """
    Return a use of the filter, with a text for each argument that a template must give.
    """
    offered = Filter(function, subject.structured)
    try:
        taken = [*inspect.signature(function).parameters.values()]
    except ValueError:  # some functions in C have none
        taken = []
    needed = [
        parameter
        for parameter in taken
        if parameter.kind in {parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD}
        and parameter.default is parameter.empty
        and parameter.name not in offered.keywords()
    ]
    texts = ["1"] * (len(needed) - 1)
    try:
        return step(name, texts, {name: offered})
    except TemplateError as error:
        subject.broken(f"has a filter {name} that the core cannot call: {error}")
