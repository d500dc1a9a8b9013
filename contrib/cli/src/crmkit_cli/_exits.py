"""
Exit codes: what a script can decide from, by the class of an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import (
    AccessDeniedError,
    AuthenticationError,
    ConfigurationError,
    CredentialsError,
    CrmkitError,
    MissingValueError,
    RetryableError,
    StoreError,
    TemplateError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

DONE, BUG, USAGE, FINAL, RETRY, SIGN_IN = 0, 1, 2, 3, 4, 5
INTERRUPTED, BROKEN_PIPE = 130, 141  # as shells count: 128 and the signal's number

_ORDER = (BUG, USAGE, SIGN_IN, FINAL, RETRY)
_CODES: tuple[tuple[type[Exception], int], ...] = (  # the first that fits
    (CredentialsError, SIGN_IN),
    (AuthenticationError, SIGN_IN),
    (AccessDeniedError, SIGN_IN),
    (RetryableError, RETRY),
    (ConfigurationError, USAGE),
    (StoreError, USAGE),
    (MissingValueError, FINAL),
    (TemplateError, USAGE),
    (CrmkitError, FINAL),
)


def code_of(error: Exception) -> int:
    """
    Return the exit code that an error leads to; what is no error of crmkit's is a bug.
    """
    return next((code for kind, code in _CODES if isinstance(error, kind)), BUG)


def worst(codes: Iterable[int]) -> int:
    """
    Return the one of several codes that is to be heeded first.
    """
    found = set(codes)
    return next((code for code in _ORDER if code in found), DONE)
