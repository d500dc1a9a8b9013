"""
Persons of a simulated company: by id, by a field, page by page.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.plugins.pipedrive.conftest import ANA, ask, calls

from crmkit import (
    AmbiguousClientError,
    ClientNotFoundError,
    ConfigurationError,
    CRMCredentials,
    NotSupportedError,
    ProtocolError,
)

KINDS = (
    {"field_name": "Since", "field_type": "date"},
    {"field_name": "Stay", "field_type": "daterange"},
    {"field_name": "Rooms", "field_type": "double"},
    {
        "field_name": "Wants",
        "field_type": "set",
        "options": [{"label": "garden"}, {"label": "garage"}],
    },
)


def test_names_and_labels(crm):
    """
    A person's fields go by their names, its choices and labels by theirs.
    """
    found = crm.get_client_data("501")

    assert found.tags == ("Customer",)
    assert dict(found.custom_fields) == {
        "org_id": None,
        "owner_id": 101,
        "Tone": "formal",
        "Budget": 450_000,
        "Budget currency": "EUR",
        "Plot": None,
    }


def test_types(company, connect):
    """
    Dates, ranges, numbers and several choices come back as such.
    """
    said = {
        "Since": "2026-05-20",
        "Stay": {"value": "2026-05-20", "until": "2026-05-25"},
        "Rooms": 3.5,
        "Wants": [100, 101],
    }
    hub = company(fields=KINDS, contacts=[{"name": "Ana", "id": 1, "custom_fields": said}])
    found = connect(hub).get_client_data("1").custom_fields

    assert (found["Since"], found["Stay until"]) == (date(2026, 5, 20), date(2026, 5, 25))
    assert (found["Rooms"], found["Wants"]) == (3.5, ("garden", "garage"))


def test_contact_sync(company, connect):
    """
    Where Contact Sync is on, what it adds is read too.
    """
    person = {
        "id": 1,
        "name": "Ana",
        "job_title": "Baker",
        "birthday": "1990-02-28",
        "postal_address": {"value": "12 Harbour Road", "locality": "Baltimore"},
    }
    hub = company(contact_sync=True, contacts=[person])
    found = connect(hub).get_client_data("1").custom_fields

    assert (found["job_title"], found["birthday"]) == ("Baker", date(1990, 2, 28))
    assert found["postal_address"] == "12 Harbour Road"
    assert found["postal_address locality"] == "Baltimore"


@pytest.mark.parametrize(("campaigns", "wanted"), [(True, "opted_out"), (False, None)])
def test_marketing(company, connect, campaigns, wanted):
    """
    The marketing status is asked for where there is one, and nowhere else.
    """
    person = {"id": 1, "name": "Ana", "emails": "ana@example.com"}
    more = {"marketing_status": "unsubscribed"} if campaigns else {}
    hub = company(campaigns=campaigns, contacts=[{**person, **more}])
    consent = connect(hub).get_client_data("1").consent

    assert [one.status for one in consent] == ([wanted] if wanted else [])
    assert 403 not in hub.requests.statuses


def test_labels_as_consent(hub, connect):
    """
    A label that the setting names is an opt-out.
    """
    crm = connect(hub, opted_out_tags={"email": ["Customer"]})

    assert [one.status for one in crm.get_client_data("501").consent] == ["opted_out"]
    assert crm.get_client_data("502").consent == ()


def test_cost_of_one(hub, crm):
    """
    One person is read alone, several in one list, and the fields only once.
    """
    crm.get_client_data("501")
    crm.clear_cache()
    crm.get_clients_data(["501", "502", "999"])

    assert calls(hub, "/personFields") == ["GET"]
    assert calls(hub, "/persons/501") == ["GET"]
    assert calls(hub, "/persons") == ["GET"]


def test_batches(company, connect):
    """
    A hundred ids go into one list.
    """
    hub = company(contacts=[{"name": f"No {n}", "id": n} for n in range(1, 251)])
    found = connect(hub).get_clients_data([str(n) for n in range(1, 251)])

    assert {client.name for client in found.values()} == {f"No {n}" for n in range(1, 251)}
    assert calls(hub, "/persons") == ["GET"] * 3


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("others", [[], ["502"]])
def test_deleted(company, connect, others, listed):
    """
    Who was deleted is not there, though Pipedrive shows the record for 30 days.
    """
    hub = company(list_deleted=listed)
    ask(hub, "DELETE", "/api/v2/persons/501")
    found = connect(hub).get_clients_data(["501", *others])

    assert isinstance(found["501"], ClientNotFoundError)
    assert all(found[other].id == other for other in others)


def test_merged(hub, crm):
    """
    Of two persons that were merged the one that lost is not there.
    """
    ask(hub, "PUT", "/api/v1/persons/502/merge", {"merge_with_id": 501})

    with pytest.raises(ClientNotFoundError):
        crm.get_client_data("502")
    assert crm.get_client_data("501").id == "501"


@pytest.mark.parametrize(
    "given", ["ana@example.com", "ANA@example.com", " ana@example.com "]
)
def test_by_email(crm, given):
    """
    An address finds its person, however it is written; what is found is whole.
    """
    found = crm.find_client(email=given)

    assert found.id == "501"
    assert found.custom_fields["Tone"] == "formal"


@pytest.mark.parametrize("given", ["+351 555 0107", "+351 555-0107"])
def test_by_phone(crm, given):
    """
    A number finds its person as Pipedrive has it, and nobody as it has not.
    """
    found = crm.find_client(phone=given)

    assert (found and found.id) == ("501" if given == ANA["phones"] else None)


def test_second_address(company, connect):
    """
    An address that is not the primary one finds its person as well.
    """
    emails = [{"value": "a@example.com", "primary": True}, {"value": "b@example.com"}]
    hub = company(contacts=[{"id": 1, "name": "Ana", "emails": emails}])

    assert connect(hub).find_client(email="b@example.com").email == "a@example.com"


def test_five_alike(company, connect):
    """
    Five persons with one address are told, each by its id.
    """
    people = [{"id": n, "name": f"No {n}", "emails": "a@example.com"} for n in range(1, 6)]

    with pytest.raises(AmbiguousClientError) as caught:
        connect(company(contacts=people)).find_client(email="a@example.com")
    assert set(caught.value.client_ids) == {"1", "2", "3", "4", "5"}


def test_changed_since_indexed(company, connect):
    """
    Who has another address or number by now is not found by what the index still has.
    """
    hub = company(search_lag=60)
    emails = [{"value": "new@example.com", "primary": True}]
    phones = [{"value": "+351 555 0199", "primary": True}]
    ask(hub, "PATCH", "/api/v2/persons/501", {"emails": emails, "phones": phones})
    crm = connect(hub)

    assert crm.find_client(email="ana@example.com") is None
    assert crm.find_client(phone=ANA["phones"]) is None
    assert crm.find_client(email="new@example.com") is None
    hub.clock.advance(61)
    assert crm.find_client(email="new@example.com").id == "501"


def test_by_custom_field(hub, crm):
    """
    A custom field is searched by its name, as by its key.
    """
    keys = {field.name: field.key for field in crm.session().fields()}
    ask(hub, "PATCH", "/api/v2/persons/502", {"custom_fields": {keys["Plot"]: "17b"}})

    assert crm.find_client(field=("Plot", "17b")).id == "502"
    assert crm.find_client(field=(keys["Plot"], "17B")).id == "502"
    assert crm.find_client(field=("Budget", "450000")).id == "501"
    assert crm.find_client(field=("Plot", "17c")) is None


def test_shortest_value(hub, crm):
    """
    A value of one letter is found: only what is exactly so is searched for.
    """
    key = next(field.key for field in crm.session().fields() if field.name == "Plot")
    ask(hub, "PATCH", "/api/v2/persons/502", {"custom_fields": {key: "7"}})

    assert crm.find_client(field=("Plot", "7")).id == "502"


def test_another_custom_field(company, connect):
    """
    Who has the value in another field than the one that was asked for is not found.
    """
    fields = [{"field_name": name, "field_type": "text"} for name in ("Plot", "Street")]
    people = [
        {"id": n, "name": "Ana", "custom_fields": {name: "17b"}}
        for n, name in enumerate(("Plot", "Street"), 1)
    ]
    crm = connect(company(fields=fields, contacts=people))

    assert crm.find_client(field=("Street", "17b")).id == "2"


@pytest.mark.parametrize("field", ["Tone", "owner_id", "no such field"])
def test_not_searchable(hub, crm, field):
    """
    What Pipedrive cannot search is refused by name, and nothing is searched.
    """
    with pytest.raises(NotSupportedError, match=field):
        crm.find_client(field=(field, "formal"))
    assert calls(hub, "/search") == []


def test_fields(crm):
    """
    The schema tells keys, names, types and labels.
    """
    fields = {field.name: field for field in crm.session().fields()}

    assert len(fields["Tone"].key) == 40
    assert (fields["Tone"].type, set(fields["Tone"].options.values())) == (
        "choice",
        {"formal", "casual"},
    )
    assert (fields["Budget"].type, fields["Budget currency"].type) == ("number", "text")


def test_many_fields(company, connect):
    """
    All fields are read, however many pages they fill.
    """
    made = [{"field_name": f"No {n}", "field_type": "varchar"} for n in range(600)]
    hub = company(fields=made, contacts=[])

    assert f"No {599}" in {field.name for field in connect(hub).session().fields()}
    assert calls(hub, "/personFields") == ["GET"] * 2


def test_changes(company, connect):
    """
    What changed is listed by its time, from a little before the moment that was asked for.
    """
    since = datetime(2026, 5, 1, 12, tzinfo=UTC)
    moments = {4: -60, 3: -3, 2: 0, 1: 60}
    people = [
        {
            "id": number,
            "name": f"No {number}",
            "update_time": f"{since + timedelta(seconds=after):%Y-%m-%dT%H:%M:%SZ}",
        }
        for number, after in moments.items()
    ]
    hub = company(contacts=people)
    found = connect(hub).iter_clients(updated_since=since)

    assert [client.id for client in found] == ["3", "2", "1"]


def test_pages(company, connect):
    """
    A list goes on where its page ended, and ends.
    """
    hub = company(contacts=[{"id": n, "name": f"No {n}"} for n in range(1, 1_102)])
    found = [client.id for client in connect(hub).iter_clients()]

    assert found == [str(n) for n in range(1, 1_102)]
    assert calls(hub, "/persons") == ["GET"] * 3


def test_listed_as_deleted(company, connect):
    """
    Where Pipedrive lists who was deleted, they are told as deleted.
    """
    hub = company(list_deleted=True)
    ask(hub, "DELETE", "/api/v2/persons/502")
    with connect(hub).changes("nightly") as changes:
        found = [client.id for client in changes]

        assert found == ["501"]
        assert set(changes.deleted) == {"502"}


def test_too_far_back(crm):
    """
    The first moment of the calendar is no reason to fail.
    """
    moment = datetime.min.replace(tzinfo=UTC) + timedelta(days=366 * 1_900)

    assert len(list(crm.iter_clients(updated_since=moment))) == 2


@pytest.mark.parametrize(
    "domain", ["acme.pipedrive.com", "https://acme", "", "Acme", "a/b"]
)
def test_wrong_domain(hub, connect, domain):
    """
    A company's domain that is more than its first word is refused before any request.
    """
    with pytest.raises(ConfigurationError, match="company_domain"):
        connect(hub, company_domain=domain).get_client_data("501")


@pytest.mark.parametrize(
    ("metadata", "settings", "wanted"),
    [
        ({}, {}, "https://api.pipedrive.com"),
        ({}, {"company_domain": "acme"}, "https://acme.pipedrive.com"),
        (
            {"api_domain": "https://bolt.pipedrive.com"},
            {"company_domain": "acme"},
            "https://bolt.pipedrive.com",
        ),
    ],
)
def test_base_url(hub, connect, metadata, settings, wanted):
    """
    A grant says where its API is, else the setting does.
    """
    token = CRMCredentials(provider="pipedrive", access_token="t", metadata=metadata)
    session = connect(hub, token=token, base_url=None, **settings).session()

    assert session.http.base_url() == wanted


def test_pinned(hub, connect):
    """
    A grant that names another host than one of Pipedrive's gets no token.
    """
    metadata = {"api_domain": "https://pipedrive.com.example"}
    token = CRMCredentials(provider="pipedrive", access_token="t", metadata=metadata)

    with pytest.raises(ProtocolError, match="foreign host"):
        connect(hub, token=token, base_url=None).get_client_data("501")
