"""
Clients are read from files as people have them.
"""

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import ClientData, ConfigurationError, Consent
from crmkit.codec import to_json
from crmkit_cli._client_file import RowError, clients_in
from crmkit_cli._client_rows import rows

ANA = {"id": "1", "first_name": "Ana", "email": "ana@example.com", "city": "Faro"}


@pytest.fixture
def read(tmp_path):
    """
    Return a function that reads the clients of a file with this content.
    """

    def read(content, name="clients.csv"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(clients_in(str(file)))

    return read


def said(client):
    """
    Return what a client allows.
    """
    return [(consent.channel, consent.status) for consent in client.consent]


@pytest.mark.parametrize(
    "text",
    [
        "id,first_name,email,city\n1,Ana,ana@example.com,Faro\n",
        "\ufeffID;First Name;E-Mail;city\r\n1; Ana ;ana@example.com;Faro\r\n",
        'sep=\t\nid\tfirstName\temail\tcity\n1\tAna\t"ana@example.com"\tFaro',
        "id,firstName,email,city\r1,Ana,ana@example.com,Faro\r",
        json.dumps(ANA),
        "\ufeff\n " + json.dumps(ANA) + "\r\n\n",
        json.dumps([ANA], indent=2),
        '[{"id": 1, "firstName": "Ana", "email": "ana@example.com", "city": "Faro"}]',
    ],
)
def test_formats(read, text):
    """
    CSV with any usual delimiter, JSON lines and a JSON array say the same client.
    """
    expected = ClientData(
        id="1",
        first_name="Ana",
        email="ana@example.com",
        custom_fields={"city": "Faro"},
    )

    assert read(text) == [expected]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_encodings(read, encoding):
    """
    A byte order mark says which encoding it is.
    """
    (client,) = read("id,name\n7,Łucja 健太\n".encode(encoding))

    assert client.name == "Łucja 健太"


def test_fields(read):
    """
    Every field has its column; language, zone and style are custom fields as well.
    """
    (client,) = read(
        "id,name,last_name,phone,language,timezone,communication_style,tags,First Name 2\n"
        "7,Bo Sá,Sá,+351 1,pt,Europe/Lisbon,formal,a; b,x\n"
    )

    who = (client.id, client.name, client.last_name, client.phone)
    assert who == ("7", "Bo Sá", "Sá", "+351 1")
    assert (client.language, client.timezone) == ("pt", "Europe/Lisbon")
    assert client.preferences == {"communicationStyle": "formal"}
    assert client.tags == ("a", "b")
    assert client.custom_fields == {
        "language": "pt",
        "timezone": "Europe/Lisbon",
        "communication_style": "formal",
        "First Name 2": "x",
    }


def test_several_columns(read):
    """
    The preferred column of a field comes first, another stands in, and is a custom field.
    """
    text = "name,Mobile Phone,Phone\nAna,1,2\nBo,3,\n"
    ana, bo = read(text)

    assert (ana.phone, bo.phone) == ("2", "3")
    assert ana.custom_fields == {"Mobile Phone": "1"}


def test_fetched(read):
    """
    What `crmkit fetch --json` prints is read back as the same client.
    """
    client = ClientData(
        id="7",
        first_name="Ana",
        last_name="Sá",
        email="ana@example.com",
        language="pt",
        timezone="Europe/Lisbon",
        preferences={"communicationStyle": "formal"},
        tags=("a", "b"),
        custom_fields={"budget": 450000, "areas": ["x", "y"], "none": None},
        consent=[Consent(channel="sms", status="opted_out", source="x")],
        fetched_at="2026-05-01T10:00:00+00:00",
        provider="acme",
    )

    (again,) = read(to_json(client))
    extra = {"provider": "acme", "language": "pt", "timezone": "Europe/Lisbon"}

    assert again.custom_fields == {**extra, **client.custom_fields}
    assert {**again.__getstate__(), "custom_fields": None} == {
        **client.__getstate__(),
        "custom_fields": None,
    }


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("email_opt_out", "yes", [("email", "opted_out")]),
        ("Unsubscribed", "2026-05-01", [("email", "opted_out")]),
        ("Opted out of email: News", "true", [("email", "opted_out")]),
        ("emailOptOut", "no", []),
        ("emailOptOut", "", []),
        ("opt_out", "x", [("*", "opted_out")]),
        ("Do Not Contact", "1", [("*", "do_not_contact")]),
        ("sms opt-out", "ja", [("sms", "opted_out")]),
        ("email_opt_in", "yes", [("email", "opted_in")]),
        ("email_opt_in", "2026-05-01", []),
    ],
)
def test_consent(read, column, cell, expected):
    """
    In doubt a client does not want it; a column of consent is no custom field.
    """
    (client,) = read(f"id,{column}\n7,{cell}\n")

    assert said(client) == expected
    assert client.custom_fields == {}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"emailOptOut": True}, [("email", "opted_out")]),
        ({"emailOptOut": False}, []),
        ({"emailOptOut": None}, []),
        ({"optOut": ["email"]}, [("*", "opted_out")]),
        ({"optOut": []}, []),
        ({"consent": {"sms": "opted_out"}}, [("sms", "opted_out")]),
        (
            {"consent": [{"channel": "*", "status": "do_not_contact"}]},
            [("*", "do_not_contact")],
        ),
    ],
)
def test_consent_json(read, values, expected):
    """
    JSON may say consent by booleans, by channel, or as the models have it.
    """
    (client,) = read(json.dumps({"id": 7, **values}))

    assert said(client) == expected


