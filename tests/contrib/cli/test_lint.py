"""
The command lint.
"""

import json

import pytest

CLEAN = 'Hi {{firstName | default: "you"}}, https://example.com/unsubscribe'


@pytest.fixture
def listed(tmp_path):
    """
    Make a file of clients; return its name.
    """
    (tmp_path / "list.csv").write_text("id,first_name,city\n1,Ana,Faro\n", "utf-8")
    return "list.csv"


def test_clean(inside):
    """
    A template without a fault ends with 0 and says nothing on standard output.
    """
    done = inside("lint", "--text", CLEAN, "--purpose", "transactional")

    assert done.out == ""
    assert "errors: 0, warnings: 0" in done.err


def test_error(inside, tmp_path):
    """
    A fault is a line with its place, and ends with 2; warnings alone end with 0.
    """
    (tmp_path / "letter.txt").write_text(f"{CLEAN}\n {{{{ oops", "utf-8")

    done = inside("lint", "letter.txt", code=2)
    assert done.out.startswith("text:2:2: error: ")
    assert "errors: 1" in done.err

    mild = inside("lint", "--text", f"{CLEAN} {{{{lastName}}}}")
    assert "warning" in mild.out


def test_json(inside):
    """
    With --json it is one document.
    """
    report = inside("lint", "--text", "{{ oops", "--json", code=2).json

    assert report["ok"] is False
    assert {"error"} == {problem["severity"] for problem in report["problems"]}


def test_fields_of_list(inside, listed):
    """
    A name that is neither a column of the list nor a variable is unknown.
    """
    text = ("--text", CLEAN + ' {{city | default: ""}} {{town | default: ""}}')
    found = inside("lint", *text, "--clients", listed, "--json").json["problems"]
    given = inside("lint", *text, "--clients", listed, "--var", "town=x", "--json").json

    assert "town" in json.dumps(found)
    assert "city" not in json.dumps(found)
    assert "town" not in json.dumps(given)


def test_fields_of_provider(inside, listed):
    """
    The fields are asked of a provider that is named; of no other anybody is asked.
    """
    pytest.importorskip("crmkit_addressbook")
    text = ("--text", CLEAN + " {{town}}")
    book = ("--set", f"addressbook.path={listed}")
    named = inside("lint", *text, *book, "--provider", "addressbook", "--json", code=2)

    assert "unknown" in {problem["code"] for problem in named.json["problems"]}
    silent = inside("lint", *text, *book, "--json")
    assert "unknown" not in {problem["code"] for problem in silent.json["problems"]}


def test_folder(inside, tmp_path):
    """
    A folder is a message: each part and variant is looked at.
    """
    (tmp_path / "letter" / "es").mkdir(parents=True)
    (tmp_path / "letter" / "text.txt").write_text(CLEAN, "utf-8")
    (tmp_path / "letter" / "es" / "html.html").write_text("{{ oops", "utf-8")

    done = inside("lint", "letter", "--json", code=2)

    assert ("es", "html") in {(p["variant"], p["part"]) for p in done.json["problems"]}
