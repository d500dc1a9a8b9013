"""
The command personalize for all clients of a file.
"""

import csv
import io
import json
import os
import signal
import subprocess
import sys

import pytest

from crmkit import stable_id

LIST = """\
id,first_name,email,email_opt_out,city
1,Ana,ana@example.com,,Faro
2,Bo,bo@example.com,yes,Faro
3,,cy@example.com,,Faro
4,Di,,,Faro
5,"Ed,ed@example.com,,Faro
6,Flo,flo@example.com,,Faro
=7,Gus,gus@example.com,x,Faro
"""
TEXT = ("--text", "Hi {{firstName}} of {{city}}")

SHOUT = """
from crmkit import TransformerInfo, hookimpl


@hookimpl
def crmkit_transformer():
    return TransformerInfo(stage=400)


@hookimpl
def crmkit_transform(document, context):
    return document.map_text(str.upper)
"""


@pytest.fixture
def listed(tmp_path):
    """
    Make a file of clients; return its name.
    """
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    return "list.csv"


@pytest.fixture
def mailed(inside, listed, tmp_path):
    """
    Return a function that runs the command into files, and returns what is in them.
    """

    def run(*arguments, code=2):
        files = ("--clients", listed, "--out", "mails.jsonl", "--refused", "no.csv")
        done = inside("personalize", *files, *arguments, code=code)
        mails = (tmp_path / "mails.jsonl").read_text("utf-8")
        done.mails = [json.loads(line) for line in mails.splitlines()]
        refused = (tmp_path / "no.csv").read_bytes().decode()
        done.refused = list(csv.DictReader(io.StringIO(refused, newline="")))
        return done

    return run


def test_out(mailed):
    """
    Each line has what a mail service takes; nobody is in it who is refused.
    """
    done = mailed(*TEXT)

    assert [mail["client_id"] for mail in done.mails] == ["1", "6"]
    first = done.mails[0]
    assert (first["to"], first["text"]) == ("ana@example.com", "Hi Ana of Faro")
    assert (first["subject"], first["html"], first["warnings"]) == (None, None, [])


def test_refused(mailed):
    """
    Who is refused is in the other file, with the reason, and no personal data but the id.
    """
    done = mailed(*TEXT)

    assert [(row["client_id"], row["error"]) for row in done.refused] == [
        ("2", "ConsentRefused"),
        ("3", "MissingValueError"),
        ("4", "AddressMissingError"),
        ("", "RowError"),
        ("'=7", "ConsentRefused"),
    ]
    assert "list.csv, line 6" in done.refused[3]["message"]
    for private in ("Bo", "cy@", "Di", "Ed", "gus"):
        assert private not in str(done.refused)


def test_counts(mailed):
    """
    The counts are told at the end, with an example of each error; JSON for programs.
    """
    told = mailed(*TEXT).err
    counts = mailed(*TEXT, "--json").json

    assert "personalized: 2\nConsentRefused: 2, such as: the client '2'" in told
    assert counts["personalized"] == 2
    assert counts["refused"] == {
        "ConsentRefused": 2,
        "MissingValueError": 1,
        "AddressMissingError": 1,
        "RowError": 1,
    }
    assert counts["exit_code"] == 2


def test_codes(mailed, tmp_path):
    """
    The exit code is 0 if everybody has a text, and 3 if somebody is refused.
    """
    ana, bo = LIST.splitlines()[1:3]
    (tmp_path / "list.csv").write_text(f"{LIST.splitlines()[0]}\n{ana}\n", "utf-8")
    assert mailed(*TEXT, code=0).refused == []

    (tmp_path / "list.csv").write_text(f"{LIST.splitlines()[0]}\n{ana}\n{bo}\n", "utf-8")
    assert len(mailed(*TEXT, code=3).mails) == 1


def test_keys(mailed):
    """
    A key is the same in every run, another for another text, type, variable or client.
    """

    def keys(*arguments):
        return [mail["key"] for mail in mailed(*arguments).mails]

    again = keys(*TEXT)
    others = [
        keys("--text", "Hello {{firstName}}"),
        keys(*TEXT, "--content-type", "subject"),
        keys(*TEXT, "--var", "city=Porto"),
    ]

    assert keys(*TEXT) == again
    assert len({*again, *(key for found in others for key in found)}) == 8


def test_campaign(mailed):
    """
    With a campaign the key is made of it and of the client, whatever the text.
    """
    expected = [stable_id("may", "1"), stable_id("may", "6")]

    for text in ("a", "b"):
        mails = mailed("--text", text, "--campaign", "may").mails
        assert [mail["key"] for mail in mails if mail["client_id"] in "16"] == expected


