"""
What is wrong with the token, by requests that change nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit import AccessDeniedError, AuthenticationError, Finding, InvalidRequestError
from crmkit_zoho._kinds import KINDS
from crmkit_zoho._settings import VERSION, path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit import Session


class _Probe(NamedTuple):
    purpose: str
    rest: str
    params: dict[str, Any]
    body: dict[str, Any] | None = None
    status: str = "problem"


def findings(session: Session) -> Iterator[Finding]:
    """
    Yield what holds of the token, of each right that it needs, and of the API's version.
    """
    for probe in _probes(session.settings.module):
        try:
            found = _right(session, probe)
        except AuthenticationError as error:
            yield Finding(subject="token", status="problem", detail=str(error))
            return
        yield found
    yield Finding(subject="API version", status="ok", detail=f"{VERSION}, without an end")


def _probes(module: str) -> Iterator[_Probe]:
    one = {"fields": "id", "per_page": 1}
    asked = {"select_query": f"select id from {module} where id is not null limit 0, 1"}
    yield _Probe("read clients", module, one)
    yield _Probe("read fields", "settings/fields", {"module": module})
    yield _Probe("query clients", "coql", {}, asked, "warning")
    for kind in KINDS:
        yield _Probe(f"read {kind.lower()}", kind, one, status="warning")
        yield _Probe(f"write {kind.lower()}", kind, {}, {"data": []})


def _right(session: Session, probe: _Probe) -> Finding:
    target = path(probe.rest)
    try:
        if probe.body is None:
            session.http.get(target, params=probe.params)
        else:
            session.http.post(target, json=probe.body, repeatable=True)
    except InvalidRequestError:
        pass  # so it may, if only it asked for something
    except AccessDeniedError as error:
        remedy = "sign in again with this scope, or as a user whose profile has the right"
        return Finding(
            subject=probe.purpose, status=probe.status, detail=str(error), remedy=remedy
        )
    return Finding(subject=probe.purpose, status="ok")
