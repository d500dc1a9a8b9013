"""
What is wrong with the token, by requests that change nothing.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from crmkit import Finding
from crmkit.checking import right
from crmkit_zoho._records import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit import Session

_ONE: dict[str, Any] = {"fields": "id", "per_page": 1}
_REMEDY = "sign in again with that scope, or as a user whose profile has the right"


def findings(session: Session) -> Iterator[Finding]:
    """
    Yield what holds of each right that the token needs, and of the API's version.

    Raises AuthenticationError for a token that is refused.
    """
    module = session.settings.module
    query = "select id from {} where id is not null limit 0, 1".format
    probes: list[tuple[str, str, str, dict[str, Any], dict[str, Any] | None]] = [
        ("read clients", "problem", module, _ONE, None),
        ("read fields", "problem", "settings/fields", {"module": module}, None),
        ("query", "warning", "coql", {}, {"select_query": query(module)}),
        *((f"read {kind.lower()}", "warning", kind, _ONE, None) for kind in KINDS),
        *((f"write {kind.lower()}", "problem", kind, {}, {"data": []}) for kind in KINDS),
    ]
    for subject, status, rest, params, body in probes:
        ask = partial(session.http.get, f"/crm/v8/{rest}", params=params)
        if body is not None:
            ask = partial(session.http.post, f"/crm/v8/{rest}", json=body, repeatable=True)
        yield right(subject, ask, remedy=_REMEDY, status=status)
    yield Finding(subject="API version", status="ok", detail="v8, of no known end")
