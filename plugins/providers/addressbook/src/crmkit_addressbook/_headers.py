"""
Which headers of known exports mean which field.
"""

from __future__ import annotations

import unicodedata

# Of several columns for one field the first here comes first; the others stand in where
# its cell is blank. Case, spaces, underscores and hyphens do not matter.
HEADERS: dict[str, tuple[str, ...]] = {
    "id": (
        "Record ID",  # HubSpot
        "Contact ID",  # Salesforce reports, LinkedIn
        "ID",  # Follow Up Boss, Salesforce
        "Client ID",
        "Customer ID",
        "Person ID",
        "Lead ID",
    ),
    "name": ("Name", "Full Name", "Display Name", "Contact Name", "Client Name"),
    "first_name": ("First Name", "Given Name", "Vorname", "Prénom", "Nombre"),
    "last_name": (
        "Last Name",
        "Family Name",
        "Surname",
        "Nachname",
        "Nom",
        "Nom de famille",
        "Apellidos",
    ),
    "email": (
        "Email",
        "Email Address",  # Outlook has it with a hyphen
        "E-mail 1 - Value",  # Google
        "Email 1",  # Follow Up Boss
        "Primary Email",
        "E-Mail-Adresse",
        "Adresse de messagerie",
        "Adresse e-mail",
        "Dirección de correo electrónico",
        "Correo electrónico",
        "Home Email",
        "Personal Email",
        "Work Email",
        "E-mail 2 - Value",
        "Email 2",
        "E-mail 2 Address",
    ),
    "phone": (
        "Phone",
        "Phone Number",  # HubSpot
        "Mobile Phone",  # Outlook, Salesforce
        "Mobile Phone Number",
        "Mobile",
        "Cell Phone",
        "Phone 1 - Value",  # Google
        "Phone 1",  # Follow Up Boss
        "Primary Phone",
        "Telephone",
        "Mobiltelefon",
        "Telefon",
        "Tél. mobile",
        "Téléphone mobile",
        "Téléphone",
        "Teléfono móvil",
        "Teléfono",
        "Home Phone",
        "Business Phone",
        "Work Phone",
        "Other Phone",
        "Telefon privat",
        "Telefon geschäftlich",
        "Téléphone (domicile)",
        "Téléphone (bureau)",
        "Phone 2 - Value",
        "Phone 2",
    ),
    "tags": (
        "Tags",
        "Labels",  # Google since 2024
        "Group Membership",  # Google before
        "Categories",  # Outlook
        "Kategorien",
        "Catégories",
        "Categorías",
    ),
    "updated_at": (
        "System Modstamp",  # Salesforce
        "Last Modified Date",  # Salesforce, HubSpot
        "Last Modified",
        "Updated At",
        "Updated",  # Follow Up Boss
        "Last Updated",
        "Modified",
        "Modified At",
    ),
    "email_opt_out": (
        "Email Opt Out",  # Salesforce, Zoho
        "Has Opted Out Of Email",
        "Unsubscribed from all email",  # HubSpot
        "Opted out of all email",
        "hs_email_optout",
        "Unsubscribed",
        "Do Not Email",
    ),
    "sms_opt_out": ("SMS Opt Out", "Do Not Text"),
    "do_not_call": ("Do Not Call", "Phone Opt Out", "Call Opt Out"),
    "do_not_contact": ("Do Not Contact",),
    "email_opt_in": ("Email Opt In",),
    "sms_opt_in": ("SMS Opt In",),
}

# Headers that begin so: HubSpot has a column for each type of subscription.
BEGINNINGS = {"email_opt_out": "Opted out of email"}


def fold(header: str) -> str:
    """
    Return the form in which headers are compared: no case, space, underscore or hyphen.
    """
    text = unicodedata.normalize("NFC", header).casefold()
    return "".join(char for char in text if char not in "_-" and not char.isspace())


FIELDS = {fold(name): name for name in HEADERS}
