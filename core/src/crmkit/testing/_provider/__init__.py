"""
The contract of providers as tests; docs/contract.md says each rule.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from crmkit.testing._provider.failing import Failing
from crmkit.testing._provider.fetching import Fetching
from crmkit.testing._provider.hiding import Hiding
from crmkit.testing._provider.loading import Loading
from crmkit.testing._provider.modes import subject_of
from crmkit.testing._provider.reading import Reading
from crmkit.testing._provider.resending import Resending
from crmkit.testing._provider.searching import Finding, Listing
from crmkit.testing._provider.signing import Signing
from crmkit.testing._provider.syncing import Syncing
from crmkit.testing._provider.writing import Writing
from crmkit.testing._told import Telling
from crmkit.testing._verdicts import NotProven, numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from crmkit.testing._fake import FakeCRM
    from crmkit.testing._provider.subject import Subject


class ProviderContract(
    Hiding,
    Signing,
    Resending,
    Writing,
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

    *mode* is what they run against where the environment variable CRMKIT_TESTS names
    nothing else: ``simulated`` is *api*; ``live`` the CRM itself, of which
    CRMKIT_<PROVIDER>_TOKEN is the token, CRMKIT_<PROVIDER>_CLIENTS the ids of clients made
    for tests (with commas between), and CRMKIT_<PROVIDER>_URL the address, if it is not
    the provider's; ``recorded`` the same, whose answers are kept in
    ``cassettes/<provider>/contract``; ``replayed`` what is kept there. Rules that need
    more than an account made for tests are not proven. *settings* are the provider's for
    that account, *cassettes* further arguments of ``crmkit.testing.cassettes.cassettes``.
    """

    plugin: Any
    api: Callable[[], FakeCRM]
    provider: str | None = None
    mode = "simulated"
    settings: Mapping[str, Any] = MappingProxyType({})
    cassettes: Mapping[str, Any] = MappingProxyType({})

    @pytest.fixture
    def subject(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
        """
        Return the provider with a fresh fake, or with what stands in for it.
        """
        for needed in ("plugin", "api"):
            if getattr(type(self), needed, None) is None:
                msg = f"{type(self).__name__} needs a line {needed} = …"
                pytest.fail(msg, pytrace=False)
        name, rule = self.provider or named(self.plugin), request.node.name
        folder = request.config.rootpath / "cassettes" / name / "contract"
        cassette = folder / f"{rule.removeprefix('test_')}.yaml"
        try:
            with subject_of(self, name, tmp_path, cassette) as subject:
                yield subject
        except NotProven as reason:
            pytest.xfail(f"{numbered(rule)} not proven: {reason}")


def named(plugin: object) -> str:
    """
    Return the name of a plugin's module without ``crmkit_``.
    """
    module = getattr(plugin, "__name__", type(plugin).__name__)
    return module.rpartition(".")[2].removeprefix("crmkit_").lower()
