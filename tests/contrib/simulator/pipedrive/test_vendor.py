"""
pipedrive-python-lib, which knows nothing of this package, works with it.
"""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from pipedrive import exceptions
from tests.contrib.simulator.pipedrive.conftest import ANA, BO, FIELDS
from tests.contrib.simulator.pipedrive.vendor import vendor


@pytest.fixture
def pipe(crm_simulator):
    """
    Return a Pipedrive that keeps all of version 1.
    """
    return crm_simulator(
        "pipedrive", contacts=[ANA, BO], fields=FIELDS, old_version=True, limit="off"
    )


@pytest.fixture
def crm(pipe):
    """
    Return the client of that Pipedrive.
    """
    return vendor(pipe)


@pytest.fixture
def code(crm):
    """
    Return a function that tells a custom field's key by its name.
    """
    fields = crm.persons.get_person_fields()["data"]
    return {field["name"]: field["key"] for field in fields}.__getitem__


def test_person(crm):
    """
    A person is created, read, changed, deleted, and then gone.
    """
    body = {"name": "Cy Berg", "email": ["cy@example.com"], "phone": "+45 9"}
    made = crm.persons.create_person(body)["data"]
    read = crm.persons.get_person(made["id"])["data"]
    changed = crm.persons.update_person(made["id"], {"name": "Cy Holm"})["data"]

    assert read == made
    assert (read["email"][0]["value"], read["email"][0]["primary"]) == (
        "cy@example.com",
        True,
    )
    assert read["phone"][0]["value"] == "+45 9"
    assert (changed["name"], changed["email"]) == ("Cy Holm", read["email"])
    assert crm.persons.delete_person(made["id"])["data"]["id"] == made["id"]
    assert crm.persons.get_person(made["id"])["data"]["active_flag"] is False
    with pytest.raises(exceptions.GoneError):
        crm.persons.delete_person(made["id"])


def test_one_state(crm, pipe):
    """
    Both versions tell of the same persons.
    """
    made = crm.persons.create_person({"name": "Cy", "visible_to": "7"})["data"]
    headers = {"x-api-token": pipe.token}
    url = f"{pipe.base_url}/api/v2/persons/{made['id']}"
    newer = requests.get(url, headers=headers, timeout=10).json()["data"]

    assert (newer["name"], newer["visible_to"]) == ("Cy", 7)
    assert newer["add_time"].replace("T", " ").rstrip("Z") == made["add_time"]


def test_custom_fields(crm, code):
    """
    Custom fields are flat: choices as text, money in two keys.
    """
    body = {
        code("Tier"): "28",
        code("Likes"): "31,32",
        code("Budget"): 450000,
        f"{code('Budget')}_currency": "SEK",
        code("Language"): "es",
    }
    crm.persons.update_person(7, body)
    read = crm.persons.get_person(7)["data"]

    assert {key: read[key] for key in body} == body


def test_pages(crm, pipe):
    """
    Pages are walked by start and limit; a list of nobody is null.
    """
    pipe.add_contacts(3)
    seen, start = [], 0
    while True:
        page = crm.persons.get_all_persons(params={"start": start, "limit": 2})
        seen += [one["id"] for one in page["data"]]
        told = page["additional_data"]["pagination"]
        if not told["more_items_in_collection"]:
            break
        start = told["next_start"]

    assert seen == [7, 8, 9, 10, 11]
    assert crm.persons.get_all_persons(params={"start": 5})["data"] is None


def test_search(crm):
    """
    A search finds a person by address.
    """
    params = {"term": "ana@example.com", "fields": "email", "exact_match": "true"}
    items = crm.persons.search_persons(params=params)["data"]["items"]

    assert [one["item"]["id"] for one in items] == [7]


