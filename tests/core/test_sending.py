"""
What can only be refused fails alone, before anything is sent, and says why.
"""

import pytest

from crmkit import (
    ActivityRecord,
    ClientNotFoundError,
    ConfigurationError,
    InvalidRequestError,
    NotSupportedError,
)
from crmkit.sending import check_kind, check_numeric, check_traceable, prepared

NOTE = ActivityRecord(type="note", client_id="7")


def test_prepared():
    """
    Each activity has its body; those for which there is none have failed, with the reason.
    """
    errors = [InvalidRequestError("a"), ClientNotFoundError("b"), NotSupportedError("c")]
    notes = [ActivityRecord(type="note", id=str(number)) for number in range(5)]

    def make(activity):
        if int(activity.id) in range(1, 4):
            raise errors[int(activity.id) - 1]
        return f"body {activity.id}"

    made, refused = prepared(notes, make)

    assert made == [(notes[0], "body 0"), (notes[4], "body 4")]
    assert [one.activity_id for one in refused] == ["1", "2", "3"]
    assert [one.error for one in refused] == errors


def test_bug():
    """
    What is a mistake of the plugin's is no refusal.
    """
    with pytest.raises(ZeroDivisionError):
        prepared([NOTE], lambda _: 1 / 0)


def test_kinds():
    """
    A kind that the CRM does not have is refused with the setting and the known ones.
    """
    check_kind("notes", {"notes": 1, "calls": 2}, "Acme")
    with pytest.raises(ConfigurationError, match=r"Acme .*'fax'.*activity_types.*notes, c"):
        check_kind("fax", {"notes": 1, "calls": 2}, "Acme")


def test_numeric():
    """
    A client whose id is no number is none of such a CRM; an activity may have no client.
    """
    check_numeric(NOTE, "Acme")
    check_numeric(ActivityRecord(type="note"), "Acme")
    with pytest.raises(ClientNotFoundError, match="none of Acme's"):
        check_numeric(ActivityRecord(type="note", client_id="7/8"), "Acme")


def test_traceable():
    """
    Without a client, or without a mark, an activity cannot be looked up.
    """
    check_traceable(NOTE, "Acme", marker=True)
    with pytest.raises(NotSupportedError, match="without the setting marker"):
        check_traceable(NOTE, "Acme", marker=False)
    with pytest.raises(NotSupportedError, match="without a client"):
        check_traceable(ActivityRecord(type="note"), "Acme", marker=True)
