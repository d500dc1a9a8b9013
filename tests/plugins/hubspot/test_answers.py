"""
Answers of HubSpot that a simulator does not give, by hand.
"""

import json
from datetime import UTC, datetime

import pytest
from attrs import evolve, field, frozen

from crmkit import (
    ActivityRecord,
    ClientNotFoundError,
    CRMError,
    InvalidRequestError,
    NotSupportedError,
    ProtocolError,
    Response,
    UnavailableError,
)
from crmkit.writing import mark
from crmkit_hubspot import (
    crmkit_fetch,
    crmkit_find_activity,
    crmkit_history,
    crmkit_list_clients,
    crmkit_sync,
)
from crmkit_hubspot._records import to_properties
from crmkit_hubspot._settings import Settings

NOTES = [
    ActivityRecord(type="note", client_id="501", id=f"note-{i}", description=str(i))
    for i in range(3)
]


@frozen
class Session:
    """
    What the core would hand to a hook, with answers by the end of a path.
    """

    answers: dict
    settings: Settings = field(factory=Settings)
    memory: dict = field(factory=dict)
    schema: tuple = ()
    asked: list = field(factory=list)

    @property
    def http(self):
        return self

    def get(self, path, **options):
        return self.post(path, **options)

    def post(self, path, **options):
        path = path.format(**options.get("path_values", {})).partition("?")[0]
        self.asked.append(options.get("json"))
        if path.endswith("properties/2026-09/contacts") and self.schema is not None:
            return answer({"results": [{"name": name} for name in self.schema]})
        queue = next(self.answers[end] for end in self.answers if path.endswith(end))
        body = queue.pop(0)
        if isinstance(body, Exception):
            raise body
        return answer(body)


def answer(body):
    """
    Make an answer; its status is any of success.
    """
    content = json.dumps(body).encode()
    return Response(status=207, headers={}, url="https://x.example/", content=content)


def written(*bodies):
    """
    Return the outcomes, by id, of writing the notes to a HubSpot that answers so.
    """
    session = Session({"batch/create": list(bodies)})
    found = {
        outcome.activity_id: outcome for outcome in crmkit_sync(session, "notes", NOTES)
    }
    return session, found


def record(note, remote_id):
    """
    Return the record that a note becomes.
    """
    properties = to_properties("notes", note, marker=True)
    return {"id": remote_id, "properties": properties}


def error(category="VALIDATION_ERROR", **context):
    """
    Return an error as it stands in a batch's answer.
    """
    return {"status": "error", "category": category, "context": context}


def test_order():
    """
    Records in another order, with failures between, are told apart.
    """
    body = {
        "status": "COMPLETE",
        "results": [record(NOTES[2], "72"), record(NOTES[0], "70")],
        "numErrors": 1,
        "errors": [error(objectWriteTraceId=[mark(NOTES[1])])],
    }
    _, found = written(body)

    assert found["note-2"].remote_id == "72"
    assert found["note-0"].remote_id == "70"
    assert isinstance(found["note-1"].error, InvalidRequestError)


def test_traces():
    """
    Each input has a trace of its own, and its association with the client.
    """
    session, _ = written({"results": []})
    inputs = session.asked[-1]["inputs"]

    assert [one["objectWriteTraceId"] for one in inputs] == [mark(note) for note in NOTES]
    assert {one["associations"][0]["to"]["id"] for one in inputs} == {"501"}


@pytest.mark.parametrize(
    "body",
    [
        {"results": [{"id": "1"}], "errors": [error()]},
        {"results": [{"id": "1"}], "errors": [error(objectWriteTraceId=["other"])]},
        {"results": [{"id": "1"}, {"id": "2"}]},
        {"results": [{"id": str(i)} for i in range(4)]},
        {"results": [{"id": "1"}, {"id": "1"}, {"id": "1"}]},
        {"status": "PENDING", "results": []},
        {},
    ],
)
def test_unattributed(body):
    """
    An activity that the answer does not account for has no outcome, and so is uncertain.
    """
    assert written(body)[1] == {}


def test_told_twice():
    """
    A record that the answer holds twice stands for one activity, and for no other.
    """
    again = record(NOTES[1], "71")
    found = written({"results": [record(NOTES[0], "70"), again, again]})[1]

    assert found.keys() == {"note-0", "note-1"}


@pytest.mark.parametrize(
    "context",
    [["x"], "x", None, {"objectWriteTraceId": None}, {"objectWriteTraceId": [["x"], 7]}],
)
def test_odd_contexts(context):
    """
    An error whose context is none that is documented costs the others nothing.
    """
    odd = {**error(), "context": context}
    told = error(objectWriteTraceId=[mark(NOTES[2])])
    found = written({"results": [record(NOTES[0], "70")], "errors": [odd, told]})[1]

    assert {key: one.status for key, one in found.items()} == {
        "note-0": "synced",
        "note-2": "failed",
    }


