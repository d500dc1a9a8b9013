"""
Answers of the published form, key by key, become what crmkit makes of them.

Values are invented; keys, types and what is left out are those of HubSpot's documentation
and of answers that others have published.
"""

import re
from datetime import UTC, datetime

import pytest
from tests.core.server import Answer, Server

from crmkit import (
    AccessDeniedError,
    ActivityRecord,
    AuthenticationError,
    ClientNotFoundError,
    CRMConnector,
    CRMError,
    InvalidRequestError,
    RateLimitedError,
    stable_id,
)

TRACE_ID = "8f14e45f-0000-4000-8000-000000000042"
STARTED, COMPLETED = "2026-05-04T09:30:00.610Z", "2026-05-04T09:30:00.910Z"
MOMENT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
SCHEMA = {
    "results": [
        {"name": name, "label": name, "type": "string", "hubspotDefined": True}
        for name in ("firstname", "lastname", "email", "lastmodifieddate")
    ]
}


def contact(id_, **properties):
    """
    Make a contact as HubSpot sends it.
    """
    return {
        "id": id_,
        "properties": {
            "createdate": "2025-06-01T14:31:48.469Z",
            "hs_object_id": id_,
            "lastmodifieddate": "2026-04-07T20:27:17.947Z",
            **properties,
        },
        "createdAt": "2025-06-01T14:31:48.469Z",
        "updatedAt": "2026-04-07T20:27:17.947Z",
        "archived": False,
    }


def note(id_, body):
    """
    Make a note as HubSpot answers its creation: more properties than were sent.
    """
    return {
        "id": id_,
        "properties": {
            "hs_all_owner_ids": "11200077",
            "hs_body_preview": body,
            "hs_body_preview_html": f"<html>\n <head></head>\n <body>\n {body}\n</html>",
            "hs_body_preview_is_truncated": "false",
            "hs_createdate": "2026-05-04T09:30:00.701Z",
            "hs_lastmodifieddate": "2026-05-04T09:30:00.701Z",
            "hs_note_body": body,
            "hs_object_coordinates": f"0-46-{id_}",
            "hs_object_id": id_,
            "hs_object_source": "INTEGRATION",
            "hs_object_source_id": "7654321",
            "hs_object_source_label": "INTEGRATION",
            "hs_timestamp": "2026-05-04T09:30:00.000Z",
            "hubspot_owner_assigneddate": "2026-05-04T09:30:00.701Z",
            "hubspot_owner_id": "11200077",
        },
        "createdAt": "2026-05-04T09:30:00.701Z",
        "updatedAt": "2026-05-04T09:30:00.701Z",
        "archived": False,
    }


def batch(results, *errors):
    """
    Make a batch's answer: errors and their number only if there are any.
    """
    told = {"numErrors": len(errors), "errors": list(errors)} if errors else {}
    return {
        "status": "COMPLETE",
        "results": results,
        **told,
        "startedAt": STARTED,
        "completedAt": COMPLETED,
    }


@pytest.fixture(scope="module")
def server():
    """
    Run a server of which each test says what it answers.
    """
    server = Server()
    yield server
    server.close()


@pytest.fixture
def answers(server):
    """
    Return the answers by path; the schema of contacts is there already.
    """
    found = {r"/crm/properties/[\d-]+/contacts": Answer(json=SCHEMA)}

    def answer(request):
        matches = (made for path, made in found.items() if re.fullmatch(path, request.path))
        made = next(matches, Answer(status=404))
        return made(request) if callable(made) else made

    server.answer = answer
    return found


@pytest.fixture
def crm(server, answers, tmp_path):
    """
    Return a connector to that server.
    """
    with CRMConnector(
        default_provider="hubspot",
        settings={"hubspot": {"base_url": server.url}},
        credentials="pat-invented",
        store=f"sqlite:///{tmp_path}/outbox.db",
        max_retries=0,
    ) as crm:
        yield crm


CONTACTS = r"/crm/objects/[\d-]+/contacts"


def test_list(crm, answers):
    """
    A page of contacts leads to the next one by its cursor, until there is no paging.
    """
    pages = {
        None: {
            "results": [contact("44101", firstname="Ana", email="ana@example.com")],
            "paging": {
                "next": {
                    "after": "44102",
                    "link": "https://crm.example.com/contacts?limit=1&after=44102",
                }
            },
        },
        "44102": {"results": [contact("44102", firstname="Bo", lastname=None)]},
    }
    answers[CONTACTS] = lambda request: Answer(json=pages[request.query.get("after")])

    found = list(crm.iter_clients())

    assert [(one.id, one.first_name, one.last_name) for one in found] == [
        ("44101", "Ana", None),
        ("44102", "Bo", None),
    ]
    assert found[0].updated_at == datetime(2026, 4, 7, 20, 27, 17, 947_000, tzinfo=UTC)


