"""
People are fetched, found and listed as Follow Up Boss has it.
"""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.plugins.followupboss.conftest import ANA, ask, calls

from crmkit import (
    ActivityRecord,
    AmbiguousClientError,
    ClientNotFoundError,
    CRMConnector,
    NotSupportedError,
)
from crmkit.testing import Answer, Server

FIELDS = [
    {"label": "Language", "type": "text"},
    {"label": "Home Value", "type": "number"},
    {"label": "stage", "type": "text"},
]


def queries(fub, path):
    """
    Return the queries of the requests for a path.
    """
    targets = (urlsplit(call.path) for call in fub.requests)
    return [parse_qs(one.query) for one in targets if one.path == path]


def test_batch(crm_simulator, connect):
    """
    A hundred and fifty people are two requests, and one for their fields.
    """
    fub = crm_simulator("followupboss", contacts=150, limit="off")
    ids = [one["id"] for one in fub.contacts()]
    found = connect(fub).get_clients_data(ids)

    assert {one: found[one].id for one in ids} == {one: one for one in ids}
    assert fub.requests.total == 3


def test_absent(crm):
    """
    Ids of nobody, and what is no id at all, are not found, and cost nobody else.
    """
    found = crm.get_clients_data(["501", "999", "abc", "1/2"])

    assert found["501"].first_name == "Ana"
    for absent in ("999", "abc", "1/2"):
        assert isinstance(found[absent], ClientNotFoundError)


def test_trash(fub, crm):
    """
    Who is in the trash is not found, by id or in a batch.
    """
    ask(fub, "DELETE", "people/501")

    with pytest.raises(ClientNotFoundError):
        crm.get_client_data("501")
    assert isinstance(crm.get_clients_data(["501", "502"])["501"], ClientNotFoundError)


@pytest.mark.parametrize("ids", [["502"], ["501", "502"]])
def test_merged_batch(fub, crm, ids):
    """
    A merged id answers with the person that it became, alone and in a batch.
    """
    fub.crm.merge("501", "502")
    found = crm.get_clients_data(ids)["502"]

    assert (found.id, found.aliases) == ("501", ("502",))


def test_merged_is_gone(crm_simulator, connect):
    """
    Where merged ids answer 404, they are not found.
    """
    fub = crm_simulator("followupboss", contacts=[ANA, {"id": 502}], merged="gone")
    fub.crm.merge("501", "502")

    with pytest.raises(ClientNotFoundError):
        connect(fub).get_client_data("502")


def test_custom_fields(crm_simulator, connect):
    """
    Custom fields go by their labels, unless a standard field has that name; language too.
    """
    person = {**ANA, "customLanguage": "es", "customHomeValue": 5, "customStage": "Two"}
    fub = crm_simulator("followupboss", contacts=[person], custom_fields=FIELDS)
    found = connect(fub).get_client_data("501")

    assert found.language == "es"
    assert found.custom_fields["Home Value"] == 5
    assert found.custom_fields["stage"] == "Lead"
    assert found.custom_fields["customStage"] == "Two"
    assert found.custom_fields["owner_name"] == "Broker Brown"


def test_fields_named(crm_simulator, connect):
    """
    With the setting `fields` these are asked for by name, instead of all.
    """
    person = {**ANA, "customLanguage": "es", "customHomeValue": 5}
    fub = crm_simulator("followupboss", contacts=[person], custom_fields=FIELDS)
    found = connect(fub, fields=["customHomeValue"]).get_client_data("501")

    assert (found.custom_fields["Home Value"], found.email) == (5, "ana@example.com")
    assert "Language" not in found.custom_fields
    (query,) = queries(fub, "/v1/people/501")
    assert query["fields"] != ["allFields"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"email": "ANA@example.com"}, "501"),
        ({"email": "ana"}, None),
        ({"phone": "(555) 286-9155"}, "501"),
        ({"phone": "0015552869155"}, None),  # of which Follow Up Boss knows nothing
        ({"phone": "555"}, None),
        ({"field": ("Pet Name", "rex")}, "501"),
        ({"field": ("customPetName", "Rex")}, "501"),
        ({"field": ("Pet Name", "Re")}, None),
        ({"field": ("owner_name", "Nobody")}, None),
    ],
)
def test_find(crm_simulator, connect, asked, found):
    """
    People are found by address, number in any writing, and fields by name or key.
    """
    people = [{**ANA, "customPetName": "Rex"}, {"id": 502, "firstName": "Bo"}]
    fub = crm_simulator("followupboss", contacts=people)
    client = connect(fub).find_client(**asked)

    assert (client and client.id) == found


def test_five_with_one_address(crm_simulator, connect):
    """
    Where five have one address, nobody is taken for somebody else.
    """
    people = [{**ANA, "id": 600 + n} for n in range(5)]
    fub = crm_simulator("followupboss", contacts=people)

    with pytest.raises(AmbiguousClientError) as several:
        connect(fub).find_client(email="ana@example.com")
    assert len(several.value.client_ids) >= 2


