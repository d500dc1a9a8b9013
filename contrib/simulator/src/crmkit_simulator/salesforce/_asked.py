"""
What a request asks for, as all endpoints read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.salesforce._errors import Refused, unparsed, wrong_method

if TYPE_CHECKING:
    from crmkit_simulator._wire import Request


def body_of(request: Request) -> dict[str, Any]:
    """
    Return the JSON object that a request brings; raises Refused.
    """
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        text = f"Content-Type '{kind}' is not supported"
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", text)
    try:
        body = request.json()
    except (RecursionError, ValueError):
        text = "Unexpected character or end of input"
        raise unparsed(text) from None
    if not isinstance(body, dict):
        text = "an object was expected"
        raise unparsed(text)
    return body


def only(request: Request, method: str) -> None:
    """
    Raise Refused for any other method.
    """
    if request.method != method:
        raise wrong_method(request.method, method)
