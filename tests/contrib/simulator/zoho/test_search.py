"""
Search: over an index that lags behind, by address, number, word or criteria.
"""

import pytest

ANA, BO, CY = "5725767000000524157", "5725767000000524158", "5725767000000524159"
FIELDS = "id"


@pytest.fixture
def hub(crm_simulator):
    """
    Return a Zoho with three contacts, and an index that lags two seconds behind.
    """
    return crm_simulator(
        "zoho",
        contacts=[
            {"id": ANA, "First_Name": "Ana", "Last_Name": "Ruiz", "Email": "ana@a.example"},
            {"id": BO, "Last_Name": "Berg", "Secondary_Email": "ANA@a.example"},
            {
                "id": CY,
                "Last_Name": "Cyr",
                "Department": "Harbour Homes Inc",
                "Mobile": "+45 1234",
                "Budget": 5,
                "Date_of_Birth": "1990-02-28",
                "Created_Time": "2020-01-01T00:00:00+00:00",
            },
        ],
        fields=[{"api_name": "Budget", "data_type": "integer"}],
        limit="off",
    )


def found(send, **query):
    """
    Return the ids of what is found, none for an empty answer.
    """
    answer = send("GET", "Contacts/search", fields=FIELDS, **query)
    if answer.status == 204:
        return []
    assert answer.status == 200, answer.text
    return [record["id"] for record in answer.json["data"]]


def test_email(send):
    """
    An address is found in each field of addresses, in whatever case it is written.
    """
    assert found(send, email="Ana@A.example") == [BO, ANA]
    assert found(send, email="bo@a.example") == []


def test_phone(send):
    """
    A number is found as it was written, and not otherwise.
    """
    assert found(send, phone="+45 1234") == [CY]
    assert found(send, phone="+451234") == []


def test_word(send):
    """
    A word is found in any text.
    """
    assert found(send, word="harbour") == [CY]


def test_empty(send):
    """
    Nobody is told by 204 and an empty body.
    """
    answer = send("GET", "Contacts/search", email="x@a.example")

    assert (answer.status, answer.text) == (204, b"")


def test_lag(hub, send):
    """
    What was just made, changed or deleted is known to the index after a while.
    """
    new = {"Last_Name": "Ng", "Email": "ng@a.example"}
    id_ = send.rows("POST", "Contacts", new)[0]["details"]["id"]
    send.rows("PUT", "Contacts", {"id": ANA, "Email": "new@a.example"})

    assert found(send, email="ng@a.example") == []
    assert found(send, email="new@a.example") == []
    hub.clock.advance(2)
    assert found(send, email="ng@a.example") == [id_]
    assert found(send, email="new@a.example") == [ANA]


def test_deleted(send):
    """
    What was just deleted is found no more, though the index holds it still.
    """
    send("DELETE", f"Contacts/{ANA}")

    assert found(send, email="ana@a.example") == [BO]


@pytest.mark.parametrize(
    ("criteria", "ids"),
    [
        ("(Last_Name:equals:ruiz)", [ANA]),
        ("(Department:equals:Harbour Homes)", [CY]),  # equals finds more than equals
        ("(Department:equals:Homes Harbour)", []),
        ("(Email:equals:ana@a.example)", [ANA]),
        ("(Last_Name:starts_with:B)", [BO]),
        ("(Last_Name:in:Berg,Cyr)", [CY, BO]),
        ("(Last_Name:not_equal:Berg)", [CY, ANA]),
        ("(Budget:greater_equal:5)", [CY]),
        ("(Budget:between:1,4)", []),
        ("(Date_of_Birth:less_than:1991-01-01)", [CY]),
        ("(Created_Time:less_equal:2020-01-01T02:00:00+02:00)", [CY]),
        (f"(id:equals:{ANA})", [ANA]),
        ("((Last_Name:equals:Ruiz)and(First_Name:equals:Ana))", [ANA]),
        ("((Last_Name:equals:Ruiz)or(Last_Name:equals:Berg))", [BO, ANA]),
        ("((Last_Name:equals:Ruiz) AND (First_Name:equals:Bo))", []),
        ("(((Last_Name:equals:Ruiz)or(Last_Name:equals:Cyr))and(Budget:equals:5))", [CY]),
    ],
)
def test_criteria(send, criteria, ids):
    """
    Criteria are met, alone and joined.
    """
    assert found(send, criteria=criteria) == ids


def test_escaped(crm_simulator, clients):
    """
    Brackets and commas in a value are plain text behind a backslash.
    """
    odd = {"id": "7", "Last_Name": "Ng (Mei), Jr"}
    send = clients(crm_simulator("zoho", contacts=[odd]))

    assert found(send, criteria=r"(Last_Name:in:Ng \(Mei\)\, Jr)") == ["7"]
    refused = send("GET", "Contacts/search", criteria="(Last_Name:equals:Ng (Mei))")
    assert refused.json["code"] == "INVALID_QUERY"


@pytest.mark.parametrize(
    "criteria",
    [
        "Last_Name:equals:Ruiz",
        "(Last_Name:equals:Ruiz",
        "(Last_Name:is:Ruiz)",
        "(Last_Name:greater_than:Ruiz)",
        "(Nope:equals:x)",
        "(Description:equals:x)",
        "(Budget:equals:many)",
        "(Budget:between:1)",
        "(Created_Time:equals:2020-01-01)",
        "((Last_Name:equals:a)and(Last_Name:equals:b)or(Last_Name:equals:c))",
        "()",
        "(" + "and".join(["(Budget:equals:1)"] * 11) + ")",
    ],
)
def test_criteria_refused(send, criteria):
    """
    Criteria that cannot be read, or are more than ten, are refused.
    """
    refused = send("GET", "Contacts/search", criteria=criteria)

    assert (refused.status, refused.json["code"]) == (400, "INVALID_QUERY")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "REQUIRED_PARAM_MISSING"),
        ({"email": "no address"}, "INVALID_DATA"),
        ({"word": "x", "page": "11"}, "LIMIT_REACHED"),
        ({"word": "x", "per_page": "201"}, "INVALID_DATA"),
    ],
)
def test_refused(send, query, code):
    """
    A search for nothing, or beyond 2,000 records, is refused.
    """
    refused = send("GET", "Contacts/search", **query)

    assert (refused.status, refused.json["code"]) == (400, code)


def test_pages(crm_simulator, clients):
    """
    What is found comes in pages, by number.
    """
    same = [{"id": str(n), "Last_Name": "Ng"} for n in (1, 2, 3)]
    send = clients(crm_simulator("zoho", contacts=same))
    query = {"criteria": "(Last_Name:equals:Ng)", "per_page": 2}
    first = send("GET", "Contacts/search", **query).json

    assert [record["id"] for record in first["data"]] == ["3", "2"]
    assert first["data"][0]["Full_Name"] == "Ng"
    assert first["info"]["more_records"] is True
    assert found(send, page=2, **query) == ["1"]
