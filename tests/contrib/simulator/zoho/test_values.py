"""
What fields take: their types, their lengths, their choices, and who may write them.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit_simulator.zoho._shown import seconds
from crmkit_simulator.zoho._values import moment

ANA = "5725767000000524157"
LANGUAGES = [
    {"display_value": "English", "actual_value": "en"},
    {"display_value": "Spanish", "actual_value": "es"},
]
OWN = [
    {"api_name": "Language", "data_type": "picklist", "pick_list_values": LANGUAGES},
    {
        "api_name": "Amenities",
        "data_type": "multiselectpicklist",
        "pick_list_values": ["Garden", "Garage"],
    },
    {"api_name": "Budget", "data_type": "currency", "length": 8},
    {"api_name": "Rooms", "data_type": "integer", "length": 2},
    {"api_name": "Member", "unique": True},
    {"api_name": "Score", "data_type": "integer", "read_only": True},
    {"api_name": "Secret", "visible": False},
    {"api_name": "Seen", "data_type": "datetime"},
    {"api_name": "Born", "data_type": "date"},
    {"api_name": "Short", "length": 3},
    {
        "api_name": "Friend",
        "data_type": "lookup",
        "lookup": {"module": {"api_name": "Leads"}},
    },
]


@pytest.fixture
def hub(crm_simulator):
    """
    Return a Zoho with a custom field of each kind.
    """
    ana = {"id": ANA, "Last_Name": "Ruiz", "Member": "M1"}
    leads = [{"id": "77", "Last_Name": "Lo"}]
    return crm_simulator(
        "zoho", contacts=[ana], fields=OWN, limit="off", records={"Leads": leads}
    )


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("Language", "es", "es"),
        ("Amenities", ["Garage", "Garden"], ["Garage", "Garden"]),
        ("Budget", 450_000.5, 450_000.5),
        ("Rooms", 3, 3),
        ("Email_Opt_Out", True, True),
        ("Born", "1990-02-28", "1990-02-28"),
        ("Seen", "2026-05-14T10:00:00+02:00", "2026-05-14T13:30:00+05:30"),
        ("Short", "abc", "abc"),
        ("Friend", {"id": "77"}, {"id": "77", "name": "Lo"}),
        ("Friend", "77", {"id": "77", "name": "Lo"}),
        ("Tag", [{"name": "VIP"}], ["VIP"]),
        ("Email", "", None),
    ],
)
def test_taken(send, name, value, stored):
    """
    A value that fits is stored, and read back as Zoho writes it.
    """
    (result,) = send.rows("PUT", "Contacts", {"id": ANA, name: value})
    (found,) = send("GET", f"Contacts/{ANA}", fields=name).json["data"]
    tags = [tag["name"] for tag in found[name]] if name == "Tag" else found[name]

    assert result["code"] == "SUCCESS"
    assert tags == stored


@pytest.mark.parametrize(
    ("name", "value", "detail"),
    [
        ("Language", "Spanish", {"expected_data_type": "picklist"}),
        ("Language", "fr", {"expected_data_type": "picklist"}),
        ("Amenities", "Garden", {"expected_data_type": "jsonarray"}),
        ("Amenities", ["Pool"], {"expected_data_type": "picklist"}),
        ("Budget", "450000", {"expected_data_type": "double"}),
        ("Budget", 123_456_789, {"maximum_length": 8}),
        ("Rooms", 2.5, {"expected_data_type": "integer"}),
        ("Rooms", True, {"expected_data_type": "integer"}),
        ("Rooms", 100, {"maximum_length": 2}),
        ("Email_Opt_Out", "true", {"expected_data_type": "boolean"}),
        ("Born", "28.02.1990", {"expected_data_type": "date"}),
        ("Born", "1990-02-30", {"expected_data_type": "date"}),
        ("Seen", "2026-05-14T10:00:00", {"expected_data_type": "datetime"}),
        ("Seen", "2026-05-14T10:00:00.000+02:00", {"expected_data_type": "datetime"}),
        ("Seen", "2026-15-14T10:00:00+02:00", {"expected_data_type": "datetime"}),
        ("Seen", 1_760_000_000, {"expected_data_type": "datetime"}),
        ("Short", "abcd", {"maximum_length": 3}),
        ("Short", 12, {"expected_data_type": "text"}),
        ("Email", "ana@", {"expected_data_type": "email"}),
        ("Friend", "x", {"expected_data_type": "bigint"}),
        ("Friend", {"id": ANA}, {}),
        ("Owner", {"id": ANA}, {}),
        ("Tag", [{"name": "x" * 26}], {"maximum_length": 25}),
        ("Tag", [{"name": str(n)} for n in range(11)], {"maximum_length": 10}),
        ("Tag", ["VIP"], {"expected_data_type": "jsonarray"}),
    ],
)
def test_refused(send, name, value, detail):
    """
    A value that does not fit is refused, and what was expected is told.
    """
    (result,) = send.rows("PUT", "Contacts", {"id": ANA, name: value})

    assert result["code"] == "INVALID_DATA"
    assert result["details"] == {
        "api_name": name,
        "json_path": f"$.data[0].{name}",
        **detail,
    }


@pytest.mark.parametrize("name", ["Nope", "Secret", "Score", "Full_Name", "Created_Time"])
@pytest.mark.parametrize("ignores", [False, True])
def test_unwritable(crm_simulator, clients, name, ignores):
    """
    A field that is unknown, hidden or read-only is refused, or passed over by option.
    """
    ana = {"id": ANA, "Last_Name": "Ruiz"}
    hub = crm_simulator("zoho", contacts=[ana], fields=OWN, ignores_unwritable=ignores)
    send = clients(hub)
    before = send("GET", f"Contacts/{ANA}").json["data"][0]
    (result,) = send.rows("PUT", "Contacts", {"id": ANA, name: "x", "Phone": "1"})
    after = send("GET", f"Contacts/{ANA}").json["data"][0]

    assert result["code"] == ("SUCCESS" if ignores else "INVALID_DATA")
    assert after.get(name) == before.get(name)
    assert after["Phone"] == ("1" if ignores else None)


def test_unique(send):
    """
    A value that must not be twice is refused with the id of who has it.
    """
    (result,) = send.rows("POST", "Contacts", {"Last_Name": "Ng", "Member": "m1"})

    assert result["code"] == "DUPLICATE_DATA"
    assert result["details"]["id"] == ANA
    assert result["details"]["api_name"] == "Member"
    assert result["details"]["duplicate_record"]["id"] == ANA
    (same,) = send.rows("PUT", "Contacts", {"id": ANA, "Member": "M1"})
    assert same["code"] == "SUCCESS"


def test_unique_in_a_batch(send):
    """
    Two rows of one batch with such a value are not both made.
    """
    row = {"Last_Name": "Ng", "Member": "M2"}
    first, second = send.rows("POST", "Contacts", row, row)

    assert (first["code"], second["code"]) == ("SUCCESS", "DUPLICATE_DATA")
    assert second["details"]["id"] == first["details"]["id"]


def test_hidden(send):
    """
    A field that is hidden is neither read nor described.
    """
    fields = send("GET", "settings/fields", module="Contacts").json["fields"]

    assert "Secret" not in {field["api_name"] for field in fields}
    assert "Secret" not in send("GET", f"Contacts/{ANA}").json["data"][0]
    assert "Secret" not in send("GET", f"Contacts/{ANA}", fields="Secret").json["data"][0]


@given(st.datetimes(), st.integers(-14 * 60, 14 * 60))
def test_moments(at, offset):
    """
    Every moment that is written as Zoho wants it is read as that moment.
    """
    sign = "-" if offset < 0 else "+"
    hours, minutes = divmod(abs(offset), 60)
    text = f"{at:%Y-%m-%dT%H:%M:%S}{sign}{hours:02}:{minutes:02}".rjust(25, "0")
    found = moment(text)

    assert found.replace(tzinfo=None) == at.replace(microsecond=0)
    assert found.utcoffset().total_seconds() == offset * 60


@given(st.integers(0, 100_000))
def test_durations(length):
    """
    A call's length is read from its text.
    """
    assert seconds(f"{length // 60:02}:{length % 60:02}") == length


@pytest.mark.parametrize("text", [None, "", "15", "1:60", "x", 60, "00:15:00"])
def test_odd_durations(text):
    """
    What an old call has instead of a duration tells no length.
    """
    assert seconds(text) is None
