"""
What is odd about Follow Up Boss, and differs from account to account.
"""

from http import HTTPStatus

import pytest
from tests.contrib.simulator.followupboss.conftest import ANA, ask, basic

from crmkit_simulator import Simulator

NOTE = {"personId": 7, "body": "Hello"}
EVENT = {"type": "Viewed Page", "person": {"id": 7}}
DELIVERED = {
    "type": "delivered",
    "occurred": "2026-05-14T09:00:00Z",
    "recipient": "ana@example.com",
}


def messages(answer):
    """
    Return what a refusal says; its body is that sentence, and no more.
    """
    assert list(answer.json) == ["errorMessage"]
    return answer.json["errorMessage"]


def test_signing(fub):
    """
    A key signs by Basic and a token by Bearer, never the other way round.
    """
    token = fub.add_token(oauth=True)
    good = [basic(fub.token), basic(fub.token, "any"), f"Bearer {token}"]
    bad = [f"Bearer {fub.token}", basic(token), "", "Basic !", "Digest x"]
    answers = [ask(fub, "GET", "/v1/identity", sign=sign) for sign in [*good, *bad]]

    assert [one.status for one in answers] == [200] * 3 + [401] * 5
    assert answers[-1].headers["WWW-Authenticate"] == 'Basic realm="Follow Up Boss API"'


def test_token_expires(fub):
    """
    A token is good for its time.
    """
    sign = f"Bearer {fub.add_token(oauth=True, expires_in=60)}"
    before = ask(fub, "GET", "/v1/identity", sign=sign).status
    fub.clock.advance(61)

    assert (before, ask(fub, "GET", "/v1/identity", sign=sign).status) == (200, 401)


def test_paths(fub):
    """
    A path that names no collection is told apart from a person who is not there.
    """
    assert "Collection name 'Em'" in messages(ask(fub, "GET", "/v1/em"))
    assert "Collection name" not in messages(ask(fub, "GET", "/v1/people/999"))
    assert ask(fub, "GET", "/people").status == 404


def test_merge_tags(fub):
    """
    With mergeTags tags are added, and a source is written once.
    """
    ask(fub, "PUT", "/v1/people/7", {"tags": ["VIP"], "source": "A"}, mergeTags="true")
    ask(fub, "PUT", "/v1/people/7", {"source": "B"})
    person = ask(fub, "GET", "/v1/people/7").json

    assert person["tags"] == ["Los Angeles", "VIP"]
    assert person["source"] == "A"


def test_null_clears(fub):
    """
    Null clears a custom field, and is left out after that.
    """
    ask(fub, "PUT", "/v1/people/7", {"customPetName": None})

    person = ask(fub, "GET", "/v1/people/7", fields="allFields").json
    assert "customPetName" not in person


def test_deduplicate(fub):
    """
    With deduplicate a known person is answered with, unchanged.
    """
    body = {"firstName": "Anna", "emails": [{"value": "ana@example.com"}]}
    known = ask(fub, "POST", "/v1/people", body, deduplicate="true")
    new = ask(fub, "POST", "/v1/people", body)

    assert (known.status, known.json["id"], known.json["firstName"]) == (200, 7, "Ana")
    assert (new.status, new.json["firstName"]) == (201, "Anna")


def test_custom_field_values(crm_simulator):
    """
    A choice that is none is refused, and so is writing what is read-only.
    """
    described = [
        {"label": "Tongue", "type": "dropdown", "choices": ["English", "Spanish"]},
        {"label": "Score", "type": "number", "readOnly": True},
    ]
    fub = crm_simulator("followupboss", contacts=[ANA], custom_fields=described)

    def change(**body):
        return ask(fub, "PUT", "/v1/people/7", body).status

    assert change(customTongue="Spanish") == 200
    assert change(customTongue="Klingon") == 400
    assert change(customScore=3) == 400
    assert change(customNothing="x") == 400


def test_deep_offset(crm_simulator):
    """
    A deep offset is refused, whatever is there; the next page is had by its link.
    """
    fub = crm_simulator("followupboss", contacts=3, limit="off", deepest=2)
    page = ask(fub, "GET", "/v1/people", limit=2, fields="id").json
    refused = ask(fub, "GET", "/v1/people", limit=2, offset=2)
    link = page["_metadata"]["nextLink"].removeprefix(fub.base_url)

    assert messages(refused) == "Deep pagination disabled, use 'nextLink' url"
    last = ask(fub, "GET", link).json
    assert [list(one) for one in last["people"]] == [["id"]]
    assert "next" not in last["_metadata"]


