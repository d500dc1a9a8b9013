"""
A list is read to its end, and an account's schema but once.
"""

from itertools import islice
from types import SimpleNamespace

import pytest

from crmkit import ProtocolError
from crmkit.asking import every, once

PAGES = {None: ("ab", "p2"), "p2": ("", {"page": 3}), 3: ("c", None)}


def page(asked):
    """
    Return one of three pages, of which the second is empty.
    """
    return PAGES[asked["page"] if isinstance(asked, dict) else asked]


def test_every():
    """
    All pages are read in their order; an empty one is no end.
    """
    assert list(every(page, "Acme")) == ["a", "b", "c"]


def test_lazy():
    """
    No page is asked for before its records are wanted.
    """
    asked = []

    def endless(number):
        asked.append(number)
        return ["x"], len(asked)

    assert list(islice(every(endless, "Acme"), 2)) == ["x", "x"]
    assert asked == [None, 1]


@pytest.mark.parametrize("following", [["p2", "p2"], ["p2", "p3", "p2"]])
def test_loop(following):
    """
    A page that was to come twice is an error that names the CRM, after what came before.
    """
    coming = iter(following)
    found = every(lambda _: ("x", next(coming)), "Acme")

    assert list(islice(found, len(following))) == ["x"] * len(following)
    with pytest.raises(ProtocolError, match="Acme's list loops"):
        next(found)


def test_once():
    """
    What is made is kept under its name; after an error it is tried again.
    """
    session, made = SimpleNamespace(memory={}), iter(["first", "second"])

    with pytest.raises(ZeroDivisionError):
        once(session, "acme.plan", lambda: 1 / 0)

    assert once(session, "acme.plan", lambda: next(made)) == "first"
    assert once(session, "acme.plan", lambda: next(made)) == "first"
    assert once(session, "acme.other", lambda: next(made)) == "second"
