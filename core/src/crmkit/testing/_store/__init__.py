"""
The contract of stores as tests; docs/contract.md says each rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmkit.testing._store.claims import ClaimingRows
from crmkit.testing._store.law import StoreLaw
from crmkit.testing._store.owners import OwningRows
from crmkit.testing._store.rows import StoringRows
from crmkit.testing._store.settling import SettlingRows
from crmkit.testing._store.subject import StoreSubject
from crmkit.testing._store.upkeep import KeepingRows
from crmkit.testing._store.vault import KeepingCredentials
from crmkit.testing._told import Telling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class StoreContract(
    StoringRows,
    KeepingRows,
    ClaimingRows,
    SettlingRows,
    OwningRows,
    StoreLaw,
    KeepingCredentials,
    Telling,
):
    """
    Some fifty tests for a store: give them *plugin*, what opens it, and *url*.

    Each test fills in ``{folder}``, a new folder, or ``{name}``, a new name for a table or
    a database, so that it has a place of its own; a fixture may set ``self.url``.
    *unusable* is the URL of a place that cannot be used; by default ``{folder}`` is a file
    in it. *lease_s* is how long a lease outlives a process that was killed, in seconds.
    """

    plugin: Any  # a function; typed as such it would be one that takes self
    url: str
    unusable: str | None = None
    lease_s: float = 0.0

    @pytest.fixture
    def subject(self, tmp_path: Path) -> Iterator[StoreSubject]:
        """
        Return the store, with a place of its own.
        """
        opens = type(self).plugin  # of the class: a function of an object would be bound
        with StoreSubject(
            opens, self.url, tmp_path, unusable=self.unusable, lease_s=self.lease_s
        ) as subject:
            yield subject
