"""
Answers such as real accounts give, and odder ones: nobody is lost, nothing is guessed.
"""

import pytest
from tests.plugins.zoho.conftest import ANA

from crmkit import (
    ActivityRecord,
    ClientNotFoundError,
    CRMConnector,
    InvalidRequestError,
    ProtocolError,
)
from crmkit.testing import Answer, Clock, Server

SCHEMA = {
    "fields": [
        {"api_name": "Last_Name", "data_type": "text", "length": 80},
        {"api_name": "Email", "data_type": "email"},
        {"api_name": "Tone", "data_type": "picklist", "custom_field": True},
        {"api_name": None},
        {},
        "odd",
    ]
}
SUCCESS = {"code": "SUCCESS", "status": "success", "details": {"id": "900"}}
REFUSED = {"code": "INVALID_DATA", "status": "error", "details": {"api_name": "Subject"}}
DUPLICATE = {"code": "DUPLICATE_DATA", "status": "error", "details": {"id": "57"}}
MORE = {"more_records": True}


@pytest.fixture
def answering(tmp_path):
    """
    Return a function that connects to a Zoho that gives these answers, one after another.
    """
    opened = []

    def answering(*answers):
        left = list(answers)
        asked = []

        def handle(request):
            asked.append(request)
            if request.path.endswith("/settings/fields"):
                return Answer(json=SCHEMA)
            return left.pop(0)

        server = Server(handle)
        crm = CRMConnector(
            default_provider="zoho",
            settings={"zoho": {"base_url": server.url}},
            credentials="1000.token",
            store=f"sqlite:///{tmp_path}/outbox.db",
            clock=Clock(),
            max_retries=0,
        )
        opened.extend((crm, server))
        return crm, asked

    yield answering
    for one in opened:
        one.close()


def found(*records, **info):
    """
    Make a list's answer.
    """
    return Answer(json={"data": list(records), "info": info})


def notes(count):
    """
    Make so many notes.
    """
    return [ActivityRecord(type="note", client_id=ANA["id"]) for _ in range(count)]


def test_odd_records(answering):
    """
    Numbers for texts, texts for lists, nulls and gaps: each record is its client.
    """
    odd = [
        {"id": 1},
        {"id": "2", "Last_Name": None, "Email": None, "Tone": None, "Tag": None},
        {"id": "3", "Last_Name": 7, "Phone": 5550100, "Tag": "VIP", "Owner": "Sam"},
        {"id": "4", "Email": ["x"], "Tone": {"name": None}, "Modified_Time": "yesterday"},
        None,
        "odd",
    ]
    crm, _ = answering(found(*odd))
    clients = crm.get_clients_data(["1", "2", "3", "4"])

    assert [client.id for client in clients.values()] == ["1", "2", "3", "4"]
    assert (clients["3"].last_name, clients["3"].phone) == ("7", "5550100")
    assert clients["4"].email is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(status=204), ClientNotFoundError),
        (Answer(json={"data": []}), ClientNotFoundError),
        (Answer(json=REFUSED), InvalidRequestError),
        (Answer(json={**REFUSED, "code": "INVALID_URL_PATTERN"}), ProtocolError),
        (Answer(content=b""), ProtocolError),
        (Answer(json=[]), ProtocolError),
        (Answer(json={"data": None}), ProtocolError),
        (Answer(json={"info": {}}), ProtocolError),
        (Answer(status=404, json={"code": "INVALID_URL_PATTERN"}), ProtocolError),
        (Answer(status=304), ClientNotFoundError),
    ],
    ids=["204", "nobody", "inner error", "inner 404", "empty", "list", "null", "no data",
         "404", "304"],
)  # fmt: skip
def test_nobody(answering, answer, kind):
    """
    Nobody is only who Zoho says is not there.
    """
    crm, _ = answering(answer)

    assert type(crm.get_clients_data(["1"])["1"]) in {kind, *kind.__subclasses__()}


