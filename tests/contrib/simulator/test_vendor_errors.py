"""
HubSpot's own client meets every error, and can read what it says.
"""

import json

import pytest
from hubspot.crm import contacts as wire
from tests.contrib.simulator.vendor import client, error_of, misfits

KEYS = {
    "status",
    "message",
    "correlationId",
    "category",
    "errors",
    "context",
    "subCategory",
}
LIMITED = {"status", "message", "errorType", "correlationId", "policyName"}


@pytest.fixture
def hub(crm_simulator):
    """
    Return an account with one contact.
    """
    people = [{"id": "501", "email": "ana@example.com", "lifecyclestage": "lead"}]
    own = [{"name": "budget", "type": "number"}, {"name": "born", "type": "date"}]
    return crm_simulator("hubspot", contacts=people, properties=own)


def get(hub, token=None, contact="501", **options):
    """
    Read one contact.
    """
    return client(hub, token).crm.contacts.basic_api.get_by_id(contact, **options)


def create(hub, **properties):
    """
    Create one contact.
    """
    request = wire.SimplePublicObjectInputForCreate(properties=properties, associations=[])
    return client(hub).crm.contacts.basic_api.create(request)


def search(hub, **body):
    """
    Search for contacts.
    """
    request = wire.PublicObjectSearchRequest(**body)
    return client(hub).crm.contacts.search_api.do_search(request)


def batch(hub, size):
    """
    Read so many contacts at once.
    """
    request = wire.BatchReadInputSimplePublicObjectId(
        inputs=[wire.SimplePublicObjectId(id="501")] * size,
        properties=[],
        properties_with_history=[],
    )
    return client(hub).crm.contacts.batch_api.read(request)


def change(hub, contact, **properties):
    """
    Change a contact.
    """
    request = wire.SimplePublicObjectInput(properties=properties)
    return client(hub).crm.contacts.basic_api.update(contact, request)


def refused(hub, call, *arguments, **options):
    """
    Return the status and the body of a call that HubSpot refuses, once they are checked.
    """
    with pytest.raises(Exception, match="HTTP response body") as raised:
        call(hub, *arguments, **options)
    body = error_of(raised)
    assert raised.value.headers["Content-Type"].startswith("application/json")
    assert body.keys() <= KEYS
    assert body["status"] == "error"
    assert body["message"]
    fields = {key: value for key, value in body.items() if key != "status"}
    assert list(misfits(wire.Error, fields)) == []
    return raised.value.status, body


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"nope": "1"}, "PROPERTY_DOESNT_EXIST"),
        ({"budget": "1,250"}, "INVALID_INTEGER"),
        ({"lifecyclestage": "Lead"}, "INVALID_OPTION"),
        ({"hs_object_id": "7"}, "READ_ONLY_VALUE"),
        ({"createdate": "2026-01-01T00:00:00Z"}, "READ_ONLY_VALUE"),
        ({"email": "no address"}, "INVALID_EMAIL"),
        ({"born": "yesterday"}, "INVALID_DATE"),
    ],
)
@pytest.mark.parametrize("write", ["create", "update"])
def test_invalid(hub, properties, code, write):
    """
    A value that HubSpot does not take is refused, with the property and a code.
    """
    call, arguments = (create, ()) if write == "create" else (change, ("501",))

    status, body = refused(hub, call, *arguments, **properties)

    (name,) = properties
    assert (status, body["category"]) == (400, "VALIDATION_ERROR")
    assert [(one["code"], one["context"]["propertyName"]) for one in body["errors"]] == [
        (code, [name])
    ]
    assert len(hub.contacts()) == 1


def test_invalid_twice(hub):
    """
    All that is wrong with a record is told at once, and again inside the message.
    """
    _, body = refused(hub, create, nope="1", budget="much")

    told = json.loads(body["message"].partition(": ")[2])
    assert [one["name"] for one in told] == ["nope", "budget"]
    assert len(body["errors"]) == 2