def test_page_size(crm_simulator):
    """
    A page has ten people unless another number is asked for, and never more than 100.
    """
    fub = crm_simulator("followupboss", contacts=120, limit="off")
    sizes = [
        len(ask(fub, "GET", "/v1/people", **query).json["people"])
        for query in ({}, {"limit": 50}, {"limit": 1000})
    ]

    assert sizes == [10, 50, 100]


def test_not_ready(crm_simulator):
    """
    A person who was made just now takes no activities for some seconds.
    """
    fub = crm_simulator("followupboss", not_ready=5, limit="off")
    made = ask(fub, "POST", "/v1/people", {"firstName": "Fay"}).json["id"]
    body = {"personId": made, "body": "Hello"}
    early = ask(fub, "POST", "/v1/notes", body).status
    fub.clock.advance(5)

    assert (early, ask(fub, "POST", "/v1/notes", body).status) == (404, 201)
    assert ask(fub, "GET", f"/v1/people/{made}").status == 200


@pytest.mark.parametrize(
    ("merged", "status", "answered"), [("moved", 200, 8), ("gone", 404, None)]
)
def test_merged(crm_simulator, merged, status, answered):
    """
    A merged id answers with the person that it became, or is gone; both keep all notes.
    """
    people = [ANA, {"id": 8, "firstName": "Bo"}]
    fub = crm_simulator("followupboss", contacts=people, merged=merged)
    ask(fub, "POST", "/v1/notes", NOTE)
    fub.crm.merge("8", "7")
    found = ask(fub, "GET", "/v1/people/7")

    assert (found.status, found.json.get("id")) == (status, answered)
    assert len(fub.activities("notes", "8")) == 1
    assert [one["id"] for one in ask(fub, "GET", "/v1/people").json["people"]] == [8]


def test_events_status(crm_simulator):
    """
    An event answers 200, 201 for somebody new, 404 for nobody, 204 for an archived source.
    """
    fub = crm_simulator("followupboss", contacts=[ANA], archived=["Old site"])
    new = {"firstName": "Gus", "emails": [{"value": "gus@example.com"}]}
    bodies = [
        EVENT,
        {**EVENT, "person": new},
        {**EVENT, "person": {"id": 999}},
        {**EVENT, "source": "Old site"},
        {**EVENT, "type": "Virtually Toured Property"},
        {**EVENT, "campaign": {"medium": "mail"}},
        {**EVENT, "property": {"bedrooms": 3}},
    ]
    answers = [ask(fub, "POST", "/v1/events", body) for body in bodies]

    assert [one.status for one in answers] == [200, 201, 404, 204, 400, 400, 400]
    assert answers[3].json is None
    assert len(fub.activities("events")) == 2


def test_inquiry(fub):
    """
    Inquiry is short for an inquiry about a property if there is one, else a general one.
    """
    for more in ({}, {"property": {"city": "Reno"}}):
        ask(fub, "POST", "/v1/events", {**EVENT, "type": "Inquiry", **more})

    kinds = [one["properties"]["type"] for one in fub.activities("events")]
    assert kinds == ["General Inquiry", "Property Inquiry"]


def test_texts_need_a_system(fub):
    """
    Texts are taken from registered systems alone; a wrong key registers nobody.
    """
    body = {"personId": 7, "message": "Hi", "toNumber": "1", "fromNumber": "2"}

    assert ask(fub, "POST", "/v1/textMessages", body, system=False).status == 403
    assert ask(fub, "POST", "/v1/textMessages", body, system="wrong").status == 403
    assert ask(fub, "POST", "/v1/textMessages", body).status == 201


def test_expired_account(crm_simulator):
    """
    An expired account takes leads, tells who asks, and refuses all else.
    """
    fub = crm_simulator("followupboss", contacts=[ANA], expired=True)

    assert ask(fub, "GET", "/v1/people").status == 403
    assert ask(fub, "POST", "/v1/notes", NOTE).status == 403
    assert ask(fub, "GET", "/v1/identity").status == 200
    assert ask(fub, "POST", "/v1/events", EVENT).status == 200


