"""
Tasks and events.
"""

import pytest
from tests.contrib.simulator.salesforce.people import ANA, LEA, PEOPLE

START, END = "2026-05-01T12:00:00.000+0000", "2026-05-01T12:30:00.000+0000"


@pytest.fixture
def make(ask):
    """
    Return a function that makes a task or an event, and reads it back.
    """

    def made(kind, **values):
        answer = ask("POST", f"sobjects/{kind}", values)
        assert answer.status == 201, answer.text
        assert answer.headers["Location"].endswith(f"/sobjects/{kind}/{answer.json['id']}")
        return ask("GET", f"sobjects/{kind}/{answer.json['id']}").json

    return made


def test_task(make):
    """
    A task without anything is open, normal and the user's own.
    """
    task = make("Task")

    expected = {"Status": "Not Started", "Priority": "Normal", "TaskSubtype": "Task"}
    assert expected.items() <= task.items()
    assert (task["IsClosed"], task["CompletedDateTime"]) == (False, None)
    assert task["OwnerId"].startswith("005")


def test_done(org, ask, make):
    """
    A task is closed by its status, and tells since when.
    """
    task = make("Task", Status="Completed", Priority="High")
    path = f"sobjects/Task/{task['Id']}"
    org.clock.advance(60)
    ask("PATCH", path, {"Subject": "Again"})
    changed = ask("GET", path).json
    ask("PATCH", path, {"Status": "In Progress"})
    reopened = ask("GET", path).json

    assert (task["IsClosed"], task["IsHighPriority"]) == (True, True)
    assert changed["CompletedDateTime"] == task["CompletedDateTime"] == task["CreatedDate"]
    assert changed["SystemModstamp"] > task["SystemModstamp"]
    assert (reopened["IsClosed"], reopened["CompletedDateTime"]) == (False, None)


def test_account(crm_simulator, connect):
    """
    A task's account is the one it is about, else that of its contact.
    """
    accounts = [("0015e00000AcmeAA", "Acme"), ("0015e00000BetaAA", "Beta")]
    seeds = [{"id": id_[:15], "Name": name} for id_, name in accounts]
    org = crm_simulator("salesforce", contacts=seeds)
    ask = connect(org)
    acme, beta = (one["Id"] for one in ask.soql("SELECT Id FROM Account ORDER BY Name"))
    contact = ask("POST", "sobjects/Contact", {"LastName": "X", "AccountId": acme}).json[
        "id"
    ]

    found = []
    for values in ({"WhoId": contact}, {"WhoId": contact, "WhatId": beta}, {}):
        id_ = ask("POST", "sobjects/Task", values).json["id"]
        found.append(
            ask("GET", f"sobjects/Task/{id_}", fields="AccountId").json["AccountId"]
        )

    assert found == [acme, beta, None]


