"""
Text in columns.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit_cli._table import cut, pad, table, width, wrap

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")))


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
