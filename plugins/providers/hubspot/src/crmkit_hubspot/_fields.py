"""
Which properties of a contact are read, and what each of them is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from attrs import field, frozen

from crmkit import AccessDeniedError, CustomField, NotSupportedError
from crmkit.asking import once
from crmkit.reading import options
from crmkit.settings import check_known
from crmkit_hubspot._answers import content, records
from crmkit_hubspot._settings import LABEL, path

if TYPE_CHECKING:
    from crmkit import Session

BOUNCED = "emailBounced"
OWN = (  # what ClientData has a place for, or what emailBounced is made of
    *("firstname", "lastname", "email", "phone", "mobilephone", "lastmodifieddate"),
    *("hs_language", "hs_timezone", "hs_email_optout"),
    *("hs_email_bounce", "hs_email_hard_bounce_reason_enum"),
)
STANDARD = (  # what templates ask for
    *("address", "city", "company", "country", "hs_lead_status", "hubspot_owner_id"),
    *("industry", "jobtitle", "lifecyclestage", "salutation", "state", "website", "zip"),
)
_TYPES = {
    "bool": "boolean",
    "date": "date",
    "datetime": "datetime",
    "enumeration": "choice",
    "number": "number",
}
_LONGEST_QUERY = 4000  # of a URL; HubSpot answers longer ones with 414


@frozen(kw_only=True)
class Plan:
    """
    What is read of each contact: *fields* are the custom ones, by property.

    *unique* properties find one contact. *known* are all properties of the account's
    contacts, None when the token may not read their schema. *names* are the properties to
    ask for, *query* the same in a URL, None if that is too long for one.
    """

    fields: Mapping[str, CustomField]
    unique: frozenset[str] = frozenset()
    known: frozenset[str] | None = None
    names: tuple[str, ...] = field(init=False)
    query: str | None = field(init=False)

    @names.default
    def _all_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*OWN, *self.fields)))

    @query.default
    def _in_a_url(self) -> str | None:
        joined = quote(",".join(self.names), safe=",")
        return f"?properties={joined}" if len(joined) <= _LONGEST_QUERY else None


def plan(session: Session) -> Plan:
    """
    Return what to read, by the account's schema, which is read once.

    Raises AccessDeniedError, which names the scope, when the schema may not be read and
    the setting ``properties`` does not stand in for it.
    """
    return once(session, "hubspot.plan", lambda: _made(session))


def is_unique(session: Session, name: str) -> bool:
    """
    Tell whether a property's value is of one contact; NotSupportedError if none has it.
    """
    made = plan(session)
    if made.known is not None and name not in made.known:
        msg = (
            f"HubSpot's contacts have no property {name!r}; search by the internal name of "
            "one, as `crmkit fields` shows them"
        )
        raise NotSupportedError(msg)
    return name in made.unique


def _made(session: Session) -> Plan:
    named, labels = session.settings.properties, session.settings.labels
    try:
        answer = content(session.http.get(path(session, "crm/properties", "contacts")))
    except AccessDeniedError:
        if labels or not named:
            raise
        names = (*STANDARD, *named)
        return Plan(fields={name: CustomField(key=name, name=name) for name in names})
    schema = {str(p.get("name")): p for p in records(answer)}
    wanted = named or [n for n, p in schema.items() if not p.get("hubspotDefined")]
    chosen = [n for n in dict.fromkeys((*STANDARD, *wanted)) if n in schema]
    lack = "which the account's contacts do not have"
    check_known("properties", named, schema, LABEL, lack)
    check_known("labels", labels, chosen, LABEL, "which is not read as a custom field")
    return Plan(
        fields={name: _field(name, schema[name]) for name in chosen},
        unique=frozenset(n for n, p in schema.items() if p.get("hasUniqueValue")),
        known=frozenset(schema),
    )


def _field(name: str, described: Mapping[str, Any]) -> CustomField:
    several = described.get("fieldType") == "checkbox"
    kind = "choices" if several else _TYPES.get(str(described.get("type")), "text")
    choices = options(described.get("options"))
    return CustomField(key=name, name=name, type=kind, options=choices)
