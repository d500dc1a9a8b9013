import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import (
    ActivityRecord,
    AuthenticationError,
    ConfigurationError,
    CredentialsNotFoundError,
    InvalidRequestError,
    PersonalizedContent,
    SyncOutcome,
    SyncReport,
    UnavailableError,
)

STATUSES = ["synced", "pending", "uncertain", "dead"]
OUTCOMES = st.lists(
    st.builds(
        SyncOutcome, activity_id=st.text(min_size=1), status=st.sampled_from(STATUSES)
    )
)


@pytest.mark.parametrize(
    ("status", "is_true", "accepted"),
    [
        ("synced", True, True),
        ("pending", False, True),
        ("uncertain", False, True),
        ("dead", False, False),
    ],
)
def test_outcome(status, is_true, accepted):
    """
    True only when it is in the CRM; accepted when it is there or safe in the outbox.
    """
    outcome = SyncOutcome(activity_id="7", status=status)

    assert bool(outcome) is is_true
    assert outcome.accepted is accepted


def test_synced():
    """
    A plugin says what is in the CRM, with the number that the CRM gave it.
    """
    activity = ActivityRecord(type="note")
    outcome = SyncOutcome.synced(activity, 99)

    assert outcome
    assert (outcome.activity_id, outcome.remote_id) == (activity.id, "99")


@pytest.mark.parametrize(
    "error", ["no such pipeline", InvalidRequestError("no such pipeline")]
)
def test_failed(error):
    """
    A plugin says why with an error, or with a text that means the record must change.
    """
    outcome = SyncOutcome.failed(ActivityRecord(type="note"), error)

    assert not outcome
    assert isinstance(outcome.error, InvalidRequestError)
    assert str(outcome.error) == "no such pipeline"


@given(OUTCOMES)
def test_report(outcomes):
    """
    A report is the sequence of its outcomes, in order, and counts each exactly once.
    """
    report = SyncReport(outcomes=outcomes)

    assert list(report) == outcomes
    assert len(report) == sum(report.counts.values()) == len(outcomes)
    assert list(report.counts) == STATUSES
    assert report[: len(outcomes)] == tuple(outcomes)


def outcome(status, error=None, *, user_decides=False):
    """
    Return an outcome of some activity.
    """
    return SyncOutcome(
        activity_id="7", status=status, error=error, user_decides=user_decides
    )


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([], 0),
        ([outcome("synced")], 0),
        ([outcome("synced"), outcome("pending", UnavailableError("x", sent=False))], 4),
        ([outcome("uncertain")], 4),
        ([outcome("uncertain", user_decides=True)], 3),
        ([outcome("pending"), outcome("dead", "no")], 3),
        ([outcome("dead", "no"), outcome("pending", AuthenticationError("x"))], 5),
        ([outcome("pending", CredentialsNotFoundError("x"))], 5),
        (
            [
                outcome("pending", CredentialsNotFoundError("x")),
                outcome("pending", ConfigurationError("x")),
            ],
            2,
        ),
    ],
    ids=str.split(
        "nothing done later uncertain user final credentials absent configuration"
    ),
)
def test_exit_code(outcomes, code):
    """
    Of several reasons the first of 2, 5, 3, 4 is the exit code.
    """
    assert SyncReport(outcomes=outcomes).exit_code == code


def test_exit_code_dry_run():
    """
    A dry run is always fine; what a flush could not touch is not.
    """
    assert SyncReport(outcomes=[outcome("pending")], dry_run=True).exit_code == 0
    assert SyncReport(unsent=["acme is not installed"]).exit_code == 4


def test_as_dict():
    """
    A report becomes JSON with its counts, and with type and message of each error.
    """
    report = SyncReport(outcomes=[outcome("dead", "no such pipeline")])

    assert json.loads(json.dumps(report.as_dict())) == {
        "counts": {"synced": 0, "pending": 0, "uncertain": 0, "dead": 1},
        "outcomes": [
            {
                "activity_id": "7",
                "status": "dead",
                "remote_id": None,
                "error": {"type": "InvalidRequestError", "message": "no such pipeline"},
            }
        ],
        "dry_run": False,
        "requests": [],
        "unsent": [],
    }


def test_activity():
    """
    What was personalized becomes the record to sync, with what the caller adds.
    """
    content = PersonalizedContent(content="Hi Ana", client_id="7", provider="acme")
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    activity = content.activity("email_sent", timestamp=noon, metadata={"subject": "Hi"})

    assert activity.description == "Hi Ana"
    assert (activity.client_id, activity.provider) == ("7", "acme")
    assert activity.timestamp == noon
    assert activity.metadata == {"subject": "Hi"}


@pytest.mark.parametrize("metadata", [{}, {"subject": "Hi"}, {"html": "<p>own</p>"}])
def test_activity_of_html(metadata):
    """
    HTML content is in the record's metadata, too, unless the caller gives another.
    """
    content = PersonalizedContent(
        content="<p>Hi</p>", client_id="7", content_type="email_html"
    )

    made = content.activity("email_sent", metadata=metadata).metadata

    assert made == {"html": "<p>Hi</p>", **metadata}


@pytest.mark.parametrize("description", ["", "Sent the offer"])
def test_activity_description(description):
    """
    Another description stands instead of the content, an empty one too.
    """
    content = PersonalizedContent(content="Hi Ana", client_id="7")

    assert content.activity("email_sent", description).description == description


@given(st.text())
def test_length(text):
    """
    The length is in characters.
    """
    assert PersonalizedContent(content=text, client_id="7").length.characters == len(text)


def test_report_repr():
    """
    A report's repr says how many became what, not what became of each.
    """
    outcomes = [SyncOutcome(activity_id=str(n), status="synced") for n in range(500)]

    assert repr(SyncReport(outcomes=outcomes)) == (
        "SyncReport(synced=500, pending=0, uncertain=0, dead=0, unsent=[])"
    )
