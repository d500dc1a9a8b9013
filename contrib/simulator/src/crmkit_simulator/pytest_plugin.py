"""
The fixture ``crm_simulator``; what serves HTTP is imported when a test asks for it.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmkit_simulator import Simulator


@pytest.fixture
def crm_simulator() -> Iterator[Callable[..., Simulator]]:
    """
    Return a function that starts a Simulator; all are stopped when the test ends.

    It takes what Simulator takes: ``crm_simulator("hubspot", contacts=[…])``.
    """
    from crmkit_simulator import Simulator

    with ExitStack() as started:

        def start(crm: str, /, **options: Any) -> Simulator:
            return started.enter_context(Simulator(crm, **options))

        yield start
