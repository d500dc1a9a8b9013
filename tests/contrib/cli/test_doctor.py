"""
The command doctor.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("crmkit_simulator")


@pytest.fixture
def simulator(crm_simulator):
    """
    Start a CRM.
    """
    return crm_simulator("hubspot", contacts=1, token="token-that-is-good")


@pytest.fixture
def doctor(inside, simulator):
    """
    Look at that CRM's account with a token, through a plugin that looks too.
    """
    plugin = str(Path(__file__).with_name("portal.py"))
    place = f"base_url={simulator.base_url}"

    def run(*arguments, token="token-that-is-good", **options):
        variables = {"CRMKIT_PORTAL_TOKEN": token}
        return inside(
            *("doctor", "--plugin", plugin, "--set", place, *arguments),
            **{**variables, **options},
        )

    return run


def statuses(done):
    """
    Return the status of each subject, of a run with --json.
    """
    return {line["subject"]: line["status"] for line in done.lines}


def test_well(doctor):
    """
    Each finding has a line: versions first, then what the check finds, with the remedy.
    """
    lines = doctor().out.splitlines()

    assert lines[0].split()[:3] == ["ok", "versions", "Python"]
    assert "crmkit 0.1.0, crmkit-cli 0.1.0, portal given by hand" in lines[0]
    wanted = "2026-09, until 8 March 2028 -> upgrade the plugin before"
    assert [line.split(maxsplit=2) for line in lines if wanted in line] == [
        ["warning", "version", wanted]
    ]
    assert lines[-1] == "1 warning"


def test_json(doctor):
    """
    With --json there is one line for each finding, and nothing else.
    """
    done = doctor("--json")

    assert statuses(done) == {
        "versions": "ok",
        "configuration": "ok",
        "plugin": "ok",
        "credentials": "ok",
        "host": "ok",
        "clock": "ok",
        "version": "warning",
        "token": "ok",
        "store": "ok",
    }
    assert done.err == ""


@pytest.mark.parametrize(
    ("options", "subject"),
    [({"expires_in": -1}, "token"), ({"scopes": []}, "account"), (None, "token")],
    ids=["expired", "scope", "wrong"],
)
def test_token(doctor, simulator, options, subject):
    """
    A token that is wrong, expired or lacks a right is a problem of code 5, never shown.
    """
    token = "token-that-is-not"
    if options is not None:
        simulator.add_token(token, **options)
    done = doctor("--json", "--trace", token=token, code=5)

    assert statuses(done)[subject] == "problem"
    assert token not in done.out + done.err


@pytest.mark.parametrize(
    ("options", "told", "code"),
    [
        ({"scopes": ["crm.objects.contacts.write"]}, "crm.objects.contacts.read", 5),
        ({"expires_in": -1}, "the token has expired", 5),
        (None, "the token is wrong", 5),
        ({}, "is supported until", 0),
    ],
    ids=["scope", "expired", "wrong", "well"],
)
def test_hubspot(inside, simulator, options, told, code):
    """
    For HubSpot it tells the missing scope, what ails the token, how old the version is.
    """
    pytest.importorskip("crmkit_hubspot")
    token = "another-token"
    if options is not None:
        simulator.add_token(token, **options)
    place = ("--provider", "hubspot", "--set", f"base_url={simulator.base_url}")
    done = inside("doctor", *place, code=code, CRMKIT_HUBSPOT_TOKEN=token)

    assert told in done.out
    assert token not in done.out + done.err


@pytest.mark.parametrize(
    ("options", "variable", "told"),
    [
        ((), "CRMKIT_PORTAL_TOKEN", "found in the environment, for calls without a user"),
        (
            ("--user", "ana"),
            "CRMKIT_PORTAL_TOKEN__ana",
            "found in the environment, for user 'ana'",
        ),
    ],
)
def test_token_found(doctor, options, variable, told):
    """
    Credentials that are there are told as found, and for whom.
    """
    lines = doctor(*options, **{variable: "token-that-is-good"}).out.splitlines()

    assert [line.split(maxsplit=2) for line in lines if "credentials" in line] == [
        ["ok", "credentials", told]
    ]


def test_no_token(doctor):
    """
    Without a token the variable to set is named; each user has one of their own.
    """
    assert "CRMKIT_PORTAL_TOKEN," in doctor(CRMKIT_PORTAL_TOKEN="", code=5).out
    assert "CRMKIT_PORTAL_TOKEN__ana" in doctor("--user", "ana", code=5).out


def test_host_away(doctor, simulator):
    """
    A host that is away has code 4, whatever else cannot be looked at for this reason.
    """
    simulator.stop()
    done = doctor("--json", code=4)

    assert statuses(done)["host"] == "problem"
    assert statuses(done)["store"] == "ok"


@pytest.mark.parametrize("status", ["429", "500"])
def test_no_waiting(doctor, simulator, status):
    """
    What goes wrong is told at once: nothing is tried again.
    """
    fault = simulator.fault(status, times=None, path="contacts")
    doctor(code=4)

    assert fault.struck == 1


def test_untried(inside, simulator, tmp_path):
    """
    Where the plugin does not look at the account, a warning says so if all else is well.
    """
    text = Path(__file__).with_name("portal.py").read_text("utf-8")
    silent = text.partition("@hookimpl\ndef crmkit_check")[0]
    (tmp_path / "silent.py").write_text(silent, "utf-8")
    options = ("--plugin", "silent.py", "--set", f"base_url={simulator.base_url}")
    there = inside("doctor", *options, "--json", CRMKIT_SILENT_TOKEN="wrong")
    simulator.stop()
    away = inside("doctor", *options, "--json", CRMKIT_SILENT_TOKEN="wrong", code=4)

    assert statuses(there)["account"] == "warning"
    assert "account" not in statuses(away)


def test_no_credentials_needed(inside, plugin, clients):
    """
    Where no token is needed none is said to be untried.
    """
    done = inside("doctor", "--plugin", str(plugin), "--set", f"path={clients}")

    assert done.out.splitlines()[-1] == "no problem"


def test_no_provider(bare):
    """
    Where no CRM is chosen or installed the doctor says what to do.
    """
    done = bare("doctor", code=2)

    assert "--provider NAME" in done.out
    assert "pip install crmkit-addressbook" in done.out
    assert done.err == ""


def test_unknown_provider(inside, future):
    """
    A CRM whose plugin is missing has code 2, and the command that installs it.
    """
    done = inside("doctor", "--provider", future, code=2)

    assert "pip install crmkit-future" in done.out


@pytest.mark.parametrize("text", ["x = [", "store = 5", "colour = 'red'"])
def test_configuration(inside, tmp_path, text):
    """
    A configuration that cannot be used is a problem of code 2, not the end.
    """
    (tmp_path / "crmkit.toml").write_text(text)
    done = inside("doctor", "--json", code=2)

    assert statuses(done) == {"versions": "ok", "configuration": "problem"}


def test_places(doctor, tmp_path):
    """
    The configuration and the store in use are named, without what is secret in a URL.
    """
    (tmp_path / "mine.toml").write_text("store = 'sqlite:///mine.db'")
    mine = doctor("--config", "mine.toml").out
    theirs = doctor(
        *("--config", "mine.toml"),
        CRMKIT_STORE="other://ana:hunter2@db.example/x",
        code=2,
    ).out

    assert "mine.toml; store sqlite:///mine.db" in mine
    assert "mine.toml; store other://…@db.example/x" in theirs
    assert "hunter2" not in theirs


@pytest.mark.parametrize("plain", ["", "1"])
def test_terminal(environment, tmp_path, plain):
    """
    On a terminal the status is coloured unless that is not wanted, and lines fit.
    """
    pty = pytest.importorskip("pty")
    reader, terminal = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "crmkit_cli", "doctor", "--provider", "nowhere"],
        stdout=terminal,
        env={**environment, "NO_COLOR": plain, "COLUMNS": "60"},
        cwd=tmp_path,
        check=False,
    )
    os.close(terminal)
    shown = os.read(reader, 1 << 16).decode()
    os.close(reader)

    assert done.returncode == 2
    assert ("\x1b[32mok\x1b[0m " in shown) == (plain == "")
    assert ("\x1b[31mproblem\x1b[0m " in shown) == (plain == "")
    bare = re.sub(r"\x1b\[\d+m", "", shown).splitlines()
    assert max(map(len, bare)) <= 60
    assert bare[-1] == "1 problem"
