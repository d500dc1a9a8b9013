"""
Activities become what the file says, as values and never as glued text.
"""

import pytest

from crmkit import ActivityRecord, InvalidRequestError, NotSupportedError, RateLimitedError
from crmkit.testing import Answer
from crmkit.writing import mark, mark_line

NOTE = ActivityRecord(
    id="call-1",
    type="note",
    client_id="7",
    description="Wants a garden",
    timestamp="2026-05-01T09:30:00Z",
)
KINDS = """
[activities.call]
types = ["call"]
path = "/calls"
headers = { Idempotency-Key = "{activity_id}" }
repeatable = true
id = "call.id"
words.direction = { in = "INBOUND", out = "OUTBOUND" }
words.outcome = { no_answer = "NA", "*" = "DONE" }

[activities.call.body.call]
about = ["{client_id|number}", 5]
text = "{text}"
minutes = "{duration_s|minutes}"
began = "{timestamp|seconds}"
way = "{direction}"
result = "{outcome}"
zone = "{metadata.zone}"
label = "Call: {subject}"
fixed = true

[activities.rows]
types = ["task", "meeting"]
path = "/rows"
body = { rows = "{rows}", source = "crmkit" }
row = { ref = "{mark}", text = "{text}", due = "{due_at}", title = "{title}" }
"""


def activity(**changes):
    """
    Return a note with changes.
    """
    return ActivityRecord(
        **{
            "id": "call-1",
            "type": "note",
            "client_id": "7",
            "description": "Wants a garden",
            "timestamp": "2026-05-01T09:30:00Z",
            **changes,
        }
    )


def test_values(played, connect):
    """
    A placeholder is a value with its type; what has none is left out.

    What has no place becomes lines of the text.
    """
    played.answers["/calls"] = {"call": {"id": 12}}
    said = {
        "duration_s": 90,
        "direction": "in",
        "outcome": "left a message",
        "zone": {"name": "north", "no": 4},
        "budget": 5,
        "from": None,
    }
    call = activity(type="call", metadata=said)
    outcome = connect(played, KINDS).sync_activity(call)

    assert outcome.remote_id == "12"
    assert played.asked[0].headers["idempotency-key"] == "call-1"
    assert played.bodies == [
        {
            "call": {
                "about": [7, 5],
                "text": "Wants a garden\noutcome: left a message\nbudget: 5\n"
                + mark_line(call),
                "minutes": 2,
                "began": 1777627800,
                "way": "INBOUND",
                "result": "DONE",
                "zone": {"name": "north", "no": 4},
                "fixed": True,
            }
        }
    ]


def test_never_glued(played, connect):
    """
    A value that looks like JSON, or like a placeholder, is text.
    """
    odd = '", "admin": true, "x": "{mark}\\'
    played.answers["/people/7/notes"] = {}
    connect(played).sync_activity(activity(description=odd))
    (body,) = played.bodies

    assert set(body) == {"text"}
    assert body["text"].startswith(odd)


def test_types(played, connect):
    """
    The first kind takes the types that no kind names, and tells them in its text.
    """
    played.answers["/people/7/notes"] = {}
    connect(played, KINDS).sync_activity(activity(type="property_view"))

    assert "\ntype: property_view\n" in played.bodies[0]["text"]


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"type": "call", "metadata": {"duration_s": "long"}},
        {"type": "call", "client_id": "ana"},
        {"type": "task", "metadata": {"due_at": "tomorrow"}},
    ],
)
def test_unwritable(played, connect, changes):
    """
    What the CRM would misread fails alone, before anything is sent.
    """
    outcome = connect(played, KINDS).sync_activity(activity(**changes))

    assert outcome.status == "dead"
    assert isinstance(outcome.error, InvalidRequestError)
    assert played.asked == []


@pytest.mark.parametrize("odd", ["a\r\nX-Admin: 1", "ü☃"])
def test_header(played, connect, odd):
    """
    A value makes no second header.
    """
    outcome = connect(played, KINDS).sync_activity(activity(type="call", id=odd))

    assert outcome.status == "dead"
    assert played.asked == []


