"""
What is wrong with the token, by requests that change nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit import AccessDeniedError, AuthenticationError, Finding, InvalidRequestError
from crmkit_zoho._records import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit import Session

_ONE: dict[str, Any] = {"fields": "id", "per_page": 1}
_REMEDY = "sign in again with that scope, or as a user whose profile has the right"


def findings(session: Session) -> Iterator[Finding]:
    """
    Yield what holds of the token, of each right that it needs, and of the API's version.
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
        target = f"/crm/v8/{rest}"
        try:
            if body is None:
                session.http.get(target, params=params)
            else:
                session.http.post(target, json=body, repeatable=True)
        except AuthenticationError as error:
            yield Finding(subject="token", status="problem", detail=str(error))
            return
        except InvalidRequestError:
            pass  # so it may, if only it asked for something
        except AccessDeniedError as error:
            detail = str(error)
            yield Finding(subject=subject, status=status, detail=detail, remedy=_REMEDY)
            continue
        yield Finding(subject=subject, status="ok")
    yield Finding(subject="API version", status="ok", detail="v8, of no known end")
