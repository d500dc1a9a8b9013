"""
The hooks, and what plugins hold on to, are documented as they are.
"""

import inspect
import re
from pathlib import Path

import attrs
import pytest

from crmkit import (
    ActivityRecord,
    ClientData,
    ClientInteraction,
    ClientPage,
    Consent,
    CRMCredentials,
    CustomField,
    Finding,
    Limit,
    OAuth2,
    ProviderInfo,
    Rate,
    SyncOutcome,
    TransformerInfo,
    asking,
    checking,
    errors,
    hookspecs,
    kinds,
    reading,
    sending,
    settings,
    texts,
    writing,
)
from crmkit._session import Session
from crmkit._values import new_id, now
from crmkit.http import Http, Response

DOCS = Path(__file__).parents[2].joinpath("docs", "hooks.md").read_text(encoding="utf-8")
HOOKS = {
    name: function
    for name, function in vars(hookspecs).items()
    if hasattr(function, f"{hookspecs.NAME}_spec")
}
WITHIN_A_TABLE = {"day", "text", "whole_seconds", "words"}  # ways to write an entry
MADE = {now: "now", new_id: "a new one"}


def section(heading):
    """
    Return the text between a heading and the next.
    """
    return re.split(r"\n#", DOCS.split(f"\n{heading}\n", 1)[1], maxsplit=1)[0]


def documented(text):
    """
    Return the names in the first column of the tables in *text*.
    """
    return set(re.findall(r"^\| `(\w+)(?:\(\))?` \|", text, re.MULTILINE))


def public(kind):
    """
    Return the public names of a class.
    """
    return {name for name in dir(kind) if not name.startswith("_")}


def test_headings():
    """
    Each hook has a heading with its exact arguments, and no heading names another.
    """
    expected = {
        f"{name}({', '.join(inspect.signature(hook).parameters)})"
        for name, hook in HOOKS.items()
    }

    assert expected == set(re.findall(r"^### (crmkit_.*)$", DOCS, re.MULTILINE))


@pytest.mark.parametrize("name", HOOKS)
def test_rules(name):
    """
    A hook's docstring and its section both say when it is called and what None means.
    """
    arguments = ", ".join(inspect.signature(HOOKS[name]).parameters)
    texts = [section(f"### {name}({arguments})")]
    if arguments:  # the hooks without any describe the plugin, and never return None
        texts.append(inspect.getdoc(HOOKS[name]))

    assert all("Called" in text and "None" in text for text in texts)


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("## ProviderInfo", ProviderInfo),
        ("## TransformerInfo", TransformerInfo),
        ("### Rate", Rate),
        ("### Limit", Limit),
        ("### Finding", Finding),
        ("### OAuth2", OAuth2),
        ("### ClientData", ClientData),
        ("### Consent", Consent),
        ("### ClientPage", ClientPage),
        ("### ClientInteraction", ClientInteraction),
        ("### CustomField", CustomField),
        ("### ActivityRecord", ActivityRecord),
        ("### SyncOutcome", SyncOutcome),
        ("### CRMCredentials", CRMCredentials),
    ],
)
def test_fields(heading, kind):
    """
    Each field of what plugins say of themselves, get or return is documented, with default.
    """
    rows = dict(re.findall(r"\n\| `(\w+)` \| `?(.*?)`? \|", section(heading)))
    expected = {field.name: default(field) for field in attrs.fields(kind)}

    assert expected == rows


def default(field):
    """
    Return a field's default as the tables write it.
    """
    if field.default is attrs.NOTHING:
        return "required"
    made = field.default
    if isinstance(made, attrs.Factory):
        return MADE[made.factory] if made.factory in MADE else repr(made.factory())
    return repr(field.converter(made) if field.converter else made)


def test_metadata():
    """
    The keys of metadata that have a meaning are documented, all of them.
    """
    named = inspect.getdoc(ActivityRecord).partition("reserved keys are ")[2]
    keys = re.findall(r"\w+", named.partition(".")[0])

    assert len(keys) == 11
    assert set(keys) == documented(section("### Metadata"))


def test_statuses():
    """
    The statuses of a consent are documented, all of them.
    """
    with pytest.raises(ValueError, match="one of") as caught:
        Consent(channel="email", status="what")

    for status in str(caught.value).partition("one of ")[2].split(", "):
        assert f"`{status}`" in section("### Consent")


def test_error_arguments():
    """
    The keyword arguments of the errors that plugins raise are documented.
    """
    text = section("## What an error leads to")
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.CRMError)
    ]
    arguments = {name for kind in kinds for name in inspect.signature(kind).parameters}

    for name in arguments - {"message", "client_ids"}:  # the core's own
        assert f"`{name}`" in text or f"{name}=" in text, name


def test_session():
    """
    All that a hook finds on its session is documented, and nothing else.
    """
    assert public(Session) == documented(section("## session"))


def test_http():
    """
    The verbs of ``session.http``, their arguments and the answer are documented.
    """
    arguments, _, answer = section("## session.http").partition("| `Response` |")
    request = inspect.signature(Http._request).parameters.values()
    keywords = {
        argument.name for argument in request if argument.kind is argument.KEYWORD_ONLY
    }

    assert keywords == documented(arguments)
    assert public(Response) == documented(answer)
    assert all(
        f"`{verb}`" in arguments for verb in ("get", "post", "put", "patch", "delete")
    )


@pytest.mark.parametrize(
    "module", [asking, checking, kinds, reading, sending, settings, texts, writing]
)
def test_toolkit(module):
    """
    Each public function of the toolkit is documented, and no other.
    """
    there = {
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    }
    text = section("## The toolkit")
    _, _, own = text.partition(f"`{module.__name__}`")
    named = set(re.findall(r"[`.](\w+)\(", own.partition("`crmkit.")[0]))

    assert named - {"Kind", "Entry", "written", "read"} == there - WITHIN_A_TABLE
