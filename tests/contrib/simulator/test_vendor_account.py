"""
HubSpot's own client reads properties and owners, gets tokens, and puts events on timelines.
"""

import pytest
from hubspot import oauth
from hubspot.crm import owners, properties, timeline
from tests.contrib.simulator.vendor import client, error_of

APP = {"client_id": "app-1", "client_secret": "hush", "refresh_token": "na1-first"}
ASKED = {
    "grant_type": "refresh_token",
    "client_id": "app-1",
    "client_secret": "hush",
    "refresh_token": "na1-first",
}


@pytest.fixture
def hub(crm_simulator):
    """
    Return an account with a contact, properties, an owner, an app and an event template.
    """
    return crm_simulator(
        "hubspot",
        contacts=[{"id": "401", "email": "ana@example.com"}],
        properties=[
            {"name": "colour", "type": "enumeration", "options": ["red", "blue"]},
            {"name": "member_no", "hasUniqueValue": True},
        ],
        owners=[{"id": "77", "email": "olu@example.com", "firstName": "Olu"}],
        app=APP,
        timeline=["1001"],
    )


def test_properties(hub):
    """
    All properties come at once: HubSpot's own, which it fills in itself, and custom ones.
    """
    found = client(hub).crm.properties.core_api.get_all("contacts").results

    by_name = {one.name: one for one in found}
    assert by_name["email"].hubspot_defined is True
    assert by_name["lastmodifieddate"].modification_metadata.read_only_value is True
    assert by_name["member_no"].has_unique_value is True
    assert by_name["member_no"].hubspot_defined is False
    assert [one.value for one in by_name["colour"].options] == ["red", "blue"]
    assert by_name["hubspot_owner_id"].external_options is True
    assert by_name["hubspot_owner_id"].options == []


def test_property(hub):
    """
    One property is described by itself, and a batch describes several.
    """
    api = client(hub).crm.properties
    asked = properties.BatchReadInputPropertyName(
        inputs=[properties.PropertyName(name=one) for one in ("email", "nope")],
        archived=False,
    )

    one, several = (
        api.core_api.get_by_name("contacts", "colour"),
        api.batch_api.read("contacts", asked),
    )

    assert (one.type, one.field_type) == ("enumeration", "select")
    assert [found.name for found in several.results] == ["email"]
    assert several.num_errors == 1


def test_property_created(hub):
    """
    A property that is created can be written from then on, and not be created again.
    """
    api = client(hub).crm.properties.core_api
    wanted = properties.PropertyCreate(
        name="shoe_size",
        label="Shoe size",
        type="number",
        field_type="number",
        group_name="contactinformation",
    )

    made = api.create("contacts", wanted)

    assert (made.name, made.label, made.type) == ("shoe_size", "Shoe size", "number")
    with pytest.raises(properties.ApiException) as raised:
        api.create("contacts", wanted)
    assert raised.value.status == 409


def test_owners(hub):
    """
    Owners are listed, and found by address and by id.
    """
    api = client(hub).crm.owners

    listed = api.get_all()
    by_email = api.owners_api.get_page(email="olu@example.com").results
    by_id = api.owners_api.get_by_id(77)

    assert [one.id for one in (*listed, *by_email, by_id)] == ["77"] * 3
    assert api.owners_api.get_page(email="nobody@example.com").results == []


def test_no_owner(hub):
    """
    An owner that is not there is not found.
    """
    with pytest.raises(owners.ApiException) as raised:
        client(hub).crm.owners.owners_api.get_by_id(78)

    assert raised.value.status == 404


