"""
How laws are tried: with examples that Hypothesis makes up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = 20


def law(test: Callable[..., None]) -> Callable[[], None]:
    """
    Make a function with ``@given`` a law that is tried by calling it.

    An example costs requests, so there are few of them; the first that breaks the law is
    told, and none is kept on disk.
    """
    tried: Any = settings(
        max_examples=min(EXAMPLES, settings().max_examples),
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )(test)
    found: Callable[[], None] = tried
    return found
