"""
The contract of providers as tests; docs/contract.md says each rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmkit.testing._failing import Failing
from crmkit.testing._fetching import Fetching
from crmkit.testing._loading import Loading
from crmkit.testing._reading import Reading
from crmkit.testing._resending import Resending
from crmkit.testing._searching import Finding, Listing
from crmkit.testing._signing import Signing
from crmkit.testing._subject import Subject
from crmkit.testing._syncing import Syncing
from crmkit.testing._told import Telling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crmkit.testing._fake import FakeCRM


class ProviderContract(
    Signing,
    Resending,
    Syncing,
    Failing,
    Listing,
    Finding,
    Reading,
    Fetching,
    Loading,
    Telling,
):
    """
    Some fifty tests for a provider: give them the *plugin* and *api*, a fake of its CRM.

    *provider* is the name that the plugin is registered under; by default what follows
    ``crmkit_`` in its module's name.
    """

    plugin: Any
    api: Callable[[], FakeCRM]
    provider: str | None = None

    @pytest.fixture
    def subject(self, tmp_path: Path) -> Iterator[Subject]:
        """
        Return the provider with a fresh fake.
        """
        name = self.provider or named(self.plugin)
        with Subject(self.plugin, type(self).api, name, tmp_path) as subject:
            yield subject


def named(plugin: object) -> str:
    """
    Return the name of a plugin's module without ``crmkit_``.
    """
    module = getattr(plugin, "__name__", type(plugin).__name__)
    return module.rpartition(".")[2].removeprefix("crmkit_").lower()