def test_refresh(hub):
    """
    A refresh token gives an access token that works, for half an hour.
    """
    made = client(hub).oauth.tokens_api.create(**ASKED)

    contacts = client(hub, made.access_token).crm.contacts.basic_api
    assert contacts.get_by_id("401").id == "401"
    assert (made.token_type, made.expires_in) == ("bearer", 1800)
    assert made.refresh_token == "na1-first"
    hub.clock.advance(1801)
    with pytest.raises(Exception, match="EXPIRED_AUTHENTICATION"):
        contacts.get_by_id("401")


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"refresh_token": "na1-other"}, "BAD_REFRESH_TOKEN"),
        ({"client_secret": "loud"}, "BAD_CLIENT_SECRET"),
        ({"client_id": "app-2"}, "BAD_CLIENT_ID"),
        ({"grant_type": "password"}, "BAD_GRANT_TYPE"),
        ({"grant_type": "authorization_code", "code": "1"}, "BAD_AUTH_CODE"),
    ],
)
def test_refresh_refused(hub, wrong, status):
    """
    What is wrong with a request for a token is told in the form of RFC 6749.
    """
    with pytest.raises(oauth.ApiException) as raised:
        client(hub).oauth.tokens_api.create(**{**ASKED, **wrong})

    body = error_of(raised)
    assert raised.value.status == 400
    assert body.keys() == {"error", "error_description", "status", "message"}
    assert body["status"] == status


def test_no_daily_headers(hub):
    """
    With an OAuth token an answer tells of no daily limit; with a static one it does.
    """
    made = client(hub).oauth.tokens_api.create(**ASKED)

    told = []
    for token in (made.access_token, hub.token):
        api = client(hub, token).crm.contacts.basic_api
        api.get_by_id("401")
        told.append({name.lower() for name in api.api_client.last_response.getheaders()})

    daily = {"x-hubspot-ratelimit-daily", "x-hubspot-ratelimit-daily-remaining"}
    assert told[0] & daily == set()
    assert told[1] >= daily


def event(**changes):
    """
    Make a timeline event for the contact.
    """
    given = {"event_template_id": "1001", "object_id": "401", "tokens": {"home": "Elm"}}
    return timeline.TimelineEvent(**{**given, **changes})


@pytest.fixture
def events(hub):
    """
    Return the client's part for events, with a token of the app.
    """
    token = hub.add_token(oauth=True, scopes=["timeline", "crm.objects.contacts.read"])
    return client(hub, token).crm.timeline.events_api


def test_event(hub, events):
    """
    An event is put on a contact's timeline, and read again.
    """
    made = events.create(event(id="e-1"))

    assert (made.object_id, made.object_type, made.tokens) == (
        "401",
        "CONTACT",
        {"home": "Elm"},
    )
    assert events.get_by_id("1001", "e-1").created_at == made.created_at
    assert [one["id"] for one in hub.activities("timeline", "401")] == ["e-1"]


def test_event_twice(hub, events):
    """
    An event whose id was used before takes the place of that one.
    """
    for home in ("Elm", "Oak"):
        events.create(event(id="e-1", tokens={"home": home}))

    (found,) = hub.activities("timeline")
    assert found["properties"]["tokens"] == {"home": "Oak"}


def test_event_batch(hub, events):
    """
    A batch puts several events, found by address too.
    """
    by_email = event(object_id=None, email="ana@example.com", id="e-2")
    request = timeline.BatchInputTimelineEvent(inputs=[event(id="e-1"), by_email])

    events.create_batch(request)

    assert {one["id"] for one in hub.activities("timeline", "401")} == {"e-1", "e-2"}


def test_event_needs_an_app(hub):
    """
    A private app's token puts no events: that takes OAuth.
    """
    events = client(hub).crm.timeline.events_api

    with pytest.raises(timeline.ApiException) as raised:
        events.create(event())

    assert raised.value.status in {401, 403}
    assert hub.activities("timeline") == []


def test_owner_pages(crm_simulator):
    """
    Owners come in pages; paging covers each once.
    """
    owners = [{"id": str(one), "email": f"o{one}@example.com"} for one in range(1, 8)]
    api = client(crm_simulator("hubspot", owners=owners)).crm.owners

    first = api.owners_api.get_page(limit=3)

    assert len(first.results) == 3
    assert len(first.paging.next.after) > 0
    assert [one.id for one in api.get_all()] == [owner["id"] for owner in owners]


def test_property_changed(hub):
    """
    A custom property's label can be changed, and the property be removed.
    """
    api = client(hub).crm.properties.core_api

    made = api.update("contacts", "colour", properties.PropertyUpdate(label="Shade"))
    api.archive("contacts", "member_no")

    assert made.label == "Shade"
    assert "member_no" not in {one.name for one in api.get_all("contacts").results}
