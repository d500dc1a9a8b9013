"""
Zoho's own client reads what an account tells of itself, and is told what is wrong.
"""

import pytest
from tests.contrib.simulator.zoho.vendor import (
    codes,
    connect,
    of,
    params,
    record,
    refusal,
    rows,
)
from zohocrmsdk.src.com.zoho.crm.api import fields as fields_of
from zohocrmsdk.src.com.zoho.crm.api import find_and_merge, modules, org, users
from zohocrmsdk.src.com.zoho.crm.api.exception import SDKException

ANA, BO = 5725767000000524157, 5725767000000524158
FIELDS = params(fields="id")
pytestmark = pytest.mark.usefixtures("strict")


@pytest.fixture
def hub(crm_simulator, tmp_path):
    """
    Return a Zoho with two contacts, to which the client is connected.
    """
    people = [{"id": ANA, "Last_Name": "Ruiz"}, {"id": BO, "Last_Name": "Berg"}]
    own = [{"api_name": "Budget", "data_type": "currency", "unique": True}]
    made = crm_simulator(
        "zoho",
        contacts=people,
        fields=own,
        time_zone="Europe/Athens",
        app={"refresh_token": "1000.r"},
    )
    connect(made, tmp_path)
    return made


def test_organization(hub):
    """
    It reads the organization and its time zone.
    """
    (about,) = org.OrgOperations().get_organization().get_object().get_org()

    assert about.get_time_zone() == "Europe/Athens"
    assert about.get_license_details().get_paid() is True


def test_users(hub):
    """
    It reads users, and one of them.
    """
    found = users.UsersOperations().get_users(params(type="AllUsers")).get_object()
    (user,) = found.get_users()
    (same,) = users.UsersOperations().get_user(user.get_id()).get_object().get_users()

    assert (user.get_full_name(), same.get_email()) == (
        "Sam Owner",
        "sam.owner@example.com",
    )
    assert user.get_profile().get_name() == "Administrator"
    assert found.get_info().get_more_records() is False


def test_modules(hub):
    """
    It reads the modules, and one of them.
    """
    found = modules.ModulesOperations().get_modules().get_object().get_modules()
    one = modules.ModulesOperations().get_module_by_api_name("Calls").get_object()

    assert {"Contacts", "Notes"} <= {module.get_api_name() for module in found}
    assert {module.get_api_supported() for module in found} == {True}
    assert [module.get_api_name() for module in one.get_modules()] == ["Calls"]


def test_fields(hub):
    """
    It reads the fields of a module, with their types and lengths.
    """
    answer = fields_of.FieldsOperations().get_fields(params(module="Contacts"))
    found = {field.get_api_name(): field for field in answer.get_object().get_fields()}
    budget, source = found["Budget"], found["Lead_Source"]

    assert (budget.get_data_type(), budget.get_custom_field()) == ("currency", True)
    assert found["Last_Name"].get_system_mandatory() is True
    assert found["Email"].get_length() == 100
    assert "Web" in {value.get_actual_value() for value in source.get_pick_list_values()}
    assert found["Account_Name"].get_lookup().get_module().get_api_name() == "Accounts"


def test_merge(hub):
    """
    It merges two contacts, and finds the other one no more.
    """
    merge, child, body = (
        find_and_merge.Merge(),
        find_and_merge.MergeData(),
        find_and_merge.BodyWrapper(),
    )
    child.set_id(BO)
    merge.set_data([child])
    body.set_merge([merge])
    merging = find_and_merge.FindAndMergeOperations("Contacts", ANA)
    done = merging.merge_records(body)

    assert done.get_status_code() == 201
    assert of("Contacts").get_record(BO).get_status_code() == 204


def test_refresh(hub, tmp_path):
    """
    It gets an access token for its refresh token, and uses it.
    """
    app = {"client_id": "1000.SIMULATEDAPP", "client_secret": "simulated-secret"}
    connect(hub, tmp_path, refresh_token="1000.r", **app)

    assert of("Contacts").get_records(FIELDS).get_status_code() == 200
    assert [call.path for call in hub.requests].count("/oauth/v2/token") == 1


def test_refresh_refused(hub, tmp_path):
    """
    It is told that a refresh token is none, though the status is 200.
    """
    app = {"client_id": "1000.SIMULATEDAPP", "client_secret": "simulated-secret"}

    with pytest.raises(SDKException, match="invalid_code"):
        connect(hub, tmp_path, refresh_token="1000.of.elsewhere", **app)


def test_late(hub, tmp_path):
    """
    It is told that a token is late.
    """
    connect(hub, tmp_path, hub.add_token(expires_in=0))

    with pytest.raises(SDKException, match="INVALID_TOKEN"):
        of("Contacts").get_records(FIELDS)


@pytest.mark.parametrize(
    ("rights", "refused"),
    [
        ({"scopes": ["ZohoCRM.settings.ALL"]}, (401, "OAUTH_SCOPE_MISMATCH")),
        ({"lacks": ["Crm_Implied_View_Contacts"]}, (403, "NO_PERMISSION")),
    ],
)
def test_rights(hub, tmp_path, rights, refused):
    """
    It is told what a token may not do.
    """
    connect(hub, tmp_path, hub.add_token(**rights))

    assert refusal(of("Contacts").get_record(ANA)) == refused


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ({}, "REQUIRED_PARAM_MISSING"),
        ({"fields": "id", "per_page": 201}, "INVALID_DATA"),
        ({"fields": "id", "page": 11}, "DISCRETE_PAGINATION_LIMIT_EXCEEDED"),
        ({"fields": "id", "page_token": "x"}, "TOKEN_BOUND_DATA_MISMATCH"),
    ],
)
def test_lists_refused(hub, query, refused):
    """
    It is told what is wrong with a list.
    """
    assert refusal(of("Contacts").get_records(params(**query))) == (400, refused)


def test_rows_refused(hub):
    """
    It is told several mistakes of one row.
    """
    bad = record(Last_Name="Ng", Email="no", Phone="1" * 31)
    response = of("Contacts").create_records(rows(bad))

    assert (response.get_status_code(), codes(response)) == (
        400,
        ["MULTIPLE_OR_MULTI_ERRORS"],
    )


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("429", "TOO_MANY_REQUESTS"),
        ("500", "INTERNAL_ERROR"),
        ("404", "INVALID_URL_PATTERN"),
    ],
)
def test_faults(hub, name, refused):
    """
    It is told of limits, and of what broke.
    """
    of("Contacts").get_records(FIELDS)
    hub.fault(name)

    assert refusal(of("Contacts").get_record(ANA)) == (int(name), refused)


def test_page_for_people(hub):
    """
    It cannot read a page for people.
    """
    of("Contacts").get_records(FIELDS)
    hub.fault("html")

    with pytest.raises(SDKException):
        of("Contacts").get_record(ANA)
