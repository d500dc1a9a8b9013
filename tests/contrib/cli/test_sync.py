"""
The command sync.
"""

import json

import pytest

WHEN = "2026-05-01T09:30:00Z"


def lines(*activities):
    """
    Return JSON lines.
    """
    return "".join(f"{json.dumps(activity)}\n" for activity in activities)


def call(**more):
    """
    Return an activity with an id.
    """
    return {"type": "call", "client_id": "1", "timestamp": WHEN, **more}


@pytest.fixture
def file(tmp_path):
    """
    Write activities to a file; return its name.
    """

    def write(*activities):
        (tmp_path / "activities.jsonl").write_text(lines(*activities), "utf-8")
        return "activities.jsonl"

    return write


def test_file(acme, file, written):
    """
    Each line is one activity, in snake_case or camelCase.
    """
    other = {"type": "note", "clientId": "2", "id": "b", "timestamp": WHEN}
    done = acme("sync", file(call(id="a"), other, call(id="c")))

    assert done.out == "3 synced\n"
    assert written() == ["a", "b", "c"]


def test_stdin(acme, written):
    """
    Lines may come from standard input, with a byte order mark and blank lines.
    """
    text = "\ufeff\n" + lines(call(id="a")) + "\r\n \n" + lines(call(id="b")).strip()
    acme("sync", "-", stdin=text)

    assert written() == ["a", "b"]


def test_twice(acme, file, written):
    """
    A second run with the same ids sends nothing.
    """
    name = file(call(id="a"), call(id="b"))
    acme("sync", name)
    done = acme("sync", name)

    assert done.out == "2 synced\n"
    assert written() == ["a", "b"]


def test_twice_without_ids(acme, file, written):
    """
    Lines with a timestamp need no id: equal lines stay two, and a second run sends nothing.
    """
    name = file(call(), call(), call(description="else"))
    acme("sync", name)
    acme("sync", name)

    assert len(set(written())) == len(written()) == 3


def test_now(acme, file, written):
    """
    A line without id and timestamp happens now, each time it is read.
    """
    name = file({"type": "call", "client_id": "1"})
    acme("sync", name)
    acme("sync", name)

    assert len(set(written())) == 2


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"type": "call"', "no JSON"),
        ("call", "no JSON"),
        ('"call"', "an activity is a JSON object"),
        ('{"client_id": "1"}', "needs a type"),
        ('{"type": "call", "what": 1}', "unknown 'what'"),
        ('{"type": "call", "timestamp": "2026-05-01T09:30:00"}', "needs its UTC offset"),
        ('{"type": "call", "timestamp": "yesterday"}', "ISO 8601"),
        ('{"type": "call", "id": true}', "an id must be"),
        ('{"type": "call", "metadata": [1]}', "metadata is a list"),
        ('{"type": "call", "metadata": {"x": NaN}}', "neither NaN nor infinite"),
        ("[" * 100_000, "JSON"),
    ],
)
def test_bad_line(acme, written, line, told):
    """
    A bad line is reported with its number and stops no other; the code is 2.
    """
    text = lines(call(id="a")) + f"{line}\n" + lines(call(id="b"))
    done = acme("sync", "-", stdin=text, code=2)

    assert done.err.startswith("Error: line 2: ")
    assert told in done.err
    assert len(done.err.splitlines()) == 1
    assert written() == ["a", "b"]


def test_bad_bytes(acme, written):
    """
    A line that is not UTF-8 is reported, and the next one is read.
    """
    text = b'{"type": "\xe9"}\n' + lines(call(id="b")).encode()

    assert acme("sync", "-", stdin=text, code=2).err == "Error: line 1: not UTF-8\n"
    assert written() == ["b"]


def test_array(acme, written):
    """
    One JSON array instead of lines is refused with the remedy.
    """
    done = acme("sync", "-", stdin=json.dumps([call(id="a")]), code=2)

    assert "on each line" in done.err
    assert written() == []


def test_json(acme, file):
    """
    With --json there is one document: counts, an outcome for each line, unreadable lines.
    """
    text = "\n" + lines(call(id="a"), call(id="b", client_id="refused")) + "{\n"
    done = acme("sync", "-", "--json", stdin=text, code=2)
    report = done.json

    assert report["counts"] == {"synced": 1, "pending": 0, "uncertain": 0, "dead": 1}
    assert [(o["line"], o["status"]) for o in report["outcomes"]] == [
        (2, "synced"),
        (3, "dead"),
    ]
    assert [problem["line"] for problem in report["unreadable"]] == [4]
    assert report["exit_code"] == done.code