@pytest.mark.parametrize(
    "line",
    [
        '{"id": 2',
        "3",
        '{"id": true}',
        '{"id": "2", "email": ["a"]}',
        '{"id": "2", "consent": "yes"}',
        '{"id": "2", "consent": [{"channel": "email", "status": "maybe"}]}',
        '{"id": "2", "customFields": [1]}',
        '{"id": "2", "fetchedAt": "yesterday"}',
        '{"id": "1"}',
    ],
)
def test_bad_lines(read, line):
    """
    A line that is no client, or has the id of another, costs that line alone.
    """
    before, bad, after = read(f'{{"id": "1"}}\n{line}\n{{"id": "9"}}\n', "clients.jsonl")

    assert (before.id, after.id) == ("1", "9")
    assert isinstance(bad, RowError)
    _, found, problem = str(bad).partition("clients.jsonl, line 2: ")
    assert found
    assert "yesterday" not in problem
    assert "maybe" not in problem


@pytest.mark.parametrize(
    "row",
    [
        b'2,"Bo',
        b'2,"Bo"x',
        b"2,Bo,,x",
        b"2,B\xe9",
        b"1,Bo",
    ],
)
def test_bad_rows(read, row):
    """
    A row with an open quote, too many cells, damage or an id again costs that row alone.
    """
    before, bad, after = read(b"id,name,city\n1,Ana,Faro\n" + row + b"\n3,Cy,Faro\n")

    assert (before.name, after.name) == ("Ana", "Cy")
    assert isinstance(bad, RowError)
    _, found, problem = str(bad).partition("clients.csv, line 3: ")
    assert found
    assert "Bo" not in problem


def test_repeated_id(read):
    """
    Who refuses a client with an id that was there before says which id.
    """
    _, again = read("id\n1\n1\n")

    assert again.client_id == "1"


def test_made_ids(read):
    """
    Without an id a client has one of its address, whatever its case, else of the whole row.
    """
    ana, bo, cy = read("name,email,x\nAna,Ana@Example.com,1\nBo,,1\nCy,,1\n")
    cy_again, bo_again, ana_again = read(
        "email,x,name\n,1,Cy\n,1,Bo\nana@example.com,2,A\n"
    )

    assert (ana.id, bo.id, cy.id) == (ana_again.id, bo_again.id, cy_again.id)
    assert len({ana.id, bo.id, cy.id}) == 3


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"PK\x03\x04", "Excel workbook"),
        (b"%PDF-1.7", "a PDF"),
        (b"colour,size\nred,2\n", "no column that tells who"),
        (b"na\xefve,id\n1,2\n", "not UTF-8"),
        (b'[{"id": 1}, {"id": ', "what follows client 1 is no JSON"),
        (b'[{"id": 1} oops]', "what follows client 1 is no JSON"),
        (b'[{"id": 1}', "what follows client 1 is no JSON"),
    ],
)
def test_no_clients(read, content, told):
    """
    What cannot be read as clients at all is refused with what to do.
    """
    with pytest.raises(ConfigurationError, match=told):
        read(content)


def test_not_there(tmp_path):
    """
    A file that is not there, or a folder, is told by its name.
    """
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(ConfigurationError, match="cannot be read"):
            list(clients_in(str(path)))


def test_long_array(read):
    """
    An array of any length is read piece by piece, also where a piece ends in an object.
    """
    texts = ["ü  " * (number % 90) for number in range(5000)]
    people = [{"id": number, "text": text} for number, text in enumerate(texts)]

    found = read(json.dumps(people, ensure_ascii=False))

    assert [client.id for client in found] == [str(number) for number in range(5000)]
    assert [client.custom_fields["text"] for client in found] == texts


@given(
    st.lists(
        st.lists(st.text(alphabet='ab ,;"\n\rü', max_size=6), min_size=3, max_size=3),
        max_size=6,
    )
)
def test_written_is_read(table):
    """
    What a spreadsheet writes is read back, whatever is in its cells.
    """
    written = "h1,h2,h3\r\n" + "".join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n"
        for row in table
    )
    filled = [row for row in table if any(cell.strip() for cell in row)]

    found = [row.cells for row in rows(written.splitlines(keepends=True))]

    assert found == [["h1", "h2", "h3"], *filled]


@pytest.mark.parametrize("name", ["list.csv", "list.jsonl", "list.json"])
def test_memory(tmp_path, name):
    """
    Ten times the clients take no more memory.
    """

    def peak(count):
        people = [{"id": n, "first_name": f"Ana{n}", "city": "Faro"} for n in range(count)]
        lines = {
            "list.csv": ["id,first_name,city", *(f"{n},Ana{n},Faro" for n in range(count))],
            "list.jsonl": map(json.dumps, people),
            "list.json": [json.dumps(people)],
        }
        file = tmp_path / name
        file.write_text("\n".join(lines[name]), "utf-8")
        tracemalloc.start()
        try:
            assert sum(1 for _ in clients_in(str(file))) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # what is imported and cached once
    assert peak(20_000) < peak(2000) * 1.5
