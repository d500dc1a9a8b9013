"""
The command coverage.
"""

import pytest

LIST = """\
id,first_name,email,email_opt_out,language,city
1,Ana,ana@example.com,,pt,Faro
2,,bo@example.com,,pt,Faro
3,,cy@example.com,,en,
4,Di,,,en,Faro
5,Ed,ed@example.com,yes,en,Faro
6,"Flo
"""
TEXT = ("--text", 'Hi {{firstName | default: "you"}} of {{city}}')


@pytest.fixture
def cover(inside, tmp_path):
    """
    Return a function that runs the command with a list.
    """
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    return lambda *arguments: inside("coverage", *arguments, "--clients", "list.csv")


def test_json(cover):
    """
    With --json it counts who would get a default, nothing or an error, and names some.
    """
    found = cover(*TEXT, "--json").json

    assert (found["total"], found["personalized"]) == (6, 2)
    assert found["defaults"] == {"firstName": {"count": 1, "clients": ["2"]}}
    assert found["missing"] == {"city": {"count": 1, "clients": ["3"]}}
    assert {name: hits["count"] for name, hits in found["refused"].items()} == {
        "MissingValueError": 1,
        "AddressMissingError": 1,
        "ConsentRefused": 1,
        "RowError": 1,
    }
    assert found["languages"] == {"pt": 2}


def test_people(cover):
    """
    For people it is a table; nothing of a client is in it but the id.
    """
    lines = cover(*TEXT).out.splitlines()
    rows = [line.split() for line in lines]

    assert lines[0] == "2 of 6 would get it."
    assert ["default", "for", "firstName", "1", "2"] in rows
    assert ["refused", "ConsentRefused", "1", "5"] in rows
    assert ["language", "pt", "2"] in rows
    assert "Ana" not in "".join(lines)


def test_policies(cover):
    """
    It is asked as personalize is: policies, purpose and variables count.
    """
    text = (*TEXT, "--json")

    blank = cover(*text, "--missing", "blank").json
    assert blank["personalized"] == 3
    assert blank["missing"]["city"]["clients"] == ["3"]
    assert cover(*text, "--var", "city=Porto").json["missing"] == {}
    assert cover(*text, "--purpose", "transactional").json["personalized"] == 3


def test_many_ids(inside, tmp_path):
    """
    Of many clients the first ids are shown.
    """
    rows = "".join(f"{number},{number}@example.com\n" for number in range(30))
    (tmp_path / "list.csv").write_text(f"id,email\n{rows}", "utf-8")

    done = inside("coverage", "--text", '{{x | default: "y"}}', "--clients", "list.csv")

    assert "default for  x  30  0, 1, 2, 3, 4, ..." in done.out
