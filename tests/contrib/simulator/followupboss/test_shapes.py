"""
Answers have the keys that the reference shows.
"""

import pytest
from tests.contrib.simulator.followupboss.conftest import ask

from crmkit_simulator import Simulator

PERSON = """
id created updated createdVia lastActivity name firstName lastName stage stageId type source
sourceId sourceUrl leadFlowId delayed contacted price assignedLenderId assignedLenderName
assignedUserId assignedPondId assignedTo tags emails phones addresses picture socialData
claimed websiteVisits timeframeId timeframeStatus collaborators teamLeaders pondMembers
"""
KEYS = {
    "notes": """
        id created updated createdById createdBy updatedById updatedBy personId showContent
        subject body type isHtml actionPlanId isExternal systemId systemName automationId
    """,
    "calls": """
        id created updated createdById updatedById personId userId userName phone toNumber
        fromNumber isIncoming note outcome duration recordingUrl
    """,
    "tasks": """
        id created updated personId assignedUserId AssignedTo name type isCompleted
        completed dueDate dueDateTime
    """,
    "appointments": """
        id created updated createdById updatedById title description start end allDay
        originFub location invitees typeId type outcomeId outcome
    """,
    "emCampaigns": "id origin originId name subject bodyHtml",
}
BODIES = {
    "notes": {"personId": 7},
    "calls": {"personId": 7, "phone": "1", "isIncoming": False},
    "tasks": {"personId": 7, "assignedUserId": 8},
    "appointments": {
        "title": "T",
        "start": "2026-05-15T17:00:00Z",
        "end": "2026-05-15T18:00:00Z",
    },
    "emCampaigns": {"origin": "o", "originId": "1"},
}


def test_person(fub):
    """
    A person has the documented keys, with numbers where switches are meant.
    """
    person = ask(fub, "GET", "/v1/people/7").json

    assert set(person) == set(PERSON.split())
    assert set(person["emails"][0]) == {"value", "type", "status", "isPrimary"}
    assert set(person["phones"][0]) == {
        *("value", "normalized", "type", "status", "isPrimary", "isLandline")
    }
    assert person["phones"][0]["normalized"] == "5552869155"
    assert person["contacted"] == 0


def test_list(fub):
    """
    A list tells its collection, and where it goes on.
    """
    said = ask(fub, "GET", "/v1/people", limit=1).json

    assert set(said) == {"_metadata", "people"}
    assert set(said["_metadata"]) == {
        *("collection", "offset", "limit", "total", "next", "nextLink")
    }


@pytest.mark.parametrize("kind", KEYS)
def test_made(fub, kind):
    """
    What was made is answered with, documented keys and all.
    """
    made = ask(fub, "POST", f"/v1/{kind}", BODIES[kind]).json

    assert set(made) >= set(KEYS[kind].split())
    assert made.keys() >= BODIES[kind].keys()


def test_command_shape():
    """
    What a connector needs is told: address, key, and the registered system.
    """
    with Simulator("followupboss", contacts=2) as fub:
        config = fub.config

    assert config["credentials"] == {"followupboss": fub.token}
    assert set(config["settings"]["followupboss"]) == {"base_url", "system", "system_key"}
