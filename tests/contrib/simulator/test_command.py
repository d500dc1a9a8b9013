"""
The command: one line when it is ready, and a clean end.
"""

import json
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

COMMAND = [sys.executable, "-m", "crmkit_simulator", "hubspot"]


@pytest.fixture
def started():
    """
    Return a function that starts the command; what still runs at the end is killed.
    """
    running = []

    def start(*arguments):
        process = subprocess.Popen(
            [*COMMAND, "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def run(*arguments):
    """
    Run the command until it ends by itself.
    """
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=30, check=False
    )


def get(ready, path):
    """
    Return the status of a request, and what it brings.
    """
    connection = HTTPConnection(urlsplit(ready["base_url"]).netloc, timeout=10)
    connection.request("GET", path, headers={"Authorization": f"Bearer {ready['token']}"})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serves(started, number):
    """
    One line of JSON says that it is ready; it serves until it is stopped, and ends well.
    """
    process = started("--json", "--contacts", "2", "--limit", "off")
    ready = json.loads(process.stdout.readline())

    assert set(ready) == {"base_url", "token"}
    status, found = get(ready, "/crm/objects/2026-09/contacts")
    assert (status, len(found["results"])) == (200, 2)
    process.send_signal(number)
    rest, complaints = process.communicate(timeout=10)
    assert (process.returncode, rest, complaints) == (0, "", "")


def test_options(started, tmp_path):
    """
    Contacts come from a file, faults are set, the token is the one that is given.
    """
    file = tmp_path / "contacts.jsonl"
    people = [{"id": 7, "firstname": "Zoë"}, {"id": 8, "email": "bo@example.com"}]
    lines = "\n\n".join(json.dumps(person, ensure_ascii=False) for person in people)
    file.write_text(lines, "utf-8")
    process = started(
        *("--json", "--token", "secret", "--contacts", str(file)),
        *("--fault", "503:times=1", "--fault", "429:times=1,after=1"),
    )
    ready = json.loads(process.stdout.readline())
    path = "/crm/objects/2026-09/contacts/7"

    assert ready["token"] == "secret"
    assert [get(ready, path)[0] for _ in "abc"] == [503, 200, 429]
    assert get(ready, path)[1]["properties"]["firstname"] == "Zoë"


def test_for_people(started):
    """
    Without --json it says what to type next.
    """
    process = started("--token", "secret")
    lines = [process.stdout.readline() for _ in range(3)]

    assert "http://127.0.0.1:" in lines[0]
    assert lines[1].strip() == "export CRMKIT_HUBSPOT_TOKEN=secret"
    assert lines[2].strip().startswith("crmkit fetch --provider hubspot --set base_url=")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--fault", "nothing"], "there is no fault 'nothing'"),
        (["--limit", "fast"], "neither off nor of the form 190/10s"),
        (["--host", "0.0.0.0"], "loopback only"),
        (["--contacts", "missing.jsonl"], "missing.jsonl"),
        (["--port", "70000"], "70000"),
    ],
)
def test_wrong(arguments, problem):
    """
    What is wrong is one line, and exit code 2.
    """
    done = run(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert problem in done.stderr
    assert done.stderr.strip().count("\n") <= 3
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("line", "problem"),
    [("{", "line is no JSON"), ("[1]", "is a JSON object"), ('{"id": "x"}', "a number")],
)
def test_wrong_file(tmp_path, line, problem):
    """
    A line that is no contact is named by file and number.
    """
    file = tmp_path / "contacts.jsonl"
    file.write_text(f'{{"lastname": "X"}}\n{line}\n', "utf-8")
    done = run("--contacts", str(file))

    assert done.returncode == 2
    assert problem in done.stderr
    assert "contacts.jsonl:2" in done.stderr or line.startswith('{"id"')


def test_port_in_use():
    """
    A port that is in use is one clear line, and exit code 2.
    """
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = run("--port", port)

    assert done.returncode == 2
    assert port in done.stderr
    assert "in use" in done.stderr
    assert done.stderr.count("\n") == 1


def test_unknown():
    """
    A CRM that it cannot simulate is refused with those that it can.
    """
    done = subprocess.run(
        [*COMMAND[:-1], "acme"], capture_output=True, text=True, timeout=30, check=False
    )

    assert done.returncode == 2
    assert "hubspot" in done.stderr
