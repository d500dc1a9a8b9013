"""
What can only be refused fails alone, before anything is sent, and says why.
"""

import pytest

from crmkit import (
    AccessDeniedError,
    ActivityRecord,
    ClientNotFoundError,
    ConfigurationError,
    InvalidRequestError,
    NotSupportedError,
    ProtocolError,
    UnavailableError,
)
from crmkit.sending import check_kind, check_numeric, looked_up, made, prepared

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

    ready, refused = prepared(notes, make)

    assert ready == [(notes[0], "body 0"), (notes[4], "body 4")]
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
    check_numeric("7", "Acme")
    check_numeric(None, "Acme")
    with pytest.raises(ClientNotFoundError, match="none of Acme's"):
        check_numeric("7/8", "Acme")


def test_made():
    """
    An answer's record tells the id; one that tells none says nothing of what was done.
    """
    assert made({"id": 7}, "Acme") == made({"id": "7"}, "Acme") == "7"
    for record in (None, [], {}, {"id": None}, {"id": ""}, {"id": {}}, "id"):
        with pytest.raises(ProtocolError, match="Acme's answer"):
            made(record, "Acme")


def test_looked_up():
    """
    What the look finds by the client's id is the answer, nothing too.
    """
    assert looked_up(NOTE, "Acme", {"7": "12"}.get, marker=True) == "12"
    assert looked_up(NOTE, "Acme", {}.get, marker=True) is None


def test_untraceable():
    """
    Without a client, or without a mark, nobody looks.
    """
    with pytest.raises(NotSupportedError, match="marker cannot be looked up in Acme"):
        looked_up(NOTE, "Acme", pytest.fail, marker=False)
    with pytest.raises(NotSupportedError, match="without a client"):
        looked_up(ActivityRecord(type="note"), "Acme", pytest.fail, marker=True)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ClientNotFoundError("404"), "the client is gone from Acme"),
        (AccessDeniedError("the scope is lacking"), "looked up: the scope is lacking"),
        (InvalidRequestError("no such field"), "looked up: no such field"),
    ],
)
def test_refused_look(error, words):
    """
    A look that is refused will be again: nobody can tell, and the reason is said.
    """
    with pytest.raises(NotSupportedError, match=words):
        looked_up(NOTE, "Acme", raising(error), marker=True)


def test_failed_look():
    """
    A look that fails for now may be tried again.
    """
    with pytest.raises(UnavailableError):
        looked_up(NOTE, "Acme", raising(UnavailableError("no", sent=False)), marker=True)


def raising(error):
    """
    Return a look that raises this error.
    """

    def look(_client_id):
        raise error

    return look
