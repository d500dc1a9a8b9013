"""
The endpoints for owners, the users that records belong to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.hubspot._errors import not_found
from crmkit_simulator.hubspot._read import cursor_of, limit_of, next_page

if TYPE_CHECKING:
    from crmkit_simulator._wire import Request
    from crmkit_simulator.hubspot._account import Account

_PAGE, _MOST = 100, 500


def listing(account: Account, request: Request) -> dict[str, Any]:
    """
    Return one page of the owners, or those with an address; raises Refused.
    """
    query = request.query
    email, start = query.get("email"), cursor_of(query.get("after"))
    end = start + limit_of(query.get("limit"), _MOST, _PAGE)
    found = [owner for owner in account.owners if email in (None, owner.get("email"))]
    page: dict[str, Any] = {
        "results": [_wire(account, owner) for owner in found[start:end]]
    }
    if len(found) > end:
        page["paging"] = {"next": next_page(request, str(end))}
    return page


def get(account: Account, id_: str) -> dict[str, Any]:
    """
    Return one owner; raises Refused.
    """
    for found in account.owners:
        if str(found["id"]) == id_:
            return _wire(account, found)
    raise not_found()


def _wire(account: Account, given: dict[str, str]) -> dict[str, Any]:
    return {
        "id": str(given["id"]),
        "email": given.get("email"),
        "type": "PERSON",
        "firstName": given.get("firstName", ""),
        "lastName": given.get("lastName", ""),
        "userId": int(given["id"]),
        "userIdIncludingInactive": int(given["id"]),
        "createdAt": account.began,
        "updatedAt": account.began,
        "archived": False,
        "teams": [],
    }