def test_agents(fub):
    """
    An agent sees the people assigned to them, and none of the others.
    """
    ask(fub, "PUT", "/v1/people/8", {"assignedUserId": 8})
    sign = basic(fub.add_token(user=8))
    seen = ask(fub, "GET", "/v1/people", sign=sign).json["people"]

    assert [one["id"] for one in seen] == [8]
    assert ask(fub, "GET", "/v1/people/7", sign=sign).status == 404
    assert ask(fub, "POST", "/v1/notes", NOTE, sign=sign).status == 404


def test_options_of_accounts(crm_simulator):
    """
    An account may list no notes, and may answer 200 where others say 201.
    """
    fub = crm_simulator("followupboss", contacts=[ANA], list_notes=False, created=200)
    made = ask(fub, "POST", "/v1/notes", NOTE)

    assert made.status == 200
    assert ask(fub, "GET", "/v1/notes", personId=7).status == 405
    assert ask(fub, "GET", f"/v1/notes/{made.json['id']}").json["body"] == "Hello"


def test_recordings_are_hidden(crm_simulator):
    """
    The address of a recording is hidden from other systems, which change no calls either.
    """
    systems = {"simulated-system": "simulated-system-key"}
    fub = crm_simulator("followupboss", contacts=[ANA], systems=systems)
    body = {"personId": 7, "phone": "1", "isIncoming": True}
    made = ask(fub, "POST", "/v1/calls", {**body, "recordingUrl": "https://example.com/r"})
    path = f"/v1/calls/{made.json['id']}"

    assert ask(fub, "GET", path).json["recordingUrl"] == "https://example.com/r"
    hidden = ask(fub, "GET", path, system=False).json["recordingUrl"]
    assert hidden == "* Recording URL is hidden for privacy reasons *"
    assert ask(fub, "PUT", path, {"note": "x"}, system=False).status == 403
    assert ask(fub, "DELETE", path).status == 405


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("notes", {"personId": "7"}),
        ("notes", {"body": "nobody's"}),
        ("notes", {"personId": 7, "color": "red"}),
        ("calls", {"personId": 7, "phone": "1"}),
        ("calls", {"personId": 7, "phone": 1, "isIncoming": True}),
        ("tasks", {"personId": 7, "assignedUserId": 8, "type": "Nap"}),
        ("tasks", {"personId": 7, "assignedUserId": 8, "dueDate": "tomorrow"}),
        ("appointments", {"title": "T", "start": "2026-05-15T17:00:00Z"}),
        (
            "appointments",
            {"title": "T", "start": "2026-05-15T17:00:00Z", "end": "2026-05-15T16:00:00Z"},
        ),
        ("emEvents", {"emEvents": [{"type": "open", "recipient": "a@example.com"}]}),
        ("emEvents", {"emEvents": [DELIVERED] * 1001}),
        ("emCampaigns", {"origin": "x", "name": "no id"}),
        ("people", {"tags": "VIP"}),
        ("people", {"emails": ["ana@example.com"]}),
        ("notes", b"{"),
        ("notes", []),
    ],
)
def test_wrong_bodies(fub, path, body):
    """
    What is of the wrong type, unknown, missing or too much is refused, and nothing is kept.
    """
    answer = ask(fub, "POST", f"/v1/{path}", body)

    assert answer.status == HTTPStatus.BAD_REQUEST
    assert messages(answer)
    assert (fub.activities(), len(fub.contacts())) == ([], 2)


@pytest.mark.parametrize(
    "query",
    [
        *({"limit": "x"}, {"limit": 0}, {"offset": -1}, {"next": "?"}, {"shoeSize": 9}),
        *({"fields": "shoeSize"}, {"fields": "id," * 200}, {"updatedAfter": "lately"}),
    ],
)
def test_wrong_queries(fub, query):
    """
    A list that is asked for wrongly is refused.
    """
    assert ask(fub, "GET", "/v1/people", **query).status == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    "options",
    [
        *({"merged": "maybe"}, {"created": 204}, {"custom_fields": [{"type": "text"}]}),
        *({"contacts": [{"id": "x"}]}, {"contacts": [{"shoeSize": 9}]}, {"limit": "many"}),
    ],
)
def test_wrong_options(options):
    """
    An option that makes no sense is refused at once.
    """
    with pytest.raises(ValueError, match=r"\w"):
        Simulator("followupboss", **options)