def test_associations(crm, answers):
    """
    A contact that comes with associations, one of them under two labels, is read as ever.
    """
    links = [
        {"id": "7980001", "type": "contact_to_company"},
        {"id": "7980001", "type": "contact_to_company_unlabeled"},
    ]
    record = contact("44101", email="ana@example.com")
    record["associations"] = {"companies": {"results": links}}
    answers[f"{CONTACTS}/44101"] = Answer(json=record)

    found = crm.get_client_data("44101", include=["raw"])

    assert (found.id, found.email) == ("44101", "ana@example.com")
    assert len(found.raw["associations"]["companies"]["results"]) == 2


@pytest.mark.parametrize("status", [200, 207])
def test_missing(crm, answers, status):
    """
    A batch read names missing ids in one error; each is not found, the rest is read.
    """
    error = {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": "Could not get some CONTACT objects, they may be deleted or not exist.",
        "context": {"ids": ["44103", "44104"]},
    }
    read = batch([contact("44102"), contact("44101")], error)
    answers[f"{CONTACTS}/batch/read"] = Answer(status=status, json=read)

    found = crm.get_clients_data(["44101", "44102", "44103", "44104"])

    assert [found[one].id for one in ("44101", "44102")] == ["44101", "44102"]
    assert [type(found[one]) for one in ("44103", "44104")] == [ClientNotFoundError] * 2


NOTES = r"/crm/objects/[\d-]+/notes/batch/create"


def records(*texts):
    """
    Make notes for one contact.
    """
    return [
        ActivityRecord(
            type="note",
            id=stable_id(text),
            client_id="44101",
            description=text,
            timestamp=MOMENT,
        )
        for text in texts
    ]


def written(request, *, but=()):
    """
    Return the notes that a request asks for, the last first, but for those of these texts.
    """
    inputs = request.json()["inputs"]
    bodies = [one["properties"]["hs_note_body"] for one in inputs]
    kept = [body for body in bodies if not body.startswith(tuple(but))]
    return [note(str(77_000 + number), body) for number, body in enumerate(kept)][::-1]


@pytest.mark.parametrize("status", [200, 201])
def test_created(crm, answers, status):
    """
    Notes that come back in another order are matched to their activities.
    """
    answers[NOTES] = lambda request: Answer(status=status, json=batch(written(request)))

    report = crm.batch_sync_activities(records("One", "Two", "Three"))

    assert [(one.status, one.remote_id) for one in report] == [
        ("synced", "77000"),
        ("synced", "77001"),
        ("synced", "77002"),
    ]


@pytest.mark.parametrize("status", [200, 201, 207])
def test_partly(crm, answers, status):
    """
    A bad note is told by its trace id, with property and code; the others are synced.
    """

    def answer(request):
        (trace,) = [
            one["objectWriteTraceId"]
            for one in request.json()["inputs"]
            if one["properties"]["hs_note_body"].startswith("Bad")
        ]
        error = {
            "status": "error",
            "category": "VALIDATION_ERROR",
            "message": "Property values were not valid: "
            '[{"isValid":false,"message":"Property \\"colour\\" does not exist",'
            '"error":"PROPERTY_DOESNT_EXIST","name":"colour","portalId":7654321}]',
            "context": {"objectWriteTraceId": [trace]},
        }
        return Answer(status=status, json=batch(written(request, but=["Bad"]), error))

    answers[NOTES] = answer

    report = crm.batch_sync_activities(records("Good", "Bad", "Fine"))

    assert [one.status for one in report] == ["synced", "dead", "synced"]
    assert "PROPERTY_DOESNT_EXIST: colour" in str(report[1].error)


def test_unnamed(crm, answers):
    """
    An error that names no input leaves open which it was: none is taken for done or dead.
    """

    def answer(request):
        error = {"status": "error", "category": "VALIDATION_ERROR", "message": "Invalid"}
        return Answer(status=207, json=batch([], error))

    answers[NOTES] = answer

    report = crm.batch_sync_activities(records("One", "Two"))

    assert [one.status for one in report] == ["uncertain", "uncertain"]


LIMIT = {"status": "error", "errorType": "RATE_LIMIT", "correlationId": TRACE_ID}


