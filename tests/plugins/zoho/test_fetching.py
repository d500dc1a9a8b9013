"""
Clients as the connector gets them from a simulated Zoho CRM.
"""

from datetime import UTC, datetime

import pytest
from tests.plugins.zoho.conftest import ANA, BO, FIELDS, ask, calls

from crmkit import (
    AccessDeniedError,
    AmbiguousClientError,
    ClientNotFoundError,
    ConfigurationError,
    NotSupportedError,
)

MODULES, SCHEMA = "ZohoCRM.modules.ALL", "ZohoCRM.settings.fields.READ"
SEARCH = "ZohoSearch.securesearch.READ"


def people(count):
    """
    Make so many contacts.
    """
    return [
        {"Last_Name": f"Person {i}", "Email": f"p{i}@example.com"} for i in range(count)
    ]


class TestByID:
    def test_one(self, hub, crm):
        """
        A client costs one request, and the schema one more, once.
        """
        ana = crm.get_client_data(ANA["id"])
        crm.get_client_data(BO["id"])

        assert (ana.name, ana.email, ana.phone) == ("Ana Núñez", ANA["Email"], ANA["Phone"])
        assert len(calls(hub, "/settings/fields")) == 1
        assert hub.requests.total == 3

    def test_hundred(self, crm_simulator, connect):
        """
        A hundred clients are one request.
        """
        hub = crm_simulator("zoho", contacts=people(100), limit="off")
        ids = [contact["id"] for contact in hub.contacts()]
        found = connect(hub).get_clients_data(ids)

        assert [client.id for client in found.values()] == ids
        assert hub.requests.total == 2

    def test_absent(self, hub, crm):
        """
        Who is not there is told by an empty answer, and costs nobody else.
        """
        found = crm.get_clients_data([ANA["id"], "5725767000000999999", "no-id"])
        alone = crm.get_clients_data(["5725767000000888888"])

        assert found[ANA["id"]].id == ANA["id"]
        errors = [*list(found.values())[1:], *alone.values()]
        assert [type(error) for error in errors] == [ClientNotFoundError] * 3
        assert 204 in hub.requests.statuses

    def test_many_fields(self, crm_simulator, connect):
        """
        More fields than one request may name are read by several.
        """
        custom = [{"api_name": f"Extra_{i}"} for i in range(120)]
        person = {"id": ANA["id"], "Last_Name": "A", "Extra_0": "x", "Extra_119": "z"}
        hub = crm_simulator(
            "zoho", contacts=[person, *people(2)], fields=custom, limit="off"
        )
        crm = connect(hub)
        found = crm.get_client_data(ANA["id"])
        (listed, *others) = crm.iter_clients()

        assert found.custom_fields["Extra_0"] == listed.custom_fields["Extra_0"] == "x"
        assert found.custom_fields["Extra_119"] == listed.custom_fields["Extra_119"] == "z"
        assert found.name == listed.name == "A"
        assert len(others) == 2

    def test_account_time_zone(self, crm_simulator, connect):
        """
        Whatever zone the account writes, the instant is the same.
        """
        person = {**ANA, "Modified_Time": "2026-05-14T12:00:00+00:00"}
        found = [
            connect(crm_simulator("zoho", contacts=[person], time_zone=zone))
            .get_client_data(ANA["id"], include=["raw"])
            for zone in ("Asia/Kolkata", "America/Los_Angeles")
        ]  # fmt: skip

        assert {client.updated_at for client in found} == {
            datetime(2026, 5, 14, 12, tzinfo=UTC)
        }
        assert len({client.raw["Modified_Time"] for client in found}) == 2

    def test_owner_and_tags(self, crm_simulator, connect):
        """
        The owner is told by custom fields, and tags close channels where settings say so.
        """
        hub = crm_simulator("zoho", contacts=[{**ANA, "Tag": ["No SMS"]}])
        client = connect(hub, opted_out_tags={"sms": ["No SMS"]}).get_client_data(ANA["id"])

        assert client.custom_fields["owner_name"] == "Sam Owner"
        assert client.custom_fields["owner_email"] == "sam.owner@example.com"
        assert client.tags == ("No SMS",)
        assert [(one.channel, one.status) for one in client.consent] == [
            ("sms", "opted_out")
        ]


