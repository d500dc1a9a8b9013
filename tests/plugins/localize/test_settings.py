"""
What the settings refuse.
"""

import pytest

from crmkit import ConfigurationError
from crmkit_localize import Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("catalogs", "no/such/folder"),
        ("source", "Klingon!"),
        ("locale", "tlh"),
        ("locale", "Klingon!"),
        ("currency", "€"),
        ("timezone", "Mars/Olympus"),
        ("digits", "arab"),
    ],
)
def test_refused(name, value):
    """
    A setting that is none is refused when a template is first used, by its name.
    """
    with pytest.raises(ConfigurationError, match=f"localize: {name}: .*{value}"):
        Settings(**{name: value})


def test_words():
    """
    A language may be a word here, too, and a currency in small letters.
    """
    assert Settings(source="English", locale="Spanish", currency="eur", timezone=" UTC ")