@pytest.mark.parametrize("body", [[], None, "x", 7])
def test_no_object(body):
    """
    An answer that is no object is told as such, whatever was asked.
    """
    note = NOTES[0]
    for ask in (
        lambda session: list(crmkit_sync(session, "notes", [note])),
        lambda session: list(crmkit_fetch(session, ["1"])),
        lambda session: list(crmkit_fetch(session, ["1", "2"])),
        lambda session: crmkit_list_clients(session, None, None),
        lambda session: crmkit_history(session, "1"),
        lambda session: list(crmkit_sync(session, "timeline", [note])),
    ):
        session = Session({"": [body]}, Settings(timeline_event="e"))
        with pytest.raises(ProtocolError, match="HubSpot's answer"):
            ask(session)


def test_no_record():
    """
    An answer without an id is no contact, and does not say that there is none.
    """
    raised = fetching("1", contacts_1=[{"status": "error", "message": "Ana"}])[1]

    assert isinstance(raised, ProtocolError)


def test_nameless():
    """
    As many records as activities, though none says whose it is, are these activities.
    """
    body = {
        "results": [{"id": "1"}, {"id": "2"}],
        "errors": [error(objectWriteTraceId=[mark(NOTES[0])])],
    }
    found = written(body)[1]

    assert [found[note.id].status for note in NOTES] == ["failed", "synced", "synced"]
    assert found["note-1"].remote_id is None


def test_last_nameless():
    """
    The one record that is left belongs to the one activity that is left.
    """
    body = {"results": [record(NOTES[0], "70"), record(NOTES[1], "71"), {"id": "72"}]}

    assert written(body)[1]["note-2"].remote_id == "72"


def fetching(*ids, **answers):
    """
    Return the clients that a HubSpot gives that answers so, and what is raised after them.
    """
    queues = {name.replace("_", "/"): list(bodies) for name, bodies in answers.items()}
    clients = []
    try:
        for client in crmkit_fetch(Session(queues), ids):
            clients.append(client)  # noqa: PERF402 - up to what is raised
    except CRMError as raised:
        return clients, raised
    return clients, None


def test_asked_once():
    """
    A property that is named, though it is read in any case, is asked for once.
    """
    answers = {"batch/read": [{"results": []}, {}, {}]}
    settings = Settings(properties=["email"])
    session = Session(answers, settings, schema=("email", "city"))
    crmkit_fetch(session, ["1", "2"])
    names = session.asked[-1]["properties"]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("body", [{}, {"results": None}, []])
def test_no_schema(body):
    """
    An answer without properties is no account without any, and is not remembered.
    """
    session = Session({"contacts": [body]}, schema=None)

    with pytest.raises(ProtocolError):
        crmkit_fetch(session, ["1"])
    assert session.memory == {}


def test_partial_read():
    """
    Contacts that were read are told, though HubSpot failed for others.
    """
    body = {"results": [{"id": "1"}], "errors": [error("INTERNAL_ERROR", ids=["2"])]}
    clients, raised = fetching("1", "2", batch_read=[body])

    assert [client.id for client in clients] == ["1"]
    assert isinstance(raised, UnavailableError)


def test_absent_in_batch():
    """
    One error may name several contacts that are not there; none of them is asked for again.
    """
    body = {"results": [{"id": "3"}], "errors": [error("OBJECT_NOT_FOUND", ids=["1", "2"])]}
    clients, raised = fetching("1", "2", "3", batch_read=[body])

    assert ([client.id for client in clients], raised) == (["3"], None)


def test_vanished():
    """
    A contact that is missing without a word is asked for alone, and may be gone after all.
    """
    body = {"results": [{"id": "3"}]}
    alone = [{"id": "9", "properties": {}}]
    gone = [ClientNotFoundError("gone")]
    clients, _ = fetching(
        "1", "2", "3", batch_read=[body], contacts_1=alone, contacts_2=gone
    )

    assert [(client.id, client.aliases) for client in clients] == [("3", ()), ("9", ("1",))]


def test_cursor():
    """
    A list goes on where HubSpot says, and ends where it says no more.
    """
    pages = [
        {"results": [{"id": "1"}], "paging": {"next": {"after": "x"}}},
        {"results": [{"id": "2"}], "paging": None},
    ]
    session = Session({"/contacts": pages})
    first = crmkit_list_clients(session, None, None)
    last = crmkit_list_clients(session, None, first.next_cursor)

    assert (first.next_cursor, last.next_cursor) == ("x", None)
    assert [client.id for page in (first, last) for client in page.clients] == ["1", "2"]


def test_search():
    """
    A search is in the order of ids, and within the size that HubSpot reads.
    """
    session = Session({"contacts/search": [{"results": []}]})
    since = datetime(2026, 5, 1, tzinfo=UTC)
    page = crmkit_list_clients(session, since, "9" * 18)

    assert (list(page.clients), page.next_cursor) == ([], None)
    assert session.asked[-1]["sorts"] == [
        {"propertyName": "hs_object_id", "direction": "ASCENDING"}
    ]
    assert len(json.dumps(session.asked[-1])) < 3000


