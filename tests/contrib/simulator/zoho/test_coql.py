"""
COQL: what a query finds, and which queries are none.
"""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit_simulator.zoho._errors import Refused
from crmkit_simulator.zoho._query import parse

ANA, BO, CY = "5725767000000524157", "5725767000000524158", "5725767000000524159"


@pytest.fixture
def hub(crm_simulator):
    """
    Return a Zoho with three contacts.
    """
    return crm_simulator(
        "zoho",
        contacts=[
            {
                "id": ANA,
                "First_Name": "Ana",
                "Last_Name": "O'Hara",
                "Email": "ana@a.example",
                "Account_Name": "Harbour Homes",
                "Modified_Time": "2026-05-14T09:51:40+00:00",
                "Email_Opt_Out": True,
            },
            {"id": BO, "Last_Name": "Berg", "Email": "Bo@a.example", "Budget": 7},
            {"id": CY, "Last_Name": "Cyr", "Budget": 30},
        ],
        fields=[
            {"api_name": "Budget", "data_type": "integer"},
            {"api_name": "Secret", "visible": False},
        ],
        time_zone="Europe/Athens",
        limit="off",
    )


def ids(answer):
    """
    Return the ids of what a query found, none for an empty answer.
    """
    assert answer.status in {200, 204}, answer.text
    return [row["id"] for row in answer.json["data"]] if answer.json else []


def test_rows(send):
    """
    A row has the columns that are asked for, and the answer tells whether there are more.
    """
    query = "select Email, Modified_Time from Contacts where Last_Name = 'O''Hara'"
    answer = send.query(query)

    assert answer.json == {
        "data": [{"Email": "ana@a.example", "Modified_Time": "2026-05-14T12:51:40+03:00"}],
        "info": {"count": 1, "more_records": False},
    }


def test_lookups(send):
    """
    Of what a lookup leads to only the id is told, but for what is asked of it.
    """
    columns = "Owner, Owner.email, Account_Name, Account_Name.Account_Name"
    (row,) = send.query(f"select {columns} from Contacts where id = '{ANA}'").json["data"]

    assert row["Owner"] == {"id": "5725767000000411001"}
    assert row["Owner.email"] == "sam.owner@example.com"
    assert set(row["Account_Name"]) == {"id"}
    assert row["Account_Name.Account_Name"] == "Harbour Homes"
    who = row["Account_Name"]["id"]
    assert ids(send.query(f"select id from Contacts where Account_Name = {who}")) == [ANA]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("Email = 'ANA@a.example'", [ANA]),
        ('Email = "ana@a.example"', [ANA]),
        ("Last_Name = 'O''Hara'", [ANA]),
        ("Email != 'ana@a.example'", [BO]),
        ("Email in ('ana@a.example', 'bo@a.example')", [ANA, BO]),
        ("Email not in ('ana@a.example')", [BO]),
        ("Email like '%@a.example'", [ANA, BO]),
        ("Email not like 'bo%'", [ANA]),
        ("Email is null", [CY]),
        ("Email is not null", [ANA, BO]),
        ("Budget >= 7", [BO, CY]),
        ("Budget > 7", [CY]),
        ("Budget < '30'", [BO]),
        ("Budget <= 30", [BO, CY]),
        ("Budget between 8 and 30", [CY]),
        ("Email_Opt_Out = true", [ANA]),
        ("Email_Opt_Out = 'false'", [BO, CY]),
        ("Modified_Time = '2026-05-14T12:51:40+03:00'", [ANA]),
        ("Modified_Time <= '2026-05-14T09:51:40+00:00'", [ANA]),
        ("id > '5725767000000524157'", [BO, CY]),
        ("Owner = 5725767000000411001", [ANA, BO, CY]),
        ("Owner.email = 'sam.owner@example.com'", [ANA, BO, CY]),
        ("(Email is null or Budget = 7) and Last_Name = 'Cyr'", [CY]),
        ("(Email is null and (Budget = 7 or Last_Name = 'Cyr'))", [CY]),
        ("Last_Name = 'Nobody'", []),
    ],
)
def test_where(send, where, found):
    """
    Conditions are met, alone and joined.
    """
    assert ids(send.query(f"select id from Contacts where {where}")) == found


def test_fresh(send):
    """
    A query knows at once what was just made.
    """
    id_ = send.rows("POST", "Contacts", {"Last_Name": "Ng"})[0]["details"]["id"]

    assert ids(send.query("select id from Contacts where Last_Name = 'Ng'")) == [id_]


def test_order(send):
    """
    Rows are ordered by columns, each up or down, and by the id without any.
    """
    base = "SELECT id FROM Contacts WHERE id is not null"

    assert ids(send.query(base)) == [ANA, BO, CY]
    assert ids(send.query(f"{base} order by Budget desc")) == [CY, BO, ANA]
    assert ids(send.query(f"{base} order by Modified_Time"))[0] == ANA
    two = send.query(f"{base} ORDER BY Email_Opt_Out asc, Last_Name desc")
    assert ids(two) == [CY, BO, ANA]


def test_limits(send):
    """
    A part of the rows is told by limit and offset, in either form.
    """
    base = "select id from Contacts where id is not null"

    assert ids(send.query(f"{base} limit 2")) == [ANA, BO]
    assert send.query(f"{base} limit 2").json["info"] == {"count": 2, "more_records": True}
    assert ids(send.query(f"{base} limit 1, 2")) == [BO, CY]
    assert ids(send.query(f"{base} limit 2 offset 2")) == [CY]
    assert send.query(f"{base} limit 3").json["info"]["more_records"] is False