def test_html(played, connect):
    """
    Where markup is wanted, it is the markup that was given, or what shows the text.
    """
    played.answers["/n"] = {}
    more = '\n[activities.html]\npath = "/n"\nform = { body = "{html}" }\n'
    crm = connect(played, more)
    crm.sync_activity(activity(type="html", description="a < b", id="1"))
    crm.sync_activity(activity(type="html", metadata={"html": "<b>c</b>"}, id="2"))
    one, two = (request.form()["body"] for request in played.asked)

    assert one.startswith("a &lt; b<br>[crmkit ")
    assert two.startswith("<b>c</b><br>[crmkit ")


def test_form(played, connect):
    """
    Values of a form are texts: several have commas between, true is true.
    """
    played.answers["/n"] = {}
    more = """
[activities.form]
path = "/n"
form = { t = "{text}", to = "{to}", sure = true, x = "{metadata.x}" }
"""
    said = {"to": ["a@example.com", "b@example.com"], "x": {"deep": [1]}}
    connect(played, more).sync_activity(activity(type="form", metadata=said))
    form = played.asked[0].form()

    assert form.pop("t").startswith("Wants a garden\n[crmkit ")
    assert form == {
        "to": "a@example.com,b@example.com",
        "sure": "true",
        "x": '{"deep":[1]}',
    }


@pytest.mark.parametrize("text", ["", "\n ends and begins \n"])
def test_letter_by_letter(played, connect, text):
    """
    A text is whole, and alone where it is empty.
    """
    played.answers["/people/7/notes"] = {}
    note = activity(description=text)
    connect(played).sync_activity(note)

    assert played.bodies == [
        {"text": f"{text}\n{mark_line(note)}" if text else mark_line(note)}
    ]


def test_too_long(played, connect):
    """
    A text that is too long is refused, or cut where the file says so, never its mark.
    """
    played.answers["/n"] = {}
    more = '\n[activities.short]\npath = "/n"\nbody = { t = "{text}" }\nlongest = 100\n'
    long = activity(type="short", description="x" * 200)

    assert connect(played, more).sync_activity(long).status == "dead"
    other = activity(type="short", description="x" * 200, id="2")
    connect(played, f"{more}cut = true\n").sync_activity(other)
    (body,) = played.bodies
    assert len(body["t"]) == 100
    assert body["t"].endswith(f"x\n{mark_line(other)}")


BATCH = """
[activities.row]
types = ["task"]
path = "/rows"
body = "{rows}"
row = { ref = "{mark}", text = "{text}" }
[activities.row.outcomes]
at = "rows"
"""
TASKS = [activity(type="task", id=f"t{n}", description=f"text {n}") for n in range(3)]
GOOD, BAD = {"id": 4}, {"error": {"code": "NO_ROOM", "message": "text 1 is private"}}


@pytest.mark.parametrize(
    ("how", "rows", "told"),
    [
        ('id = "id"', [GOOD, GOOD, GOOD], ["synced"] * 3),
        ('error = "error.code"', [GOOD, BAD, GOOD], ["synced", "dead", "synced"]),
        ("", [GOOD, GOOD], ["uncertain"] * 3),
        ('index = "n"', [{"n": 2}, {"n": 0}], ["synced", "uncertain", "synced"]),
        ('index = "n"', [{"n": 7}, None, "x"], ["uncertain"] * 3),
        ('key = "ref"', [{"ref": "0"}, {"ref": 1}, {}], ["uncertain"] * 3),
        (
            'key = "ref"\nerror = "error"',
            [{"ref": mark(TASKS[2]), **BAD}, {"ref": mark(TASKS[0])}, {"ref": "?"}],
            ["synced", "uncertain", "dead"],
        ),
    ],
)
def test_outcomes(played, connect, how, rows, told):
    """
    What became of each row is told by its place, its number or its key.
    """
    played.answers["/rows"] = {"rows": rows}
    report = connect(played, f"{BATCH}{how}\n").batch_sync_activities(TASKS)

    assert [outcome.status for outcome in report] == told
    for outcome in report:
        assert "private" not in str(outcome.error)
        if outcome.status == "dead" and "code" in how:
            assert "NO_ROOM" in str(outcome.error)


