"""
What an account tells of itself: organization, users, modules, fields.
"""

import pytest

from crmkit_simulator import Simulator

USERS = [
    {"id": "11", "first_name": "Sam", "last_name": "Owner", "email": "sam@a.example"},
    {"id": "12", "first_name": None, "last_name": "Ng", "email": "ng@a.example"},
]


def test_organization(send):
    """
    The organization tells its time zone.
    """
    (about,) = send("GET", "org").json["org"]

    assert about["time_zone"] == "Europe/Athens"
    assert about["id"].isdecimal()
    assert about["company_name"]


def test_users(crm_simulator, clients):
    """
    Users are listed; the first one is who the token belongs to.
    """
    send = clients(crm_simulator("zoho", users=USERS))
    listed = send("GET", "users", type="AllUsers").json

    assert [user["full_name"] for user in listed["users"]] == ["Sam Owner", "Ng"]
    assert listed["info"]["more_records"] is False
    mine = send("GET", "users", type="CurrentUser").json["users"]
    assert [(user["id"], user["email"]) for user in mine] == [("11", "sam@a.example")]
    assert send("GET", "users/12").json["users"][0]["last_name"] == "Ng"
    assert send("GET", "users/13").json["code"] == "INVALID_DATA"
    assert send("GET", "users", per_page=1, page=2).json["users"][0]["id"] == "12"
    assert send("GET", "users", per_page=1, page=3).status == 204


def test_owner(crm_simulator, clients):
    """
    A record belongs to the token's user, and can be given to another.
    """
    send = clients(crm_simulator("zoho", users=USERS, contacts=[{"id": "7"}]))
    send.rows("PUT", "Contacts", {"id": "7", "Owner": {"id": "12"}})
    (record,) = send("GET", "Contacts/7").json["data"]

    assert record["Owner"] == {"id": "12", "name": "Ng", "email": "ng@a.example"}
    assert record["Created_By"]["id"] == "11"


def test_modules(send):
    """
    Modules are listed, and described one by one.
    """
    listed = send("GET", "settings/modules").json["modules"]
    (calls,) = send("GET", "settings/modules/Calls").json["modules"]

    names = {module["api_name"] for module in listed}
    assert {"Contacts", "Leads", "Notes", "Calls", "Events", "Tasks"} <= names
    assert len({module["id"] for module in listed}) == len(listed)
    assert (calls["api_name"], calls["singular_label"]) == ("Calls", "Call")
    assert send("GET", "settings/modules/Nope").json["code"] == "INVALID_MODULE"


def test_fields(crm_simulator, clients):
    """
    A custom field is described as it was given, a standard one as Zoho does.
    """
    options = [{"display_value": "Spanish", "actual_value": "es"}]
    own = [
        {"api_name": "Language1", "field_label": "Language", "data_type": "picklist"}
        | {"pick_list_values": options},
        {"api_name": "Budget", "data_type": "currency", "length": 9, "unique": True},
        {"api_name": "Key", "module": "Calls"},
    ]
    send = clients(crm_simulator("zoho", fields=own))
    found = {
        field["api_name"]: field
        for field in send("GET", "settings/fields", module="Contacts").json["fields"]
    }

    language, budget = found["Language1"], found["Budget"]
    assert (language["field_label"], language["custom_field"]) == ("Language", True)
    (option,) = language["pick_list_values"]
    assert (option["display_value"], option["actual_value"]) == ("Spanish", "es")
    assert (budget["json_type"], budget["length"]) == ("double", 9)
    assert budget["unique"]
    assert found["Last_Name"]["system_mandatory"] is True
    assert found["Email"]["unique"] == {}
    assert (found["Full_Name"]["read_only"], found["Email"]["length"]) == (True, 100)
    assert found["Account_Name"]["lookup"]["module"]["api_name"] == "Accounts"
    assert found["Tag"]["json_type"] == "jsonarray"
    assert "Key" not in found


