"""
Contacts as the connector reads them from a simulated HubSpot.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.plugins.hubspot.conftest import ANA, BO, ask, calls, merge

from crmkit import (
    AccessDeniedError,
    AmbiguousClientError,
    AuthenticationError,
    ClientNotFoundError,
    ConfigurationError,
    ConsentRefused,
    InvalidRequestError,
    NotSupportedError,
    ProtocolError,
    RateLimitedError,
)
from crmkit_hubspot._answers import records

CONTACTS = "/crm/objects/2026-09/contacts"
PROPERTIES = [
    {"name": "budget", "label": "Budget", "type": "number"},
    {"name": "birthday", "label": "Birthday", "type": "date"},
    {"name": "vip", "label": "VIP", "type": "bool"},
    {"name": "customer_no", "label": "Number", "type": "string", "hasUniqueValue": True},
    {
        "name": "colours",
        "label": "Colours",
        "type": "enumeration",
        "fieldType": "checkbox",
        "options": [{"label": "Red", "value": "r"}, {"label": "Blue", "value": "b"}],
    },
]
LONG = [
    {"name": f"a_property_with_a_long_name_{i:03}", "type": "string"} for i in range(600)
]


def test_one(hub, crm):
    """
    A contact is one request, after the schema that is read once.
    """
    client = crm.get_client_data("501")
    crm.get_client_data("502")

    assert (client.name, client.email) == ("Ana Núñez", "ana@example.com")
    assert client.phone == "+351 555 0107"
    assert [call.path.partition("?")[0] for call in hub.requests] == [
        "/crm/properties/2026-09/contacts",
        f"{CONTACTS}/501",
        f"{CONTACTS}/502",
    ]


def test_many(hub, crm):
    """
    A hundred contacts are one request; who is absent is told apart.
    """
    ids = hub.add_contacts(98)
    found = crm.get_clients_data(["501", "502", *ids, "999999", "ana@example.com"])
    absent = {key for key, one in found.items() if isinstance(one, ClientNotFoundError)}

    assert absent == {"999999", "ana@example.com"}
    assert calls(hub, "/contacts/batch/read") == ["POST"]
    assert found["501"].email == "ana@example.com"


@pytest.mark.parametrize(
    "client_id", ["999999", "0", "-1", "ana@example.com", "5" * 40, ".."]
)
def test_absent(crm, client_id):
    """
    A contact that is not there, or that cannot be, is not found.
    """
    with pytest.raises(ClientNotFoundError):
        crm.get_client_data(client_id)


def test_archived(hub, crm):
    """
    A contact in the recycle bin is not found, alone or in a batch.
    """
    ask(hub, "DELETE", f"{CONTACTS}/501")

    with pytest.raises(ClientNotFoundError):
        crm.get_client_data("501")
    assert isinstance(crm.get_clients_data(["501", "502"])["501"], ClientNotFoundError)


def test_merged(hub, crm):
    """
    A contact that was merged is found by its former ids, alone and in a batch.
    """
    now = merge(hub, "501", "502")
    alone = crm.get_client_data("502")
    crm.clear_cache()
    batch = crm.get_clients_data(["502", "501", now])

    assert (alone.id, alone.aliases) == (now, ("502",))
    assert {key: client.id for key, client in batch.items()} == dict.fromkeys(batch, now)


def test_typed(crm_simulator, connect):
    """
    Custom properties have the type that the account's schema says.
    """
    contact = {**ANA, "budget": "2500", "birthday": "1990-01-31", "vip": "true"}
    hub = crm_simulator(
        "hubspot", contacts=[{**contact, "colours": "r;b"}], properties=PROPERTIES
    )
    fields = connect(hub, labels=["colours"]).get_client_data("501").custom_fields

    assert fields["budget"] == 2500
    assert fields["birthday"] == date(1990, 1, 31)
    assert fields["vip"] is True
    assert fields["colours"] == ("Red", "Blue")
    assert fields["customer_no"] is None
    assert "createdate" not in fields


def test_personalized(crm_simulator, connect):
    """
    A contact's values stand in a text as they stand in HubSpot.
    """
    contact = {**ANA, "zip": "01230", "budget": "2500", "vip": "false"}
    hub = crm_simulator("hubspot", contacts=[contact], properties=PROPERTIES)
    crm = connect(hub)
    template = (
        "{{ firstName }}, {{ zip }}, {{ budget }}, {{ vip }}, {{ city | default: - }}"
    )
    text = crm.personalize_content(template, crm.get_client_data("501"))

    assert text.content == "Ana, 01230, 2500, false, -"


def test_opted_out(crm_simulator, connect):
    """
    A contact that opted out of e-mail gets none.
    """
    contact = {**ANA, "hs_email_optout": "true"}
    crm = connect(crm_simulator("hubspot", contacts=[contact]))

    with pytest.raises(ConsentRefused):
        crm.personalize_content("Hello", crm.get_client_data("501"))


def test_language(crm_simulator, connect):
    """
    Language and time zone are those of the contact.
    """
    contact = {**ANA, "hs_language": "pt-br", "hs_timezone": "america_slash_sao_paulo"}
    client = connect(crm_simulator("hubspot", contacts=[contact])).get_client_data("501")

    assert (client.language, client.timezone) == ("pt-BR", "America/Sao_Paulo")


def test_named_properties(crm_simulator, connect):
    """
    Named properties are read instead of all custom ones.
    """
    contact = {**ANA, "mobilephone": "77"}
    hub = crm_simulator("hubspot", contacts=[contact], properties=PROPERTIES)
    named = connect(hub, properties=["budget", "mobilephone"])
    fields = named.get_client_data("501").custom_fields

    assert fields["mobilephone"] == "77"
    assert "budget" in fields
    assert "vip" not in fields


def test_long_lists(crm_simulator, connect):
    """
    More properties than fit into a URL are asked for in a body.
    """
    hub = crm_simulator("hubspot", contacts=[ANA, BO], properties=LONG)
    crm = connect(hub)
    name = LONG[-1]["name"]

    assert name in crm.get_client_data("501").custom_fields
    assert name in crm.find_client(email="bo@example.com").custom_fields
    assert [name in client.custom_fields for client in crm.iter_clients()] == [True, True]
    assert 414 not in hub.requests.statuses


def test_no_schema(hub, connect):
    """
    Without the right to read the schema the scope is named, unless properties are.
    """
    token = hub.add_token(scopes=["crm.objects.contacts.read"])

    with pytest.raises(AccessDeniedError, match=r"crm\.schemas\.contacts\.read"):
        connect(hub, token=token).get_client_data("501")
    client = connect(hub, token=token, properties=["city"]).get_client_data("501")
    assert client.custom_fields["city"] is None


def test_labels_without_schema(hub, connect):
    """
    Labels are in the schema, so the scope is named when they are asked for without it.
    """
    token = hub.add_token(scopes=["crm.objects.contacts.read"])
    crm = connect(hub, token=token, properties=["city"], labels=["lifecyclestage"])

    with pytest.raises(AccessDeniedError, match=r"crm\.schemas\.contacts\.read"):
        crm.get_client_data("501")


@pytest.mark.parametrize("labels", [["lifecycelstage"], ["hs_email_optout"]])
def test_unknown_labels(hub, connect, labels):
    """
    A label of what is not read is named, rather than missed in silence.
    """
    with pytest.raises(ConfigurationError, match=labels[0]):
        connect(hub, labels=labels).get_client_data("501")


@pytest.mark.parametrize("name", ["größe", "a&b", "{key}", "50%", "a b"])
def test_odd_names(crm_simulator, connect, name):
    """
    A property is read whatever its name is made of.
    """
    described = {"name": name, "type": "string"}
    hub = crm_simulator("hubspot", contacts=[{**ANA, name: "x"}], properties=[described])
    fields = connect(hub).get_client_data("501").custom_fields

    assert fields[name] == "x"


def test_unknown_property(hub, connect):
    """
    A property that the account does not have is named before a contact is read.
    """
    with pytest.raises(ConfigurationError, match="budgte"):
        connect(hub, properties=["budgte"]).get_client_data("501")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"api_version": "v3"}, "api_version"),
        ({"api_version": "2026-10"}, "api_version"),
        ({"properties": ["Lead Source"]}, "Lead Source"),
        ({"labels": [""]}, "labels"),
        ({"timeline_template": "1", "timeline_event": "x"}, "timeline_event"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_settings(hub, connect, settings, named):
    """
    A wrong setting is named before anything is sent.
    """
    with pytest.raises(ConfigurationError, match=named):
        connect(hub, **settings).get_client_data("501")

    assert hub.requests.total == 0


def test_wrong_version(hub, connect):
    """
    A version that HubSpot does not have is no client that is not found.
    """
    with pytest.raises(ProtocolError, match="api_version"):
        connect(hub, api_version="2031-03").get_client_data("501")


def test_older_version(hub, connect):
    """
    The version of the setting is that of every path.
    """
    connect(hub, api_version="2026-03").get_client_data("501")

    assert all("2026-03" in call.path for call in hub.requests)


@pytest.mark.parametrize(
    ("token", "expires_in", "said"),
    [("pat-foreign", None, "copy it anew"), (None, -75, "has expired")],
)
def test_refused_tokens(hub, connect, token, expires_in, said):
    """
    A wrong token and an expired one are told apart.
    """
    token = token or hub.add_token(expires_in=expires_in)

    with pytest.raises(AuthenticationError, match=f"401 - Unauthorized: .*{said}"):
        connect(hub, token=token).get_client_data("501")


def test_missing_scope(hub, connect):
    """
    A right that the token lacks is named.
    """
    token = hub.add_token(scopes=["crm.schemas.contacts.read"])

    with pytest.raises(AccessDeniedError, match=r"crm\.objects\.contacts\.read"):
        connect(hub, token=token).get_client_data("501")


def test_find_by_email(hub, crm):
    """
    An e-mail address is asked for directly, not searched in an index that lags.
    """
    made = ask(hub, "POST", CONTACTS, {"properties": {"email": "new+1@example.com"}})

    assert crm.find_client(email="new+1@example.com").id == made["id"]
    assert crm.find_client(email="nobody@example.com") is None
    assert crm.find_client(email=" ") is None
    assert crm.find_client(email="..") is None
    assert crm.find_client(email=" new+1@example.com\n").id == made["id"]
    assert calls(hub, "/search") == []


def test_find_by_unique(crm_simulator, connect):
    """
    A property with unique values is asked for directly too.
    """
    contact = {**ANA, "customer_no": "K/7 ä"}
    hub = crm_simulator("hubspot", contacts=[contact], properties=PROPERTIES)

    assert connect(hub).find_client(field=("customer_no", "K/7 ä")).id == "501"
    assert calls(hub, "/search") == []


def test_find_by_search(hub, crm):
    """
    A phone number, mobile ones too, and any other property are searched for.
    """
    ids = hub.add_contacts(
        [
            {
                "email": "c@example.com",
                "mobilephone": "77",
                "city": "Faro",
                "jobtitle": "Guide",
            }
        ]
    )

    assert crm.find_client(phone="+351 555 0107").id == "501"
    assert crm.find_client(phone="77").id == ids[0]
    assert crm.find_client(field=("city", "Faro")).custom_fields["jobtitle"] == "Guide"
    assert crm.find_client(phone="78") is None


def test_ambiguous(hub, crm):
    """
    Several contacts with one number are reported by id.
    """
    ids = hub.add_contacts([{"email": "c@example.com", "phone": ANA["phone"]}])

    with pytest.raises(AmbiguousClientError) as caught:
        crm.find_client(phone=ANA["phone"])
    assert set(caught.value.client_ids) == {"501", *ids}


def test_unsearchable(crm):
    """
    A property that contacts do not have cannot be searched.
    """
    with pytest.raises(NotSupportedError, match="budgte"):
        crm.find_client(field=("budgte", "1"))


def test_long_search(crm):
    """
    What HubSpot refuses to search for is refused, and not found to be absent.
    """
    with pytest.raises(InvalidRequestError):
        crm.find_client(field=("city", "x" * 3000))


@pytest.fixture(scope="module")
def crowd():
    """
    Run a HubSpot with more contacts than a search may list.
    """
    from crmkit_simulator import Simulator

    with Simulator("hubspot", contacts=10_050, limit="off") as hub:
        yield hub


def test_list(crowd, connect):
    """
    A list has each contact once, above ten thousand too.
    """
    ids = [client.id for client in connect(crowd).iter_clients()]

    assert len(ids) == len(set(ids)) == 10_050


def test_changed(crowd, connect):
    """
    So has a list of those that changed, which HubSpot's search would cut off.
    """
    since = datetime.now(UTC) - timedelta(days=1)
    ids = [client.id for client in connect(crowd).iter_clients(updated_since=since)]

    assert len(ids) == len(set(ids)) == 10_050
    assert 400 not in crowd.requests.statuses


def test_searching(crm_simulator, connect):
    """
    Searches keep their own limit, which no header tells.
    """
    hub = crm_simulator("hubspot", contacts=1200)
    since = datetime.now(UTC) - timedelta(days=1)

    assert sum(1 for _ in connect(hub).iter_clients(updated_since=since)) == 1200
    assert hub.requests.limited == 0


def test_order_of_changes(crm_simulator, connect):
    """
    None of those that changed is left out, in whatever order they were made.
    """
    ids = [str(number) for number in range(1300, 1000, -1)]
    hub = crm_simulator("hubspot", contacts=[{"id": id_} for id_ in ids], limit="off")
    since = datetime.now(UTC) - timedelta(days=1)

    found = connect(hub).iter_clients(updated_since=since)

    assert sorted(client.id for client in found) == sorted(ids)


@pytest.mark.parametrize("answer", [{}, {"results": None}, {"results": {}}])
def test_no_results(answer):
    """
    An answer without a list of records is no empty list.
    """
    with pytest.raises(ProtocolError):
        records(answer)


def test_only_changed(hub, crm):
    """
    Who did not change since then is not listed.
    """
    hub.clock.advance(3600)
    since = datetime.now(UTC) + timedelta(seconds=1800)
    ask(hub, "PATCH", f"{CONTACTS}/502", {"properties": {"city": "Faro"}})
    hub.clock.advance(60)

    assert [client.id for client in crm.iter_clients(updated_since=since)] == ["502"]


def test_history(hub, crm):
    """
    A history is read when it is asked for, newest first, and holds others' entries too.
    """
    for kind, body, year, type_id in [
        ("notes", {"hs_note_body": "<p>A <b>note</b></p>"}, 2024, 202),
        ("calls", {"hs_call_body": "A call", "hs_call_duration": "61000"}, 2026, 194),
        ("emails", {"hs_email_html": "<p>An e-mail</p>"}, 2025, 198),
    ]:
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]
        made = {
            "properties": {"hs_timestamp": f"{year}-01-01T00:00:00Z", **body},
            "associations": [{"to": {"id": "501"}, "types": types}],
        }
        ask(hub, "POST", f"/crm/objects/2026-09/{kind}", made)
    history = crm.get_client_data("501", include=["history"]).history

    assert [(one.type, one.description, one.timestamp.year) for one in history] == [
        ("call", "A call", 2026),
        ("email_sent", "An e-mail", 2025),
        ("note", "A note", 2024),
    ]
    assert history[0].metadata["duration_s"] == 61
    assert crm.get_client_data("502", include=["history"]).history == ()


def test_limits(hub, crm):
    """
    A limit is waited for, as its policy says, and the contact read.
    """
    clock = crm._clock
    hub.fault(429, policy="TEN_SECONDLY_ROLLING", path="contacts/501")
    hub.fault(423, path="contacts/501")

    assert crm.get_client_data("501").id == "501"
    assert clock.waits == [10, 2]


def test_daily(hub, crm):
    """
    A day's quota that is spent is raised, not slept.
    """
    hub.fault(429, policy="DAILY", path="contacts/501")

    with pytest.raises(RateLimitedError, match="DAILY") as caught:
        crm.get_client_data("501")
    assert caught.value.retry_after >= 3600
    assert crm._clock.waits == []


def test_migrating(hub, crm):
    """
    An account on the move is raised, not slept.
    """
    hub.fault(477, seconds=86_400, path="contacts/501")

    with pytest.raises(RateLimitedError, match="477") as caught:
        crm.get_client_data("501")
    assert caught.value.retry_after == 86_400
    assert crm._clock.waits == []