def test_refused(acme, file, written):
    """
    What the CRM refuses is named with line, id and reason; the code is 3.
    """
    done = acme("sync", file(call(id="a"), call(id="b", client_id="refused")), code=3)

    assert done.out.splitlines()[0] == "1 synced, 1 dead"
    assert done.out.splitlines()[1].split(maxsplit=4) == [
        *("line", "2", "dead", "b"),
        "Acme refuses it",
    ]
    assert written() == ["a"]


@pytest.mark.parametrize(
    ("mode", "code", "state"),
    [
        ("down", 4, "pending"),
        ("later", 4, "pending"),
        ("locked", 5, "pending"),
        ("lost", 3, "uncertain"),
    ],
)
def test_codes(acme, file, mode, code, state):
    """
    The exit code tells whether to run again, to sign in, or to look for oneself.
    """
    done = acme("sync", file(call(id="a")), "--set", f"mode={mode}", code=code)

    assert done.out.splitlines()[0] == f"1 {state}"


def test_worst(acme, file):
    """
    Of several codes an unreadable line comes before credentials.
    """
    text = lines(call(id="a")) + "{\n"

    acme("sync", "-", "--set", "mode=locked", stdin=text, code=2)


def test_dry_run(acme, file, written, tmp_path):
    """
    A dry run says what it would send, sends nothing and writes nothing.
    """
    name = file(call(id="a"), call(id="b"), call(id="c"))
    before = sorted(tmp_path.rglob("*"))
    done = acme("sync", name, "--dry-run")

    assert done.out == "would send 2 to acme\nwould send 1 to acme\n"
    assert sorted(tmp_path.rglob("*")) == before
    assert written() == []
    assert acme("sync", name, "--dry-run", "--json").json["dry_run"] is True


def test_user(acme, file):
    """
    A user fills in lines that have none; a line of another user is refused.
    """
    done = acme(
        "sync", file(call(id="a"), call(id="b", user_id="eve")), "--user", "bob", code=3
    )

    assert done.out.splitlines()[0] == "1 synced, 1 dead"
    assert "'eve'" in done.out


def test_provider(acme, file):
    """
    A line of another provider than the one that was chosen is refused.
    """
    name = file(call(id="a"), call(id="b", provider="other"))
    done = acme("sync", name, "--provider", "acme", code=3)

    assert done.out.splitlines()[0] == "1 synced, 1 dead"
    assert "says provider 'other'" in done.out


def test_unnamed_warned(acme, file):
    """
    Who may want to run again is told that lines with neither id nor timestamp are new.
    """
    name = file({"type": "call", "client_id": "1"})

    assert (
        "neither id nor timestamp" in acme("sync", name, "--set", "mode=down", code=4).err
    )
    assert acme("sync", name).err == ""


def test_missing(acme):
    """
    A file that is not there is an error of usage.
    """
    assert "nowhere.jsonl cannot be read" in acme("sync", "nowhere.jsonl", code=2).err


def test_store(acme, file, tmp_path, written):
    """
    An outbox that cannot be written is a clear error, and nothing is sent.
    """
    (tmp_path / "data").write_text("no folder")
    done = acme("sync", file(call(id="a")), code=2)

    assert "CRMKIT_STORE" in done.err
    assert len(done.err.splitlines()) == 1
    assert written() == []


SAFE = "Interrupted: what was read is safe in the outbox; crmkit outbox flush sends it.\n"


def test_interrupted(acme, file, written):
    """
    Who interrupts it is told that the rest is safe, and a flush sends that.
    """
    name = file(call(id="a"), call(id="b"), call(id="c"))
    done = acme("sync", name, "--set", "mode=interrupt", code=130)

    assert (done.out, done.err) == ("", SAFE)

    acme("outbox flush", code=3)  # the first two may be in the CRM
    assert written() == ["c"]


STOPS = """
import signal
from crmkit import hookimpl

@hookimpl
def crmkit_provider():
    signal.raise_signal(signal.SIGINT)

@hookimpl
def crmkit_fetch(ids):
    return []

@hookimpl
def crmkit_sync(activities):
    return []
"""


def test_interrupted_before(acme, inside, tmp_path):
    """
    Nothing is called safe that does not wait in the outbox, whatever else is there.
    """
    acme("sync", "-", "--set", "mode=down", stdin=lines(call(id="other")), code=4)
    acme("sync", "-", stdin=lines(call(id="a", client_id="refused")), code=3)
    (tmp_path / "stops.py").write_text(STOPS)
    arguments = ("sync", "-", "--plugin", "stops.py")
    done = inside(*arguments, stdin=lines(call(id="a")), code=130)

    assert (done.out, done.err) == ("", "")
