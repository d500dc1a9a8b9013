"""
Looking at an account: which rights a token has, each tried without changing anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.errors import AccessDeniedError, InvalidRequestError
from crmkit.http import Response
from crmkit.infos import Finding

if TYPE_CHECKING:
    from collections.abc import Callable


def right(
    subject: str, ask: Callable[[], object], *, remedy: str = "", status: str = "problem"
) -> Finding:
    """
    Return what holds of a right that *ask* makes use of.

    AccessDeniedError is a finding of this *status*, with the *remedy*; a request that the
    CRM calls wrong shows that the right is there. Raises any other error, ProtocolError
    for an answer that is no JSON.
    """
    try:
        answer = ask()
        if isinstance(answer, Response) and answer.content:
            answer.json()
    except AccessDeniedError as error:
        return Finding(subject=subject, status=status, detail=str(error), remedy=remedy)
    except InvalidRequestError:
        pass  # so it may, if only it asked for something
    return Finding(subject=subject, status="ok")