def test_one_unwritable(played, connect):
    """
    A row that cannot be written fails alone, and the others are sent.
    """
    more = BATCH.replace('"{text}" }', '"{text}", who = "{client_id|number}" }')
    played.answers["/rows"] = {"rows": [GOOD, GOOD]}
    wrong = activity(type="task", id="wrong", client_id="ana")
    report = connect(played, more).batch_sync_activities([TASKS[0], wrong, TASKS[1]])

    assert [outcome.status for outcome in report] == ["synced", "dead", "synced"]
    assert len(played.asked) == 1


def test_all_or_nothing(played, connect):
    """
    Without outcomes a good answer is good for all rows.
    """
    played.answers["/rows"] = Answer(status=204)
    text = BATCH.partition("[activities.row.outcomes]")[0]

    assert all(connect(played, text).batch_sync_activities(TASKS))


def test_later(played, connect):
    """
    A row means what the file says that such an error means.
    """
    played.answers["/rows"] = {"rows": [GOOD, {"error": {"code": "LOCKED"}}, GOOD]}
    more = (
        f'{BATCH}error = "error"\n[errors]\nrate_limited = ["error.code == \'LOCKED\'"]\n'
    )
    report = connect(played, more).batch_sync_activities(TASKS)

    assert [outcome.status for outcome in report] == ["synced", "pending", "synced"]
    assert isinstance(report[1].error, RateLimitedError)


def test_no_id(played, connect):
    """
    A good answer without the id that it should tell is uncertain.
    """
    played.answers["/calls"] = {"call": {}}

    outcome = connect(played, KINDS).sync_activity(activity(type="call"))
    assert outcome.status == "uncertain"


def test_unknown_kind(played, connect):
    """
    A kind that the file does not have is named, with those that it has.
    """
    crm = connect(played, KINDS)
    plugin = crm._given["plugins"]["acme"]
    with pytest.raises(Exception, match="one of note, call, rows"):
        list(plugin.crmkit_sync(crm.session(), "calls", [activity()]))


LOOK = """
[activities.note.look]
path = "/people/{client_id}/notes"
params = { page = "{page}" }
mark = "body"
id = "no"
"""


@pytest.mark.parametrize(
    ("changes", "answers", "found"),
    [
        ({}, [[{"no": 1, "body": "x"}], [{"no": 2, "body": f"y {mark_line(NOTE)}"}]], "2"),
        ({}, [[{"no": 3, "body": mark(NOTE)}]], "3"),
        ({}, [[{"no": 4, "body": f"{mark_line(NOTE)} {mark_line(TASKS[0])}"}], []], None),
        ({}, [[{"no": 5, "body": None}, {}], []], None),
        ({}, [[]], None),
    ],
)
def test_look(played, connect, changes, answers, found):
    """
    An activity is known by its own mark, the last one of a text, on any page.
    """
    pages = iter(answers)
    played.answers["/people/7/notes"] = lambda _request: next(pages)
    crm = connect(played, LOOK)
    plugin = crm._given["plugins"]["acme"]

    assert plugin.crmkit_find_activity(crm.session(), "note", NOTE) == found


def test_look_in_vain(played, connect):
    """
    Nobody can tell of a client who is gone, of no client, or of a kind without look.
    """
    crm = connect(played, LOOK + KINDS)
    plugin = crm._given["plugins"]["acme"]
    session = crm.session()

    for kind, one in (("note", NOTE), ("note", activity(client_id=None)), ("rows", NOTE)):
        with pytest.raises(NotSupportedError):
            plugin.crmkit_find_activity(session, kind, one)
    assert plugin.crmkit_find_activity(session, "call", NOTE) is None
