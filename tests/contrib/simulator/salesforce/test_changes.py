"""
What was changed, deleted or merged.
"""

from datetime import timedelta

import pytest
from tests.contrib.simulator.salesforce.people import ANA, BO, LEA

WIRE = "%Y-%m-%dT%H:%M:%S+00:00"


@pytest.fixture
def span(org):
    """
    Return a function that makes the query of a stretch of time, in minutes from now.
    """

    def made(start, end):
        now = org.clock.moment()
        times = (now + timedelta(minutes=start), now + timedelta(minutes=end))
        return dict(
            zip(("start", "end"), (one.strftime(WIRE) for one in times), strict=True)
        )

    return made


def test_span(org, ask, span):
    """
    A stretch begins and ends with whole minutes; where it ends, the next one begins.
    """
    org.clock.advance(600)
    ask("DELETE", f"sobjects/Contact/{BO}")
    ask("PATCH", f"sobjects/Contact/{ANA}", {"Title": "X"})
    org.clock.advance(600)

    deleted = ask("GET", "sobjects/Contact/deleted", **span(-15, -5)).json
    updated = ask("GET", "sobjects/Contact/updated/", **span(-15, -5)).json
    earlier = ask("GET", "sobjects/Contact/deleted", **span(-18, -12)).json
    later = ask("GET", "sobjects/Contact/deleted", **span(-5, 0)).json
    assert set(deleted) == {"deletedRecords", "earliestDateAvailable", "latestDateCovered"}
    assert [set(one) for one in deleted["deletedRecords"]] == [{"id", "deletedDate"}]
    assert deleted["deletedRecords"][0]["id"] == BO
    assert set(updated) == {"ids", "latestDateCovered"}
    assert updated["ids"] == [ANA]
    assert later["deletedRecords"] == earlier["deletedRecords"] == []
    assert deleted["latestDateCovered"][16:] == ":00.000+0000"


def test_future(org, ask, span):
    """
    What is to come is not covered.
    """
    covered = ask("GET", "sobjects/Lead/updated", **span(-5, 500)).json["latestDateCovered"]

    assert covered == org.clock.moment().strftime("%Y-%m-%dT%H:%M:00.000+0000")


@pytest.mark.parametrize(
    ("what", "start", "end", "code"),
    [
        ("deleted", -15 * 1440 - 1, 0, "INVALID_REPLICATION_DATE"),
        ("updated", -30 * 1440 - 1, 0, "INVALID_REPLICATION_DATE"),
        ("deleted", 0, 0, "INVALID_REPLICATION_DATE"),
        ("deleted", 0, -5, "INVALID_REPLICATION_DATE"),
    ],
)
def test_wrong_span(ask, span, what, start, end, code):
    """
    Deletions are told for 15 days, changes for 30, from a start to a later end.
    """
    assert ask.refused("GET", f"sobjects/Contact/{what}", **span(start, end))[1] == code


@pytest.mark.parametrize("query", [{}, {"start": "yesterday", "end": "today"}])
def test_no_span(ask, query):
    """
    Start and end are times.
    """
    refused = ask.refused("GET", "sobjects/Contact/deleted", **query)

    assert refused == (400, "INVALID_DATE_FORMAT", None)


def test_reach(ask, span):
    """
    Changes can be asked for longer than deletions.
    """
    query = span(-20 * 1440, 0)

    assert ask("GET", "sobjects/Contact/updated", **query).status == 200
    assert ask("GET", "sobjects/Contact/deleted", **query).status == 400


def test_merged(org, ask):
    """
    A merged contact is deleted and hints at its master, which takes over what it lacked.
    """
    ask("POST", "sobjects/Task", {"WhoId": BO, "Subject": "Moves"})
    ask("PATCH", f"sobjects/Contact/{BO}", {"Email": "bo@example.com", "ReportsToId": ANA})
    org.crm.merge(ANA[:15], BO)

    assert ask.refused("GET", f"sobjects/Contact/{BO}") == (404, "ENTITY_IS_DELETED", [])
    query = f"SELECT Id, IsDeleted, MasterRecordId FROM Contact WHERE Id = '{BO}'"
    answer = ask("GET", "queryAll", q=query).json["records"]
    assert [(one["IsDeleted"], one["MasterRecordId"]) for one in answer] == [(True, ANA)]
    master = ask("GET", f"sobjects/Contact/{ANA}").json
    assert (master["Email"], master["Phone"]) == ("ana@example.com", "+45 1234")
    assert (master["IsDeleted"], master["MasterRecordId"]) == (False, None)
    assert len(org.activities("Task", ANA)) == 1
    assert ask.soql("SELECT Id FROM Contact WHERE Email = 'bo@example.com'") == []


def test_seeded(crm_simulator, connect):
    """
    A contact can be merged from the start.
    """
    gone = {"id": BO, "LastName": "X", "IsDeleted": True, "MasterRecordId": ANA}
    org = crm_simulator("salesforce", contacts=[{"id": ANA, "LastName": "Y"}, gone])
    ask = connect(org)

    assert [one["id"] for one in org.contacts()] == [ANA]
    assert ask.refused("GET", f"sobjects/Contact/{BO}")[1] == "ENTITY_IS_DELETED"
    query = "SELECT MasterRecordId FROM Contact WHERE IsDeleted = true"
    assert ask.soql(query) == []
    (found,) = ask("GET", "queryAll", q=query).json["records"]
    assert found["MasterRecordId"] == ANA


@pytest.mark.parametrize(("master", "merged"), [(ANA, LEA), (ANA, ANA), (ANA, "x")])
def test_not_merged(org, master, merged):
    """
    Only two records of one object are merged.
    """
    with pytest.raises(ValueError, match="two records of one object"):
        org.crm.merge(master, merged)


def test_no_task_is_merged(org, ask):
    """
    A task is merged with none, and neither is what is gone.
    """
    tasks = [ask("POST", "sobjects/Task", {}).json["id"] for _ in "ab"]
    ask("DELETE", f"sobjects/Contact/{BO}")

    for pair in (tasks, (ANA, BO)):
        with pytest.raises(ValueError, match="cannot be merged"):
            org.crm.merge(*pair)


def test_seconds(ask):
    """
    Several changes have the same time: it has no fraction of a second.
    """
    for id_ in (ANA, BO):
        ask("PATCH", f"sobjects/Contact/{id_}", {"Title": "X"})

    stamps = [
        one["SystemModstamp"] for one in ask.soql("SELECT SystemModstamp FROM Contact")
    ]
    assert all(stamp.endswith(".000+0000") for stamp in stamps)
    query = f"SELECT Id FROM Contact WHERE SystemModstamp >= {max(stamps)[:19]}Z"
    assert {"Id": BO} in ask.soql(query)