class TestFields:
    def test_schema(self, crm):
        """
        Custom fields are told with their types, choices with their labels, the owner too.
        """
        fields = {field.name: field for field in crm.session().fields()}

        assert fields["Preferred_Tone"].options == {"f1": "Formal"}
        assert (fields["Preferred_Tone"].type, fields["Budget_Max"].type) == (
            "choice",
            "number",
        )
        assert fields["Account_Name"].type == "text"
        assert {"owner_id", "owner_name", "owner_email"} <= fields.keys()
        assert "Email" not in fields

    def test_chosen(self, crm_simulator, connect):
        """
        Only the fields that are named are read beside the standard ones.
        """
        person = {**ANA, "Preferred_Tone": "f1", "Budget_Max": 5, "Title": "Baker"}
        hub = crm_simulator("zoho", contacts=[person], fields=FIELDS)
        found = connect(hub, fields=["Preferred_Tone"]).get_client_data(ANA["id"])

        assert found.custom_fields["Preferred_Tone"] == "Formal"
        assert found.custom_fields["Title"] == "Baker"
        assert "Budget_Max" not in found.custom_fields

    def test_unknown(self, hub, connect):
        """
        A field that the module does not have is named.
        """
        with pytest.raises(ConfigurationError, match="Emial, which Contacts do not have"):
            connect(hub, fields=["Emial"]).get_client_data(ANA["id"])

    def test_leads(self, crm_simulator, connect):
        """
        Leads are clients where the settings say so.
        """
        lead = {"id": "5725767000000100009", "Last_Name": "Li", "Company": "Li & Co"}
        hub = crm_simulator("zoho", records={"Leads": [lead]})
        crm = connect(hub, module="Leads")

        assert crm.get_client_data(lead["id"]).custom_fields["Company"] == "Li & Co"
        assert [client.name for client in crm.iter_clients()] == ["Li"]

    def test_unknown_module(self, hub, connect):
        """
        A module that is not there is explained.
        """
        with pytest.raises(Exception, match="no such module; check the settings module"):
            connect(hub, module="Customers").get_client_data(ANA["id"])

    @pytest.mark.parametrize(
        ("settings", "told"),
        [
            ({"data_center": "com"}, r"us.*zoho\.com.*ca \(zohocloud\.ca\)"),
            ({"unique_fields": {"Note": "Crmkit_Id"}}, "unique_fields.*'Note'.*Notes"),
            ({"fields": ["Lead Source"]}, "Lead_Source"),
            ({"module": "My Leads"}, "API names"),
            ({"unique_fields": {"Calls": "My id"}}, "unique_fields.*My id"),
        ],
    )
    def test_wrong_settings(self, hub, connect, settings, told):
        """
        A setting that cannot be is refused before anything is sent.
        """
        with pytest.raises(ConfigurationError, match=told):
            connect(hub, **settings).get_client_data(ANA["id"])
        assert hub.requests.total == 0

    def test_no_schema(self, hub, connect):
        """
        The scope for the schema is named where it is missing.
        """
        crm = connect(hub, token=hub.add_token(scopes=[MODULES]))

        with pytest.raises(AccessDeniedError, match=SCHEMA):
            crm.get_client_data(ANA["id"])


