"""
Text in columns.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit_cli._table import cut, folded, pad, table, width, wrap

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")))
ROWS = [("name", "type", "options"), ("size", "choice", "one two three four five six")]


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", 0), ("Ana", 3), ("健太", 4), ("Huơng", 5), ("e\u0301", 1), ("ﾊﾟ", 2), ("حدّاد", 4)],
)
def test_width(text, columns):
    """
    Wide letters take two columns, marks on letters none.
    """
    assert width(text) == columns


@given(TEXTS, st.integers(2, 40))
def test_pad(text, columns):
    """
    A padded text has exactly the width that was asked for, whatever its script.
    """
    assert width(pad(text, columns)) == columns


@given(TEXTS, st.integers(2, 40))
def test_cut(text, columns):
    """
    A text that fits stays; another loses its end, and shows that it did.
    """
    short = cut(text, columns)

    assert width(short) <= columns
    assert short == text or (
        short.endswith("..") and text.startswith(short.removesuffix(".."))
    )


@given(
    st.lists(st.text(st.characters(categories=("L", "Nd")), min_size=1)), st.integers(4, 40)
)
def test_wrap(words, columns):
    """
    Wrapping loses no word, and no line is too long that could be shorter.
    """
    lines = list(wrap(" ".join(words), columns))

    assert " ".join(lines).split() == words
    assert all(width(line) <= columns or " " not in line for line in lines)


def test_table():
    """
    Columns start at the same place in every row; a limit cuts.
    """
    rows = [("id", "name"), ("1", "健太"), ("23456789", "Ana")]

    assert list(table(rows, (6,))) == ["id      name", "1       健太", "2345..  Ana"]


def test_folded():
    """
    A last cell that is too broad for the screen goes on below itself.
    """
    assert list(folded(ROWS, 34)) == [
        "name  type    options",
        "size  choice  one two three four",
        "              five six",
    ]


@pytest.mark.parametrize("columns", [None, 200, 25])
def test_not_folded(columns):
    """
    Without a screen, on a broad one and on one too narrow for it, a row is one line.
    """
    assert list(folded(ROWS, columns)) == [
        "name  type    options",
        "size  choice  one two three four five six",
    ]


def test_folded_empty():
    """
    A row whose last cell is empty is shown.
    """
    assert list(folded([("a", "b"), ("c", "")], 80)) == ["a  b", "c"]
