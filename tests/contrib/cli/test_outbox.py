"""
The commands of outbox.
"""

import json

import pytest


@pytest.fixture
def put(acme):
    """
    Leave activities in the outbox, in the state that a mode of Acme's leads to.
    """

    def sync(mode, *ids, client="1", code, options=()):
        text = "".join(
            f"{json.dumps({'type': 'call', 'client_id': client, 'id': id_})}\n"
            for id_ in ids
        )
        acme("sync", "-", "--set", f"mode={mode}", *options, stdin=text, code=code)

    return sync


LOOKS = """

@hookimpl
def crmkit_find_activity(session, activity):
    fail(session)
    return activity.id
"""


@pytest.fixture
def looking(inside, plugin, clients, tmp_path):
    """
    Run a command with a CRM that is Acme, but in which activities can be looked for.
    """
    (tmp_path / "looks.py").write_text(plugin.read_text("utf-8") + LOOKS, "utf-8")

    def run(command, *arguments, **options):
        place = ("--plugin", "looks.py", "--set", f"path={clients}")
        return inside(*command.split(), *place, *arguments, **options)

    return run


@pytest.fixture
def lost(looking):
    """
    Leave two uncertain activities in the outbox that can be looked for in the CRM.
    """
    text = "".join(f'{{"type": "call", "client_id": "1", "id": "{id_}"}}\n' for id_ in "ab")
    looking("sync", "-", "--set", "mode=lost", stdin=text, code=4)


@pytest.fixture
def stuck(put):
    """
    Leave one pending, one uncertain and one dead activity in the outbox.
    """
    put("down", "waits", code=4)
    put("lost", "lost", code=3)
    put("", "bad", client="refused", code=3)


@pytest.fixture
def states(acme):
    """
    Return the state of each activity in the outbox.
    """
    return lambda: {
        row["activity_id"]: row["state"] for row in acme("outbox list", "--json").lines
    }


def test_list(stuck, inside):
    """
    The list shows id, state and reason of what is not in the CRM, the oldest first.
    """
    header, *rows = inside("outbox", "list").out.splitlines()

    assert header.split()[0] == "id"
    assert [row.split()[0] for row in rows] == ["waits", "lost", "bad"]
    assert rows[2].endswith("Acme refuses it")


def test_list_state(stuck, inside):
    """
    The list may show one state alone; as JSON without what the activity says.
    """
    (row,) = inside("outbox", "list", "--state", "dead", "--json").lines

    assert row["activity_id"] == "bad"
    assert row["error"] == {"type": "InvalidRequestError", "message": "Acme refuses it"}
    assert "payload" not in row
    assert row["stored_at"].endswith("+00:00")


def test_list_empty(inside):
    """
    An empty outbox says so.
    """
    assert inside("outbox", "list").out == "nothing waits\n"
    assert inside("outbox", "list", "--json").out == ""


def test_list_filters(put, inside):
    """
    The list may show one user, or one provider, alone.
    """
    put("down", "a", code=4)
    put("down", "b", code=4, options=("--user", "bob"))

    rows = inside("outbox", "list", "--user", "bob", "--json").lines
    assert [row["activity_id"] for row in rows] == ["b"]
    assert inside("outbox", "list", "--provider", "other", "--json").lines == []


def test_check_ok(put, inside):
    """
    Something pending is fine, unless it is older than it may be.
    """
    assert inside("outbox", "check").out == "nothing waits\n"
    put("down", "a", code=4)

    assert inside("outbox", "check", "--max-age", "3600").out.startswith(
        "waiting: 1 pending"
    )
    assert inside("outbox", "check", "--max-age", "0", "--json", code=4).json["counts"] == {
        "pending": 1
    }


def test_check_stuck(stuck, inside):
    """
    Something dead is for somebody to look at, and comes first.
    """
    inside("outbox", "check", "--max-age", "0", code=3)


def test_check_uncertain_yours(put, acme):
    """
    What is uncertain and cannot be looked for is the user's to decide, and says so.
    """
    put("lost", "a", code=3)

    assert acme("outbox check", "--json", code=3).json["user_decides"] == 1
    assert "1 uncertain (for you to decide: 1)" in acme("outbox check", code=3).out


def test_check_uncertain_looked_for(lost, looking):
    """
    What the next flush looks for is nobody's to decide: to flush is safe, so the code is 4.
    """
    assert looking("outbox check", "--json", code=4).json["user_decides"] == 0
    assert looking("outbox check", code=4).out == "waiting: 2 uncertain\n"
    looking("outbox flush")
    looking("outbox check")


def test_check_uncertain_plugin_missing(lost, inside):
    """
    What a missing plugin may be able to look for is not the user's to decide either.
    """
    inside("outbox", "check", code=4)


def test_flush(put, acme, states, written):
    """
    A flush sends what waits.
    """
    put("down", "a", "b", code=4)

    assert acme("outbox flush").out == "2 synced\n"
    assert written() == ["a", "b"]
    assert states() == {}


def test_flush_cannot_look(acme, acme_process):
    """
    Where the CRM cannot be asked only the user can tell, and nobody says that a flush can.
    """
    line = '{"type": "call", "client_id": "1"}'
    acme_process("sync", "-", "--set", "mode=killed", stdin=line, code=9)
    done = acme("outbox flush", code=3)

    assert "it may be in the CRM; only you can tell" in done.out
    assert "flush looks" not in done.out