def test_find_unknown_field(crm):
    """
    A field that cannot be searched is refused by its name.
    """
    with pytest.raises(NotSupportedError, match="shoe size"):
        crm.find_client(field=("shoe size", "9"))


def test_next_links(crm_simulator, connect):
    """
    A list goes on by the links that Follow Up Boss names, with all fields on every page.
    """
    fub = crm_simulator("followupboss", contacts=230, deepest=100, limit="off")
    listed = list(connect(fub).iter_clients())

    assert len({client.id for client in listed}) == 230
    asked = queries(fub, "/v1/people")
    assert [query["fields"] for query in asked] == [["allFields"]] * 3
    assert not any("offset" in query for query in asked)


def test_changes(fub, crm):
    """
    Changes since a moment tell who changed, and who went to the trash.
    """
    old = datetime.now(UTC) - timedelta(days=9)
    fub.add_contacts([{"id": 503, "updated": f"{old:%Y-%m-%dT%H:%M:%SZ}"}])
    ask(fub, "DELETE", "people/502")
    runs = []
    for _ in range(2):
        with crm.changes("nightly") as changes:
            runs.append([client.id for client in changes])

    assert runs == [["503", "501"], ["501"]]
    assert list(changes.deleted) == ["502"]


def test_lists_by_offset(crm, fub, connect):
    """
    A list that names no link goes on by offset, to its end.
    """
    for number in range(103):
        body = {"label": f"Field {number}", "type": "text"}
        ask(fub, "POST", "customFields", body)
    names = {field.name for field in crm.session().fields()}

    assert {f"Field {number}" for number in range(103)} <= names
    assert calls(fub, "GET", "/v1/customFields") == 2


def test_history(fub, crm):
    """
    All sorts of activities are in the history, newest first, in the caller's words.
    """
    when = "2026-05-01T09:30:00Z"
    numbers = {"phone": "555", "fromNumber": "555", "isIncoming": True}
    ask(
        fub,
        "POST",
        "calls",
        {"personId": 501, "note": "Rang\n[crmkit 0123456789abcdef]"} | numbers,
    )
    ask(fub, "POST", "notes", {"personId": 501, "body": "<p>Hi</p>", "isHtml": True})
    person = {"id": 501}
    for kind in ("Viewed Property", "Viewed Page"):
        ask(fub, "POST", "events", {"type": kind, "person": person, "occurredAt": when})
    found = crm.get_client_data("501", include=["history"]).history

    assert {(one.type, one.description) for one in found} == {
        ("call", "Rang"),
        ("note", "Hi"),
        ("property_view", ""),
        ("page_view", ""),
    }
    assert found[-1].timestamp == datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
    assert len({one.id for one in found}) == 4
    (call,) = [one for one in found if one.type == "call"]
    assert (call.direction, call.metadata["from"]) == ("in", "555")


def test_history_of_texts(fub, connect):
    """
    Texts come back as sent or received, and e-mails as what became of them.
    """
    crm = connect(fub, number="5550100")
    for kind in ("sms_sent", "sms_received", "email_sent", "email_opened"):
        crm.sync_activity(ActivityRecord(type=kind, client_id="501", description=kind))
    found = crm.get_client_data("501", include=["history"]).history

    assert {one.type for one in found} == {
        *("sms_sent", "sms_received", "email_sent", "email_opened")
    }
    ways = {one.type: one.direction for one in found}
    assert (ways["sms_sent"], ways["sms_received"]) == ("out", "in")


@pytest.mark.parametrize("html", [None, "<p>Hi</p>"])
def test_moment_of_notes(crm, html):
    """
    A note has no time of its own: the line that tells it is its time, and not its text.
    """
    when = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
    crm.sync_activity(
        ActivityRecord(
            type="note",
            client_id="501",
            description="Hi",
            timestamp=when,
            metadata={"html": html, "score": 5},
        )
    )
    (note,) = crm.get_client_data("501", include=["history"]).history

    assert (note.timestamp, note.description.split()) == (when, ["Hi", "score:", "5"])


@pytest.mark.parametrize(
    ("asked", "theirs", "same"),
    [
        ("555-286-9155", "+1 (555) 286 9155", True),
        ("+15552869155", "5552869155", True),
        ("5552869155", "5552869156", False),
        ("2869155", "28691550001", False),
        ("9155", "5552869155", False),
        ("", "", False),
    ],
)
def test_likeness(asked, theirs, same):
    """
    Of numbers that a list shows for one that is asked for, some are merely alike.
    """
    person = {
        "id": 7,
        "phones": [{"value": theirs}],
        "emails": [{"value": "x@example.com"}],
    }

    def answer(request):
        if request.path.endswith("customFields"):
            return Answer(json={"_metadata": {}, "customFields": []})
        return Answer(json={"_metadata": {}, "people": [person]})

    with Server(answer) as server:
        given = {"followupboss": {"base_url": server.url}}
        with CRMConnector(
            default_provider="followupboss", settings=given, credentials="fka_1"
        ) as crm:
            found = crm.find_client(phone=asked) if asked else None
            assert (found is not None) is same
            assert crm.find_client(email="y@example.com") is None
            assert crm.find_client(email="x@example.com").id == "7"
