"""
Zoho's own client reads, writes and pages through contacts.
"""

from datetime import UTC, date, datetime

import pytest
from tests.contrib.simulator.zoho.vendor import (
    choice,
    codes,
    connect,
    headers,
    of,
    params,
    record,
    reference,
    rows,
)
from zohocrmsdk.src.com.zoho.crm.api.record import APIException, SuccessResponse
from zohocrmsdk.src.com.zoho.crm.api.util import Choice

ANA, BO, CY = 5725767000000524157, 5725767000000524158, 5725767000000524159
LANGUAGES = [{"display_value": "Spanish", "actual_value": "es"}]
OWN = [
    {"api_name": "Language", "data_type": "picklist", "pick_list_values": LANGUAGES},
    {"api_name": "Budget", "data_type": "currency"},
    {"api_name": "Rooms", "data_type": "integer"},
    {"api_name": "Seen", "data_type": "datetime"},
    {"api_name": "Member", "unique": True},
    {
        "api_name": "Amenities",
        "data_type": "multiselectpicklist",
        "pick_list_values": ["Garden", "Garage"],
    },
]
pytestmark = pytest.mark.usefixtures("strict")


@pytest.fixture
def hub(crm_simulator, tmp_path):
    """
    Return a Zoho with three contacts, to which the client is connected.
    """
    made = crm_simulator(
        "zoho",
        contacts=[
            {"id": ANA, "First_Name": "Ana", "Last_Name": "Ruiz", "Email": "ana@a.example"},
            {"id": BO, "Last_Name": "Berg", "Tag": ["VIP"], "Account_Name": "Harbour"},
            {"id": CY, "Last_Name": "Cyr", "Phone": None},
        ],
        fields=OWN,
        limit="off",
    )
    connect(made, tmp_path)
    return made


def ids(response):
    """
    Return the ids of the records in an answer.
    """
    return [one.get_id() for one in response.get_object().get_data()]


def test_get(hub):
    """
    It reads a contact, with its owner, its tags and its times.
    """
    response = of("Contacts").get_record(BO)
    (bo,) = response.get_object().get_data()

    assert (response.get_status_code(), bo.get_id()) == (200, BO)
    assert (bo.get_key_value("Last_Name"), bo.get_key_value("Email")) == ("Berg", None)
    assert bo.get_key_value("Owner").get_email() == "sam.owner@example.com"
    assert [tag.get_name() for tag in bo.get_tag()] == ["VIP"]
    assert bo.get_key_value("Account_Name").get_key_value("name") == "Harbour"
    assert bo.get_created_time().tzinfo
    assert bo.get_key_value("Email_Opt_Out") is False


def test_get_nobody(hub):
    """
    Nobody is an answer without an object.
    """
    response = of("Contacts").get_record(9)

    assert (response.get_status_code(), response.get_object()) == (204, None)


def test_list(hub):
    """
    It pages through all contacts by tokens.
    """
    found, query = [], {"fields": "Last_Name", "per_page": 2}
    response = of("Contacts").get_records(params(**query))
    found += ids(response)
    info = response.get_object().get_info()
    assert (info.get_more_records(), info.get_count(), info.get_page()) == (True, 2, 1)
    assert info.get_page_token_expiry().tzinfo
    token = info.get_next_page_token()
    response = of("Contacts").get_records(params(**query, page_token=token))
    found += ids(response)

    assert found == [CY, BO, ANA]
    assert response.get_object().get_info().get_more_records() is False


def test_ids(hub):
    """
    It reads some contacts by their ids.
    """
    response = of("Contacts").get_records(params(fields="Email", ids=f"{ANA},{CY},9"))

    assert ids(response) == [CY, ANA]


def test_since(hub):
    """
    It asks for what changed, and is told that nothing did.
    """
    later = headers(If_Modified_Since="2099-01-01T00:00:00+00:00")
    before = headers(If_Modified_Since="2020-01-01T00:00:00+00:00")
    response = of("Contacts").get_records(params(fields="id"), later)

    assert (response.get_status_code(), response.get_object()) == (304, None)
    assert len(ids(of("Contacts").get_records(params(fields="id"), before))) == 3


@pytest.mark.parametrize(
    "query",
    [{"email": "ana@a.example"}, {"criteria": "(Last_Name:equals:Ruiz)"}, {"word": "Ana"}],
)
def test_search(hub, query):
    """
    It searches.
    """
    response = of("Contacts").search_records(params(**query))

    assert ids(response) == [ANA]
    assert response.get_object().get_info().get_more_records() is False


def test_search_nobody(hub):
    """
    It finds nobody.
    """
    assert of("Contacts").search_records(params(word="Nobody")).get_status_code() == 204


def test_create(hub):
    """
    It makes contacts, and each result is in its place.
    """
    body = rows(record(Last_Name="Ng", Email="ng@a.example"), record(Last_Name="Op"))
    response = of("Contacts").create_records(body)
    results = response.get_object().get_data()

    assert response.get_status_code() == 201
    assert all(isinstance(result, SuccessResponse) for result in results)
    details = results[0].get_details()
    assert details["Created_By"].get_name() == "Sam Owner"
    assert details["Created_Time"].tzinfo
    (ng,) = of("Contacts").get_record(int(details["id"])).get_object().get_data()
    assert ng.get_key_value("Email") == "ng@a.example"


