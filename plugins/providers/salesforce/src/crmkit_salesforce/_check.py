"""
What is wrong with the token, the user's rights and the org, by reading alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit import AccessDeniedError, Finding
from crmkit.reading import dicts
from crmkit_salesforce._fields import OPTED_OUT, described, objects
from crmkit_salesforce._kinds import TASK
from crmkit_salesforce._settings import flags

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmkit import Session

_OLD = 8  # versions, three of them a year; none is supported for less than three years
_WRITTEN = ("WhoId", "Subject", "Description", "ActivityDate", "Status", "TaskSubtype")
_GRANT = "give it to the user's profile or permission set, field-level security included"
_CREATE = (
    "create it on Activity and let the user write it: "
    '<CustomField xmlns="http://soap.sforce.com/2006/04/metadata">'
    "<fullName>{name}</fullName><label>crmkit Id</label><type>Text</type>"
    "<length>16</length><externalId>true</externalId><unique>true</unique>"
    "<caseSensitive>false</caseSensitive></CustomField>"
)


def findings(session: Session) -> Iterator[Finding]:
    """
    Yield what holds of the API's version, and of each right that the token needs.

    Raises AuthenticationError for a token that is refused.
    """
    yield _version(session)
    for name in objects(session):
        known = [*OPTED_OUT["email"], *flags(session.settings)]
        fields, found = _fields(session, f"read {name}", name)
        yield found
        if fields and not any(one in fields for one in known):
            lack = f"{name} shows no HasOptedOutOfEmail: nobody is known to opt out"
            yield _found("opt-outs", lack, _GRANT, status="warning")
    fields, found = _fields(session, f"write {TASK}", TASK)
    lacking = [one for one in _WRITTEN if not fields.get(one, {}).get("createable")]
    if fields and lacking:
        found = _found(f"write {TASK}", f"not writable: {', '.join(lacking)}", _GRANT)
    yield found
    yield _external_id(session.settings.external_id_field, fields)


def _found(subject: str, lack: str, remedy: str = "", status: str = "problem") -> Finding:
    return Finding(subject=subject, status=status, detail=lack, remedy=remedy)


def _version(session: Session) -> Finding:
    wanted, subject = session.settings.api_version, "API version"
    offered = dicts(session.http.get("/services/data/").json())
    versions = sorted({str(one.get("version")) for one in offered})
    remedy = "leave the setting api_version out, or upgrade crmkit-salesforce"
    if wanted not in versions:
        return _found(subject, f"the org has no version {wanted}", remedy)
    newer = len(versions) - versions.index(wanted) - 1
    if newer >= _OLD:
        return _found(subject, f"{wanted} is {newer} versions old", remedy, "warning")
    return Finding(subject=subject, status="ok", detail=wanted)


def _fields(session: Session, subject: str, name: str) -> tuple[Mapping[str, Any], Finding]:
    try:
        fields = described(session, name)
    except AccessDeniedError as error:
        spare = name in {"Contact", "Lead"} and session.settings.object is None
        status = "warning" if spare else "problem"
        return {}, _found(subject, str(error), _GRANT, status)
    return fields, Finding(subject=subject, status="ok", detail=f"{len(fields) - 1} fields")


def _external_id(name: str | None, fields: Mapping[str, Mapping[str, Any]]) -> Finding:
    subject, remedy = "external id", _CREATE.format(name=name or "crmkit_Id__c")
    told = fields.get(name or "", {})
    if name is None:
        lack = (
            "activities are known again by a line of their text; with the setting "
            "external_id_field sending again does no harm"
        )
        return _found(subject, lack, remedy, "ok")
    if told.get("createable") and told.get("externalId") and told.get("unique"):
        return Finding(subject=subject, status="ok", detail=name)
    lack = f"Task's {name} is not there, not writable, or no external id of unique values"
    return _found(subject, lack, remedy)
