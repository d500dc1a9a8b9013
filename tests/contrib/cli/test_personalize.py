"""
The command personalize.
"""

import pytest

SHOUT = """
from crmkit import TransformerInfo, hookimpl


@hookimpl
def crmkit_transformer():
    return TransformerInfo(stage=400)


@hookimpl
def crmkit_transform(document, context):
    return document.map_text(str.upper)
"""


def test_text(acme):
    """
    The text alone goes to stdout.
    """
    done = acme("personalize", "--text", "Hi {{firstName}}.", "--client", "1")

    assert done.out == "Hi Ana.\n"


def test_file(acme, tmp_path):
    """
    A file is filled in as it is, line ends included, but for its byte order mark.
    """
    (tmp_path / "letter.txt").write_bytes("\ufeffHé {{firstName}},\r\n\r\nbye\r\n".encode())

    done = acme("personalize", "letter.txt", "--client", "2")

    assert done.out == "Hé 健太,\r\n\r\nbye\r\n"


def test_stdin(acme):
    """
    A template may come from standard input.
    """
    done = acme("personalize", "-", "--client", "1", stdin="Hi {{firstName}}!")

    assert done.out == "Hi Ana!\n"


def test_html(acme, tmp_path):
    """
    Values are escaped in a file that ends in .html, unless another type is asked for.
    """
    (tmp_path / "mail.html").write_text("<b>{{x}}</b>")
    arguments = ("mail.html", "--client", "1", "--var", "x=a<b=c")

    assert acme("personalize", *arguments).out == "<b>a&lt;b=c</b>\n"
    plain = acme("personalize", *arguments, "--content-type", "plain")
    assert plain.out == "<b>a<b=c</b>\n"


def test_several(acme):
    """
    Several clients have a text each, under their ids; what one lacks stops no other.
    """
    clients = ("--client", "1", "--client", "5", "--client", "2")
    done = acme("personalize", "--text", "Hi {{firstName}}.", *clients, code=3)

    assert done.out == "--- 1\nHi Ana.\n--- 2\nHi 健太.\n"
    assert "Error: the client '5' has no e-mail address" in done.err


def test_whose_error(acme):
    """
    An error that does not name its client is said with the ids of those who share it.
    """
    clients = ("--client", "1", "--client", "2", "--client", "3", "--client", "9")
    done = acme("personalize", "--text", "Hi {{lastName}}.", *clients, code=3)
    named = [line for line in done.err.splitlines() if line.startswith("Error: ")]

    assert done.out == "--- 1\nHi Sá.\n"
    assert len(named) == 2
    assert named[0].startswith("Error: clients '2', '3': ")
    assert named[1] == "Error: 'acme' has no client '9'"


def test_whose_error_one(acme):
    """
    The error of one client of several is said with its id.
    """
    clients = ("--client", "1", "--client", "2")
    done = acme("personalize", "--text", "Hi {{lastName}}.", *clients, code=3)

    assert done.err.splitlines()[-1].startswith("Error: client '2': ")


def test_json(acme):
    """
    With --json there is one line for each client, with the text, address and transformers.
    """
    clients = ("--client", "1", "--client", "6")
    done = acme("personalize", "--text", "Hi {{firstName}}.", *clients, "--json", code=3)
    made, refused = done.lines

    assert (made["content"], made["to"]) == ("Hi Ana.", "ana@example.com")
    assert made["transformers"]["all_local"] is True
    assert refused["error"]["type"] == "ConsentRefused"
    assert not done.err.startswith("Transformers")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--text", "{{who}}"), 2, "unknown variables who (1:1)"),
        (("--text", "{{phone}}"), 3, "no value for phone (1:1)"),
        (("--text", "x", "--content-type", "fax"), 2, "unknown content type 'fax'"),
        (("--text", "x", "--unknown", "stop"), 2, "not 'stop'"),
        (("--text", "x", "--var", "city"), 2, "--var takes NAME=VALUE"),
        (("nowhere.txt",), 2, "given with --text"),
        ((), 2, "give a file"),
        (("--text", "x", "letter.txt"), 2, "give a file"),
        ((".",), 2, "a message is made of subject.txt"),
        (("latin.txt",), 2, "not UTF-8"),
    ],
)
def test_errors(acme, tmp_path, arguments, code, told):
    """
    What is wrong with a template or an option is said on one line, with a code of its own.
    """
    (tmp_path / "latin.txt").write_bytes(b"\xe9")

    done = acme("personalize", *arguments, "--client", "1", code=code)

    assert told in done.err.splitlines()[-1]
    assert done.out == ""


@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        (("--unknown", "keep"), "a {{who}}\n"),
        (("--unknown", "blank"), "a \n"),
        (("--var", "who=b=c"), "a b=c\n"),
    ],
)
def test_policies(acme, arguments, out):
    """
    A variable may be given, kept or left blank.
    """
    assert (
        acme("personalize", "--text", "a {{who}}", "--client", "1", *arguments).out == out
    )


def test_purpose(acme):
    """
    A transactional text passes an opt-out; a strict one asks for an opt-in.
    """
    text = ("--text", "x")

    acme("personalize", *text, "--client", "6", code=3)
    acme("personalize", *text, "--client", "6", "--purpose", "transactional")
    acme("personalize", *text, "--client", "1", "--mode", "strict", code=3)


def test_transformer_file(acme, tmp_path):
    """
    A transformer given as a file runs, and is no provider.
    """
    (tmp_path / "shout.py").write_text(SHOUT)
    text = ("--text", "hi {{firstName}}", "--client", "1", "--plugin", "shout.py")

    done = acme("personalize", *text, "--json")

    assert done.json["content"] == "HI Ana"
    assert "shout" in done.json["transformers"]["run"]


def test_transformers_said(acme, tmp_path):
    """
    Without a table in the configuration stderr says which transformers run.
    """
    (tmp_path / "shout.py").write_text(SHOUT)
    text = ("--text", "x", "--client", "1", "--plugin", "shout.py")

    assert "shout" in acme("personalize", *text).err.partition("\n")[0]
    (tmp_path / "crmkit.toml").write_text("[transformers]\n")
    assert acme("personalize", *text).err == ""


def test_encoding(acme_process):
    """
    A text that the output cannot hold is refused, not mangled.
    """
    text = ("--text", "{{firstName}}", "--client", "2")
    done = acme_process(
        "personalize", *text, code=2, PYTHONUTF8="0", PYTHONIOENCODING="latin-1"
    )

    assert done.out == ""
    assert "PYTHONIOENCODING=utf-8" in done.err


def test_malformed(acme):
    """
    Malformed braces stay, and a warning tells where.
    """
    done = acme("personalize", "--text", "a {{ b", "--client", "1")

    assert done.out == "a {{ b\n"
    assert "Warning: 1:3" in done.err
