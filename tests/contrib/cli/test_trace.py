"""
The option --trace.
"""

import json
import logging

import pytest

from crmkit_cli._trace import shown

pytest.importorskip("crmkit_hubspot")
pytest.importorskip("crmkit_simulator")


@pytest.fixture
def traced(inside, crm_simulator):
    """
    Run a command with --trace for a HubSpot with one contact, whose id and data are known.
    """
    contact = {"id": "4711", "email": "ana.planted@example.com", "firstname": "Anaplanted"}
    simulator = crm_simulator("hubspot", contacts=[contact], token="planted-token")
    place = ("--provider", "hubspot", "--set", f"base_url={simulator.base_url}", "--trace")

    def run(*arguments, **options):
        return inside(*arguments, *place, CRMKIT_HUBSPOT_TOKEN=simulator.token, **options)

    return run


ACTIVITY = {"id": "x", "type": "call", "client_id": "4711", "description": "Planted words"}


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (("fetch", "4711"), ""),
        (("fetch", "--email", "ana.planted@example.com", "--include", "history"), ""),
        (("personalize", "--text", "hi {{ firstName }}", "--client", "4711"), ""),
        (("sync", "-"), json.dumps(ACTIVITY)),
        (("fields",), ""),
        (("doctor",), ""),
    ],
    ids=["fetch", "find", "personalize", "sync", "fields", "doctor"],
)
def test_redacted(traced, arguments, stdin):
    """
    The wire is told on stderr, a line out and a line back, with nobody's data in it.
    """
    lines = traced(*arguments, stdin=stdin).err.splitlines()
    wire = [line for line in lines if line.startswith("hubspot ")]

    assert wire
    assert [line.split()[1] for line in wire] == [">", "<"] * (len(wire) // 2)
    for planted in ("4711", "planted", "Planted"):
        assert planted not in "\n".join(lines)


def test_json(traced):
    """
    With --json the trace does not mix with what is printed.
    """
    done = traced("fetch", "4711", "--json")

    assert done.json["id"] == "4711"
    assert "> GET" in done.err


def test_error(traced):
    """
    An answer that is an error is traced too.
    """
    assert "< 404" in traced("fetch", "--email", "who@example.com", code=3).err


def test_over(traced):
    """
    What was switched on for one command is off after it.
    """
    traced("fetch", "4711")
    log = logging.getLogger("crmkit.http")

    assert not [one for one in log.handlers if not isinstance(one, logging.NullHandler)]
    assert not log.isEnabledFor(logging.DEBUG)


def test_controls(capsys):
    """
    What would control the terminal, in a header of the CRM's, is shown as text.
    """
    with shown():
        logging.getLogger("crmkit.http").debug("crm < X-Limit: %s", "\x1b[2J")

    assert capsys.readouterr().err == "crm < X-Limit: \\u001b[2J\n"
