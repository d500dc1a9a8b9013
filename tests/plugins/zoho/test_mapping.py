"""
What becomes of Zoho's records, and of activities that become such records.
"""

from datetime import UTC, date, datetime

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crmkit import ActivityRecord, Consent, CustomField, InvalidRequestError
from crmkit.testing.strategies import activities
from crmkit_zoho._fields import OWN
from crmkit_zoho._mapping import to_client
from crmkit_zoho._records import KINDS, read_fields, to_interaction, to_record
from crmkit_zoho._settings import Settings

SETTINGS = Settings()
NOON = datetime(2026, 5, 14, 12, 0, tzinfo=UTC)
FIELDS = {
    "Tone": CustomField(key="Tone", name="Tone", type="choice", options={"f1": "Formal"}),
    "Amenities": CustomField(
        key="Amenities", name="Amenities", type="choices", options={"g": "Garden"}
    ),
    "Budget": CustomField(key="Budget", name="Budget", type="number"),
    "Account_Name": CustomField(key="Account_Name", name="Account_Name"),
    "Date_of_Birth": CustomField(key="Date_of_Birth", name="Date_of_Birth", type="date"),
    "Agents": CustomField(key="Agents", name="Agents"),
}
NULLS = dict.fromkeys((*OWN, *FIELDS))
ODD = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
ODDER = ODD | st.lists(ODD, max_size=2) | st.dictionaries(st.text(max_size=5), ODD)


def client(tags=None, **record):
    """
    Return the client of a record whose other fields are null.
    """
    return to_client({**NULLS, "id": "1", **record}, FIELDS, tags or {})


def activity(kind="note", **more):
    """
    Make an activity of a client at noon.
    """
    return ActivityRecord(type=kind, client_id="7", id="a", timestamp=NOON, **more)


def written(kind, given, **settings):
    """
    Return the record that says an activity.
    """
    return to_record(kind, given, Settings(**settings))


class TestClient:
    def test_all(self):
        """
        Every field has its place, and times are instants, whatever the account's zone.
        """
        found = client(
            id=5725767000000524157,
            First_Name="Ana",
            Last_Name="Ruiz",
            Full_Name="Ana Ruiz",
            Email="ana@example.com",
            Mobile="+15550100101",
            Owner={"name": "Sam Owner", "id": "9", "email": "sam@example.com"},
            Tag=[{"name": "VIP", "id": "3", "color_code": None}],
            Modified_Time="2026-05-14T15:00:00+03:00",
        )

        assert (found.id, found.name) == ("5725767000000524157", "Ana Ruiz")
        assert (found.first_name, found.last_name) == ("Ana", "Ruiz")
        assert (found.email, found.phone) == ("ana@example.com", "+15550100101")
        assert found.tags == ("VIP",)
        assert found.updated_at == NOON
        assert found.custom_fields["owner_id"] == "9"
        assert found.custom_fields["owner_name"] == "Sam Owner"
        assert found.custom_fields["owner_email"] == "sam@example.com"

    def test_custom(self):
        """
        Choices are labels, another record is its name, numbers and dates have their types.
        """
        found = client(
            Tone="f1",
            Amenities=["g", "Pool"],
            Budget=450000,
            Account_Name={"name": "Harbour Homes", "id": "5"},
            Date_of_Birth="1990-02-03",
            Agents=[{"name": "Kim", "id": "6"}, {"name": "Lee", "id": "8"}],
        ).custom_fields

        assert (found["Tone"], found["Amenities"]) == ("Formal", ("Garden", "Pool"))
        assert (found["Budget"], found["Account_Name"]) == (450000, "Harbour Homes")
        assert found["Date_of_Birth"] == date(1990, 2, 3)
        assert found["Agents"] == ("Kim", "Lee")

    @pytest.mark.parametrize("said", [True, "true", "TRUE", 1, "yes", {"x": 1}], ids=repr)
    def test_opted_out(self, said):
        """
        Anything but a no opts out of e-mail, since when it is known.
        """
        found = client(Email_Opt_Out=said, Unsubscribed_Time="2026-05-14T12:00:00Z")

        assert found.consent == (
            Consent(
                channel="email", status="opted_out", source="Email_Opt_Out", as_of=NOON
            ),
        )

    @pytest.mark.parametrize(
        "said", [False, None, "no", "False", 0, "0", [], " "], ids=repr
    )
    def test_no_statement(self, said):
        """
        A no is no statement, and nor is what is missing.
        """
        assert client(Email_Opt_Out=said).consent == ()

    def test_closing_tags(self):
        """
        Tags that the settings name close their channel; those for all stand above.
        """
        closing = {"sms": ["No SMS", "Quiet"], "*": ["Do not contact"], "phone": ["Never"]}
        found = client(closing, Tag=[{"name": "Quiet"}, {"name": "Do not contact"}])

        assert found.consent == (
            Consent(channel="sms", status="opted_out", source="Tag"),
            Consent(channel="*", status="do_not_contact", source="Tag"),
        )

    @pytest.mark.parametrize("record", [NULLS, {}], ids=["nulls", "missing"])
    def test_nothing(self, record):
        """
        A record of which nothing is told is a client still.
        """
        found = to_client({**record, "id": 1}, FIELDS, {})

        assert (found.id, found.name, found.email, found.phone) == ("1", "", None, None)
        assert (found.tags, found.consent, found.updated_at) == ((), (), None)
        assert found.custom_fields["owner_id"] is None

    @given(st.dictionaries(st.sampled_from([*OWN, *FIELDS]), ODDER))
    def test_odd(self, record):
        """
        Whatever a field holds, no client is lost, and addresses are texts.
        """
        found = client(**record)

        assert found.id == "1"
        assert all(isinstance(one, str | None) for one in (found.email, found.phone))