@pytest.mark.parametrize(
    ("call", "arguments", "options"),
    [
        pytest.param(create, (), {"phone": "555"}, id="neither name nor address"),
        pytest.param(batch, (101,), {}, id="101 inputs"),
        pytest.param(get, (), {"id_property": "phone"}, id="not unique"),
        pytest.param(search, (), {"limit": 201}, id="page of 201"),
        pytest.param(search, (), {"after": "9950", "limit": 100}, id="beyond 10,000"),
        pytest.param(search, (), {"sorts": ["email", "phone"]}, id="two sorts"),
        pytest.param(search, (), {"query": "x" * 3000}, id="long body"),
        pytest.param(
            search,
            (),
            {"filter_groups": [{"filters": [{"propertyName": "no", "operator": "EQ"}]}]},
            id="unknown property",
        ),
        pytest.param(
            search,
            (),
            {"filter_groups": [{"filters": [{"propertyName": "email", "operator": "IS"}]}]},
            id="unknown operator",
        ),
        pytest.param(
            search,
            (),
            {
                "filter_groups": [
                    {
                        "filters": [{"propertyName": "email", "operator": "HAS_PROPERTY"}]
                        * size
                    }
                    for size in (6, 6, 6, 1)
                ]
            },
            id="19 filters",
        ),
        pytest.param(
            search,
            (),
            {
                "filter_groups": [
                    {"filters": [{"propertyName": "email", "operator": "HAS_PROPERTY"}]}
                ]
                * 6
            },
            id="six groups",
        ),
    ],
)
def test_bounds(hub, call, arguments, options):
    """
    What is beyond HubSpot's bounds is refused as a validation error.
    """
    status, body = refused(hub, call, *arguments, **options)

    assert (status, body["category"]) == (400, "VALIDATION_ERROR")


def page(hub, **options):
    """
    Read one page of contacts.
    """
    return client(hub).crm.contacts.basic_api.get_page(**options)


@pytest.mark.parametrize(
    ("most", "options"), [(100, {}), (50, {"properties_with_history": ["email"]})]
)
def test_page_bound(hub, most, options):
    """
    A page holds 100 contacts at most, and 50 with the history of a property.
    """
    assert len(page(hub, limit=most, **options).results) == 1

    status, _ = refused(hub, page, limit=most + 1, **options)

    assert status == 400


def test_unknown_token(hub):
    """
    A token that HubSpot does not know is refused, with where to read on.
    """
    status, body = refused(hub, get, "wrong")

    assert (status, body["category"]) == (401, "INVALID_AUTHENTICATION")


def test_expired_token(hub):
    """
    A token that has expired is told apart, with the time.
    """
    token = hub.add_token(expires_in=60, oauth=True)
    get(hub, token)
    hub.clock.advance(135)

    status, body = refused(hub, get, token)

    assert (status, body["category"]) == (401, "EXPIRED_AUTHENTICATION")
    assert "expired 75 second(s) ago" in body["message"]
    assert list(body["context"]) == ["expire time"]


def test_scopes(hub):
    """
    A token without a scope is told which one it needs.
    """
    token = hub.add_token(scopes=["crm.objects.owners.read"])

    status, body = refused(hub, get, token)

    assert (status, body["category"]) == (403, "MISSING_SCOPES")
    assert body["errors"][0]["context"] == {
        "requiredGranularScopes": ["crm.objects.contacts.read"]
    }


def test_read_only_token(hub):
    """
    The scope to read is not enough to write.
    """
    token = hub.add_token(scopes=["crm.objects.contacts.read"])
    contacts = client(hub, token).crm.contacts
    request = wire.SimplePublicObjectInput(properties={"phone": "1"})

    assert contacts.basic_api.get_by_id("501").id == "501"
    with pytest.raises(wire.ApiException) as raised:
        contacts.basic_api.update("501", request)
    assert error_of(raised)["errors"][0]["context"] == {
        "requiredGranularScopes": ["crm.objects.contacts.write"]
    }


@pytest.mark.parametrize(
    ("call", "options"),
    [
        pytest.param(get, {"contact": "9001"}, id="get"),
        pytest.param(get, {"contact": "abc"}, id="no number"),
        pytest.param(
            get, {"contact": "no@example.com", "id_property": "email"}, id="address"
        ),
        pytest.param(get, {"archived": True}, id="not archived"),
        pytest.param(change, {"contact": "9001", "phone": "1"}, id="change"),
    ],
)
def test_not_found(hub, call, options):
    """
    A contact that is not there is not found.
    """
    status, _ = refused(hub, call, **options)

    assert status == 404


