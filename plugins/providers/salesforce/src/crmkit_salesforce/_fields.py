"""
Which fields of an object are read, and what each of them is: by its describe.

A describe leaves out what field-level security hides from the user.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from attrs import frozen

from crmkit import AccessDeniedError, Consent, CustomField
from crmkit.asking import once
from crmkit.reading import content, dicts, options
from crmkit.settings import check_known
from crmkit_salesforce._settings import LABEL, flags, path

if TYPE_CHECKING:
    from crmkit import Session
    from crmkit_salesforce._settings import Settings

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
_NO_VALUES = {"", "address", "location", "base64", "anyType", "complexvalue"}
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


def described(session: Session, name: str) -> Schema:
    """
    Return an object's fields by name, and under "" what is said of it, read once.

    Raises AccessDeniedError for an object that there is not, or that is hidden.
    """

    def ask() -> Schema:
        target = path(session, "sobjects/{name}/describe")
        answer = content(session.http.get(target, path_values={"name": name}), LABEL)
        fields = {str(one.get("name")): one for one in dicts(answer.get("fields"))}
        return {**fields, "": {"prefix": answer.get("keyPrefix")}}

    return once(session, f"salesforce.describe.{name}", ask)


def plans(session: Session) -> Mapping[str, Plan]:
    """
    Return how to read each object that holds clients and is not hidden from this user.

    Raises AccessDeniedError when all are, and ConfigurationError for a field that the
    settings name and none has.
    """
    return once(session, "salesforce.plans", lambda: _plans(session))


def objects(session: Session) -> tuple[str, ...]:
    """
    Return the names of the objects that hold clients.
    """
    own = session.settings.object
    return (own,) if own else ("Contact", "Lead")


def _plans(session: Session) -> Mapping[str, Plan]:
    made: dict[str, Plan] = {}
    refused = None
    for name in objects(session):
        try:
            made[name] = _made(name, described(session, name), session.settings)
        except AccessDeniedError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            refused = refused or error
    if refused and not made:
        raise refused
    known, names = {name for one in made.values() for name in one.names}, objects(session)
    lack = f"which {' and '.join(names)} lack, or field-level security hides from this user"
    check_known("fields", session.settings.fields, known, LABEL, lack)
    check_known("opted_out_fields", flags(session.settings), known, LABEL, lack)
    return made


def _made(name: str, schema: Schema, settings: Settings) -> Plan:
    wanted = settings.fields or [key for key, one in schema.items() if one.get("custom")]
    email = next(_of_type(schema, "email", _EMAILS), None)
    phones = tuple(_of_type(schema, "phone", _PHONES))
    consent = tuple(_consent(settings.opted_out_fields, schema))
    readable = {
        key for key, one in schema.items() if str(one.get("type") or "") not in _NO_VALUES
    }
    custom = [key for key in dict.fromkeys((*STANDARD, *wanted)) if key in readable]
    own = (*_OWN, email, *phones, *(key for key, _ in consent), *custom)
    names = tuple(key for key in dict.fromkeys(own) if key in readable)
    return Plan(
        object=name,
        prefix=str(schema[""]["prefix"] or ""),
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
    for channel, keys in (*OPTED_OUT.items(), *named.items()):
        status = "do_not_contact" if channel == "*" else "opted_out"
        for key in keys:
            if key in schema:
                yield key, Consent(channel=channel, status=status, source=key)


def _custom(schema: Schema, keys: list[str]) -> Iterator[CustomField]:
    """
    Yield custom fields; Budget__c is ``Budget`` in templates, unless that is another one.
    """
    taken = {key.lower() for key in keys}
    for key in keys:
        short = key.removesuffix("__c").removesuffix("__pc")
        name = short if short == key or short.lower() not in taken else key
        taken.add(name.lower())
        yield CustomField(
            key=key,
            name="owner_id" if key == "OwnerId" else name,
            type=_TYPES.get(str(schema[key].get("type")), "text"),
            options=options(schema[key].get("picklistValues")),
        )
