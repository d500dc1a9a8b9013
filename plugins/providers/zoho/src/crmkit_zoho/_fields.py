"""
Which fields of a client are read, and what each of them is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from crmkit import CustomField, NotSupportedError
from crmkit.asking import once
from crmkit.reading import content, options, records
from crmkit.settings import check_known
from crmkit_zoho._settings import LABEL

if TYPE_CHECKING:
    from crmkit import Session

EMAILS = ("Email", "Secondary_Email")
PHONES = ("Phone", "Mobile", "Home_Phone", "Other_Phone")
OWN = (  # what ClientData has a place for
    *("First_Name", "Last_Name", "Full_Name", *EMAILS, *PHONES),
    *("Email_Opt_Out", "Unsubscribed_Time", "Tag", "Owner", "Modified_Time"),
)
STANDARD = (  # what templates ask for, of contacts and of leads
    *("Account_Name", "City", "Company", "Country", "Date_of_Birth", "Department"),
    *("Designation", "Industry", "Lead_Source", "Lead_Status", "Mailing_City"),
    *("Mailing_Country", "Mailing_State", "Mailing_Street", "Mailing_Zip", "Salutation"),
    *("State", "Street", "Title", "Website", "Zip_Code"),
)
OWNER = {"owner_id": "id", "owner_name": "name", "owner_email": "email"}
_PART = 50  # fields in one request
_TYPES = dict.fromkeys(("bigint", "currency", "double", "integer", "percent"), "number")
_TYPES |= {"boolean": "boolean", "date": "date", "datetime": "datetime"}
_TYPES |= {"picklist": "choice", "multiselectpicklist": "choices"}


@frozen(kw_only=True)
class Plan:
    """
    What is read of each client: *fields* are the custom ones, *known* all, by API name.

    *parts* are the names to ask for, as many in each as one request may hold.
    """

    fields: Mapping[str, CustomField]
    known: Mapping[str, CustomField]
    parts: tuple[str, ...]


def plan(session: Session) -> Plan:
    """
    Return what to read, by the module's schema, which is read once.
    """
    return once(session, "zoho.plan", lambda: _made(session))


def searchable(session: Session, field: str) -> list[CustomField]:
    """
    Return the fields to look a value up in; *field* is email, phone, or an API name.

    Raises NotSupportedError if the module has no such field.
    """
    known = plan(session).known
    names = {"email": EMAILS, "phone": PHONES}.get(field, (field,))
    found = [known[name] for name in names if name in known]
    if not found:
        msg = (
            f"Zoho's {session.settings.module} have no field {field!r}; search by the API "
            "name of one, as `crmkit fields` shows them"
        )
        raise NotSupportedError(msg)
    return found


def _made(session: Session) -> Plan:
    module, named = session.settings.module, session.settings.fields
    answer = session.http.get("/crm/v8/settings/fields", params={"module": module})
    schema = records(content(answer, LABEL), "fields", LABEL)
    known = {str(one["api_name"]): _field(one) for one in schema if one.get("api_name")}
    lack = f"which {module} do not have, or hide from the token's user"
    check_known("fields", named, known, LABEL, lack)
    custom = [str(one.get("api_name")) for one in schema if one.get("custom_field")]
    wanted = dict.fromkeys((*STANDARD, *(named or custom)))
    fields = {n: known[n] for n in wanted if n in known and n not in OWN}
    names = [*(name for name in OWN if name in known), *fields]
    parts = (names[start : start + _PART] for start in range(0, len(names), _PART))
    return Plan(fields=fields, known=known, parts=tuple(map(",".join, parts)))


def _field(described: Mapping[str, Any]) -> CustomField:
    name = str(described["api_name"])
    choices = options(described.get("pick_list_values"), "actual_value", "display_value")
    kind = _TYPES.get(str(described.get("data_type")), "text")
    return CustomField(key=name, name=name, type=kind, options=choices)
