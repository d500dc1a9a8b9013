"""
The simulator's answers have the keys and types of those that HubSpot and others published.

The vendor's models leave nearly all open; these tables say what really comes. A key with a
question mark may be missing, and no other key may come.
"""

import json
import re
from functools import partial

import pytest
from tests.contrib.simulator.vendor import client, send

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
ID = re.compile(r"\d+")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CONTACT_DEFAULTS = {
    "createdate": TIME,
    "email": str,
    "firstname": str,
    "hs_object_id": ID,
    "lastmodifieddate": TIME,
    "lastname": str,
}
RECORD = {"id": ID, "createdAt": TIME, "updatedAt": TIME, "archived": bool}
CONTACT = {**RECORD, "properties": CONTACT_DEFAULTS}
NOTE = {
    **RECORD,
    "properties": {
        "hs_all_owner_ids": str,
        "hs_body_preview": str,
        "hs_body_preview_html": str,
        "hs_body_preview_is_truncated": re.compile("false"),
        "hs_createdate": TIME,
        "hs_lastmodifieddate": TIME,
        "hs_note_body": str,
        "hs_object_coordinates": re.compile(r"0-46-\d+"),
        "hs_object_id": ID,
        "hs_object_source": str,
        "hs_object_source_id": ID,
        "hs_object_source_label": str,
        "hs_timestamp": TIME,
        "hubspot_owner_assigneddate": TIME,
        "hubspot_owner_id": ID,
    },
}
BATCH = {"status": re.compile("COMPLETE"), "startedAt": TIME, "completedAt": TIME}
LINK = {"id": ID, "type": str}
ROW_ERROR = {
    "status": re.compile("error"),
    "category": re.compile("[A-Z_]+"),
    "message": str,
}
ERROR = {"status": re.compile("error"), "message": str, "correlationId": UUID}
CATEGORY = re.compile("[A-Z_]+")
VERSIONS = ["objects/2026-03", "objects/2026-09", "v3/objects"]
PEOPLE = [
    {"id": "801", "firstname": "Ana", "lastname": "Reyes", "email": "ana@example.com"},
    {"id": "802", "firstname": "Bo", "lastname": "Okafor", "email": "bo@example.com"},
]
MADE = {
    "properties": {
        "hs_timestamp": "2026-05-04T09:30:00.250Z",
        "hs_note_body": "Hello",
        "hubspot_owner_id": "77",
    },
    "associations": [],
}


def differences(shape, value, at="$"):
    """
    Yield where a value has not the keys and types of a shape.
    """
    if isinstance(shape, dict):
        yield from _keys(shape, value, at)
    elif isinstance(shape, list):
        if not isinstance(value, list) or not value:
            yield f"{at} is no list with something in it"
            return
        for number, item in enumerate(value):
            yield from differences(shape[0], item, f"{at}[{number}]")
    elif isinstance(shape, re.Pattern):
        if not isinstance(value, str) or not shape.fullmatch(value):
            yield f"{at} is {value!r}"
    elif type(value) is not shape:
        yield f"{at} is {type(value).__name__}"


def _keys(shape, value, at):
    known = {key.removesuffix("?"): inner for key, inner in shape.items()}
    needed = {key for key in shape if not key.endswith("?")}
    for key in needed - value.keys():
        yield f"{at}.{key} is missing"
    for key in value.keys() - known.keys():
        yield f"{at}.{key} is too many"
    for key in value.keys() & known.keys():
        yield from differences(known[key], value[key], f"{at}.{key}")


@pytest.fixture
def hub(crm_simulator):
    """
    Return an account with two contacts.
    """
    app = {"refresh_token": "na1-first", "scopes": ["oauth"]}
    return crm_simulator("hubspot", contacts=PEOPLE, search_lag=0, app=app)


@pytest.fixture
def ask(hub):
    """
    Return a function that sends a request, and returns the answer's status and its JSON.
    """
    return partial(send, hub)


@pytest.mark.parametrize("version", VERSIONS)
def test_page(ask, version):
    """
    A page has results, and paging while there is more.
    """
    link = re.compile(rf"http://127\.0\.0\.1:\d+/crm/{version}/contacts\?.*after=\w+.*")
    paging = {"next": {"after": str, "link": link}}

    status, first = ask("GET", f"/crm/{version}/contacts?limit=1")
    _, last = ask("GET", f"/crm/{version}/contacts?limit=2")

    assert status == 200
    assert list(differences({"results": [CONTACT], "paging": paging}, first)) == []
    assert list(differences({"results": [CONTACT]}, last)) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_search(ask, version):
    """
    A search tells its total beside the results.
    """
    shape = {"total": int, "results": [CONTACT]}

    status, found = ask("POST", f"/crm/{version}/contacts/search", {"limit": 5})

    assert status == 200
    assert list(differences(shape, found)) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_batch_read(ask, version):
    """
    A batch read has errors, and their number, only if something is missing.
    """
    path = f"/crm/{version}/contacts/batch/read"
    missing = {**ROW_ERROR, "context": {"ids": [ID]}}
    partly = {**BATCH, "results": [CONTACT], "numErrors": int, "errors": [missing]}

    whole = ask("POST", path, {"inputs": [{"id": "801"}], "properties": []})
    some = ask("POST", path, {"inputs": [{"id": "801"}, {"id": "9"}], "properties": []})

    assert (whole[0], some[0]) == (200, 207)
    assert list(differences({**BATCH, "results": [CONTACT]}, whole[1])) == []
    assert list(differences(partly, some[1])) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_note(ask, version):
    """
    A new note comes back with what HubSpot made of it, alone and in a batch.
    """
    path = f"/crm/{version}/notes"

    alone = ask("POST", path, MADE)
    several = ask("POST", f"{path}/batch/create", {"inputs": [MADE]})

    assert (alone[0], several[0]) == (201, 201)
    assert list(differences(NOTE, alone[1])) == []
    assert list(differences({**BATCH, "results": [NOTE]}, several[1])) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_batch_create(ask, version):
    """
    A bad input is told in its own words, with its trace id.
    """
    bad = {"properties": {"missing": "1"}, "associations": []}
    inputs = [
        {**MADE, "objectWriteTraceId": "a1"},
        {**bad, "objectWriteTraceId": "a2"},
    ]
    error = {
        **ROW_ERROR,
        "message": re.compile(r'Property values were not valid: \[\{.*"missing".*\}\]'),
        "context": {"objectWriteTraceId": [re.compile("a2")]},
    }
    shape = {**BATCH, "results": [NOTE], "numErrors": int, "errors": [error]}

    status, made = ask("POST", f"/crm/{version}/notes/batch/create", {"inputs": inputs})

    assert status == 207
    assert list(differences(shape, made)) == []


