"""
Many records in one request.
"""

import pytest
from tests.contrib.simulator.salesforce.people import ANA, BO, LEA, NOBODY, PEOPLE

ROWS = "composite/sobjects"
FIELDS = {
    "Activity": [{"name": "Key__c", "externalId": True, "unique": True}],
    "Contact": [{"name": "No__c", "externalId": True}],
}


@pytest.fixture
def org(crm_simulator):
    """
    Return an organization whose activities and contacts have external ids.
    """
    return crm_simulator("salesforce", contacts=PEOPLE, limit="off", fields=FIELDS)


def task(**values):
    """
    Return the input of a task.
    """
    return {"attributes": {"type": "Task"}, "WhoId": ANA, "Subject": "S", **values}


def rows(*records, **more):
    """
    Return the body of a request.
    """
    return {"records": list(records), **more}


def codes(results):
    """
    Return the code of each result, None for what was done.
    """
    return [None if one["success"] else one["errors"][0]["statusCode"] for one in results]


def test_created(org, ask):
    """
    Two hundred are made in one request, and answered in order.
    """
    answer = ask("POST", ROWS, rows(*(task(Subject=f"S{n}") for n in range(200))))

    assert answer.status == 200
    assert all(set(one) == {"id", "success", "errors"} for one in answer.json)
    found = {one["id"]: one["properties"]["Subject"] for one in org.activities("Task")}
    assert [found[one["id"]] for one in answer.json] == [f"S{n}" for n in range(200)]
    assert (len(org.requests), len(found)) == (1, 200)


def test_partly(org, ask):
    """
    What is wrong with one record is told in its place, and the others are made.
    """
    answer = ask(
        "POST", ROWS, rows(task(), task(Subject="x" * 256), task(CallType="x"), task())
    )

    assert answer.status == 200
    assert codes(answer.json) == [
        None,
        "STRING_TOO_LONG",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        None,
    ]
    assert set(answer.json[1]) == {"success", "errors"}
    (error,) = answer.json[1]["errors"]
    assert set(error) == {"statusCode", "message", "fields"}
    assert error["fields"] == ["Subject"]
    assert len(org.activities("Task")) == 2


def test_together(org, ask):
    """
    With allOrNone nothing is done unless all is, and the innocent ones say so.
    """
    answer = ask("POST", ROWS, rows(task(), task(CallType="x"), task(), allOrNone=True))

    assert codes(answer.json) == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    ]
    assert org.activities() == []


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"attributes": {"type": "Task"}, "Nothing__c": 1}, "INVALID_FIELD"),
        ({"attributes": {"type": "Task"}, "Subject": 1}, "JSON_PARSER_ERROR"),
        ({"attributes": {"type": "Task"}, "ActivityDate": "today"}, "JSON_PARSER_ERROR"),
        ({"attributes": {"type": "Nothing"}}, "INVALID_TYPE"),
        ({"attributes": {}}, "INVALID_INPUT"),
        ({"Subject": "S"}, "INVALID_INPUT"),
        (7, "JSON_PARSER_ERROR"),
    ],
)
def test_whole(org, ask, record, code):
    """
    A record that cannot be read at all lets the whole request fail.
    """
    assert ask.refused("POST", ROWS, rows(task(), record))[:2] == (400, code)
    assert org.activities() == []


@pytest.mark.parametrize("count", [0, 201])
def test_too_many(ask, count):
    """
    A request has from one to two hundred records.
    """
    code = "EXCEEDED_ID_LIMIT" if count else "INVALID_INPUT"

    assert ask.refused("POST", ROWS, rows(*[task()] * count))[:2] == (400, code)


def test_runs(ask):
    """
    Records of several types come in at most ten runs.
    """
    contact = {"attributes": {"type": "Contact"}, "LastName": "X"}
    mixed = [task(), contact] * 5

    assert codes(ask("POST", ROWS, rows(*mixed)).json) == [None] * 10
    assert ask.refused("POST", ROWS, rows(*mixed, task()))[:2] == (400, "LIMIT_EXCEEDED")
    assert ask("POST", ROWS, rows(*mixed, contact)).status == 200


