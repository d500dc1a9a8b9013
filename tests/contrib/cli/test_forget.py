"""
The command forget.
"""

import json

import pytest


@pytest.fixture
def waiting(acme):
    """
    Leave an activity of each of two clients in the outbox.
    """
    given = [{"type": "call", "client_id": it, "id": f"of-{it}"} for it in ("1", "2")]
    text = "\n".join(map(json.dumps, given))
    acme("sync", "-", "--set", "mode=down", stdin=text, code=4)


def test_forget(waiting, acme, written):
    """
    All that waits of a client is deleted, and never sent; what is left is said.
    """
    done = acme("forget", "1")

    assert done.out == "erased: 1 from the outbox\n"
    assert "not erased: what the CRM itself keeps" in done.err
    acme("outbox flush")
    assert written() == ["of-2"]


def test_json(waiting, acme):
    """
    With --json it is one document.
    """
    told = acme("forget", "1", "--json").json

    assert (told["client_id"], told["erased"], told["sending"]) == ("1", 1, 0)
    assert told["exit_code"] == 0
    assert told["left"]


def test_unknown(acme):
    """
    A client of whom nothing is kept is forgotten already.
    """
    assert acme("forget", "9").out == "erased: 0 from the outbox\n"


def test_of_another_user(waiting, acme):
    """
    With --user only what that user has is erased.
    """
    assert acme("forget", "1", "--user", "eve").out == "erased: 0 from the outbox\n"


def test_killed(acme, acme_process):
    """
    What a process was sending that was killed can be erased at once.
    """
    line = '{"type": "call", "client_id": "1"}'
    acme_process("sync", "-", "--set", "mode=killed", stdin=line, code=9)

    assert acme("forget", "1").out == "erased: 1 from the outbox\n"
