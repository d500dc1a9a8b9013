"""
Which fields of an object are read, and what each of them is: by its describe.

A describe leaves out what field-level security hides from the user.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from crmkit import AccessDeniedError, ConfigurationError, Consent, CustomField
from crmkit.reading import content, dicts
from crmkit_salesforce._errors import LABEL
from crmkit_salesforce._settings import flags, path

if TYPE_CHECKING:
    from crmkit import Session

    Schema = Mapping[str, Mapping[str, Any]]

STANDARD = (  # what templates ask for, of contacts and of leads
    *("AccountId", "AnnualRevenue", "Birthdate", "City", "Company", "Country"),
    *("Department", "Industry", "IsEmailBounced", "LeadSource", "MailingCity"),
    *("MailingCountry", "MailingPostalCode", "MailingState", "MailingStreet"),
    *("NumberOfEmployees", "OwnerId", "PostalCode", "Rating", "Salutation", "State"),
    *("Status", "Street", "Title", "Website"),
)
OPTED_OUT = {
    "email": ["HasOptedOutOfEmail", "PersonHasOptedOutOfEmail"],
    "phone": ["DoNotCall", "PersonDoNotCall"],
}
_OWN = (  # what ClientData has a place for, or what tells where a record has gone
    *("Id", "Name", "FirstName", "LastName", "SystemModstamp", "LanguageLocaleKey"),
    *("TimeZoneSidKey", "IsDeleted", "MasterRecordId", "IsConverted"),
    "ConvertedContactId",
)
_EMAILS = ("Email", "PersonEmail")
_PHONES = ("Phone", "MobilePhone", "PersonMobilePhone", "HomePhone", "OtherPhone")
_TYPES = {
    **dict.fromkeys(("int", "long", "double", "currency", "percent"), "number"),
    **{name: name for name in ("boolean", "date", "datetime")},
    "picklist": "choice",
    "multipicklist": "choices",
}
_NO_VALUES = {"address", "location", "base64", "anyType", "complexvalue"}
_LONGEST = 6000  # of what a query selects, since a URL ends at 16 KiB


@frozen(kw_only=True)
class Plan:
    """
    What is read of an object's records, and where in them a client's parts are.

    *fields* are the custom ones, by name on the wire; by those in *filterable* a query may
    look. *columns* is None where *names* are too many for a query.
    """

    object: str
    prefix: str
    names: tuple[str, ...]
    columns: str | None
    email: str | None
    phones: tuple[str, ...]
    consent: tuple[tuple[str, Consent], ...]
    fields: Mapping[str, CustomField]
    filterable: frozenset[str]


def described(session: Session, name: str) -> Mapping[str, Any]:
    """
    Return an object's describe with its fields by name, read once.

    Raises AccessDeniedError for an object that there is not, or that is hidden.
    """
    key = f"salesforce.describe.{name}"
    if key not in session.memory:
        target = path(session, "sobjects/{name}/describe")
        answer = content(session.http.get(target, path_values={"name": name}), LABEL)
        fields = {str(one.get("name")): one for one in dicts(answer.get("fields"))}
        session.memory[key] = {"prefix": answer.get("keyPrefix"), "fields": fields}
    found: Mapping[str, Any] = session.memory[key]
    return found


def plan(session: Session, name: str) -> Plan:
    """
    Return how to read an object, by its describe.
    """
    key = f"salesforce.plan.{name}"
    if key not in session.memory:
        session.memory[key] = _made(session, name)
    made: Plan = session.memory[key]
    return made


def plans(session: Session) -> tuple[Plan, ...]:
    """
    Return how to read each object that holds clients and is not hidden from this user.

    Raises AccessDeniedError when all are, and ConfigurationError for a field that the
    settings name and none has.
    """
    key = "salesforce.plans"
    if key not in session.memory:
        made, refused = [], None
        for name in objects(session):
            try:
                made.append(plan(session, name))
            except AccessDeniedError as error:
                refused = error
        if refused and not made:
            raise refused
        _check_known(session, {name for one in made for name in one.names})
        session.memory[key] = tuple(made)
    found: tuple[Plan, ...] = session.memory[key]
    return found


def objects(session: Session) -> tuple[str, ...]:
    """
    Return the names of the objects that hold clients.
    """
    own = session.settings.object
    return (own,) if own else ("Contact", "Lead")


def _check_known(session: Session, known: set[str]) -> None:
    settings = session.settings
    named = [*settings.fields, *flags(settings)]
    unknown = [name for name in named if name not in known]
    if unknown:
        msg = (
            f"Salesforce's settings name {', '.join(unknown)}, which "
            f"{' and '.join(objects(session))} lack, or field-level security hides from "
            "this user; `crmkit fields` shows those that are read"
        )
        raise ConfigurationError(msg)


def _made(session: Session, name: str) -> Plan:
    found, settings = described(session, name), session.settings
    schema: Schema = {
        key: one
        for key, one in found["fields"].items()
        if one.get("type") not in _NO_VALUES
    }
    wanted = settings.fields or [key for key, one in schema.items() if one.get("custom")]
    email = next(_of_type(schema, "email", _EMAILS), None)
    phones = tuple(_of_type(schema, "phone", _PHONES))
    consent = tuple(_consent(settings.opted_out_fields, schema))
    custom = [key for key in dict.fromkeys((*STANDARD, *wanted)) if key in schema]
    own = (*_OWN, email, *phones, *(key for key, _ in consent), *custom)
    names = tuple(key for key in dict.fromkeys(own) if key in schema)
    return Plan(
        object=name,
        prefix=str(found["prefix"] or ""),
        names=names,
        columns=", ".join(names) if sum(map(len, names)) <= _LONGEST else None,
        email=email,
        phones=phones,
        consent=consent,
        fields={one.key: one for one in _custom(schema, custom)},
        filterable=frozenset(key for key in custom if schema[key].get("filterable")),
    )


def _of_type(schema: Schema, kind: str, usual: tuple[str, ...]) -> Iterator[str]:
    """
    Yield the usual fields of a type; those of a custom object have any name.
    """
    known = [name for name in usual if name in schema]
    yield from known or (name for name, one in schema.items() if one.get("type") == kind)


def _consent(
    named: Mapping[str, list[str]], schema: Schema
) -> Iterator[tuple[str, Consent]]:
    for channel in OPTED_OUT.keys() | named.keys():
        status = "do_not_contact" if channel == "*" else "opted_out"
        for key in (*OPTED_OUT.get(channel, ()), *named.get(channel, ())):
            if key in schema:
                yield key, Consent(channel=channel, status=status, source=key)


def _custom(schema: Schema, keys: list[str]) -> Iterator[CustomField]:
    """
    Yield custom fields; Budget__c is ``Budget`` in templates, unless that is another one.
    """
    names = {"OwnerId": "owner_id"}
    for key in keys:
        short = key.removesuffix("__c").removesuffix("__pc")
        taken = {*map(str.lower, keys), *map(str.lower, names.values())} - {key.lower()}
        names.setdefault(key, key if short.lower() in taken else short)
        options = dicts(schema[key].get("picklistValues"))
        yield CustomField(
            key=key,
            name=names[key],
            type=_TYPES.get(str(schema[key].get("type")), "text"),
            options={str(one.get("value")): str(one.get("label")) for one in options},
        )