def test_flush_nothing(inside):
    """
    A flush of an empty outbox is done.
    """
    assert inside("outbox", "flush").out == "nothing to send\n"


def test_flush_limit(put, acme, states):
    """
    A flush ends at its limit, and says that there is more.
    """
    put("down", "a", "b", code=4)

    done = acme("outbox flush", "--limit", "1", code=4)

    assert done.out.startswith("1 synced")
    assert states() == {"b": "pending"}
    acme("outbox flush", "--limit", "1", "--deadline", "60", "--daily-share", "0.8")
    assert states() == {}


@pytest.mark.parametrize(
    "option", [("--limit", "0"), ("--daily-share", "80"), ("--daily-share", "0")]
)
def test_flush_wrong_bounds(acme, option):
    """
    A limit or a share that means nothing is a wrong usage.
    """
    assert option[0] in acme("outbox flush", *option, code=2).err


def test_flush_later(put, acme, written):
    """
    What the CRM wants later waits, is counted, and leads to code 4.
    """
    put("later", "a", code=4)
    done = acme("outbox flush", "--json", code=4)

    assert done.json["later"] == 1
    assert written() == []


def test_flush_missing_provider(put, inside):
    """
    What belongs to a provider that is not installed waits, and the provider is named.
    """
    put("down", "a", code=4)
    done = inside("outbox", "flush", code=4)

    assert "acme" in done.err


def test_flush_dry_run(put, acme, states, written):
    """
    A dry run of a flush counts and sends nothing.
    """
    put("down", "a", "b", code=4)

    assert acme("outbox flush", "--dry-run").out == "would send 2 to acme\n"
    assert states() == {"a": "pending", "b": "pending"}
    assert written() == []


def test_flush_dry_run_looks(lost, looking):
    """
    A dry run of a flush tells what would be looked for, too, and does not look.
    """
    done = looking("outbox flush", "--dry-run", "--set", "mode=locked")

    assert done.out == "would send nothing\nwould look for 2 in looks\n"
    assert looking("outbox flush", "--dry-run", "--json").json["would_look_for"] == 2
    assert looking("outbox check", code=4).out == "waiting: 2 uncertain\n"


def test_flush_dry_run_later(looking, lost):
    """
    What the CRM wants to be asked for later is not said to be looked for now.
    """
    flushed = looking("outbox flush", "--set", "mode=later", code=4)  # asks for the first

    assert "would" not in flushed.out
    assert looking("outbox flush", "--dry-run").out.endswith("look for 1 in looks\n")


def test_flush_dry_run_cannot_look(acme, put):
    """
    What nobody can look for is not said to be looked for.
    """
    put("lost", "a", code=3)

    assert acme("outbox flush", "--dry-run").out == "would send nothing\n"


def test_retry(stuck, inside, acme, states, written):
    """
    What was mended is tried again with the next flush.
    """
    assert inside("outbox", "retry", "lost").out == "retried: 1\n"
    assert states()["lost"] == "pending"
    acme("outbox flush")
    assert sorted(written()) == ["lost", "waits"]


def test_retry_state(stuck, inside, states):
    """
    All of a state may be retried at once.
    """
    inside("outbox", "retry", "--state", "uncertain")

    assert states() == {"waits": "pending", "lost": "pending", "bad": "dead"}


def test_retry_unknown(stuck, inside, states):
    """
    An id that is unknown is named; the others are retried, what waits too.
    """
    done = inside("outbox", "retry", "who", "waits", "bad", "--json", code=3)

    assert done.json["retried"] == 2
    assert set(done.json["not_retried"]) == {"who"}
    assert states()["bad"] == "pending"


def test_drop(stuck, inside, states):
    """
    What is given up is gone.
    """
    assert inside("outbox", "drop", "waits", "bad").out == "dropped: 2\n"
    assert states() == {"lost": "uncertain"}


@pytest.mark.parametrize("verb", ["retry", "drop"])
def test_dry_run(stuck, inside, states, verb):
    """
    A dry run counts and changes nothing.
    """
    before = states()
    done = inside("outbox", verb, "--state", "dead", "--dry-run")

    assert done.out.startswith("would be")
    assert done.out.endswith(": 1\n")
    assert states() == before


def test_users(put, inside):
    """
    An id is found whoever its user is; the same id of two users needs the user.
    """
    put("lost", "a", code=3, options=("--user", "bob"))
    put("lost", "b", code=3, options=("--user", "bob"))
    put("lost", "b", code=3, options=("--user", "eve"))

    assert inside("outbox", "retry", "a").out == "retried: 1\n"
    assert "--user" in inside("outbox", "retry", "b", code=2).err
    assert inside("outbox", "retry", "b", "--user", "eve").out == "retried: 1\n"


@pytest.mark.parametrize("arguments", [(), ("a", "--state", "dead")])
def test_usage(inside, arguments):
    """
    Neither ids nor a state, or both, is an error of usage.
    """
    inside("outbox", "drop", *arguments, code=2)


def test_flush_interrupted(acme, put):
    """
    Who interrupts a flush is told that the rest is safe, if there is any.
    """
    put("", "bad", client="refused", code=3)
    interrupt = ("outbox flush", "--set", "mode=interrupt")
    acme(*interrupt)

    put("down", "a", "b", "c", code=4)
    done = acme(*interrupt, code=130)

    assert done.out == ""
    assert done.err.startswith("Interrupted: what was read is safe in the outbox; ")
    assert len(done.err.splitlines()) == 1