def test_activity(crm, pipe):
    """
    An activity is created with a person, read, changed, listed, deleted.
    """
    body = {"subject": "Call Ana", "type": "call", "person_id": 7, "due_time": "10:30"}
    made = crm.activities.create_activity(body)["data"]
    done = crm.activities.update_activity(made["id"], {"done": 1, "user_id": 102})["data"]

    assert (made["person_id"], made["done"], made["due_time"]) == (7, False, "10:30")
    assert made["participants"] == [{"person_id": 7, "primary_flag": True}]
    assert (done["done"], done["user_id"], done["subject"]) == (True, 102, "Call Ana")
    assert crm.activities.get_activity(made["id"])["data"] == done
    assert crm.activities.get_all_activities()["data"] == [done]
    assert crm.persons.get_person_activities(7)["data"] == [done]
    assert crm.persons.get_person_activities(8)["data"] is None
    assert [one["client_ids"] for one in pipe.activities("activities")] == [["7"]]
    crm.activities.delete_activity(made["id"])
    assert crm.activities.get_all_activities()["data"] is None


def test_note(crm, pipe):
    """
    A note is created, read, changed, listed, deleted.
    """
    made = crm.notes.create_note({"content": "<b>Hi</b>", "person_id": 7})["data"]
    changed = crm.notes.update_note(made["id"], {"content": "Ho"})["data"]

    assert crm.notes.get_note(made["id"])["data"] == changed
    listed = crm.notes.get_all_notes(params={"person_id": 7})["data"]
    assert [one["content"] for one in listed] == ["Ho"]
    assert crm.notes.delete_note(made["id"])["data"] is True
    assert pipe.activities("notes") == []


def test_users(crm):
    """
    Users are listed and read.
    """
    assert crm.users.get_me()["data"]["company_domain"] == "acme"
    assert [one["id"] for one in crm.users.get_all_users()["data"]] == [101, 102]
    assert crm.users.get_user(102)["data"]["is_you"] is False


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (400, exceptions.BadRequestError),
        (401, exceptions.UnauthorizedError),
        (403, exceptions.ForbiddenError),
        (404, exceptions.NotFoundError),
        (410, exceptions.GoneError),
        (429, exceptions.TooManyRequestsError),
        (500, exceptions.InternalServerError),
        (503, exceptions.ServiceUnavailableError),
        (402, exceptions.UnknownError),
    ],
)
def test_errors(crm, pipe, fault, error):
    """
    Each class of error is the client's own, with the message as its text.
    """
    pipe.fault(fault)
    with pytest.raises(error, match=r"\w"):
        crm.persons.get_person(7)


@pytest.mark.parametrize(
    ("part", "call", "body"),
    [
        ("persons", "create_person", {}),
        ("persons", "create_person", {"name": "X", "email": 5}),
        ("persons", "create_person", {"name": "X", "owner_id": 5}),
        ("activities", "create_activity", {"type": "dance"}),
        ("activities", "create_activity", {"due_date": "x"}),
        ("activities", "create_activity", {"duration": "x"}),
        ("activities", "create_activity", {"done": "yes"}),
        ("notes", "create_note", {"person_id": 7}),
    ],
)
def test_refused(crm, part, call, body):
    """
    What is wrong is a bad request.
    """
    with pytest.raises(exceptions.BadRequestError):
        getattr(getattr(crm, part), call)(body)


def test_missing(crm):
    """
    What is not there is not found.
    """
    with pytest.raises(exceptions.NotFoundError, match="Person not found"):
        crm.persons.get_person(99)


def test_oauth(crm_simulator):
    """
    The client signs in by code, refreshes, and goes on with the new token.
    """
    pipe = crm_simulator("pipedrive", contacts=1, old_version=True)
    crm = vendor(pipe, access_token="none")
    with pytest.raises(exceptions.UnauthorizedError, match="access token is invalid"):
        crm.users.get_me()
    back = "https://app.example/back"
    url = crm.authorization_url(back, state="s")
    answer = requests.get(url, allow_redirects=False, timeout=10)
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    grant = crm.exchange_code(back, code)
    crm.set_access_token(crm.refresh_token(grant["refresh_token"])["access_token"])

    assert crm.persons.get_person(1)["data"]["name"] == "Ana Alves"
    with pytest.raises(exceptions.BadRequestError, match="invalid_grant"):
        crm.refresh_token("x")