def associated(*ids, after=None):
    """
    Return a page of a contact's associations.
    """
    row = {"from": {"id": "501"}, "to": [{"toObjectId": int(id_)} for id_ in ids]}
    paging = {"paging": {"next": {"after": after}}} if after else {}
    return {"results": [row | paging]}


def test_association_pages():
    """
    All pages of associations are read, the same record only once.
    """
    notes = {"results": [{"id": "8"}, {"id": "9"}]}
    empty = {"results": [], "errors": [error("OBJECT_NOT_FOUND", fromObjectId=["501"])]}
    session = Session(
        {
            "contacts/notes/batch/read": [associated(8, after="p2"), associated(9, 8)],
            "notes/batch/read": [notes],
            "/batch/read": [empty] * 4,
        }
    )

    assert sorted(one.id for one in crmkit_history(session, "501")) == ["8", "9"]
    assert {"id": "501", "after": "p2"} in [
        one["inputs"][0] for one in session.asked if one
    ]


def test_association_loop():
    """
    Pages that come again and again end in an error.
    """
    session = Session({"/batch/read": [associated(8, after="p2")] * 9})

    with pytest.raises(ProtocolError, match="twice"):
        crmkit_history(session, "501")


def test_found_among_others():
    """
    Of the client's notes the one that bears the mark is found, whoever wrote the others.
    """
    others = [{"id": "1", "properties": {"hs_note_body": None}}, record(NOTES[1], "2")]
    session = Session(
        {
            "contacts/notes/batch/read": [associated(1, 2, 3)],
            "notes/batch/read": [{"results": [*others, record(NOTES[0], "3")]}],
        }
    )

    assert crmkit_find_activity(session, "notes", NOTES[0]) == "3"


def test_latest_first():
    """
    What was just written is looked for among the latest records, in one request.
    """
    answers = {
        "contacts/notes/batch/read": [associated(*range(1, 151))],
        "notes/batch/read": [{"results": [record(NOTES[0], "150")]}],
    }
    session = Session(answers)

    assert crmkit_find_activity(session, "notes", NOTES[0]) == "150"
    assert len(session.asked[-1]["inputs"]) == 100
    assert session.asked[-1]["inputs"][0] == {"id": "150"}


def test_found_after_merge():
    """
    A note is found under the id that its client has now, if not under the former one.
    """
    answers = {
        "contacts/notes/batch/read": [{"results": []}, associated(3)],
        "notes/batch/read": [{"results": [record(NOTES[0], "3")]}],
        "/contacts/501": [{"id": "777"}],
    }

    assert crmkit_find_activity(Session(answers), "notes", NOTES[0]) == "3"


@pytest.mark.parametrize(
    "said", ["2026-05-01T09:30:00Z", "2026-05-01T09:30:00.000Z", "1777627800000", None]
)
@pytest.mark.parametrize("metadata", [{}, {"hs_timestamp": 1_777_627_800_000}])
def test_hidden_email(said, metadata):
    """
    An e-mail of that instant without a text may be the one, however the instant is written.
    """
    when = datetime(2026, 5, 1 + len(metadata), 9, 30, tzinfo=UTC)
    email = ActivityRecord(
        type="email_sent", client_id="501", timestamp=when, metadata=metadata
    )
    hidden = {"id": "1", "properties": {"hs_timestamp": said, "hs_email_text": None}}
    answers = {
        "contacts/emails/batch/read": [associated(1)],
        "emails/batch/read": [{"results": [hidden]}],
        "/contacts/501": [{"id": "501"}],
    }

    with pytest.raises(NotSupportedError, match="sales-email-read"):
        crmkit_find_activity(Session(answers), "emails", email)


def test_unmarked_texts():
    """
    Notes without a text hide no note that was written at another time.
    """
    blank = {"id": "1", "properties": {"hs_note_body": "", "hs_timestamp": "x"}}
    answers = {
        "contacts/notes/batch/read": [associated(1)],
        "notes/batch/read": [{"results": [blank]}],
        "/contacts/501": [{"id": "501"}],
    }

    assert crmkit_find_activity(Session(answers), "notes", NOTES[0]) is None


def test_timeline_without_body():
    """
    Events that were accepted without a word are in, and one that was there already too.
    """
    settings = Settings(timeline_event="e")
    there = InvalidRequestError("409", status=409)
    session = Session({"events/batch": [{}, there, there]}, settings)
    several = list(crmkit_sync(session, "timeline", NOTES))
    one = list(crmkit_sync(session, "timeline", NOTES[:1]))

    assert [outcome.status for outcome in (*several, *one)] == ["synced"] * 4
    with pytest.raises(InvalidRequestError):
        list(crmkit_sync(evolve(session), "timeline", NOTES))