def test_activities(send, call):
    """
    Calls are found by whom they are about; notes cannot be queried.
    """
    send.rows("POST", "Calls", call(), call(BO))
    answer = send.query(f"select Subject, Who_Id from Calls where Who_Id = '{ANA}'")
    refused = send.query("select id from Notes where id is not null")

    assert answer.json["data"] == [{"Subject": "Hello", "Who_Id": {"id": ANA}}]
    assert refused.json["code"] == "INVALID_MODULE"


@pytest.mark.parametrize(
    ("query", "code", "detail"),
    [
        ("select id from Contacts", "SYNTAX_ERROR", {"clause": "where"}),
        ("select from Contacts where id is null", "SYNTAX_ERROR", None),
        ("select id from Contacts where", "SYNTAX_ERROR", {"near": ""}),
        ("select id from Contacts where Email = ana", "SYNTAX_ERROR", {"near": "ana"}),
        (r"select id from Contacts where Email = 'o\'x'", "SYNTAX_ERROR", None),
        ("select id from Contacts where Email = 'o'x'", "SYNTAX_ERROR", None),
        ("select id from Contacts where id is null; drop", "SYNTAX_ERROR", {"near": ";"}),
        (
            "select id from Contacts where Email is null and Phone is null and Fax is null",
            "SYNTAX_ERROR",
            {"near": "and"},
        ),
        (
            "select id from Contacts where Email not = 'x'",
            "SYNTAX_ERROR",
            {"operator": "not"},
        ),
        ("update Contacts set Email = 'x'", "SYNTAX_ERROR", {"near": "update"}),
        ("select id from Nope where id is null", "INVALID_MODULE", {}),
        (
            "select Nope from Contacts where id is null",
            "INVALID_QUERY",
            {"column_name": "Nope"},
        ),
        (
            "select Secret from Contacts where id is null",
            "INVALID_QUERY",
            {"column_name": "Secret"},
        ),
        (
            "select id from Contacts where Nope = 'x'",
            "INVALID_QUERY",
            {"column_name": "Nope"},
        ),
        ("select id from Contacts where Email > 'a'", "INVALID_QUERY", None),
        ("select id from Contacts where Budget like '1%'", "INVALID_QUERY", None),
        ("select id from Contacts where Description = 'x'", "INVALID_QUERY", None),
        (
            "select id from Contacts where Budget = 'x'",
            "INVALID_QUERY",
            {"column_name": "Budget"},
        ),
        (
            "select id from Contacts where Modified_Time > '2026-05-14'",
            "INVALID_QUERY",
            {"column_name": "Modified_Time"},
        ),
        (
            "select id, id from Contacts where id is null",
            "DUPLICATE_DATA",
            {"column_name": "id"},
        ),
        (
            "select id from Contacts where id is null limit x",
            "INVALID_QUERY",
            {"limit": "x"},
        ),
        ("select id from Contacts where id is null limit 0", "INVALID_DATA", {}),
        (
            "select id from Contacts where id is null limit 2001",
            "LIMIT_EXCEEDED",
            {"limit": 2000},
        ),
        (
            "select id from Contacts where id is null limit 99001, 1000",
            "LIMIT_EXCEEDED",
            {"limit": 100_000},
        ),
    ],
)
def test_refused(send, query, code, detail):
    """
    What is no query, or asks for too much, is refused, and where is told.
    """
    refused = send.query(query)

    assert (refused.status, refused.json["code"]) == (400, code)
    assert detail is None or refused.json["details"] == detail


def test_many(send):
    """
    A query has at most 50 columns, 50 values of a list and 25 criteria.
    """
    columns = ", ".join(f"F{number}" for number in range(51))
    values = ", ".join(map(str, range(51)))
    criteria = "Budget = 1"
    for _ in range(25):
        criteria = f"({criteria} or Budget = 1)"

    for query in (
        f"select {columns} from Contacts where id is null",
        f"select id from Contacts where id in ({values})",
        f"select id from Contacts where {criteria}",
    ):
        assert send.query(query).json["code"] == "LIMIT_EXCEEDED"
    assert send.query(f"select id from Contacts where {criteria[1:-15]}").status == 204


@pytest.mark.parametrize("body", [{}, {"select_query": 1}])
def test_no_query(send, body):
    """
    A request without a query is refused.
    """
    refused = send("POST", "coql", body)

    assert (refused.status, refused.json["code"]) == (400, "MANDATORY_NOT_FOUND")
    assert refused.json["details"] == {"api_name": "select_query"}


@given(st.text(max_size=40))
def test_quoted(text):
    """
    Any text between quotes, its own quotes doubled, is read as that text.
    """
    for quote in "'\"":
        doubled = text.replace(quote, quote * 2)
        query = parse(f"select id from Contacts where Email = {quote}{doubled}{quote}")
        assert query.where.values == (text,)


@given(st.text("selct rom where'()=,<>! 1ab\"\\%;", max_size=60))
def test_anything(text):
    """
    Whatever is asked, it is a query, or is refused.
    """
    with suppress(Refused):
        assert parse(f"select {text}").columns
