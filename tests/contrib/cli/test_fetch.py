"""
The command fetch.
"""

import json

import pytest


def test_one(acme):
    """
    A client is shown with the fields that it has, and no others.
    """
    done = acme("fetch", "1")

    assert ["name", "Ana Sá"] in [line.split(maxsplit=1) for line in done.out.splitlines()]
    assert "phone" not in done.out
    assert done.err == ""


def test_two(acme):
    """
    Clients are set apart by a blank line.
    """
    assert acme("fetch", "1", "2").out.count("\n\nid ") == 1


def test_json(acme):
    """
    With --json there is one line for each id, in the order asked, and nothing else.
    """
    done = acme("fetch", "2", "1", "--json")

    assert [line["id"] for line in done.lines] == ["2", "1"]
    assert done.lines[0]["first_name"] == "健太"
    assert done.out.isascii()
    assert done.err == ""


def test_absent(acme):
    """
    An unknown id is an error on its own line; the others are shown, and the code is 3.
    """
    done = acme("fetch", "9", "1", code=3)

    assert done.err == "Error: 'acme' has no client '9'\n"
    assert "Ana" in done.out


def test_absent_json(acme):
    """
    With --json an unknown id has a line that says so.
    """
    done = acme("fetch", "9", "1", "--json", code=3)

    assert done.lines[0]["error"]["type"] == "ClientNotFoundError"
    assert done.lines[1]["id"] == "1"


def test_email(acme):
    """
    A client is found by e-mail address.
    """
    assert acme("fetch", "--email", "ana@example.com", "--json").json["id"] == "1"


def test_email_unknown(acme):
    """
    An address that nobody has is an error that does not repeat it.
    """
    done = acme("fetch", "--email", "who@example.com", "--json", code=3)

    assert done.json["error"]["type"] == "ClientNotFoundError"
    assert "who@" not in done.err + done.out


def test_email_ambiguous(acme):
    """
    An address that two clients have names both.
    """
    done = acme("fetch", "--email", "pair@example.com", "--json", code=3)

    assert done.json["error"]["client_ids"] == ["3", "4"]


@pytest.mark.parametrize(
    ("mode", "code"), [("down", 4), ("later", 4), ("locked", 5), ("interrupt", 130)]
)
def test_codes(acme, mode, code):
    """
    The exit code tells whether to run again, to sign in, or that it was interrupted.
    """
    done = acme("fetch", "1", "--set", f"mode={mode}", code=code)

    assert "Traceback" not in done.err
    assert len(done.err.splitlines()) == (mode != "interrupt")


@pytest.mark.parametrize("arguments", [(), ("1", "--email", "ana@example.com")])
def test_usage(acme, arguments):
    """
    Neither ids nor an address, or both, is an error of usage.
    """
    assert "give the ids of clients, or --email" in acme("fetch", *arguments, code=2).err


def test_controls(acme, tmp_path):
    """
    What would control the terminal is shown as text.
    """
    record = {"id": "7", "name": "A\x1b[2Jb\nname  c\u202e"}
    (tmp_path / "odd.json").write_text(json.dumps([record]), "utf-8")

    done = acme("fetch", "7", "--set", "path=odd.json")

    assert done.out.splitlines()[1].split(maxsplit=1)[1] == "A\\u001b[2Jb name  c\\u202e"


def test_ascii(acme_process):
    """
    A stream that lacks characters shows them in ASCII instead of failing.
    """
    done = acme_process("fetch", "2", PYTHONUTF8="0", PYTHONIOENCODING="ascii")

    assert "\\u5065\\u592a" in done.out


def test_raw(acme):
    """
    The CRM's own record is there only when it is asked for; other words are refused.
    """
    assert acme("fetch", "1", "--include", "raw", "--json").json["raw"] is None
    assert "'history'" in acme("fetch", "1", "--include", "all", code=2).err


def test_shared_error(acme):
    """
    An error that all ids share is said once; with --json each has it.
    """
    done = acme("fetch", "1", "2", "3", "--set", "mode=down", "--json", code=4)

    assert done.err == "Error: Acme is down\n"
    assert [line["error"]["message"] for line in done.lines] == ["Acme is down"] * 3


def test_when_again(acme):
    """
    When the CRM said when to come again, the error says so.
    """
    done = acme("fetch", "1", "--set", "mode=later", code=4)

    assert done.err == "Error: Acme is busy; again in 3600 s\n"
