"""
The table of what providers can do says what the tests of the contract found.
"""

import pytest
from tests.project import providers_table
from tests.project.providers_table import (
    CAPABILITIES,
    NAMES,
    PAGE,
    found_in,
    main,
    page,
    rules,
)

CASE = """\
<testcase classname="tests.plugins.{name}.test_contract.TestIt" name="test_{rule}_x">
{more}</testcase>"""
MORE = {
    "not offered": '<skipped type="pytest.skip" message="S02 not offered: no crmkit_x" />',
    "no HTTP": '<skipped type="pytest.skip" message="S02 not offered: no HTTP" />',
    "not proven": '<skipped type="pytest.xfail" message="S02 not proven: a: b" />',
    "broken": '<failure message="x">x</failure>',
    "in error": '<error message="x">x</error>',
}


@pytest.fixture
def report(tmp_path):
    """
    Return a function that writes a report in which some rules of one provider do not hold.
    """

    def report(name, without=(), **verdicts):
        cases = [
            CASE.format(
                name=one,
                rule=rule.lower(),
                more=MORE.get(verdicts.get(rule) if one == name else None, "").format(
                    rule=rule
                ),
            )
            for one in NAMES
            for rule in rules()
            if (one, rule) not in without
        ]
        file = tmp_path / "report.xml"
        file.write_text(f"<testsuites>{''.join(cases)}</testsuites>", "utf-8")
        return str(file)

    return report


def cells(text, what):
    """
    Return the cells of a row.
    """
    (row,) = [line for line in text.splitlines() if line.startswith(f"| {what}")]
    return [cell.strip() for cell in row.split("|")[2:-1]]


def test_columns():
    """
    Every provider has its column.
    """
    header = next(
        line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("|")
    )

    assert [
        name for name in NAMES if f"(../plugins/providers/{name}/README.md)" in header
    ] == NAMES


def test_rules():
    """
    A capability is shown by rules that there are, and the page has a row for each rule.
    """
    text = PAGE.read_text("utf-8")

    assert {rule for numbers in CAPABILITIES.values() for rule in numbers} <= set(rules())
    assert [rule for rule in rules() if f"\n| {rule} " not in text] == []


@pytest.mark.parametrize(
    ("verdict", "able", "told", "why"),
    [
        ("holds", "yes", "holds", None),
        ("broken", "broken", "broken", None),
        ("in error", "broken", "broken", None),
        ("not offered", "no", "not offered", "not offered: no crmkit_x (S02)"),
        ("no HTTP", "not proven", "not offered", "not offered: no HTTP (S02)"),
        ("not proven", "not proven", "not proven", "not proven: a: b (S02)"),
    ],
)
def test_verdicts(report, verdict, able, told, why):
    """
    A capability is there where all its rules hold, of that provider alone.
    """
    text = page(found_in(report("hubspot", S02=verdict)))
    place = NAMES.index("hubspot")
    others = ["yes"] * (len(NAMES) - 1)
    capability, rule = cells(text, "write activities"), cells(text, "S02 ")

    assert (capability.pop(place), capability) == (able, others)
    assert rule[place] == told
    assert text.count("- HubSpot, ") == text.count(f"- HubSpot, {why}") == bool(why)


def test_reasons(report):
    """
    Rules that are not offered for one reason are told together, apart from others.
    """
    verdicts = {"S01": "no HTTP", "S02": "not offered", "S03": "no HTTP"}
    text = page(found_in(report("hubspot", **verdicts)))

    assert "- HubSpot, not offered: no HTTP (S01, S03)\n" in text
    assert "- HubSpot, not offered: no crmkit_x (S02)\n" in text


def test_lacking(report):
    """
    A provider whose tests were not run is named, with the rules that nobody tried.
    """
    with pytest.raises(SystemExit, match=r"tests/plugins/hubspot/.* nothing of S02"):
        main(report("hubspot", without=[("hubspot", "S02")]))


def test_check(report, tmp_path, monkeypatch):
    """
    The page is written, and checked against what was found.
    """
    monkeypatch.setattr(providers_table, "PAGE", tmp_path / "providers.md")
    main(report("hubspot"))
    main(report("hubspot"), "--check")
    with pytest.raises(SystemExit, match="nox -s table"):
        main(report("hubspot", S02="broken"), "--check")
