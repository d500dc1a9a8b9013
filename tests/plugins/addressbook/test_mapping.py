"""
The columns of known exports become the fields of a client.
"""

import csv
import io
import time
from datetime import UTC, datetime

import pytest

from crmkit import ConfigurationError
from crmkit_addressbook import crmkit_fields

GOOGLE_OLD = {
    "Name": "Ana María López",
    "Given Name": "Ana María",
    "Family Name": "López",
    "Group Membership": "* myContacts ::: Buyers ::: * starred",
    "E-mail 1 - Type": "* Work",
    "E-mail 1 - Value": "ana@example.es ::: ana@home.example",
    "Phone 1 - Type": "Mobile",
    "Phone 1 - Value": "+34 612 345 678",
    "Organization 1 - Name": "Casas",
}
GOOGLE_NEW = {
    "First Name": "Ana María",
    "Middle Name": "",
    "Last Name": "López",
    "Organization Name": "Casas",
    "Labels": "* myContacts ::: Buyers, new",
    "E-mail 1 - Label": "* Work",
    "E-mail 1 - Value": "ana@example.es",
    "E-mail 2 - Value": "ana@home.example",
    "Phone 1 - Value": "+34 612 345 678",
}
OUTLOOK = {
    "First Name": "Ana María",
    "Last Name": "López",
    "Company": "Casas",
    "Business Phone": "+34 951 000 000",
    "Mobile Phone": "+34 612 345 678",
    "Categories": "Buyers;VIP",
    "E-mail Address": "ana@example.es",
    "E-mail 2 Address": "ana@home.example",
}
OUTLOOK_GERMAN = {
    "Vorname": "Ana María",
    "Nachname": "López",
    "Firma": "Casas",
    "Telefon geschäftlich": "",
    "Mobiltelefon": "+34 612 345 678",
    "Kategorien": "Buyers;VIP",
    "E-Mail-Adresse": "ana@example.es",
}
HUBSPOT = {
    "Record ID": "151",
    "First Name": "Ana María",
    "Last Name": "López",
    "Email": "ana@example.es",
    "Phone Number": "+34 612 345 678",
    "Contact owner": "Laura Pérez",
    "Last Modified Date": "2026-05-01 10:00",
    "Unsubscribed from all email": "Yes",
}
SALESFORCE = {
    "Id": "0035e00000AbCdEAAV",
    "FirstName": "Ana María",
    "LastName": "López",
    "Email": "ana@example.es",
    "MobilePhone": "+34 612 345 678",
    "HasOptedOutOfEmail": "true",
    "DoNotCall": "false",
    "SystemModstamp": "2026-05-01T10:00:00.000Z",
}
SALESFORCE_REPORT = {
    "Contact ID": "0035e00000AbCdE",
    "First Name": "Ana María",
    "Last Name": "López",
    "Email": "ana@example.es",
    "Phone": "+34 612 345 678",
    "Email Opt Out": "0",
    "Do Not Call": "1",
    "Last Modified Date": "2026-05-01T12:00+02:00",
}
FOLLOW_UP_BOSS = {
    "ID": "77",
    "First Name": "Ana María",
    "Last Name": "López",
    "Stage": "Lead",
    "Tags": "Buyers, VIP",
    "Email 1": "ana@example.es",
    "Phone 1": "+34 612 345 678",
    "Updated": "2026-05-01 10:00:00",
}
MAY = datetime(2026, 5, 1, 10, tzinfo=UTC)