def test_custom_fields(hub):
    """
    It writes and reads custom fields of each type.
    """
    seen = datetime(2026, 5, 14, 10, tzinfo=UTC)
    body = rows(
        record(
            Last_Name="Ng",
            Language=choice("es"),
            Budget=450_000.5,
            Rooms=3,
            Seen=seen,
            Date_of_Birth=date(1990, 2, 28),
            Amenities=[choice("Garden"), choice("Garage")],
            Reporting_To=reference(ANA),
            Email_Opt_Out=True,
        )
    )
    (result,) = of("Contacts").create_records(body).get_object().get_data()
    assert isinstance(result, SuccessResponse), result.get_details()
    made = int(result.get_details()["id"])
    (ng,) = of("Contacts").get_record(made).get_object().get_data()

    assert ng.get_key_value("Language").get_value() == "es"
    assert (ng.get_key_value("Budget"), ng.get_key_value("Rooms")) == (450_000.5, 3)
    assert ng.get_key_value("Seen") == seen
    assert ng.get_key_value("Date_of_Birth") == date(1990, 2, 28)
    amenities = [one.get_value() for one in ng.get_key_value("Amenities")]
    assert amenities == ["Garden", "Garage"]
    assert ng.get_key_value("Reporting_To").get_id() == ANA
    assert ng.get_key_value("Email_Opt_Out") is True


def test_update(hub):
    """
    It changes contacts, alone and several.
    """
    one = of("Contacts").update_record(ANA, rows(record(Phone="1")))
    first, second = record(id=BO, Phone="2"), record(id=9, Phone="3")
    many = of("Contacts").update_records(rows(first, second))
    (ana,) = of("Contacts").get_record(ANA).get_object().get_data()

    assert (one.get_status_code(), ana.get_key_value("Phone")) == (200, "1")
    assert (many.get_status_code(), codes(many)) == (207, ["SUCCESS", "INVALID_DATA"])


def test_upsert(hub):
    """
    It changes who has the address, and makes who is new.
    """
    old = record(Last_Name="Ruiz", Email="ana@a.example", Phone="1")
    body = rows(old, record(Last_Name="Ng", Email="ng@a.example"))
    body.set_duplicate_check_fields(["Email"])
    results = of("Contacts").upsert_records(body).get_object().get_data()

    assert [result.get_action().get_value() for result in results] == ["update", "insert"]
    assert [result.get_duplicate_field() for result in results] == ["Email", None]
    assert int(results[0].get_details()["id"]) == ANA


def test_partly(hub):
    """
    It is told which rows were refused, and why.
    """
    bad, odd = record(Last_Name="Ng"), record(Last_Name="Op", Member="1")
    bad.add_key_value("Email", "no address")
    of("Contacts").create_records(rows(record(Last_Name="Q", Member="1")))
    response = of("Contacts").create_records(rows(record(Last_Name="P"), bad, odd))
    good, wrong, twice = response.get_object().get_data()

    assert response.get_status_code() == 207
    assert isinstance(good, SuccessResponse)
    assert isinstance(wrong, APIException)
    assert wrong.get_details()["expected_data_type"] == "email"
    assert twice.get_code().get_value() == "DUPLICATE_DATA"
    assert twice.get_details()["id"]


def test_delete(hub):
    """
    It deletes contacts, and reads what is gone.
    """
    one = of("Contacts").delete_record(ANA)
    many = of("Contacts").delete_records(params(ids=f"{BO},9"))
    response = of("Contacts").get_deleted_records(params(type="all"))
    gone = response.get_object().get_data()

    assert (codes(one), codes(many)) == (["SUCCESS"], ["SUCCESS", "INVALID_DATA"])
    assert {record.get_id() for record in gone} == {ANA, BO}
    assert {record.get_type() for record in gone} == {"recycle"}
    assert gone[0].get_deleted_time().tzinfo
    assert [one["id"] for one in hub.contacts()] == [str(CY)]


def test_triggers(hub):
    """
    It says that no workflow is to run.
    """
    of("Contacts").update_record(ANA, rows(record(Phone="1"), trigger=[]))
    of("Contacts").update_record(BO, rows(record(Phone="1"), trigger=["workflow"]))

    fired = {str(ANA): [], str(BO): ["workflow"], str(CY): []}
    assert {one["id"]: one["fired"] for one in hub.contacts()} == fired


def test_choices_are_known(hub):
    """
    A choice that there is not is refused.
    """
    body = rows(record(Last_Name="Ng", Language=Choice("fr")))

    assert codes(of("Contacts").create_records(body)) == ["INVALID_DATA"]


def test_leads(hub):
    """
    It makes and reads leads likewise.
    """
    body = rows(record(Last_Name="Lo", Company="Harbour"))
    (result,) = of("Leads").create_records(body).get_object().get_data()
    (lead,) = (
        of("Leads").get_record(int(result.get_details()["id"])).get_object().get_data()
    )

    assert lead.get_key_value("Company") == "Harbour"
