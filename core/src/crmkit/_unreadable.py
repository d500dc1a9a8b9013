"""
What went wrong with records, told without what is in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.errors import CRMError, CrmkitError, ProtocolError

if TYPE_CHECKING:
    from collections.abc import Sequence


def about(client_id: str, error: Exception) -> Exception:
    """
    Return the error with the client that it concerns.
    """
    if isinstance(error, CRMError):
        error.client_id = error.client_id or client_id
    return error


def readable(error: Exception, provider: str) -> Exception:
    """
    Return an error that says only that a record cannot be read; ours say it themselves.
    """
    if isinstance(error, CrmkitError):
        return error
    msg = f"the plugin {provider!r} failed on a record with {type(error).__name__}"
    told = ProtocolError(msg, provider=provider)
    told.__cause__ = error
    return told


def several(errors: Sequence[Exception], provider: str) -> ProtocolError:
    """
    Return one error for records of which nobody can tell which client each one is.
    """
    first = readable(errors[0], provider)
    count = f"{len(errors)} records" if len(errors) > 1 else "a record"
    msg = f"{count} of {provider!r} cannot be read: {first}"
    told = ProtocolError(msg, provider=provider)
    told.__cause__ = errors[0]
    return told
