"""
The quick way to fill a template, taken where nothing is to be cleaned, and the long way.
"""

import datetime as dt
import enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import ClientData, CRMConnector, PersonalizationError

CONNECTOR = CRMConnector()
LONG = "{% if nothing %}{% endif %}"  # a condition is never filled the quick way
TEMPLATES = {
    "email": "a {{ x }} e{{ y }}!{{ first_name }}",
    "subject": "a {{ x }}{{ y }} {{ first_name }}",
    "plain": "{{ x }}\u0301{{ y }}",
    "email_html": '<a href="{{ x }}" title="{{ y }}">e{{ x }}{{ y }}</a>'
    '<a href="/p/{{ x }}?q={{ y }}#{{ x }}">b</a><img src="https://h.example/{{ y }}">',
}


class Word(str):
    """
    A text that is more than one.
    """

    __slots__ = ()


class Colour(str, enum.Enum):  # noqa: UP042 - whose str() is another text
    """
    Texts that have names, and show these.
    """

    RED = "red"
    BLANK = "  "
    BOLD = "<b>"


class Number(enum.IntEnum):
    """
    A number that has a name.
    """

    THREE = 3


marks = st.sampled_from(
    "\u0301\u0338\u200d\u00a0\u202e\u2066\u2069\ud800\x00\x85\u2028\n\r\t\x1c "
    "<>&\"'%/:.\\#?\uff1c\u1100\u1161\ufb01\u212b"
)
texts = st.text(marks | st.characters(), max_size=8)
ones = st.one_of(
    texts,
    texts.map(Word),
    st.integers(0, 2).map(lambda number: list(Colour)[number]),
    st.just(3).map(Number),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.just(dt.time(9, 30)),
)
values = (
    ones
    | st.lists(ones, max_size=3)
    | st.dictionaries(texts, ones, max_size=2)
    | st.frozensets(texts, max_size=3)
)


def told(template, content_type, fields, variables):
    """
    Return all that there is to say of a content, or the type of its error.
    """
    client = ClientData(id="7", first_name="Ana", email="a@x.example", custom_fields=fields)
    request = {"content_type": content_type, "variables": {**variables, "nothing": None}}
    try:
        made = CONNECTOR.personalize_content(template, client, **request)
    except PersonalizationError as error:
        return type(error), error.names
    return made.content, made.explain().tokens, made.variables, made.warnings


@pytest.mark.parametrize("content_type", sorted(TEMPLATES))
@given(x=values, y=values)
def test_both_ways_say_the_same(content_type, x, y):
    """
    Whatever the values are, both ways make the same text, and tell the same of it.
    """
    template, fields, variables = TEMPLATES[content_type], {"X": x}, {"y": y}
    quick = told(template, content_type, fields, variables)

    assert quick == told(template + LONG, content_type, fields, variables)


@given(x=ones)
def test_texts_are_plain(x):
    """
    What is told of a text is a text itself, though the value is something of its own.
    """
    made = CONNECTOR.personalize_content(
        "{{ x }}",
        ClientData(id="7"),
        content_type="plain",
        variables={"x": x},
        missing="blank",
    )
    (token,) = made.explain().tokens

    assert {type(made.content), type(token.text)} == {str}
    assert token.text == made.content