def table(row):
    """
    Return a CSV text with this row.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, row)
    writer.writeheader()
    writer.writerow(row)
    return text.getvalue()


EXPORTS = {
    "google-old": (GOOGLE_OLD, {"tags": ("Buyers", "starred")}, "Organization 1 - Name"),
    "google-new": (GOOGLE_NEW, {"tags": ("Buyers, new",)}, "Organization Name"),
    "outlook": (OUTLOOK, {"tags": ("Buyers", "VIP")}, "Business Phone"),
    "outlook-german": (OUTLOOK_GERMAN, {"tags": ("Buyers", "VIP")}, "Firma"),
    "hubspot": (HUBSPOT, {"id": "151", "updated_at": MAY}, "Contact owner"),
    "salesforce": (SALESFORCE, {"id": "0035e00000AbCdEAAV", "updated_at": MAY}, None),
    "report": (SALESFORCE_REPORT, {"id": "0035e00000AbCdE", "updated_at": MAY}, None),
    "boss": (FOLLOW_UP_BOSS, {"id": "77", "tags": ("Buyers", "VIP")}, "Stage"),
}
SAID = {"hubspot": {"email"}, "salesforce": {"email"}, "report": {"phone"}}


@pytest.mark.parametrize("name", EXPORTS)
def test_exports(book, name):
    """
    Each known export gives the same person, without any setting.
    """
    row, fields, custom = EXPORTS[name]
    client = book(table(row)).one()

    assert (client.first_name, client.last_name) == ("Ana María", "López")
    assert client.name == "Ana María López"
    assert client.email == "ana@example.es"
    assert client.phone == "+34 612 345 678"
    assert {field: getattr(client, field) for field in fields} == fields
    assert custom is None or client.custom_fields[custom] == (row[custom] or None)
    assert {c.channel for c in client.consent} == SAID.get(name, set())
    assert {c.status for c in client.consent} <= {"opted_out"}
    assert client.raw == row


@pytest.mark.parametrize("header", ["E-Mail", "e_mail", "EMAIL", " Email ", "E - mail"])
def test_header_spelling(book, header):
    """
    Case, spaces, underscores and hyphens of a header do not matter.
    """
    assert book(f"{header}\nana@example.es\n").one().email == "ana@example.es"


def test_header_decomposed(book):
    """
    A header in decomposed Unicode, as a Mac writes it, is the same header.
    """
    assert book("Pre\u0301nom,Nom\nAna,López\n").one().first_name == "Ana"


def test_full_name_kept(book):
    """
    A full name is never split.
    """
    client = book("Name,Email\nAna María López,ana@example.es\n").one()

    assert client.name == "Ana María López"
    assert (client.first_name, client.last_name) == (None, None)


def test_stand_in(book):
    """
    Where the preferred column is blank, the next one for that field stands in.
    """
    content = "ID,Mobile Phone,Home Phone\n1,,22\n2,11,22\n3,,\n"

    assert [client.phone for client in book(content).list()] == ["22", "11", None]


def test_custom_fields(book):
    """
    Every column that is no field is a custom field of its own name; a blank is missing.
    """
    content = "ID,Language,communicationStyle,Budget (EUR)\n1, de ,formal,  \n"
    session = book(content)
    client = session.one()

    assert client.language is None
    assert client.custom_fields == {
        "Language": "de",
        "communicationStyle": "formal",
        "Budget (EUR)": None,
    }
    assert [(f.key, f.name) for f in crmkit_fields(session)] == [
        ("Language", "Language"),
        ("communicationStyle", "communicationStyle"),
        ("Budget (EUR)", "Budget (EUR)"),
    ]


def test_own_table(book):
    """
    The user's table adds to the built-in one, stands above it, and names custom fields.
    """
    content = "Kundennr;ID;Stand;Budget (EUR);Newsletter\n7;x;2026-05-01 10:00;9;ja\n"
    fields = {
        "kundennr": "id",
        "Stand": "updatedAt",
        "Budget (EUR)": "budget",
        "Newsletter": "email_opt_in",
    }
    session = book(content, fields=fields)
    client = session.one()

    assert client.id == "7"
    assert client.updated_at == MAY
    assert client.custom_fields == {"ID": "x", "budget": "9"}
    assert [(c.channel, c.status) for c in client.consent] == [("email", "opted_in")]
    assert [(f.key, f.name) for f in crmkit_fields(session)] == [
        ("ID", "ID"),
        ("Budget (EUR)", "budget"),
    ]


def test_own_table_unmaps(book):
    """
    A header that the built-in table knows can be made a custom field.
    """
    client = book("ID,Name,Phone\n1,Ana,x\n", fields={"Phone": "extension"}).one()

    assert client.phone is None
    assert client.custom_fields == {"extension": "x"}


def test_own_table_adds_consent(book):
    """
    A column of the user's own that says no does not silence those that are known.
    """
    content = "ID,Robinson,Email Opt Out\n1,no,yes\n2,yes,no\n"
    clients = book(content, fields={"Robinson": "email_opt_out"}).list()

    assert [client.consent[0].source for client in clients] == ["Email Opt Out", "Robinson"]


def test_header_names(book):
    """
    A custom field's name has composed characters and no newline.
    """
    client = book('ID,"Gro\u0308sse\n (m²) "\n1,80\n').one()

    assert client.custom_fields == {"Grösse (m²)": "80"}


def test_own_table_wrong(book):
    """
    A header that the file does not have is named.
    """
    session = book("ID,Name\n1,Ana\n", fields={"Kundennr": "id", "Name": "name"})

    with pytest.raises(ConfigurationError, match=r"no column 'Kundennr'.*`fields`"):
        session.list()


@pytest.mark.parametrize(
    ("header", "cell", "said"),
    [
        ("Email Opt Out", "TRUE", {"email": "opted_out"}),
        ("Email Opt Out", "x", {"email": "opted_out"}),
        ("Email Opt Out", "2026-05-01", {"email": "opted_out"}),
        ("Email Opt Out", "no", {}),
        ("Email Opt Out", "0", {}),
        ("Email Opt Out", "NULL", {}),
        ("Email Opt Out", "", {}),
        ("Do Not Call", "yes", {"phone": "opted_out"}),
        ("Do Not Contact", "1", {"*": "do_not_contact"}),
        ("SMS Opt Out", "true", {"sms": "opted_out"}),
        ("Email Opt In", "yes", {"email": "opted_in"}),
        ("Email Opt In", "perhaps", {}),
        ("Email Opt In", "false", {}),
    ],
)
def test_consent(book, header, cell, said):
    """
    A yes is said by the column; in doubt the client does not want it.
    """
    client = book(f"ID,{header}\n1,{cell}\n").one()

    assert {c.channel: c.status for c in client.consent} == said
    assert {c.source for c in client.consent} <= {header}
    assert header not in client.custom_fields


def test_consent_all_columns(book):
    """
    Of several columns each can say no, and a no stands above a yes.
    """
    content = "ID,Unsubscribed,Email Opt Out,Email Opt In\n1,no,yes,yes\n"
    (statement,) = book(content).one().consent

    assert (statement.status, statement.source) == ("opted_out", "Email Opt Out")


@pytest.mark.parametrize(
    ("cell", "status"),
    [("true", "opted_out"), ("2026-05-01", "opted_out"), ("false", None), ("", None)],
)
def test_consent_of_one_subscription(book, cell, status):
    """
    An opt-out of one type of mail counts for all mail, and its column is the source.
    """
    header = "Opted out of email: Marketing Information"
    client = book(f"ID,Opted out of email: Other,{header}\n1,false,{cell}\n").one()

    said = [(c.channel, c.status, c.source) for c in client.consent]
    assert said == ([("email", status, header)] if status else [])
    assert client.custom_fields == {}


def test_consent_own_table(book):
    """
    A column that only begins like an opt-out can be made a custom field.
    """
    header = "Opted out of email: reason"
    client = book(f"ID,{header}\n1,moved\n", fields={header: "reason"}).one()

    assert client.consent == ()
    assert client.custom_fields == {"reason": "moved"}


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("a; b ;;a", ("a", "b")),
        ('"a, b"', ("a", "b")),
        ('"Smith, Jones; vip"', ("Smith, Jones", "vip")),
        ("* myContacts", ()),
        ("", ()),
    ],
)
def test_tags(book, cell, tags):
    """
    Tags are parted by colons as Google does, else by semicolons, else by commas.
    """
    assert book(f"ID,Tags\n1,{cell}\n").one().tags == tags


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-05-01", datetime(2026, 5, 1, tzinfo=UTC)),
        ("2026-05-01 10:00", MAY),
        ("2026/05/01 10:00", MAY),
        ("2026-05-01 10:00:00 UTC", MAY),
        ("2026-05-01T12:00:00+02:00", MAY),
        ("2026-05-01T10:00:00.000+0000", MAY),
        ("5/1/2026 10:00", None),
        ("01.05.2026", None),
        ("20260501", None),
        ("1777629600000", None),
        ("2026-13-01", None),
        ("", None),
    ],
)
def test_dates(book, monkeypatch, cell, moment):
    """
    ISO 8601 dates are read, naive ones as UTC wherever this runs; no other is guessed.
    """
    monkeypatch.setenv("TZ", "America/New_York")
    getattr(time, "tzset", lambda: None)()  # Windows has no time zone of a process
    assert book(f"ID,Updated\n1,{cell}\n").one().updated_at == moment
