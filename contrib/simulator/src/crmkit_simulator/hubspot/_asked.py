"""
What a request asks for, as all endpoints read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit_simulator.hubspot._auth import Token, require
from crmkit_simulator.hubspot._errors import Refused, invalid_json

if TYPE_CHECKING:
    from crmkit_simulator._wire import Request
    from crmkit_simulator.hubspot._types import Type


Result = tuple[int, Any]
DONE: Result = 204, None


class Place(NamedTuple):
    """
    What a path names: an area of the API, its version, and what follows.
    """

    area: str
    version: str
    rest: tuple[str, ...]


def body_of(request: Request) -> dict[str, Any]:
    """
    Return the JSON object that a request brings; raises Refused.
    """
    body = value_of(request)
    if not isinstance(body, dict):
        detail = "an object was expected"
        raise invalid_json(detail)
    return body


def value_of(request: Request) -> Any:
    """
    Return the JSON value that a request brings; raises Refused.
    """
    try:
        return request.json()
    except (RecursionError, ValueError) as error:
        raise invalid_json(str(error)) from None


def object_scope(token: Token, type_: Type, *, reads: bool) -> None:
    """
    Raise Refused unless a token may read, or write, objects of a type.
    """
    scopes = [f"crm.objects.{type_.scope}.{'read' if reads else 'write'}"]
    if type_.name == "emails" and reads:
        scopes.append("sales-email-read")
    require(token, *scopes)


def wrong_method(request: Request) -> Refused:
    """
    Return the refusal of a method that a path does not have.
    """
    return Refused(405, f"{request.method} is not allowed here", category=None)
