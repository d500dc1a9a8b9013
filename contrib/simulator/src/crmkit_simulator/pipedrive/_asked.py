"""
What a handler is given, and what it answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit_simulator.pipedrive._errors import INVALID, Refused

if TYPE_CHECKING:
    from crmkit_simulator._wire import Request
    from crmkit_simulator.pipedrive._account import Account
    from crmkit_simulator.pipedrive._auth import Token


class Asked(NamedTuple):
    """
    A request that is allowed; *key* is the id in its path, if it has one.
    """

    account: Account
    token: Token
    request: Request
    version: str
    key: str

    @property
    def query(self) -> dict[str, str]:
        """
        The parameters of the query, without the token that old clients put there.
        """
        return {
            name: value for name, value in self.request.query.items() if name != "api_token"
        }

    @property
    def id(self) -> int:
        """
        The id in the path; raises Refused for one that is no number.
        """
        if not self.key.isdecimal():
            raise Refused(INVALID, "Expected integer, received string", at="id")
        return int(self.key)


def said(data: Any, **more: Any) -> dict[str, Any]:
    """
    Return the body of an answer.
    """
    return {"success": True, "data": data, **more}


def listed(data: list[Any], cursor: str | None) -> dict[str, Any]:
    """
    Return the body of a page.
    """
    return said(data, additional_data={"next_cursor": cursor})
