"""
What Follow Up Boss refuses is told in one sentence, by status, without anybody's words.
"""

import json

import pytest

from crmkit import (
    AccessDeniedError,
    ActivityRecord,
    AuthenticationError,
    ClientNotFoundError,
    ConfigurationError,
    InvalidRequestError,
    ProtocolError,
    Rate,
    RateLimitedError,
    Response,
)
from crmkit_followupboss import crmkit_provider
from crmkit_followupboss._errors import _FIELDS, error_from, limit_from
from crmkit_followupboss._kinds import KINDS, PROPERTY

URL = "https://api.followupboss.com/v1"


def answer(status, body=None, url=f"{URL}/people/7", **headers):
    """
    Return an answer with a JSON body.
    """
    content = b"" if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, headers=named, url=url, content=content)


def said(message):
    """
    Return the body of a refusal.
    """
    return {"errorMessage": message}


@pytest.mark.parametrize(
    ("response", "kind", "words"),
    [
        (answer(401, said("Authentication is required.")), AuthenticationError, "API key"),
        (answer(403, said("No.")), AccessDeniedError, "has expired"),
        (answer(403, None, f"{URL}/emCampaigns"), AccessDeniedError, "email_sent"),
        (
            answer(400, said("Invalid fields in the request body: isSpoilt, note.")),
            InvalidRequestError,
            "Bad Request: see note",
        ),
        (
            answer(400, said("Field customHomeValue is wrong")),
            InvalidRequestError,
            "see cus",
        ),
        (answer(400, {"error": "bad phone"}), InvalidRequestError, "see phone"),
        (answer(400, ["odd"]), InvalidRequestError, "400 - Bad Request"),
        (answer(404, said("Person not found.")), ClientNotFoundError, "no such person"),
        (answer(404), ClientNotFoundError, "hidden from the key's user"),
        (answer(410), ClientNotFoundError, "no such person"),
        (
            answer(404, said("Collection name 'Em' in the URL is not valid.")),
            ProtocolError,
            "base_url",
        ),
    ],
)
def test_by_status(response, kind, words):
    """
    Each status is its error, with a remedy, and with the names of fields that are known.
    """
    error = error_from(response)

    assert type(error) is kind
    assert str(error).startswith(f"Follow Up Boss API error: {response.status} - ")
    assert words in str(error)


@pytest.mark.parametrize("status", [200, 204, 422, 500, 503])
def test_left_to_the_core(status):
    """
    Where it says no more than its status, the core judges.
    """
    assert error_from(answer(status, said("Person not found."))) is None


def test_nothing_personal():
    """
    Whatever a sentence quotes, no word of it that is no field's name is repeated.
    """
    message = "Ana Núñez at ana@example.com, 555-286-9155, is no name for phone"

    assert str(error_from(answer(400, said(message)))).endswith(
        "Bad Request: see name, phone"
    )


@pytest.mark.parametrize(("headers", "wait"), [({}, 10.0), ({"Retry_After": "4"}, None)])
def test_limited(headers, wait):
    """
    A 429 names its context; without Retry-After the whole window is waited for.
    """
    error = error_from(answer(429, None, X_RateLimit_Context="notes", **headers))

    assert type(error) is RateLimitedError
    assert str(error).endswith("Too Many Requests: notes")
    assert error.retry_after == wait


@pytest.mark.parametrize(("context", "bucket"), [("global", ""), ("notes", "notes")])
def test_limit(context, bucket):
    """
    Each context is a bucket of its own, with the rate that the headers tell.
    """
    headers = {
        "X_RateLimit_Limit": "250",
        "X_RateLimit_Remaining": "243",
        "X_RateLimit_Window": "10",
        "X_RateLimit_Context": context,
    }
    found = limit_from(answer(200, {}, **headers))

    assert (found.bucket, found.remaining) == (bucket, 243)
    assert found.allows == Rate(250, per=10)
    for name in headers:
        assert limit_from(answer(200, {}, **{**headers, name: ""})) is None


def test_fields_are_known():
    """
    Every field that is written is one that an error may name.
    """
    written = {entry.name for kind in KINDS.values() for entry in kind.entries}
    assert written | {kind.body for kind in KINDS.values()} <= _FIELDS
    assert {"price", "forRent"} <= PROPERTY.keys() & _FIELDS


def test_wrong_place(fub, connect):
    """
    A base URL that leads elsewhere is told as such, never as nobody.
    """
    crm = connect(fub, base_url=f"{fub.base_url}/elsewhere")

    with pytest.raises(ProtocolError, match="base_url"):
        crm.get_client_data("501")


def test_expired_account(crm_simulator, connect):
    """
    An expired account is denied access, not a wrong key.
    """
    fub = crm_simulator("followupboss", contacts=[{"id": 501}], expired=True)

    with pytest.raises(AccessDeniedError, match="expired"):
        connect(fub).get_client_data("501")


def test_hidden_person(fub, connect):
    """
    A person of another agent is not found, for nobody tells that they are there.
    """
    crm = connect(fub, token={"followupboss": fub.add_token(user=8)})

    with pytest.raises(ClientNotFoundError):
        crm.get_client_data("501")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"fields": ["Home Value"]}, "customHomeValue"),
        ({"opted_out_tags": {"e-mail": ["No"]}}, "e-mail"),
        ({"systme": "x"}, "systme"),
        ({"activity_types": {"note": "nothings"}}, "nothings"),
    ],
)
def test_settings(fub, connect, settings, words):
    """
    A setting that is wrong is refused by its name, before anything is written.
    """
    note = ActivityRecord(type="note", client_id="501")
    try:
        raised = connect(fub, **settings).sync_activity(note).error
    except ConfigurationError as error:
        raised = error

    assert isinstance(raised, ConfigurationError)
    assert words in str(raised)
    assert fub.activities() == []


def test_unknown_field(fub, connect):
    """
    A field that the account does not have is told by the setting that names it.
    """
    crm = connect(fub, fields=["customNope"])

    with pytest.raises(ConfigurationError, match="`fields` names customNope, which"):
        crm.get_client_data("501")
    with pytest.raises(ConfigurationError, match="`fields` names customNope, which"):
        crm.find_client(email="ana@example.com")


def test_secret_settings(fub, connect):
    """
    The system's key shows in no repr.
    """
    info = crmkit_provider()

    assert "hidden" not in repr(info.settings(system="a", system_key="hidden"))