def test_key_is_synced(mailed, acme, written):
    """
    The key of a line becomes the id of the activity, which is synced once however often.
    """
    mails = mailed(*TEXT).mails
    lines = "\n".join(
        json.dumps(
            {"id": mail["key"], "type": "email_sent", "client_id": mail["client_id"]}
        )
        for mail in mails
    )

    for _ in range(2):
        acme("sync", "-", stdin=lines)

    assert written() == [mail["key"] for mail in mails]


def test_html(mailed, tmp_path):
    """
    A template that ends in .html makes html, in which values are escaped.
    """
    (tmp_path / "mail.html").write_text("<b>{{x}}</b>")

    mail = mailed("mail.html", "--var", "x=<i>").mails[0]

    assert (mail["html"], mail["text"]) == ("<b>&lt;i&gt;</b>", None)


def test_stdin_stdout(inside):
    """
    Clients may come from standard input, and texts go to standard output, and nothing else.
    """
    done = inside("personalize", *TEXT, "--clients", "-", "--out", "-", stdin=LIST, code=2)

    assert [line["client_id"] for line in done.lines] == ["1", "6"]
    assert "--refused FILE lists them" in done.err


def test_transformers(mailed, tmp_path):
    """
    The transformers that run are told, and have their say.
    """
    (tmp_path / "shout.py").write_text(SHOUT)
    (tmp_path / "crmkit.toml").write_text("[transformers]\n")

    done = mailed("--text", "Hi, thanks!", "--json", "--plugin", "shout.py")

    assert done.json["transformers"]["run"] == ["shout"]
    assert done.mails[0]["text"] == "HI, THANKS!"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--clients", "list.csv"), "--out FILE"),
        (("--clients", "list.csv", "--out", "x", "--client", "1"), "or --client ID"),
        (("--clients", "list.csv", "--out", "x", "--email", "a"), "or --client ID"),
        (("--client", "1", "--out", "x"), "--out are for --clients"),
        (("--client", "1", "--campaign", "x"), "--campaign are for --clients"),
        (("--clients", "list.csv", "--out", "./list.csv"), "must be other files"),
        (("--clients", "list.csv", "--out", "x", "--refused", "x"), "must be other files"),
        (("--clients", "none.csv", "--out", "x"), "none.csv cannot be read"),
        (("--clients", "list.csv", "--out", "no/x"), "no/x cannot be written"),
        (("--clients", "list.csv", "--out", "."), ". cannot be written"),
        (("--clients", "list.csv", "--out", "x", "--content-type", "fax"), "fax"),
    ],
)
def test_errors(inside, listed, tmp_path, arguments, told):
    """
    What is wrong with the call is told, and no file is written.
    """
    done = inside("personalize", *TEXT, *arguments, code=2)

    assert told in done.err.splitlines()[-1]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [listed]
    assert (tmp_path / listed).read_text("utf-8") == LIST


def test_standard_input_once(inside):
    """
    Standard input cannot be template and clients at once.
    """
    inside("personalize", "-", "--clients", "-", "--out", "x", stdin="x", code=2)


def test_files_of_before(inside, listed, tmp_path):
    """
    A run that fails leaves the files of the last one as they are, and none of its own.
    """
    (tmp_path / "mails.jsonl").write_text("before")
    (tmp_path / "list.json").write_text('[{"id": 1, "email": "a@example.com"} oops')
    files = ("--clients", "list.json", "--out", "mails.jsonl", "--refused", "no.csv")

    inside("personalize", "--text", "x", *files, code=2)

    assert (tmp_path / "mails.jsonl").read_text() == "before"
    assert {path.name for path in tmp_path.iterdir()} == {
        "list.csv",
        "list.json",
        "mails.jsonl",
    }


