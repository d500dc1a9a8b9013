"""
The public names of crmkit, and its tree of errors.
"""

import inspect
import pickle
import re
from datetime import UTC, datetime

import pytest

import crmkit
from crmkit import errors

ERRORS = {name: kind for name, kind in vars(errors).items() if inspect.isclass(kind)}
SAMPLES = {
    "bool": True,
    "float": 1.5,
    "int": 429,
    "str": "abc",
    "Sequence[str]": ("1", "2"),
    "datetime": datetime(2026, 5, 1, tzinfo=UTC),
}


def drawn():
    """
    Return the tree in the docstring of errors.py: name → name of the parent, attributes.
    """
    tree, path = {}, []
    for line in errors.__doc__.splitlines():
        row = re.match(r" {4}([│├└─ ]*)(\w+)(.*)", line)
        if row:
            branch, name, text = row.groups()
            path[len(branch) // 4 :] = [name]
            attributes = re.findall(r" \.(\w+)", text)
            tree[name] = (path[-2] if len(path) > 1 else "Exception", attributes)
    return tree


def sample(kind):
    """
    Return a value for each keyword that an error takes.
    """
    parameters = inspect.signature(kind.__init__).parameters.values()
    return {
        parameter.name: SAMPLES[parameter.annotation.partition(" |")[0]]
        for parameter in parameters
        if parameter.kind is parameter.KEYWORD_ONLY
    }


def test_sorted():
    """
    All public names are listed once, in order.
    """
    assert sorted(set(crmkit.__all__)) == crmkit.__all__


@pytest.mark.parametrize("name", crmkit.__all__)
def test_name(name):
    """
    Each public name can be imported and explains itself.
    """
    assert inspect.getdoc(getattr(crmkit, name))


def test_errors_public():
    """
    Every error can be caught by a name of crmkit itself.
    """
    assert set(ERRORS) <= set(crmkit.__all__)


def test_tree():
    """
    The tree drawn in errors.py is the tree of its classes.
    """
    assert {name: kind.__base__.__name__ for name, kind in ERRORS.items()} == {
        name: parent for name, (parent, _) in drawn().items()
    }


@pytest.mark.parametrize("kind", ERRORS.values())
def test_attributes(kind):
    """
    An error has the attributes that the tree promises for it and its parents.
    """
    error = kind("message", **sample(kind))
    tree = drawn()
    family = [base.__name__ for base in kind.__mro__ if base.__name__ in tree]
    promised = {attribute for name in family for attribute in tree[name][1]}

    assert promised <= set(vars(error))


@pytest.mark.parametrize("kind", ERRORS.values())
def test_pickle(kind):
    """
    An error crosses to another process with its message and all its attributes.
    """
    error = kind("message", **sample(kind))
    copy = pickle.loads(pickle.dumps(error))

    assert type(error) is type(copy)
    assert str(error) == str(copy) == "message"
    assert vars(error) == vars(copy)
    assert sample(kind).items() <= vars(copy).items()