def test_updated(org, ask):
    """
    Records are changed by their ids; what is wrong with one is told in its place.
    """
    inputs = [
        {"Id": ANA, "Title": "A"},
        {"id": BO[:15], "Title": "B"},
        {"Id": NOBODY, "Title": "C"},
        {"Id": LEA, "Title": "D"},
        {"Title": "E"},
        {"Id": ANA, "LastName": None},
    ]
    typed = [{"attributes": {"type": "Contact"}, **one} for one in inputs]

    answer = ask("PATCH", ROWS, rows(*typed))

    assert codes(answer.json) == [
        None,
        None,
        "INVALID_CROSS_REFERENCE_KEY",
        "MALFORMED_ID",
        "MISSING_ARGUMENT",
        "REQUIRED_FIELD_MISSING",
    ]
    assert [one["properties"].get("Title") for one in org.contacts()] == ["A", "B", None]


def test_update_together(org, ask):
    """
    A change that is taken back leaves the record as it was.
    """
    before = org.contacts()
    typed = [
        {"attributes": {"type": "Contact"}, "Id": ANA, "Title": "A", "No__c": "1"},
        {"attributes": {"type": "Contact"}, "Id": NOBODY},
    ]

    ask("PATCH", ROWS, rows(*typed, allOrNone=True))

    assert org.contacts() == before
    assert ask("GET", "sobjects/Contact/No__c/1").status == 404


def test_deleted(org, ask):
    """
    Records of any type are deleted by their ids, each once.
    """
    answer = ask("DELETE", ROWS, ids=f"{ANA},{LEA},{NOBODY},x,{ANA}")

    assert codes(answer.json) == [
        None,
        None,
        "INVALID_CROSS_REFERENCE_KEY",
        "MALFORMED_ID",
        "ENTITY_IS_DELETED",
    ]
    assert [one["id"] for one in org.contacts()] == [BO]


def test_delete_together(org, ask):
    """
    A deletion that is taken back leaves the record, and what finds it.
    """
    ask("PATCH", f"sobjects/Contact/{ANA}", {"No__c": "1"})
    answer = ask("DELETE", ROWS, ids=f"{ANA},x", allOrNone="true")

    assert codes(answer.json) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "MALFORMED_ID"]
    assert len(org.contacts()) == 3
    found = ask("GET", "sobjects/Contact/No__c/1").json
    assert (found["Id"], found["IsDeleted"]) == (ANA, False)


def test_upserted(org, ask):
    """
    By an external id records are made or changed, and each result says which.
    """
    path = f"{ROWS}/Task/Key__c"
    first = ask("PATCH", path, rows(task(Key__c="a"), task(Key__c="b"))).json
    again = ask("PATCH", path, rows(task(Key__c="B", Subject="New"), task(Key__c="c"))).json

    assert [one["created"] for one in (*first, *again)] == [True, True, False, True]
    assert again[0]["id"] == first[1]["id"]
    subjects = [one["properties"]["Subject"] for one in org.activities("Task")]
    assert subjects == ["S", "New", "S"]


def test_upsert_wrong(org, ask):
    """
    A key that is missing, given twice, or that several records have, fails its record.
    """
    twins = [{"attributes": {"type": "Contact"}, "LastName": "T", "No__c": "1"}] * 2
    ask("POST", ROWS, rows(*twins))
    inputs = [{"No__c": "1"}, {"No__c": "2"}, {"No__c": "2"}, {}, {"No__c": "3"}]
    typed = [{"attributes": {"type": "Contact"}, "LastName": "X", **one} for one in inputs]

    answer = ask("PATCH", f"{ROWS}/Contact/No__c", rows(*typed))

    assert codes(answer.json) == [
        "DUPLICATE_EXTERNAL_ID",
        "DUPLICATE_VALUE",
        "DUPLICATE_VALUE",
        "MISSING_ARGUMENT",
        None,
    ]
    assert len(org.contacts()) == len(PEOPLE) + 3