class TestRecord:
    def test_note(self):
        """
        A note has its client, its text, the moment that Zoho has no field for, the mark.
        """
        found = written(
            "Notes", activity("email_sent", description="Hello", metadata={"x": 1})
        )

        assert found["Parent_Id"] == {"module": {"api_name": "Contacts"}, "id": "7"}
        lines = found["Note_Content"].split("\n")
        assert lines[:-1] == [
            "Hello",
            "type: email_sent",
            "x: 1",
            "at: 2026-05-14T12:00:00Z",
        ]
        assert lines[-1].startswith("[crmkit ")
        assert found.keys() == {"Parent_Id", "Note_Content"}

    def test_call(self):
        """
        A call's metadata have fields of their own, its length as minutes and seconds.
        """
        metadata = {"duration_s": 3725.2, "direction": "in", "outcome": "interested"}
        found = written("Calls", activity("call", description="Hi\nyou", metadata=metadata))

        assert found["Subject"] == "Hi"
        assert (found["Call_Type"], found["Call_Duration"]) == ("Inbound", "62:05")
        assert found["Call_Result"] == "Interested"
        assert found["Call_Start_Time"] == "2026-05-14T12:00:00+00:00"
        assert found["Who_Id"] == {"id": "7"}
        assert "Outbound_Call_Status" not in found

    def test_call_of_ours(self):
        """
        A call of which nothing is told is ours, was made, and has the duration it needs.
        """
        found = written("Calls", activity("call"))

        assert (found["Call_Type"], found["Call_Duration"]) == ("Outbound", "00:00")
        assert (found["Outbound_Call_Status"], found["Subject"]) == ("Completed", "call")

    def test_missed(self):
        """
        A call with the outcome missed is of that type in Zoho, and comes back so.
        """
        given = activity("call", metadata={"direction": "in", "outcome": "missed"})
        record = written("Calls", given)
        found = to_interaction("Calls", {**record, "id": "5"})

        assert record["Call_Type"] == "Missed"
        assert (found.direction, found.metadata["outcome"]) == ("in", "missed")

    @pytest.mark.parametrize("way", ["in", "out"])
    def test_no_outcome(self, way):
        """
        A call without an outcome comes back without one, and goes its way.
        """
        record = written("Calls", activity("call", metadata={"direction": way}))
        found = to_interaction("Calls", {**record, "id": "5"})

        assert (found.direction, "outcome" in found.metadata) == (way, False)

    @pytest.mark.parametrize(
        ("metadata", "end"),
        [
            ({}, "13:00:00"),
            ({"duration_s": 1800}, "12:30:00"),
            ({"duration_s": 0}, "12:00:00"),
        ],
    )
    def test_meeting(self, metadata, end):
        """
        A meeting ends as it says, else after an hour, and nobody is told by mail.
        """
        found = written("Events", activity("meeting", metadata=metadata))

        assert found["Start_DateTime"] == "2026-05-14T12:00:00+00:00"
        assert found["End_DateTime"] == f"2026-05-14T{end}+00:00"
        assert found["$send_notification"] is False

    def test_task(self):
        """
        A task is due on the day that the caller means, in the caller's own zone.
        """
        metadata = {"due_at": "2026-05-20T23:30:00-05:00", "outcome": "in_progress"}
        found = written("Tasks", activity("task", description="Call", metadata=metadata))

        assert (found["Due_Date"], found["Status"]) == ("2026-05-20", "In Progress")
        assert found["Subject"] == "Call"

    def test_lead(self):
        """
        A lead is what an activity is about; only contacts have a lookup of their own.
        """
        found = written("Tasks", activity("task"), module="Leads")
        note = written("Notes", activity(), module="Leads")

        assert (found["What_Id"], found["$se_module"]) == ({"id": "7"}, "Leads")
        assert "Who_Id" not in found
        assert note["Parent_Id"]["module"] == {"api_name": "Leads"}

    def test_unknown_word(self):
        """
        A word that is not in Zoho's list is told in the text.
        """
        found = written("Calls", activity("call", metadata={"outcome": "left a message"}))

        assert "outcome: left a message" in found["Description"]
        assert "Call_Result" not in found

    def test_html(self):
        """
        Markup is written as the text that it shows, once if the description says the same.
        """
        both = written("Notes", activity(description="Hi", metadata={"html": "<p>Hi</p>"}))
        other = written(
            "Notes", activity(description="In short", metadata={"html": "<p>Hi</p>"})
        )

        assert both["Note_Content"].startswith("Hi\nat: ")
        assert other["Note_Content"].startswith("In short\nHi\nat: ")

    def test_unmarked(self):
        """
        Without the marker there is no mark, and a unique field has it where one is named.
        """
        plain = written("Notes", activity(description="Hi"), marker=False)
        unique = written("Calls", activity("call"), unique_fields={"Calls": "Crmkit_Id"})

        assert "crmkit" not in plain["Note_Content"]
        assert f"[crmkit {unique['Crmkit_Id']}]" in unique["Description"]

    def test_no_client(self):
        """
        A note belongs to a client; other activities need none.
        """
        alone = evolve(activity("task"), client_id=None)

        with pytest.raises(InvalidRequestError, match="belongs to a client"):
            written("Notes", alone)
        assert "Who_Id" not in written("Tasks", alone)

    @pytest.mark.parametrize(("kind", "longest"), [("Notes", 65_535), ("Calls", 32_000)])
    def test_too_long(self, kind, longest):
        """
        What Zoho has no room for is refused, or cut where settings say so, never the mark.
        """
        long = activity(description="x" * longest)
        body = KINDS[kind].body
        cut = written(kind, long, cut_long_text=True)

        with pytest.raises(InvalidRequestError, match=f"{body}.*{longest:,}"):
            written(kind, long)
        assert len(cut[body]) == longest
        assert cut[body].endswith("]")

    def test_long_title(self):
        """
        A title that is too long is refused by its name.
        """
        with pytest.raises(InvalidRequestError, match=r"Note_Title.*120"):
            written("Notes", activity(metadata={"subject": "x" * 121}))

    @pytest.mark.parametrize("metadata", [{"duration_s": "long"}, {"duration_s": -1}])
    def test_wrong_duration(self, metadata):
        """
        What is no duration is refused, not misread.
        """
        for kind in ("Calls", "Events"):
            with pytest.raises(InvalidRequestError, match="duration_s"):
                written(kind, activity("call", metadata=metadata))

    @given(activities(), st.sampled_from(sorted(KINDS)))
    def test_there_and_back(self, given, kind):
        """
        Text, moment and what has a field come back from what is written.
        """
        given = evolve(given, client_id="7", description=given.description.strip())
        try:
            record = to_record(kind, given, SETTINGS)
        except InvalidRequestError:
            return
        found = to_interaction(kind, {**record, "id": "1"})

        assert found.timestamp == given.timestamp.replace(microsecond=0)
        assert given.description in found.description
        assert "[crmkit" not in found.description