@pytest.mark.parametrize(("how", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_ended(tmp_path, environment, how, code):
    """
    A run that is ended in its midst leaves nothing under the names of its files.
    """
    files = ("--clients", "-", "--out", "mails.jsonl", "--refused", "no.csv")
    arguments = [sys.executable, "-m", "crmkit_cli", "personalize", "--text", "x", *files]
    with subprocess.Popen(
        arguments, cwd=tmp_path, env=environment, stdin=-1, stderr=-3, bufsize=0
    ) as run:
        run.stdin.write(b"id,email\n")
        number = 0
        while not any(path.stat().st_size for path in tmp_path.glob("mails.jsonl*")):
            lines = (f"{number + n},a{n}@example.com\n" for n in range(1000))
            run.stdin.write("".join(lines).encode())
            number += 1000
        run.send_signal(how)
        run.wait()

    assert run.returncode == code
    assert not (tmp_path / "mails.jsonl").exists()
    assert not (tmp_path / "no.csv").exists()
    left = [path for path in tmp_path.glob("*.part") if how == signal.SIGINT]
    assert left == []


@pytest.mark.skipif(os.name != "posix", reason="who may read a file is POSIX's here")
def test_private(mailed, tmp_path):
    """
    Only the owner may read texts with personal data.
    """
    mailed(*TEXT)

    assert (tmp_path / "mails.jsonl").stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.name != "posix", reason="needs a pipe in the file system")
def test_pipe(inside, listed, tmp_path):
    """
    What is no ordinary file is written to, never replaced.
    """
    os.mkfifo(tmp_path / "pipe")
    end = os.open(tmp_path / "pipe", os.O_RDWR | os.O_NONBLOCK)

    inside("personalize", *TEXT, "--clients", listed, "--out", "pipe", code=2)

    assert os.read(end, 1 << 16).count(b"\n") == 2
    os.close(end)
    assert (tmp_path / "pipe").is_fifo()


def test_link(inside, listed, tmp_path):
    """
    Of a link, what it leads to is replaced.
    """
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "deep" / "real")

    inside("personalize", *TEXT, "--clients", listed, "--out", "link", code=2)

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "deep" / "real").read_text().count("\n") == 2


def test_no_columns(inside, listed, tmp_path):
    """
    A CSV row of the refused survives line breaks in an id.
    """
    (tmp_path / "odd.jsonl").write_text(json.dumps({"id": "a\nb", "emailOptOut": True}))

    inside(
        *("personalize", "--text", "x", "--clients", "odd.jsonl", "--out", "x"),
        *("--refused", "no.csv"),
        code=3,
    )

    (row,) = csv.DictReader(io.StringIO((tmp_path / "no.csv").read_text()))
    assert row["client_id"] == "a b"


def test_message(inside, tmp_path):
    """
    A folder is a message: each line has all its parts, in the client's language.
    """
    (tmp_path / "letter" / "es").mkdir(parents=True)
    (tmp_path / "letter" / "subject.txt").write_text("Hi {{firstName}}")
    (tmp_path / "letter" / "html.html").write_text("<b>{{firstName}}</b>")
    (tmp_path / "letter" / "es" / "text.txt").write_text("Hola {{firstName}}")
    people = [
        {"id": 1, "firstName": "<A>", "email": "a@example.com"},
        {"id": 2, "firstName": "Ana", "email": "b@example.com", "language": "es-ES"},
    ]
    (tmp_path / "list.json").write_text(json.dumps(people))

    done = inside("personalize", "letter", "--clients", "list.json", "--out", "-")
    first, second = (
        [mail[name] for name in ("subject", "text", "html", "variant")]
        for mail in done.lines
    )

    assert first == ["Hi <A>", None, "<b>&lt;A&gt;</b>", None]
    assert second == [None, "Hola Ana", None, "es"]


def test_default_variant(inside, tmp_path):
    """
    Who reads none of the variants' languages gets the one that is named.
    """
    (tmp_path / "letter" / "es").mkdir(parents=True)
    (tmp_path / "letter" / "es" / "text.txt").write_text("Hola")
    arguments = ("personalize", "letter", "--clients", "-", "--out", "-")
    one = '{"id": 1, "email": "a@example.com", "language": "fi"}'

    inside(*arguments, stdin=one, code=2)
    (mail,) = inside(*arguments, "--default-variant", "es", stdin=one).lines
    assert (mail["text"], mail["language"]) == ("Hola", "es")


def test_warnings(mailed):
    """
    What is to be looked at is told at the end, with how many have it, and SMS's parts.
    """
    text = "--text", "Hi {{firstName | default: 'you'}} {% for a %}"

    assert "warning (3): 1:35: '{% for a %}' is no variable" in mailed(*text).err
    counts = mailed("--text", "a" * 161, "--content-type", "sms", "--json", code=2).json
    assert (counts["warnings"], counts["segments"]) == ({}, 2 * counts["personalized"])


@pytest.mark.parametrize("text", ["{{ firstName | shout }}", "{% if a %}"])
def test_wrong_for_everybody(inside, listed, tmp_path, text):
    """
    A template that no client can have is refused before any is read, and no file is made.
    """
    files = ("--clients", listed, "--out", "mails.jsonl")
    done = inside("personalize", "--text", text, *files, code=2)

    assert "text:1:1: error: " in done.err
    assert not (tmp_path / "mails.jsonl").exists()


def test_language(inside):
    """
    The language of a template without variants may be told.
    """
    one = '{"id": 1, "email": "a@example.com", "language": "fi"}'
    arguments = ("personalize", "--text", "Hi", "--clients", "-", "--out", "-")

    assert inside(*arguments, stdin=one).lines[0]["language"] == "fi"
    (mail,) = inside(*arguments, "--language", "en", stdin=one).lines
    assert mail["language"] == "en"