def test_one_field(send):
    """
    A field is described by its id.
    """
    fields = send("GET", "settings/fields", module="Contacts").json["fields"]
    email = next(field for field in fields if field["api_name"] == "Email")
    alone = send("GET", f"settings/fields/{email['id']}", module="Contacts")

    assert len({field["id"] for field in fields}) == len(fields)
    assert alone.json["fields"] == [email]
    assert send("GET", "settings/fields/9", module="Contacts").status == 400


def test_related_lists(send):
    """
    Related lists are told with the module that each is of.
    """
    lists = send("GET", "settings/related_lists", module="Contacts").json["related_lists"]
    modules = {one["api_name"]: one["module"]["api_name"] for one in lists}

    assert modules["Notes"] == "Notes"
    assert modules["Calls_History"] == "Calls"


@pytest.mark.parametrize("area", ["fields", "related_lists", "tags"])
def test_module_needed(send, area):
    """
    What is told of a module needs one that there is.
    """
    missing = send("GET", f"settings/{area}")
    wrong = send("GET", f"settings/{area}", module="Nope")

    assert missing.json["code"] == "REQUIRED_PARAM_MISSING"
    assert wrong.json["code"] == "INVALID_MODULE"


@pytest.mark.parametrize(
    "path", ["settings", "settings/nope", "users/1/2", "Contacts/1/2/3"]
)
def test_no_path(send, path):
    """
    A path that there is not is refused in Zoho's form.
    """
    refused = send("GET", path)

    assert (refused.status, refused.json["code"]) == (404, "INVALID_URL_PATTERN")


@pytest.mark.parametrize("path", ["org", "users", "settings/fields", "coql"])
def test_method(send, path):
    """
    A method that a path does not have is refused.
    """
    refused = send("DELETE", path)

    assert (refused.status, refused.json["code"]) == (405, "INVALID_REQUEST_METHOD")


@pytest.mark.parametrize("path", ["/", "/api/v1/people", "/services/data/v59.0"])
def test_other_host(send, path):
    """
    What is not the API's answers as Zoho's other hosts do: with a page for people.
    """
    answer = send("GET", path)

    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.json is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"fields": [{}]}, "api_name"),
        ({"fields": [{"api_name": "A", "data_type": "colour"}]}, "colour"),
        ({"fields": [{"api_name": "A", "module": "Nope"}]}, "Nope"),
        ({"records": {"Nope": [{}]}}, "Nope"),
        ({"contacts": [{"id": "ana"}]}, "ana"),
        ({"contacts": [{"id": "1"}, {"id": "1"}]}, "'1'"),
        ({"contacts": [{"Created_Time": "2026-01-01"}]}, "2026-01-01"),
    ],
)
def test_options(options, said):
    """
    An option that is wrong is refused, and what is wrong is named.
    """
    with pytest.raises(ValueError, match=said):
        Simulator("zoho", **options)


def test_seeded(crm_simulator, clients):
    """
    What is put in needs not be as Zoho would take it; an unknown field is a custom text.
    """
    odd = {
        "id": "7",
        "Last_Name": "Ng",
        "Tag": [{"name": "VIP"}],
        "Owner": {"id": "5725767000000411001"},
        "Favourite": "blue",
        "Modified_Time": "2020-01-01T00:00:00+00:00",
    }
    hub = crm_simulator("zoho", contacts=[odd, {"id": "8", "First_Name": None}])
    send = clients(hub)
    (ng,) = send("GET", "Contacts/7").json["data"]

    assert (ng["Favourite"], ng["Modified_Time"]) == ("blue", "2020-01-01T05:30:00+05:30")
    assert [tag["name"] for tag in ng["Tag"]] == ["VIP"]
    assert [contact["id"] for contact in hub.contacts()] == ["7", "8"]
    assert hub.add_contacts([{"Last_Name": "New"}])[0].isdecimal()
