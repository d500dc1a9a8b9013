"""
The one switch: what stands behind the tests of a provider's contract.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from crmkit.testing._provider.live import LiveAPI, LiveSubject, account_of
from crmkit.testing._provider.subject import Subject
from crmkit.testing._verdicts import NotProven

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crmkit.testing._provider import ProviderContract

_VARIABLE = "CRMKIT_TESTS"
_MODES = ("simulated", "replayed", "live", "recorded")


@contextmanager
def subject_of(
    contract: ProviderContract, name: str, folder: Path, cassette: Path
) -> Iterator[Subject]:
    """
    Yield a contract's provider before its fake, its CRM, or a *cassette* of that.

    Raises NotProven where the environment does not tell which account.
    """
    mode = _chosen(contract.mode)
    simulated = Subject(contract.plugin, type(contract).api, name, folder)
    url = _public_url(simulated)
    if mode == "simulated" or url is None:
        with simulated:
            yield simulated
        return
    with (
        _crm(contract, name, url, mode, cassette) as crm,
        LiveSubject(crm, contract.plugin, name, folder) as subject,
    ):
        yield subject


@contextmanager
def _crm(
    contract: ProviderContract, name: str, url: str, mode: str, cassette: Path
) -> Iterator[LiveAPI]:
    if mode == "live":
        yield LiveAPI(account_of(name, url), contract)
        return
    # Who records nothing needs no crmkit[cassettes].
    from crmkit.testing._provider import tape

    if mode == "recorded":
        account = account_of(name, url)
        with tape.recorded(cassette, account, contract, url) as crm:
            yield crm
    else:
        with tape.replayed(cassette, contract, url) as crm:
            yield crm


def _chosen(default: str) -> str:
    mode = os.environ.get(_VARIABLE) or default
    if mode not in _MODES:
        msg = f"{_VARIABLE} is {mode!r}; it must be one of {', '.join(_MODES)}"
        pytest.fail(msg, pytrace=False)
    return mode


def _public_url(subject: Subject) -> str | None:
    try:
        url = subject.info.base_url
    except NotProven:
        return None  # it cannot be loaded, which the first rule tells
    if url is None or "{" not in url:
        return url
    return f"https://{subject.name}.example"  # the account's own address stays untold
