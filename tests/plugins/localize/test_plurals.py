"""
The filter plural.
"""

import pytest

from crmkit import TemplateError
from crmkit_localize._plurals import plural


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "one guest"),
        (" 1", "one guest"),
        (1.0, "one guest"),
        (-1, "one guest"),
        (0, "0 guests"),
        (12, "12 guests"),
        (1.5, "1.5 guests"),
        (1200, "1,200 guests"),
    ],
)
def test_two_forms(count, text):
    """
    Two forms are for one and for all others; # is the number, formatted.
    """
    assert plural(count, "one guest", "# guests", language="en") == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "1 гость"), (2, "2 гостя"), (5, "5 гостей"), (21, "21 гость"), ("1.5", "1,5 г")],
)
def test_four_forms(count, text):
    """
    As many forms as the language has are in CLDR's order: one, few, many, other.
    """
    forms = ("# гость", "# гостя", "# гостей", "# г")

    assert plural(count, *forms, language="ru") == text


def test_six_forms():
    """
    Arabic has all six.
    """
    forms = ("zero", "one", "two", "few", "many", "other")
    shown = [plural(count, *forms, language="ar") for count in (0, 1, 2, 3, 11, 100)]

    assert shown == list(forms)


def test_one_form():
    """
    Japanese has one, and of two the second.
    """
    assert plural(1, "# 名", language="ja") == "1 名"
    assert plural(1, "one", "# 名", language="ja") == "1 名"


@pytest.mark.parametrize("forms", [(), ("a",), ("a", "b", "c"), ("a", "b", "c", "d", "e")])
def test_wrong_number_of_forms(forms):
    """
    Another number of forms is refused with the names of those that the language has.
    """
    with pytest.raises(TemplateError, match="en has: one, other"):
        plural(1, *forms, language="en")


@pytest.mark.parametrize("count", ["many", None, True, "1.234"])
def test_no_number(count):
    """
    What is no number has no plural.
    """
    with pytest.raises(TemplateError):
        plural(count, "one", "others", language="en")