class TestInteraction:
    def test_call(self):
        """
        A call that somebody else wrote is told in the caller's words.
        """
        found = to_interaction(
            "Calls",
            {
                "id": "5",
                "Subject": "Call customer",
                "Call_Type": "Inbound",
                "Call_Duration": "00:15",
                "Call_Duration_in_seconds": 16,
                "Call_Result": "Interested",
                "Call_Start_Time": "2026-05-14T15:00:00+03:00",
                "Description": None,
            },
        )

        assert (found.type, found.timestamp, found.direction) == ("call", NOON, "in")
        assert found.metadata == {
            "subject": "Call customer",
            "duration_s": 16,
            "outcome": "interested",
        }

    @pytest.mark.parametrize(
        ("said", "expected"),
        [("02:05", 125), ("17", "17"), ("", None), (None, None), (9, 9)],
    )
    def test_durations(self, said, expected):
        """
        Older calls have a duration that is blank, or a plain number.
        """
        found = to_interaction("Calls", {"id": "5", "Call_Duration": said})

        assert found.metadata.get("duration_s") == expected

    def test_moment_of_a_note(self):
        """
        A note is of the moment that it tells, else of the one when it was made.
        """
        made = {"id": "5", "Created_Time": "2026-06-01T00:00:00Z"}
        told = {**made, "Note_Content": "Hi\nat: 2026-05-14T12:00:00+00:00"}
        other = {**made, "Note_Content": "at: home"}

        assert to_interaction("Notes", told).timestamp == NOON
        assert to_interaction("Notes", told).description == "Hi"
        assert to_interaction("Notes", other).timestamp == datetime(2026, 6, 1, tzinfo=UTC)
        assert to_interaction("Notes", other).description == "at: home"

    @given(st.data(), st.sampled_from(sorted(KINDS)))
    def test_odd(self, data, kind):
        """
        Whatever a record's fields hold, it is an entry of the history.
        """
        names = st.sampled_from([*read_fields(kind), "Created_Time"])
        record = data.draw(st.dictionaries(names, ODDER))

        assert to_interaction(kind, {**record, "id": 5}).id == "5"