def test_upsert_by_other(ask):
    """
    A lookup field such as the address is a key too, and so is the id, null for a new one.
    """
    contact = {"attributes": {"type": "Contact"}, "LastName": "X"}
    mail = ask(
        "PATCH", f"{ROWS}/Contact/Email", rows({**contact, "Email": "ANA@example.com"})
    )
    ids = ask(
        "PATCH", f"{ROWS}/Contact/Id", rows({**contact, "Id": None}, {**contact, "Id": BO})
    )

    assert [(one["id"], one["created"]) for one in mail.json] == [(ANA, False)]
    assert [one["created"] for one in ids.json] == [True, False]
    assert ids.json[1]["id"] == BO


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("Task/Subject", 404, "NOT_FOUND"),
        ("Nothing/Key__c", 404, "NOT_FOUND"),
        ("Contact/No__c", 400, "INVALID_TYPE"),
    ],
)
def test_upsert_nothing(ask, path, status, code):
    """
    A field that is no key, an object that is none, records of another type are refused.
    """
    assert ask.refused("PATCH", f"{ROWS}/{path}", rows(task()))[:2] == (status, code)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_read(ask, method):
    """
    Records are read in the order of their ids, with null where there is none.
    """
    ask("DELETE", f"sobjects/Contact/{BO}")
    ids, fields = [LEA, NOBODY, ANA, "x", BO, ANA[:15]], ["Id", "lastname"]
    if method == "GET":
        answer = ask("GET", f"{ROWS}/Contact", ids=",".join(ids), fields=",".join(fields))
    else:
        answer = ask("POST", f"{ROWS}/Contact", {"ids": ids, "fields": fields})

    assert answer.status == 200
    assert [one and one["Id"] for one in answer.json] == [None, None, ANA, None, None, ANA]
    assert set(answer.json[2]) == {"attributes", "Id", "LastName"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"ids": [ANA] * 2001, "fields": ["Id"]}, "EXCEEDED_ID_LIMIT"),
        ({"ids": [ANA], "fields": ["Nothing__c"]}, "INVALID_FIELD"),
        ({"ids": [ANA], "fields": []}, "INVALID_INPUT"),
        ({"ids": [ANA]}, "INVALID_INPUT"),
        ({"ids": ANA, "fields": ["Id"]}, "INVALID_INPUT"),
        ([], "JSON_PARSER_ERROR"),
    ],
)
def test_read_wrong(ask, body, code):
    """
    At most 2,000 records are read, by fields that all must be known.
    """
    assert ask.refused("POST", f"{ROWS}/Contact", body)[:2] == (400, code)


def test_read_many(ask):
    """
    Two thousand ids are read in one request.
    """
    answer = ask("POST", f"{ROWS}/Contact", {"ids": [ANA] * 2000, "fields": ["Id"]})

    assert len(answer.json) == 2000


def test_locked(org, ask):
    """
    A locked parent lets its tasks fail, each by itself, until it is free.
    """
    org.crm.lock(ANA, 2)
    results = ask("POST", ROWS, rows(task(), task(WhoId=BO), task(), task())).json

    assert codes(results) == ["UNABLE_TO_LOCK_ROW", None, "UNABLE_TO_LOCK_ROW", None]
    assert ANA in results[0]["errors"][0]["message"]
    assert [one["client_ids"] for one in org.activities("Task")] == [[BO], [ANA]]


def test_locked_alone(crm_simulator, connect):
    """
    A record that is locked from the start cannot be changed, then it can.
    """
    ask = connect(crm_simulator("salesforce", contacts=PEOPLE, locked={ANA: 1}))
    path = f"sobjects/Contact/{ANA}"

    assert ask.refused("PATCH", path, {"Title": "X"})[:2] == (400, "UNABLE_TO_LOCK_ROW")
    assert ask("PATCH", path, {"Title": "X"}).status == 204