class TestFinding:
    def test_email(self, hub, crm):
        """
        A client is found by either address, in whatever case, and at once.
        """
        ask(
            hub,
            "POST",
            "Contacts",
            {"data": [{"Last_Name": "Cy", "Email": "cy@example.com"}]},
        )
        ask(
            hub,
            "PUT",
            f"Contacts/{BO['id']}",
            {"data": [{"Secondary_Email": "b@example.com"}]},
        )

        assert crm.find_client(email="cy@example.com").name == "Cy"
        assert crm.find_client(email=" b@example.com").id == BO["id"]
        assert crm.find_client(email="nobody@example.com") is None
        assert calls(hub, "/search") == []

    def test_five_with_one_address(self, crm_simulator, connect):
        """
        Five people with one address are ambiguous, and all are named.
        """
        five = [{"Last_Name": str(i), "Email": "all@example.com"} for i in range(5)]
        hub = crm_simulator("zoho", contacts=five)

        with pytest.raises(AmbiguousClientError) as caught:
            connect(hub).find_client(email="all@example.com")
        assert sorted(caught.value.client_ids) == [one["id"] for one in hub.contacts()]

    @pytest.mark.parametrize("name", ["Home_Phone", "Mobile", "Other_Phone", "Phone"])
    def test_phone(self, crm_simulator, connect, name):
        """
        A client is found by whichever number.
        """
        hub = crm_simulator("zoho", contacts=[{"Last_Name": "D", name: "+1 555"}, ANA])

        assert connect(hub).find_client(phone="+1 555").name == "D"

    @pytest.mark.parametrize(
        "value",
        ["o'neil@example.com", "a'' or Last_Name = 'Núñez", '"', "a' or id is not null"],
    )
    def test_quotes(self, crm_simulator, connect, value):
        """
        Quotes are part of what is looked for, and end nothing.
        """
        hub = crm_simulator("zoho", contacts=[{"Last_Name": "Q", "Email": value}, ANA])
        found = connect(hub).find_client(email=value)

        assert (found.name, calls(hub, "/search")) == ("Q", [])

    @pytest.mark.parametrize("value", ["a\\b", "a\\' or id is not null", "(a),b\\"])
    def test_unquotable(self, crm_simulator, connect, value):
        """
        What a query might misread is searched for, and compared once more.
        """
        hub = crm_simulator("zoho", contacts=[{"Last_Name": "Q", "Code": value}, ANA])
        crm = connect(hub)

        assert crm.find_client(field=("Code", value)).name == "Q"
        assert crm.find_client(field=("Code", f"{value}x")) is None
        assert calls(hub, "/coql") == []

    @pytest.mark.parametrize(
        ("field", "value", "found"),
        [
            ("Budget_Max", "450000", True),
            ("Budget_Max", "450000 or id is not null", False),
            ("Preferred_Tone", "f1", True),
            ("Last_Name", "Núñez", True),
        ],
    )
    def test_custom(self, crm_simulator, connect, field, value, found):
        """
        A client is found by the value of a field, of whatever type.
        """
        person = {**ANA, "Budget_Max": 450000, "Preferred_Tone": "f1"}
        hub = crm_simulator("zoho", contacts=[person, BO], fields=FIELDS)
        client = connect(hub).find_client(field=(field, value))

        assert (client is not None) is found

    def test_unknown(self, crm):
        """
        A field that the module does not have cannot be searched, and is named.
        """
        with pytest.raises(NotSupportedError, match="no field 'Emial'"):
            crm.find_client(field=("Emial", "x"))

    @pytest.mark.parametrize(
        "asked", [{"email": "ANA@example.com"}, {"phone": "+351 555 0107"}], ids=str
    )
    def test_no_queries(self, hub, connect, asked):
        """
        Where the token may not query, the search stands in.
        """
        crm = connect(hub, token=hub.add_token(scopes=[MODULES, SCHEMA, SEARCH]))

        assert crm.find_client(**asked).id == ANA["id"]
        assert calls(hub, "/search") == ["GET"]

    def test_search_is_inexact(self, hub, connect):
        """
        What a search finds beside is nobody: a part of an address is no address.
        """
        crm = connect(hub, token=hub.add_token(scopes=[MODULES, SCHEMA, SEARCH]))

        assert crm.find_client(field=("Last_Name", "Núñe")) is None


class TestListing:
    def test_beyond_pages(self, crm_simulator, connect):
        """
        Lists go on where pages by number end, at 2,000, and have each client once.
        """
        hub = crm_simulator("zoho", contacts=people(2_150), limit="off")
        ids = [client.id for client in connect(hub).iter_clients()]

        assert len(ids) == len(set(ids)) == 2_150
        assert len(calls(hub, "/Contacts")) == 11
        assert set(hub.requests.statuses) == {200}

    def test_nobody(self, crm_simulator, connect):
        """
        A list of nobody is empty.
        """
        assert list(connect(crm_simulator("zoho")).iter_clients()) == []

    def test_changes(self, hub, crm):
        """
        The next run lists who was changed since, and who is gone.
        """
        with crm.changes("nightly") as first:
            everybody = [client.id for client in first]
        crm._clock.turn(3600)
        ask(hub, "PUT", f"Contacts/{BO['id']}", {"data": [{"Phone": "1"}]})
        ask(hub, "DELETE", f"Contacts/{ANA['id']}")
        crm._clock.turn(600)
        with crm.changes("nightly") as second:
            changed = [client.id for client in second]
        crm._clock.turn(3600)
        with crm.changes("nightly") as third:
            assert list(third) == []

        assert sorted(everybody) == [ANA["id"], BO["id"]]
        assert (changed, second.deleted, third.deleted) == ([BO["id"]], [ANA["id"]], [])
        assert hub.requests.statuses[304] > 0

    def test_many_deleted(self, crm_simulator, connect):
        """
        Who is gone may fill several pages.
        """
        hub = crm_simulator("zoho", contacts=people(230), limit="off")
        crm = connect(hub)
        with crm.changes("nightly") as first:
            ids = [client.id for client in first]
        crm._clock.turn(3600)
        for start in range(0, 230, 100):
            ask(hub, "DELETE", f"Contacts?ids={','.join(ids[start : start + 100])}")
        with crm.changes("nightly") as second:
            assert list(second) == []

        assert sorted(second.deleted) == sorted(ids)

    def test_list_that_ends_too_soon(self, hub, crm):
        """
        A failure within a list is an error, and no end of it.
        """
        hub.fault("404", path="/Contacts")

        with pytest.raises(Exception, match="404"):
            list(crm.iter_clients())