@pytest.mark.parametrize(
    ("values", "code", "fields"),
    [
        ({"WhoId": "0015e00000AcmeA"}, "MALFORMED_ID", ["WhoId"]),
        ({"WhoId": LEA, "WhatId": "account"}, "FIELD_INTEGRITY_EXCEPTION", ["WhatId"]),
        ({"CallDurationInSeconds": 10**8}, "NUMBER_OUTSIDE_VALID_RANGE", None),
        ({"CallType": "Sideways"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["CallType"]),
        ({"IsClosed": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["IsClosed"]),
    ],
)
def test_wrong_task(ask, values, code, fields):
    """
    A task refers to a contact or a lead, and to another record beside a contact only.
    """
    if values.get("WhatId"):
        account = ask("POST", "sobjects/Account", {"Name": "Co"}).json["id"]
        values = {**values, "WhatId": account}

    refused = ask.refused("POST", "sobjects/Task", values)
    assert refused == (400, code, fields or list(values))


def test_status_needed(ask, make):
    """
    A status is never null.
    """
    path = f"sobjects/Task/{make('Task')['Id']}"

    assert ask.refused("PATCH", path, {"Status": None}) == (
        400,
        "REQUIRED_FIELD_MISSING",
        ["Status"],
    )


TIMED = {"EndDateTime": END, "DurationInMinutes": 30, "ActivityDate": "2026-05-01"}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"StartDateTime": START, "DurationInMinutes": 30}, TIMED),
        ({"ActivityDateTime": START, "EndDateTime": END}, TIMED),
        ({"StartDateTime": START, "EndDateTime": END, "DurationInMinutes": 30}, TIMED),
        (
            {"IsAllDayEvent": True, "ActivityDate": "2026-05-01"},
            {"StartDateTime": "2026-05-01T00:00:00.000+0000", "DurationInMinutes": 1440}
            | {"EndDateTime": "2026-05-01T00:00:00.000+0000"},
        ),
        (
            {"IsAllDayEvent": True, "StartDateTime": "2026-05-01T00:00:00Z"}
            | {"EndDateTime": "2026-05-03T00:00:00Z"},
            {"DurationInMinutes": 4320, "EndDate": "2026-05-03"},
        ),
    ],
)
def test_event(make, values, expected):
    """
    An event has a start and an end, or a duration; what is not said follows.
    """
    event = make("Event", **values)

    assert expected.items() <= event.items()
    assert event["StartDateTime"] == event["ActivityDateTime"]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({}, "REQUIRED_FIELD_MISSING", "StartDateTime"),
        ({"StartDateTime": START}, "REQUIRED_FIELD_MISSING", "DurationInMinutes"),
        ({"EndDateTime": END}, "REQUIRED_FIELD_MISSING", "StartDateTime"),
        ({"IsAllDayEvent": True}, "REQUIRED_FIELD_MISSING", "ActivityDate"),
        (
            {"StartDateTime": START, "EndDateTime": END, "DurationInMinutes": 31},
            "FIELD_INTEGRITY_EXCEPTION",
            "EndDateTime",
        ),
        (
            {"StartDateTime": END, "EndDateTime": START},
            "FIELD_INTEGRITY_EXCEPTION",
            "EndDateTime",
        ),
        (
            {"StartDateTime": START, "DurationInMinutes": 14 * 1440 + 1},
            "FIELD_INTEGRITY_EXCEPTION",
            "EndDateTime",
        ),
        (
            {"StartDateTime": START, "ActivityDateTime": END, "DurationInMinutes": 5},
            "FIELD_INTEGRITY_EXCEPTION",
            "ActivityDateTime",
        ),
    ],
)
def test_wrong_event(ask, values, code, field):
    """
    An event whose times are missing, or do not agree, is refused.
    """
    assert ask.refused("POST", "sobjects/Event", values) == (400, code, [field])


def test_moved(ask, make):
    """
    An event that is moved keeps its length, and other changes keep its times.
    """
    event = make("Event", StartDateTime=START, DurationInMinutes=30)
    path = f"sobjects/Event/{event['Id']}"
    ask("PATCH", path, {"Subject": "New"})
    same = ask("GET", path).json
    ask("PATCH", path, {"StartDateTime": "2026-05-02T12:00:00Z"})
    moved = ask("GET", path).json

    assert (same["StartDateTime"], same["EndDateTime"]) == (START, END)
    assert moved["EndDateTime"] == "2026-05-02T12:30:00.000+0000"
    assert moved["ActivityDate"] == "2026-05-02"


def test_kinds(org, ask):
    """
    The simulator tells its activities by kind and client, the oldest first.
    """
    ask("POST", "sobjects/Task", {"WhoId": ANA, "Subject": "One"})
    event = {"WhoId": LEA, "StartDateTime": START, "DurationInMinutes": 5}
    ask("POST", "sobjects/Event", event)
    ask("POST", "sobjects/Task", {"WhoId": LEA, "Subject": "Two"})

    assert [one["kind"] for one in org.activities()] == ["Event", "Task", "Task"]
    assert [one["kind"] for one in org.activities(client_id=LEA[:15])] == ["Event", "Task"]
    assert [one["properties"]["Subject"] for one in org.activities("Task", LEA)] == ["Two"]
    assert org.activities("Task", "nobody") == []
    assert len(org.contacts()) == len(PEOPLE)
