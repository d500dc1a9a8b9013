"""
How contacts and leads are read: what is asked for, what comes back.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.plugins.salesforce.conftest import ANA, BO, LIA, PEOPLE, ask, calls

from crmkit import (
    AccessDeniedError,
    AmbiguousClientError,
    ClientNotFoundError,
    ConfigurationError,
    NotSupportedError,
)

FIELDS = {
    "Contact": [
        {"name": "Budget__c", "type": "currency"},
        {"name": "Legacy_Id__c", "type": "string", "externalId": True, "unique": True},
        {"name": "Status__c", "type": "string"},
        {"name": "Language__c", "type": "string"},
        {"name": "No_SMS__c", "type": "boolean"},
        {"name": "Never__c", "type": "boolean"},
        {
            "name": "Likes__c",
            "type": "multipicklist",
            "picklistValues": [
                {"value": "g", "label": "Garden", "active": True},
                {"value": "p", "label": "Pool", "active": True},
            ],
        },
    ],
    "Lead": [{"name": "Status__c", "type": "string"}],
}
BUYER = {
    "name": "Buyer__c",
    "fields": [
        {"name": "Mail__c", "type": "email"},
        {"name": "Mobile__c", "type": "phone"},
        {"name": "Budget__c", "type": "double"},
    ],
}


def add(org, kind="Contact", **said):
    """
    Put one more record in, and return its id.
    """
    name = {} if kind == "Buyer__c" else {"LastName": "X"}
    company = {"Company": "Y"} if kind == "Lead" else {}
    (made,) = org.add_contacts([{"attributes": {"type": kind}, **name, **company, **said}])
    return made


def test_batch(org, crm):
    """
    Contacts and leads are told apart by their ids, and each object is read by one request.
    """
    more = org.add_contacts(300)
    found = crm.get_clients_data([ANA, LIA, BO, *more])

    assert [found[one].email for one in (ANA, LIA)] == [
        "ana@example.com",
        "lia@example.com",
    ]
    assert all(found[one].id == one for one in (ANA, LIA, BO, *more))
    assert calls(org, "/composite/sobjects") == ["POST", "POST"]
    assert len(calls(org, "/describe")) == 2


def test_short_id(org, crm):
    """
    The form of an id with 15 letters finds the client, too, beside the one with 18.

    Of other objects nobody is asked for.
    """
    found = crm.get_clients_data([ANA[:15], ANA])

    assert calls(org, "/composite/sobjects") == ["POST"]

    assert (found[ANA[:15]].id, found[ANA].id) == (ANA, ANA)
    assert ANA[:15] in found[ANA[:15]].aliases


@pytest.mark.parametrize(
    "absent", ["003000000000009AAA", "001000000000001AAA", "7", ANA.lower()]
)
def test_absent(crm, absent):
    """
    An id that nobody has, or that is none of a person, is not found, and costs nobody.
    """
    found = crm.get_clients_data([absent, ANA])

    assert isinstance(found[absent], ClientNotFoundError)
    assert found[ANA].id == ANA


def test_merged(org, crm):
    """
    A contact is found by the ids it had before it was merged, twice too.
    """
    third = add(org)
    org.crm.merge(BO, ANA)
    org.crm.merge(third, BO)
    found = crm.get_clients_data([ANA, BO, third])

    assert {one.id for one in found.values()} == {third}
    assert ANA in found[ANA].aliases
    assert BO in found[BO].aliases


def test_converted(org, crm):
    """
    A lead that was converted is its contact: by id, by address, and in lists.
    """
    lead = add(
        org, "Lead", Email="ana@example.com", IsConverted=True, ConvertedContactId=ANA
    )
    since = datetime.now(UTC) - timedelta(days=1)

    assert crm.get_client_data(lead).id == ANA
    assert lead in crm.get_client_data(lead).aliases
    assert crm.find_client(email="ana@example.com").id == ANA
    assert lead not in {one.id for one in crm.iter_clients()}
    assert lead not in {one.id for one in crm.iter_clients(updated_since=since)}


def test_deleted(org, crm):
    """
    A contact that was deleted is not found.
    """
    ask(org, "DELETE", f"sobjects/Contact/{ANA}")

    assert crm.find_client(email="ana@example.com") is None
    with pytest.raises(ClientNotFoundError):
        crm.get_client_data(ANA)


def test_alike(org, crm):
    """
    Who has the same address is told, contacts and leads.
    """
    ids = {add(org, kind, Email="Ana@Example.com") for kind in ("Contact", "Lead")}
    with pytest.raises(AmbiguousClientError) as caught:
        crm.find_client(email="ana@example.com")

    assert set(caught.value.client_ids) == {ANA, *ids}


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example("' OR Name != '")
@example("\\' OR Email != null --")
@given(
    st.text(st.sampled_from("ab'\\\"%_\n\t ü🏠{}&+#"), min_size=1, max_size=12).filter(
        lambda value: value.strip()
    )
)
def test_any_value(org, crm, value):
    """
    Whatever is looked for is data: it finds who has it, and nobody else.
    """
    mine = add(org, Title=value.strip())
    try:
        found = {crm.find_client(field=("Title", value)).id}
    except AmbiguousClientError as error:
        found = set(error.client_ids)
    titles = {one["id"]: one["properties"].get("Title") for one in org.contacts()}

    assert mine in found
    assert {str(titles[one]).strip().lower() for one in found} == {value.strip().lower()}


def test_phone(org, crm):
    """
    A phone number is looked for in each field that holds one.
    """
    mine = add(org, MobilePhone="+49 555 1")

    assert crm.find_client(phone="+49 555 1").id == mine
    assert crm.find_client(phone="+351 555 0107").id == ANA
    assert crm.get_client_data(mine).phone == "+49 555 1"


@pytest.fixture
def rich(crm_simulator):
    """
    Return Salesforce with custom fields.
    """
    return crm_simulator("salesforce", contacts=PEOPLE, limit="off", fields=FIELDS)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Budget", "250000"),
        ("Budget__c", "250000.0"),
        ("Legacy_Id", "a'1"),
        ("No_SMS", "true"),
        ("Likes", "Pool"),
        ("Birthdate", "1990-02-01"),
        ("LeadSource", "Web"),
    ],
)
def test_by_field(rich, connect, field, value):
    """
    Clients are found by fields of all types, an external id among them.
    """
    mine = add(
        rich,
        Budget__c=250000,
        Legacy_Id__c="a'1",
        No_SMS__c=True,
        Likes__c="g;p",
        Birthdate="1990-02-01",
        LeadSource="Web",
    )

    assert connect(rich).find_client(field=(field, value)).id == mine


def test_by_no_value(rich, connect):
    """
    A value that is none of the field's type finds nobody, and so does a blank one.
    """
    crm = connect(rich)

    for name, value in (("Budget", "1 OR 1=1"), ("Birthdate", "today"), ("Title", " ")):
        assert crm.find_client(field=(name, value)) is None


@pytest.mark.parametrize("field", ["Colour__c", "Description", "Id, Name", "owner"])
def test_no_field(crm, field):
    """
    A field that there is not, or that cannot be searched, is said to be none.
    """
    with pytest.raises(NotSupportedError, match="crmkit fields"):
        crm.find_client(field=(field, "x"))


def test_custom_fields(rich, connect):
    """
    Custom fields go by their names without the ending, and have the types that they have.
    """
    mine = add(
        rich,
        Budget__c=250000,
        Status__c="new",
        Language__c="pt-BR",
        Likes__c="g;p",
        Birthdate="1990-02-01",
        AccountId=None,
    )
    client = connect(rich).get_client_data(mine)
    fields = client.custom_fields
    names = [field.name for field in connect(rich).session().fields()]

    assert (fields["Budget"], type(fields["Budget"])) == (250000, int)
    assert fields["Likes"] == ("Garden", "Pool")
    assert fields["Birthdate"].isoformat() == "1990-02-01"
    assert fields["owner_id"].startswith("005")
    assert client.language == "pt-BR"
    assert {"Status", "Budget", "owner_id"} <= set(names)
    assert len(names) == len(set(names))


def test_alike_names(rich, connect):
    """
    A custom field that is called like a standard one keeps its whole name.
    """
    lead = add(rich, "Lead", Status="Open", Status__c="ours")
    fields = connect(rich).get_client_data(lead).custom_fields

    assert (fields["Status"], fields["Status__c"]) == ("Open", "ours")


def test_chosen_fields(rich, connect):
    """
    The setting `fields` names what is read instead of all custom ones.
    """
    crm = connect(rich, fields=["Budget__c", "Description"])
    fields = crm.get_client_data(add(rich, Budget__c=1.5, Description="d")).custom_fields

    assert (fields["Budget"], fields["Description"]) == (1.5, "d")
    assert "Likes" not in fields


def test_many_fields(rich, connect, monkeypatch):
    """
    What does not fit into a query's URL is read by a second request, and is the same.
    """
    before = connect(rich).find_client(email="ana@example.com")
    monkeypatch.setattr("crmkit_salesforce._fields._LONGEST", 10)
    add(rich, "Lead", IsConverted=True, ConvertedContactId=ANA)
    crm = connect(rich)
    since = datetime.now(UTC) - timedelta(days=1)

    assert crm.find_client(email="ana@example.com").custom_fields == before.custom_fields
    assert {one.id for one in crm.iter_clients(updated_since=since)} == {ANA, BO, LIA}


def test_consent(rich, connect):
    """
    Opt-outs are those that Salesforce has flags for, and those that settings name.
    """
    own = {"sms": ["No_SMS__c"], "*": ["Never__c"]}
    crm = connect(rich, opted_out_fields=own)
    flags = {"HasOptedOutOfEmail": True, "DoNotCall": True, "No_SMS__c": True}
    said = crm.get_client_data(add(rich, **flags)).consent

    assert {(one.channel, one.status) for one in said} == {
        ("email", "opted_out"),
        ("phone", "opted_out"),
        ("sms", "opted_out"),
    }
    assert {one.source for one in said} == set(flags)
    (never,) = crm.get_client_data(add(rich, Never__c=True)).consent
    assert (never.channel, never.status) == ("*", "do_not_contact")
    assert crm.get_client_data(ANA).consent == ()


def test_list(org, crm, monkeypatch):
    """
    A list goes through contacts, then leads, page by page, each once, by their ids.
    """
    monkeypatch.setattr("crmkit_salesforce._api.PAGE", 2)
    monkeypatch.setattr("crmkit_salesforce._soql.PAGE", 2)
    late = {add(org, Id=f"00300000000000{n}AAA") for n in (9, 7, 5, 8)}
    ids = {ANA, BO, LIA, *late, *(add(org, "Lead") for _ in range(4))}
    listed = [client.id for client in crm.iter_clients()]

    assert len(listed) == len(ids)
    assert set(listed) == ids


def test_short_pages(crm_simulator, connect):
    """
    A page that Salesforce cuts short does not end a list.
    """
    org = crm_simulator("salesforce", contacts=7, limit="off", page_size=3)

    assert len({client.id for client in connect(org).iter_clients()}) == 7


def test_changes(org, crm):
    """
    What changed since a moment is listed, and what was deleted or merged since then.
    """
    old = add(org, SystemModstamp="2020-01-01T00:00:00.000Z")
    gone = [add(org), add(org, "Lead")]
    with crm.changes("nightly") as changes:
        list(changes)
    for one, kind in zip(gone, ("Contact", "Lead"), strict=True):
        ask(org, "DELETE", f"sobjects/{kind}/{one}")
    org.crm.merge(ANA, BO)
    with crm.changes("nightly") as changes:
        listed = {client.id for client in changes}

    assert ANA in listed
    assert not listed & {*gone, BO, old}
    assert set(changes.deleted) == {*gone, BO}


def test_hidden_object(crm_simulator, connect):
    """
    Where leads are hidden from the user, contacts are read all the same.
    """
    org = crm_simulator("salesforce", contacts=PEOPLE, limit="off", hidden=["Lead"])
    crm = connect(org)

    assert {client.id for client in crm.iter_clients()} == {ANA, BO}
    assert crm.find_client(email="ana@example.com").id == ANA
    assert isinstance(crm.get_clients_data([LIA])[LIA], ClientNotFoundError)


def test_all_hidden(crm_simulator, connect):
    """
    Where all objects are hidden, it is said that they are, or do not exist.
    """
    org = crm_simulator("salesforce", limit="off", hidden=["Lead", "Contact"])

    with pytest.raises(AccessDeniedError, match=r"404 - Not Found.*hidden from this user"):
        connect(org).get_client_data(ANA)


def test_hidden_field(crm_simulator, connect):
    """
    A field that is hidden from the user is not asked for; to name it is an error.
    """
    hidden = ["Contact.Phone", "Contact.Birthdate", "Lead.Phone"]
    org = crm_simulator("salesforce", contacts=PEOPLE, limit="off", hidden=hidden)

    assert connect(org).get_client_data(ANA).phone is None
    with pytest.raises(ConfigurationError, match="Birthdate, which Contact and Lead lack"):
        connect(org, fields=["Birthdate"]).get_client_data(ANA)
    with pytest.raises(ConfigurationError, match="`opted_out_fields` names NoSms__c, whi"):
        connect(org, opted_out_fields={"sms": ["NoSms__c"]}).get_client_data(ANA)


def test_custom_object(crm_simulator, connect):
    """
    The setting `object` names what is read as clients instead: here a custom object.
    """
    org = crm_simulator("salesforce", contacts=PEOPLE, limit="off", objects=[BUYER])
    mine = add(
        org, "Buyer__c", Name="Ana", Mail__c="b@example.com", Mobile__c="5", Budget__c=7
    )
    crm = connect(org, object="Buyer__c")
    client = crm.get_client_data(mine)

    assert (client.name, client.email, client.phone) == ("Ana", "b@example.com", "5")
    assert client.custom_fields["Budget"] == 7
    assert crm.find_client(email="b@example.com").id == mine
    assert [one.id for one in crm.iter_clients()] == [mine]
    assert isinstance(crm.get_clients_data([ANA])[ANA], ClientNotFoundError)


def test_lead_alone(org, connect):
    """
    With `object` a converted lead is a lead.
    """
    lead = add(org, "Lead", IsConverted=True, ConvertedContactId=ANA)
    crm = connect(org, object="Lead")

    assert crm.get_client_data(lead).id == lead
    assert {one.id for one in crm.iter_clients()} == {LIA, lead}


def test_unknown_object(org, connect):
    """
    An object that there is not is named by its setting.
    """
    with pytest.raises(AccessDeniedError, match="check the settings object"):
        connect(org, object="Byer__c").get_client_data(ANA)


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"object": "Contact WHERE x"}, "`object` is 'Contact WHERE x'"),
        ({"fields": ["Lead Source"]}, "`fields` names 'Lead Source'"),
        ({"opted_out_fields": {"sms": ["No SMS"]}}, "`opted_out_fields` names 'No SMS'"),
        ({"opted_out_fields": {"mail": ["NoMail__c"]}}, "names the channel 'mail'"),
        ({"external_id_field": "a/b"}, "`external_id_field` is 'a/b'"),
        ({"records": {"X__c": {"client_id": "a b"}}}, "`records` names"),
        ({"records": {"X__c, Y": {"client_id": "a"}}}, "`records` names"),
        ({"api_version": "latest"}, "`api_version` is 'latest'"),
        ({"my_domain": "evil.example/#"}, "`my_domain` must be"),
        ({"my_domain": "acme.lightning.force.com"}, "Lightning pages"),
    ],
)
def test_settings(org, connect, own, told):
    """
    A setting that cannot be is refused by its name, before anything is sent.
    """
    with pytest.raises(ConfigurationError, match=told):
        connect(org, **own).get_client_data(ANA)
    assert org.requests.total == 0
