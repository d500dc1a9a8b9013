"""
The readme tells the truth.
"""

import re
from pathlib import Path

import pytest
from attrs import fields

import crmkit_localize
from crmkit import ClientData, CRMConnector
from crmkit_localize import Settings, match

PACKAGE = Path(__file__).parents[3] / "plugins" / "transformers" / "localize"
README = (PACKAGE / "README.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    for line in README.splitlines()
    if line.startswith("| ")
]
HEAD = next(row for row in ROWS if row[0] == "`language`")
SHOWN = [row for row in ROWS if len(row) == len(HEAD) and row not in (HEAD, ["---"] * 6)]
CHOICES = ROWS[ROWS.index(["client", "has the choice of", "gets"]) + 2 :][:11]


def quoted(cell):
    """
    Return what a cell shows as code.
    """
    return re.findall(r"`([^`]+)`", cell)


def test_example(capsys):
    """
    The example prints what it is said to print.
    """
    example, printed = re.search(
        r"```python\n(.*?)```\n\n```\n(.*?)```", README, re.DOTALL
    ).groups()
    exec(compile(example, "README.md", "exec"), {})

    assert capsys.readouterr().out.replace("\u00a0", " ") == printed


@pytest.mark.parametrize("row", SHOWN, ids=lambda row: row[0])
def test_filters(row):
    """
    Each locale's row is what a client of that language gets, but for the sort of spaces.
    """
    (language,) = quoted(row[0])
    for column, shown in zip(HEAD[1:], row[1:], strict=True):
        value, filters = quoted(column)[0].split(" | ")
        client = ClientData(id="1", language=language)
        with CRMConnector(transformers={"localize": {}}) as crm:
            made = crm.personalize_content(
                f"{{{{ x | {filters} }}}}",
                client,
                content_type="plain",
                variables={"x": value.strip('"')},
            )
        folded = re.sub("[\u00a0\u202f]", " ", made.content)

        assert folded.strip("\u200e\u200f") == shown


@pytest.mark.parametrize("row", CHOICES, ids=lambda row: row[0] + row[1])
def test_variants(row):
    """
    Each client of the table gets the variant that it says.
    """
    languages, available, (gets,) = quoted(row[0]), quoted(row[1]), quoted(row[2]) or [None]

    assert {match(available, language, None) for language in languages} == {gets}


def test_settings():
    """
    Each setting is explained, with its default.
    """
    start = ROWS.index(["setting", "default", "means"]) + 2
    told = {quoted(row[0])[0]: (quoted(row[1]) or [None])[0] for row in ROWS[start:]}

    assert told == {each.name: each.default for each in fields(Settings)}


def test_filters_named():
    """
    Each filter is explained.
    """
    start = ROWS.index(["filter", "gives", "takes"]) + 2
    filters = crmkit_localize.crmkit_transformer().filters

    assert [quoted(row[0])[0] for row in ROWS[start:][: len(filters)]] == list(filters)
