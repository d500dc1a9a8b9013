"""
A cassette for each rule: the CRM's answers, recorded once and replayed without it.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from attrs import evolve
from vcr import VCR
from vcr.errors import CannotOverwriteExistingCassetteException as NotRecordedError

from crmkit.testing._provider.live import Account, LiveAPI
from crmkit.testing._verdicts import NotProven
from crmkit.testing.cassettes import cassettes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crmkit.testing._messages import Answer, Request
    from crmkit.testing._provider import ProviderContract

# What the provider sends to the suite's own server is no business of a cassette.
_OURS = ("requests", "urllib3")  # both stand in for urllib3


class TapedAPI(LiveAPI):
    """
    The CRM, or what a cassette holds of it; *lacking* is what was asked and is not there.
    """

    def __init__(self, account: Account, contract: ProviderContract, cassette: Any) -> None:
        super().__init__(evolve(account, remember=self._remember), contract)
        self.lacking: list[str] = []
        self._cassette = cassette

    def __call__(self, request: Request) -> Answer:
        """
        Return the CRM's answer.
        """
        try:
            return super().__call__(request)
        except NotRecordedError:
            self.lacking.append(f"{request.method} {request.path}")
            return self.error(501, {})

    def _remember(self, name: str, value: str) -> str:
        try:
            return str(self._cassette.get_metadata(name, value))
        except NotRecordedError:
            self.lacking.append(name)
            msg = "it is not recorded"
            raise NotProven(msg) from None


@contextmanager
def recorded(
    path: Path, account: Account, contract: ProviderContract, url: str
) -> Iterator[LiveAPI]:
    """
    Yield the CRM of an account, and keep its answers as if they came from *url*.
    """
    path.unlink(missing_ok=True)
    host, today = urlsplit(account.url).hostname, datetime.now(UTC).date()
    place = "a server on loopback" if host in {"127.0.0.1", "localhost"} else host
    told: dict[str, Any] = {
        "source": account.url,
        "label": f"Recorded from {place} on {today}.",
        "secrets": [account.token],
    }
    vcr = VCR(record_mode="all", skip_patchers=_OURS)
    with (
        cassettes(url, **told, **contract.cassettes) as config,
        vcr.use_cassette(str(path), **config) as cassette,
    ):
        crm = TapedAPI(account, contract, cassette)
        yield crm
        cassette.dirty = cassette.dirty and crm.proves  # else there is nothing to save


@contextmanager
def replayed(path: Path, contract: ProviderContract, url: str) -> Iterator[LiveAPI]:
    """
    Yield what answers in the CRM's place; fail if it was asked more than it has, or less.

    A rule without a cassette is not proven.
    """
    vcr = VCR(record_mode="none", skip_patchers=_OURS)
    with (
        cassettes(url, **contract.cassettes) as config,
        vcr.use_cassette(str(path), **config) as cassette,
    ):
        fake = TapedAPI(Account(url=url, token="a-token"), contract, cassette)  # noqa: S106
        yield fake
        lacking = ", ".join(fake.lacking)
    if path.exists() and (lacking or not cassette.all_played):
        told = f"lacks {lacking}" if lacking else "holds more than is asked"
        msg = f"{path} {told}; record it anew, with CRMKIT_TESTS=recorded"
        pytest.fail(msg, pytrace=False)