@pytest.mark.parametrize("info", [{}, {"next_page_token": None}, {"page": "odd"}], ids=str)
def test_list_without_token(answering, info):
    """
    A list that goes on, and does not say by which token, goes on by number.
    """
    crm, asked = answering(
        found({"id": "1"}, **MORE, **info), found({"id": "2"}, **MORE), found({"id": "3"})
    )

    assert [client.id for client in crm.iter_clients()] == ["1", "2", "3"]
    pages = [request.query.get("page") for request in asked if "page" in request.query]
    assert pages == ["2", "3"]
    assert not any("page_token" in request.query for request in asked)


def test_inexact_search(answering):
    """
    What a search finds beside is nobody: it may compare by words, or by the beginning.
    """
    denied = {"code": "OAUTH_SCOPE_MISMATCH", "status": "error", "details": {}}
    ana = {"id": "1", "Email": "ANA@example.com"}
    other = {"id": "2", "Email": "ana@example.com.br"}
    crm, asked = answering(Answer(status=401, json=denied), found(ana, other), found(ana))

    assert crm.find_client(email="ana@example.com").id == "1"
    assert asked[-1].query["ids"] == "1"


def test_list_with_tokens(answering):
    """
    A token is sent as it came, and never beside a number.
    """
    crm, asked = answering(
        found({"id": "1"}, **MORE, next_page_token="7:8+ü/="), found({"id": "2"})
    )

    assert [client.id for client in crm.iter_clients()] == ["1", "2"]
    assert asked[-1].query["page_token"] == "7:8+ü/="
    assert "page" not in asked[-1].query


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([SUCCESS, SUCCESS], ["synced", "synced"]),
        ([SUCCESS, REFUSED], ["synced", "dead"]),
        ([SUCCESS], ["uncertain", "uncertain"]),
        ([SUCCESS, SUCCESS, SUCCESS], ["uncertain", "uncertain"]),
        ([SUCCESS, DUPLICATE], ["synced", "dead"]),
        ([SUCCESS, {}], ["synced", "uncertain"]),
        ([SUCCESS, {"status": "success", "details": None}], ["synced", "uncertain"]),
        ([SUCCESS, {"code": "INTERNAL_ERROR", "status": "error"}], ["synced", "uncertain"]),
        ([SUCCESS, {"code": "RECORD_LOCKED", "status": "error"}], ["synced", "pending"]),
        ([None, SUCCESS], ["uncertain", "uncertain"]),
    ],
    ids=[
        "both",
        "one",
        "fewer",
        "more",
        "twin",
        "blank",
        "no id",
        "failed",
        "locked",
        "null",
    ],
)
@pytest.mark.parametrize("status", [200, 201, 202, 207])
def test_rows(answering, rows, expected, status):
    """
    Each row is told by its place, whatever the status; what is not told is uncertain.
    """
    crm, _ = answering(Answer(status=status, json={"data": rows}))

    assert [o.status for o in crm.batch_sync_activities(notes(2))] == expected


def test_all_refused(answering):
    """
    A batch that is refused whole needs no second request to tell why each row was.
    """
    other = {**REFUSED, "details": {"api_name": "Priority"}}
    crm, asked = answering(Answer(status=400, json={"data": [REFUSED, other]}))
    report = crm.batch_sync_activities(notes(2))

    assert [outcome.status for outcome in report] == ["dead", "dead"]
    assert ["Subject" in str(report[0].error), "Priority" in str(report[1].error)] == [
        True
    ] * 2
    assert len(asked) == 1


def test_header(answering):
    """
    Requests are signed in Zoho's own way, and fire no workflow.
    """
    crm, asked = answering(Answer(json={"data": [SUCCESS]}))
    crm.batch_sync_activities(notes(1))

    assert asked[0].headers["authorization"] == "Zoho-oauthtoken 1000.token"
    assert asked[0].json()["trigger"] == []
