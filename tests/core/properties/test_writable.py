"""
P15 and P18: what is made can be written, and in a header it is one line.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.properties.drawn import (
    lines,
    render,
    values,
)

from crmkit import PersonalizationError, TemplateError
from crmkit._encode import CONTENT_TYPES


def test_p15_identity():
    """
    P15: a subject of one line is its own result, but for the end of the file it came from.
    """
    assert render("  Hi, 3 new flats! ", "subject") == "  Hi, 3 new flats! "
    assert render("Hi\n", "subject") == "Hi"
    assert render("Hi\n\tthere", "subject") == "Hi there"


def test_p15_default():
    """
    P15: a default, or a variable that is kept as it is written, brings no break either.
    """
    assert render("{{ x | default: 'a\r\vb' }}", "subject", unknown="blank") == "a b"
    assert render("{{\nx }}", "subject", unknown="keep") == "{{ x }}"


@pytest.mark.parametrize("content_type", sorted(CONTENT_TYPES))
def test_p18_half_a_character(content_type):
    """
    P18: a template that cannot be encoded is refused with its place.
    """
    with pytest.raises(TemplateError, match=r"2:4: .*half a character") as caught:
        render("Hi\nyou\ud800", content_type)

    assert (caught.value.line, caught.value.column) == (2, 4)


@given(st.lists(lines | st.sampled_from(["{{id}}", "{{x}}", "{{ y | upper }}"])), values)
def test_p18_no_surprise(parts, value):
    """
    P18: whatever the template and the value, there is a text or a plain error.
    """
    for content_type in CONTENT_TYPES:
        try:
            content = render("".join(parts), content_type, variables={"x": value})
        except PersonalizationError:
            continue
        assert content.encode().decode() == content
