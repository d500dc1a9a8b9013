"""
A setting that is wrong is named, with its value and what it takes.
"""

import pytest
from attrs import field, frozen

from crmkit import ConfigurationError
from crmkit.settings import by_channel, check_known, matching

NAMES = matching("[a-z_]+", "Acme", "names, such as lead_source")


@frozen(kw_only=True)
class Settings:
    """
    Settings of all shapes.
    """

    one: str | None = field(default=None, validator=NAMES)
    several: list[str] = field(factory=list, validator=NAMES)
    table: dict[str, object] = field(factory=dict, validator=NAMES)
    keys: dict[str, object] = field(
        factory=dict, validator=matching("[a-z_]+", "Acme", "names", keys=True)
    )
    tags: dict[str, list[str]] = field(factory=dict, validator=by_channel("Acme"))


def test_right():
    """
    What matches is taken; keys are free unless they are looked at; None is no text.
    """
    Settings(
        one="a_b",
        several=["a", "b"],
        table={"*": ["a"], "B": {"C": "c"}},
        keys={"a": {"b": "c"}},
        tags={key: ["Any thing"] for key in ("*", "email", "sms", "phone", "push")},
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"one": "A b"}, "Acme's setting `one` is 'A b'; it takes names, such as lead_sou"),
        ({"one": ""}, "`one` is ''"),
        ({"several": ["a", "a\n"]}, "`several` names 'a"),
        ({"table": {"a": ["b", "C"]}}, "`table` names 'C'"),
        ({"table": {"a": {"b": "C"}}}, "`table` names 'C'"),
        ({"keys": {"A": "b"}}, "`keys` names 'A'"),
        ({"keys": {"a": {"B": "c"}}}, "`keys` names 'B'"),
        ({"tags": {"mail": ["x"]}}, "`tags` names the channel 'mail'; there are .*email"),
    ],
)
def test_wrong(given, words):
    """
    The first text that does not match all the way is refused, wherever it is.
    """
    with pytest.raises(ConfigurationError, match=words):
        Settings(**given)


def test_unknown():
    """
    Fields that an account does not have are all named, with the setting and the remedy.
    """
    check_known("fields", ["a"], {"a", "b"}, "Acme", "which leads lack")
    with pytest.raises(ConfigurationError) as caught:
        check_known("fields", ["a", "x", "y"], {"a", "b"}, "Acme", "which leads lack")

    told = "Acme's setting `fields` names x, y, which leads lack; leave it out, and "
    assert str(caught.value) == f"{told}`crmkit fields` shows those that are read"
