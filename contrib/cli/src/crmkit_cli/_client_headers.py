"""
Which names of columns and keys mean which field of a client.
"""

from __future__ import annotations

import unicodedata

# The first has a field's value, the others stand in where it is blank. Case, spaces,
# underscores and hyphens do not matter, so First Name is first_name and firstName.
_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "record id", "contact id", "client id", "customer id", "person id"),
    "name": ("name", "full name", "display name", "contact name", "client name"),
    "first_name": ("first name", "given name"),
    "last_name": ("last name", "family name", "surname"),
    "email": ("email", "email address", "primary email", "e-mail 1 - value", "email 1"),
    "phone": (
        *("phone", "phone number", "mobile phone", "mobile", "cell phone"),
        *("primary phone", "telephone", "phone 1 - value", "phone 1"),
    ),
    "language": ("language",),
    "timezone": ("timezone",),
    "communicationStyle": ("communication style",),
    "tags": ("tags", "labels"),
    "provider": ("provider",),
    "fetched_at": ("fetched at",),
    "preferences": ("preferences",),
    "custom_fields": ("custom fields",),
    "consent": ("consent",),
    # What a line of `crmkit fetch --json` has beside these, and no template can say.
    "raw": ("raw",),
    "history": ("history",),
    "aliases": ("aliases",),
    "updated_at": ("updated at",),
}
# What a yes says of which channel.
_STATEMENTS: dict[tuple[str, str], tuple[str, ...]] = {
    ("*", "do_not_contact"): ("do not contact", "dnc"),
    ("*", "opted_out"): ("opt out", "opted out"),
    ("email", "opted_out"): (
        *("email opt out", "opted out of email", "has opted out of email", "do not email"),
        *("unsubscribed", "unsubscribed from all email", "opted out of all email"),
        "hs_email_optout",
    ),
    ("sms", "opted_out"): ("sms opt out", "do not text"),
    ("phone", "opted_out"): ("do not call", "phone opt out", "call opt out"),
    ("push", "opted_out"): ("push opt out",),
    ("email", "opted_in"): ("email opt in",),
    ("sms", "opted_in"): ("sms opt in",),
    ("push", "opted_in"): ("push opt in",),
}


def fold(name: str) -> str:
    """
    Return the form in which names are compared.
    """
    text = unicodedata.normalize("NFC", name).casefold()
    return "".join(char for char in text if char not in "_-" and not char.isspace())


FIELDS = {
    fold(name): (field, n) for field in _NAMES for n, name in enumerate(_NAMES[field])
}
STATEMENTS = {fold(name): said for said, names in _STATEMENTS.items() for name in names}
# HubSpot has a column for each type of subscription.
BEGINNING, BEGUN = fold("opted out of email"), ("email", "opted_out")