def test_associations(hub, ask):
    """
    A contact's company comes once for each label of the association.
    """
    _, company = ask("POST", "/crm/v3/objects/companies", {"properties": {"name": "Elm"}})
    spec = [
        {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}
        for type_id in (1, 279)
    ]
    path = f"/crm/v4/objects/contacts/801/associations/companies/{company['id']}"
    ask("PUT", path, spec)

    _, found = ask("GET", "/crm/v3/objects/contacts/801?associations=companies")

    shape = {**CONTACT, "associations": {"companies": {"results": [LINK]}}}
    assert list(differences(shape, found)) == []
    assert found["associations"]["companies"]["results"] == [
        {"id": company["id"], "type": "contact_to_company"},
        {"id": company["id"], "type": "contact_to_company_unlabeled"},
    ]


def test_tokens(hub):
    """
    A token's answer, and its refusal, have the documented keys.
    """
    form = {"grant_type": "refresh_token", "refresh_token": "na1-first"}
    app = {"client_id": "simulated-app", "client_secret": "simulated-secret"}
    shape = {
        "token_type": re.compile("bearer"),
        "refresh_token": str,
        "access_token": str,
        "hub_id": int,
        "scopes": [str],
        "expires_in": int,
    }
    api = client(hub).oauth.tokens_api

    api.create(**form, **app)

    answered = json.loads(api.api_client.last_response.data)
    assert list(differences(shape, answered)) == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "shape"),
    [
        pytest.param(
            "POST",
            "/crm/objects/2026-09/contacts",
            {"properties": {"annual": "1"}},
            400,
            {
                **ERROR,
                "category": CATEGORY,
                "errors": [
                    {"message": str, "code": CATEGORY, "context": {"propertyName": [str]}}
                ],
            },
            id="validation",
        ),
        pytest.param(
            "POST",
            "/crm/objects/2026-09/contacts",
            {"properties": {"email": "ana@example.com"}},
            409,
            {
                **ERROR,
                "category": re.compile("CONFLICT"),
                "message": re.compile(r"Contact already exists\. Existing ID: 801"),
            },
            id="conflict",
        ),
        pytest.param(
            "GET",
            "/crm/objects/2026-09/contacts/9",
            None,
            404,
            {**ERROR, "message": re.compile("resource not found")},
            id="not found",
        ),
    ],
)
def test_refusals(ask, method, path, body, status, shape):
    """
    A refusal has the keys of the published one.
    """
    found, answer = ask(method, path, body)

    assert found == status
    assert list(differences(shape, answer)) == []


@pytest.mark.parametrize(
    ("options", "status", "shape"),
    [
        pytest.param(
            {"expires_in": 0},
            401,
            {**ERROR, "category": CATEGORY, "context": {"expire time": [TIME]}},
            id="expired",
        ),
        pytest.param(
            {"scopes": ["oauth"]},
            403,
            {
                **ERROR,
                "category": CATEGORY,
                "errors": [{"message": str, "context": {"requiredGranularScopes": [str]}}],
            },
            id="scopes",
        ),
    ],
)
def test_tokens_refused(hub, ask, options, status, shape):
    """
    The refusal of a token has the keys of the published one.
    """
    token = hub.add_token(**options)

    found, answer = ask("GET", "/crm/objects/2026-09/contacts", token=token)

    assert found == status
    assert list(differences(shape, answer)) == []


@pytest.mark.parametrize("status", [401, 403])
def test_faults(hub, ask, status):
    """
    A refusal on demand has the keys of a real one.
    """
    named = [{"message": str, "context": {"requiredGranularScopes": [str]}}]
    more = {403: {"errors": named}}.get(status, {})
    hub.fault(status)

    _, answer = ask("GET", "/crm/objects/2026-09/contacts")

    assert list(differences({**ERROR, "category": CATEGORY, **more}, answer)) == []


@pytest.mark.parametrize("policy", ["TEN_SECONDLY_ROLLING", "SECONDLY", "DAILY"])
def test_limits(hub, ask, policy):
    """
    A limit's refusal names its policy.
    """
    shape = {
        **ERROR,
        "message": re.compile(f"You have reached your {policy.lower()} limit."),
        "errorType": re.compile("RATE_LIMIT"),
        "policyName": re.compile(policy),
        "requestId?": str,
        "groupName?": str,
    }
    hub.fault(429, policy=policy)

    status, answer = ask("GET", "/crm/objects/2026-09/contacts")

    assert status == 429
    assert list(differences(shape, answer)) == []
