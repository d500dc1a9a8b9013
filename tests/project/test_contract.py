"""
The contract's page says what its tests hold, and by what each rule is broken.
"""

import inspect
import re
from pathlib import Path

import pytest
from tests.core.contract import providers_wrong

from crmkit.testing import ProviderContract, StoreContract, TransformerContract

PAGE = Path(__file__).parents[2].joinpath("docs", "contract.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([A-Z]\d\d) \| (.+?) \|(?: (.+) \|)?$", PAGE, re.MULTILINE)


def on_one_line(function):
    """
    Return a docstring as the page has it.
    """
    return " ".join(inspect.getdoc(function).split()).replace("``", "`")


def test_rules():
    """
    Each rule stands on the page once, word by word, and no other does.
    """
    rules = [
        (name.split("_")[1].upper(), on_one_line(test))
        for contract in (ProviderContract, TransformerContract, StoreContract)
        for name, test in inspect.getmembers(contract)
        if re.match(r"test_[a-z]\d\d_", name)
    ]

    assert sorted((number, text) for number, text, _ in ROWS) == sorted(rules)


@pytest.mark.parametrize(("number", "broken"), [(row[0], row[2]) for row in ROWS if row[2]])
def test_broken(number, broken):
    """
    How a rule of providers is broken is what the wrong provider does that proves it.
    """
    wrong = getattr(providers_wrong, number.lower(), None)

    assert wrong is None or on_one_line(wrong) == broken