def test_conflict(hub):
    """
    An address is one contact's: another with it is refused, with the first one's id.
    """
    status, body = refused(hub, create, email="ANA@example.com")

    assert (status, body["category"]) == (409, "CONFLICT")
    assert body["message"] == "Contact already exists. Existing ID: 501"


def test_change_conflict(hub):
    """
    No contact can be given another one's address.
    """
    made = create(hub, email="bo@example.com")

    status, _ = refused(hub, change, made.id, email="ana@example.com")

    assert status == 409


def test_long_path(hub):
    """
    A path with too many properties is refused; a batch read takes them.
    """
    names = [f"property_{number:04}" for number in range(1000)]

    with pytest.raises(wire.ApiException) as raised:
        get(hub, properties=names)

    assert raised.value.status == 414


@pytest.mark.parametrize("status", [423, 477, 500, 502, 503, 504, 521, 522, 523, 524])
def test_statuses(hub, status):
    """
    Each status that HubSpot may answer can be had, once; then all is well again.
    """
    hub.fault(status)

    found, _ = refused(hub, get)

    assert found == status
    assert get(hub).id == "501"


def test_migrating(hub):
    """
    An account that is being migrated says in seconds when to come again.
    """
    hub.fault(477, seconds=7200)

    with pytest.raises(wire.ApiException) as raised:
        get(hub)

    assert raised.value.headers["Retry-After"] == "7200"


def limited(hub, call):
    """
    Return the body of a refusal because of a limit, and its headers, once checked.
    """
    with pytest.raises(wire.ApiException) as raised:
        call(hub)
    body = error_of(raised)
    assert raised.value.status == 429
    assert "Retry-After" not in raised.value.headers
    assert LIMITED <= body.keys() <= LIMITED | {"groupName", "requestId"}
    assert body["errorType"] == "RATE_LIMIT"
    return body, raised.value.headers


def test_ten_seconds(crm_simulator):
    """
    Beyond its limit of ten seconds an app is refused, until the time has passed.
    """
    hub = crm_simulator("hubspot", contacts=[{"id": "501"}], limit="3/10s")
    for _ in range(3):
        get(hub)

    body, headers = limited(hub, get)

    assert body["policyName"] == "TEN_SECONDLY_ROLLING"
    assert headers["X-HubSpot-RateLimit-Max"] == "3"
    assert headers["X-HubSpot-RateLimit-Remaining"] == "0"
    assert headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    hub.clock.advance(10)
    assert get(hub).id == "501"


def test_searches(hub):
    """
    A sixth search in a second is refused; searches tell of no limit, and others go on.
    """
    for _ in range(5):
        search(hub)

    body, headers = limited(hub, search)

    assert body["policyName"] == "SECONDLY"
    assert [
        name for name in headers if name.lower().startswith("x-hubspot-ratelimit")
    ] == []
    assert get(hub).id == "501"
    hub.clock.advance(1)
    search(hub)


def test_day(crm_simulator):
    """
    Beyond its limit of a day an account is refused, until the next day.
    """
    hub = crm_simulator("hubspot", contacts=[{"id": "501"}], daily=2)
    for _ in range(2):
        get(hub)

    body, headers = limited(hub, get)

    assert body["policyName"] == "DAILY"
    assert headers["X-HubSpot-RateLimit-Daily-Remaining"] == "0"
    hub.clock.advance(86_400)
    assert get(hub).id == "501"


def test_day_on_demand(hub):
    """
    A spent day that is had on demand contradicts itself no more than a real one.
    """
    hub.fault(429, policy="DAILY")

    body, headers = limited(hub, get)

    assert body["policyName"] == "DAILY"
    assert headers["X-HubSpot-RateLimit-Daily-Remaining"] == "0"


def test_nobody_repeats(hub):
    """
    The client, told not to repeat, asks once: what is refused is nothing done.
    """
    hub.fault(429, times=None)

    limited(hub, lambda hub: create(hub, email="new@example.com"))

    assert [call.status for call in hub.requests] == [429]
    assert len(hub.contacts()) == 1


def test_done_but_lost(hub):
    """
    A creation may be done although its answer says that it failed.
    """
    hub.fault("done_but_500")

    status, _ = refused(hub, create, email="new@example.com")

    assert status == 500
    assert len(hub.contacts()) == 2