@pytest.mark.parametrize(
    ("status", "body", "kind", "told"),
    [
        pytest.param(
            401,
            {
                "status": "error",
                "message": "Authentication credentials not found.",
                "correlationId": TRACE_ID,
                "category": "INVALID_AUTHENTICATION",
            },
            AuthenticationError,
            "401 - Unauthorized: the token is wrong",
            id="invalid",
        ),
        pytest.param(
            401,
            {
                "status": "error",
                "message": "The OAuth token used expired 60 second(s) ago.",
                "correlationId": TRACE_ID,
                "category": "EXPIRED_AUTHENTICATION",
                "context": {"expire time": ["2026-05-04T09:29:00.040Z"]},
            },
            AuthenticationError,
            "401 - Unauthorized: the token has expired",
            id="expired",
        ),
        pytest.param(
            403,
            {
                "status": "error",
                "message": "This app hasn't been granted all required scopes.",
                "correlationId": TRACE_ID,
                "errors": [
                    {
                        "message": "One or more of the following scopes are required.",
                        "context": {
                            "requiredGranularScopes": [
                                "crm.objects.contacts.read",
                                "sales-email-read",
                            ]
                        },
                    }
                ],
                "category": "MISSING_SCOPES",
            },
            AccessDeniedError,
            "crm.objects.contacts.read or sales-email-read",
            id="scopes",
        ),
        pytest.param(
            400,
            {
                "status": "error",
                "message": "Text with ana@example.com in it.",
                "errors": [
                    {
                        "message": "rebate was not a valid number",
                        "code": "INVALID_INTEGER",
                        "context": {"propertyName": ["rebate"]},
                    }
                ],
                "category": "VALIDATION_ERROR",
                "correlationId": TRACE_ID,
            },
            InvalidRequestError,
            "400 - Bad Request: VALIDATION_ERROR; INVALID_INTEGER: rebate",
            id="validation",
        ),
        pytest.param(
            409,
            {
                "status": "error",
                "message": "Contact already exists. Existing ID: 44109",
                "correlationId": TRACE_ID,
                "category": "CONFLICT",
            },
            InvalidRequestError,
            "existing id 44109",
            id="conflict",
        ),
        pytest.param(
            429,
            {
                **LIMIT,
                "message": "You have reached your ten_secondly_rolling limit.",
                "policyName": "TEN_SECONDLY_ROLLING",
                "groupName": "publicapi:private-app-api-calls-ten-secondly:7654321",
            },
            RateLimitedError,
            "TEN_SECONDLY_ROLLING",
            id="ten seconds",
        ),
        pytest.param(
            429,
            {
                **LIMIT,
                "message": "You have reached your secondly limit.",
                "groupName": "publicapi:crm:search:7654321",
                "policyName": "SECONDLY",
                "requestId": "0f0e0d0c0b0a09080706050403020100",
            },
            RateLimitedError,
            "SECONDLY",
            id="second",
        ),
        pytest.param(
            429,
            {
                **LIMIT,
                "message": "You have reached your daily limit.",
                "policyName": "DAILY",
                "requestId": "3d3e35b7-0000-4000-8000-000000000000",
            },
            RateLimitedError,
            "DAILY",
            id="day",
        ),
    ],
)
def test_errors(crm, answers, status, body, kind, told):
    """
    Each published error becomes one of crmkit's, which says what to do and how to ask.
    """
    answers[f"{CONTACTS}/44101"] = Answer(status=status, json=body)

    with pytest.raises(kind) as raised:
        crm.get_client_data("44101")

    assert told in str(raised.value)
    assert raised.value.request_id == TRACE_ID
    assert "ana@example.com" not in str(raised.value)


ENVELOPE = {
    "status": "error",
    "message": "Text with ana@example.com in it.",
    "category": "VALIDATION_ERROR",
    "correlationId": TRACE_ID,
    "subCategory": "crm.objects.INVALID",
    "context": {"propertyName": ["rebate"]},
    "links": {"knowledge": "https://help.example.com"},
    "errors": [
        {
            "message": "rebate was not a valid number",
            "code": "INVALID_INTEGER",
            "in": "properties",
            "subCategory": "crm.INVALID",
            "context": {"propertyName": ["rebate"]},
        }
    ],
}


@pytest.mark.parametrize("lost", [*ENVELOPE, "all"])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequestError),
        (401, AuthenticationError),
        (403, AccessDeniedError),
        (409, InvalidRequestError),
        (429, RateLimitedError),
    ],
)
def test_optional(crm, answers, status, kind, lost):
    """
    Whichever field of an error is missing, its status alone tells what it is.
    """
    body = {} if lost == "all" else {**ENVELOPE}
    body.pop(lost, None)
    answers[f"{CONTACTS}/44101"] = Answer(status=status, json=body)

    with pytest.raises(CRMError) as raised:
        crm.get_client_data("44101")

    assert type(raised.value) is kind
    assert f"HubSpot API error: {status} - " in str(raised.value)
    assert "ana@example.com" not in str(raised.value)
