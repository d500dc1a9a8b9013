"""
Errors: both versions' envelopes, faults on demand, oddities.
"""

import pytest
from tests.contrib.simulator.pipedrive.conftest import client

V1 = {"success", "error", "error_info", "data", "additional_data"}


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/v1/notes/99", V1),
        ("/api/v1/notes/99", V1),
        ("/v1/nothing", V1),
        ("/api/v1/", V1),
        ("/nothing", V1),
        ("/api/v2/persons/99", {"success", "error", "code", "additional_data"}),
        ("/api/v2/persons/x", {"success", "error", "code"}),
    ],
)
def test_envelopes(send, path, keys):
    """
    Each version has its envelope; what is unknown is told in that of version 1.
    """
    answer = send("GET", path)

    assert answer.status in (400, 404)
    assert (set(answer.json), answer.json["success"]) == (keys, False)


def test_methods(send):
    """
    A method that a path does not have is refused.
    """
    assert send("PUT", "/api/v2/persons/7", {}).status == 405
    assert send("PATCH", "/v1/notes", {}).status == 405


def test_retired(send, crm_simulator):
    """
    What version 2 has too is gone from version 1, unless it is kept.
    """
    kept = client(crm_simulator("pipedrive", contacts=1, old_version=True))

    for path in ("/v1/persons", "/v1/persons/1", "/v1/activities", "/v1/persons/search"):
        assert send("GET", path).status == 410
    assert kept("GET", "/v1/persons/1").status == 200


def test_soft(crm_simulator):
    """
    Version 1 may answer 200 to what it refuses: only ``success`` tells.
    """
    send = client(crm_simulator("pipedrive", contacts=1, soft_errors=True))
    answer = send("POST", "/v1/notes", {"content": "x", "person_id": 99})

    assert (answer.status, answer.json["success"]) == (200, False)
    assert answer.json["error"] == "Person not found"
    assert send("GET", "/api/v2/persons/99").status == 404


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 410, 422, 500, 503, 599])
def test_on_demand(pipe, send, status):
    """
    Any status can be had in Pipedrive's words; nothing is done.
    """
    pipe.fault(status, seconds=7)
    answer = send("DELETE", "/api/v2/persons/7")

    assert (answer.status, answer.json["success"]) == (status, False)
    assert answer.headers["Retry-After"] == "7"
    assert send("GET", "/api/v2/persons/7").json["data"]["is_deleted"] is False


def test_blocked(pipe, send):
    """
    The page of who is blocked can be had.
    """
    pipe.fault(403, policy="blocked")

    assert "Cloudflare" in send("GET", "/api/v2/persons/7").text


def test_known_errors(pipe, send):
    """
    A fault has the keys that its status has otherwise.
    """
    pipe.fault(401, path="persons/7")
    pipe.fault(500, path="persons/8")

    assert send("GET", "/api/v2/persons/7").json["errorCode"] == 401
    assert send("GET", "/api/v2/persons/8").json == {
        "success": False,
        "error": "Internal Server Error",
        "code": "ERR_UNKNOWN",
    }


def test_mail(send):
    """
    Nobody has mail here, and nobody who is not there is asked for it.
    """
    assert send("GET", "/v1/persons/7/mailMessages").json["data"] == []
    assert send("GET", "/v1/persons/99/mailMessages").status == 404


def test_config(pipe):
    """
    The configuration names provider, address and token.
    """
    assert pipe.config == {
        "default_provider": "pipedrive",
        "settings": {"pipedrive": {"base_url": pipe.base_url}},
        "credentials": {"pipedrive": pipe.token},
    }


def test_made_up(crm_simulator):
    """
    Made-up persons have names and addresses.
    """
    (one, two) = crm_simulator("pipedrive", contacts=2).contacts()

    assert (one["id"], one["properties"]["name"]) == ("1", "Ana Alves")
    assert two["properties"]["emails"][0]["value"] == "client2@example.com"
