"""
Which fields of a client are read, and what each of them is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from crmkit import AccessDeniedError, ConfigurationError, CustomField, NotSupportedError
from crmkit.reading import content, dicts, records
from crmkit_zoho._errors import LABEL
from crmkit_zoho._settings import path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmkit import Session

EMAILS = ("Email", "Secondary_Email")
PHONES = ("Phone", "Mobile", "Home_Phone", "Other_Phone")
OWN = (  # what ClientData has a place for, or what owner_id and its like are made of
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
_OWNERS = tuple(CustomField(key="Owner", name=name) for name in OWNER)
_MOST = 50  # fields in one request
_PLAN = "zoho.plan"
_TYPES = {
    "bigint": "number",
    "boolean": "boolean",
    "currency": "number",
    "date": "date",
    "datetime": "datetime",
    "double": "number",
    "integer": "number",
    "multiselectpicklist": "choices",
    "percent": "number",
    "picklist": "choice",
}


@frozen(kw_only=True)
class Plan:
    """
    What is read of each client: *fields* are the custom ones, by API name.

    *known* are all fields of the module, None when the token may not read its schema.
    *parts* are the fields to ask for, as many in each as one request may name.
    """

    fields: Mapping[str, CustomField]
    known: Mapping[str, CustomField] | None
    parts: tuple[str, ...]

    @property
    def listed(self) -> tuple[CustomField, ...]:
        """
        What crmkit_fields tells: the owner too.
        """
        return (*self.fields.values(), *_OWNERS)


def plan(session: Session) -> Plan:
    """
    Return what to read, by the module's schema, which is read once.

    Raises AccessDeniedError, which names the scope, when the schema may not be read and
    the setting ``fields`` does not stand in for it.
    """
    made: Plan | None = session.memory.get(_PLAN)
    if made is None:
        made = session.memory[_PLAN] = _made(session)
    return made


def searchable(session: Session, field: str) -> list[CustomField]:
    """
    Return the fields to look a value up in; *field* is email, phone, or an API name.

    Raises NotSupportedError if the module has no such field.
    """
    known = plan(session).known
    names = {"email": EMAILS, "phone": PHONES}.get(field, (field,))
    if known is None:
        return [CustomField(key=name, name=name) for name in names]
    found = [known[name] for name in names if name in known]
    if not found:
        msg = (
            f"Zoho's {session.settings.module} have no field {field!r}; search by the API "
            "name of one, as `crmkit fields` shows them"
        )
        raise NotSupportedError(msg)
    return found


def _made(session: Session) -> Plan:
    settings = session.settings
    module, named = settings.module, settings.fields
    try:
        answer = session.http.get(path("settings/fields"), params={"module": module})
    except AccessDeniedError:
        if settings.values or not named:
            raise
        fields = {name: CustomField(key=name, name=name) for name in named}
        return Plan(fields=fields, known=None, parts=_parts([*OWN, *named]))
    schema = {
        str(one.get("api_name")): one
        for one in records(content(answer, LABEL), "fields", LABEL)
        if one.get("api_name")
    }
    known = {name: _field(name, described) for name, described in schema.items()}
    wanted = named or [name for name, one in schema.items() if one.get("custom_field")]
    chosen = dict.fromkeys(n for n in (*STANDARD, *wanted) if n in known and n not in OWN)
    _check_known("fields", named, known, f"which {module} do not have")
    _check_known("values", settings.values, chosen, "which is not read as a custom field")
    return Plan(
        fields={name: known[name] for name in chosen},
        known=known,
        parts=_parts([name for name in OWN if name in known] + list(chosen)),
    )


def _parts(names: list[str]) -> tuple[str, ...]:
    return tuple(
        ",".join(names[start : start + _MOST]) for start in range(0, len(names), _MOST)
    )


def _check_known(
    setting: str, named: Iterable[str], known: Mapping[str, Any], lack: str
) -> None:
    unknown = [name for name in named if name not in known]
    if unknown:
        msg = (
            f"Zoho's setting `{setting}` names {', '.join(unknown)}, {lack}; leave it out, "
            "and `crmkit fields` shows those that are read"
        )
        raise ConfigurationError(msg)


def _field(name: str, described: Mapping[str, Any]) -> CustomField:
    return CustomField(
        key=name,
        name=name,
        type=_TYPES.get(str(described.get("data_type")), "text"),
        options={
            str(one.get("actual_value")): str(one.get("display_value"))
            for one in dicts(described.get("pick_list_values"))
            if one.get("display_value") is not None
        },
    )
