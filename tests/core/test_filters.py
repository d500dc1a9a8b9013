import pickle
import traceback

import attrs
import pytest

from crmkit import (
    ClientData,
    CRMConnector,
    TemplateError,
    TransformerInfo,
    hookimpl,
)

SECRET = "s3" + "cret"  # not as one word: a traceback shows the lines of this file
ANA = ClientData(id="7", first_name="Straße", language="es", timezone="Europe/Madrid")


class Plugin:
    """
    A transformer that brings filters and changes nothing.
    """

    def __init__(self, **filters):
        self.filters = filters

    @hookimpl
    def crmkit_transformer(self):
        return TransformerInfo(stage=300, filters=self.filters)

    @hookimpl
    def crmkit_transform(self):
        return None


def render(template, value=None, client=ANA, **filters):
    """
    Return the text of a template whose variable x has this value.
    """
    with CRMConnector(
        plugins={"mine": Plugin(**filters)}, transformers={"mine": {}}
    ) as connector:
        return connector.personalize_content(
            template, client, content_type="plain", variables={"x": value}
        ).content


@pytest.mark.parametrize(
    ("filters", "value", "text"),
    [
        ("upper", "Straße", "STRASSE"),
        ("lower", "ÀB", "àb"),
        ("prefix: ', '", "Ana", ", Ana"),
        ("suffix: '!'", "Ana", "Ana!"),
        ("prefix: '<' | suffix: '>'", 0, "<0>"),
        ("upper | prefix: 'a'", "b", "aB"),
        ("prefix: 'a' | upper", "b", "AB"),
        ("urlencode", "a b&c=ü/", "a%20b%26c%3D%C3%BC%2F"),
        ("urlencode", "a\ud800", "a"),
        ("urlencode", "a\r\n\u202eb", "a%0Ab"),
        ("list", ["a", None, "b", ""], "a, b"),
        ("list: '; '", ["a", "b", "c"], "a; b; c"),
        ("list: ', ', ' and '", ["a", "b", "c"], "a, b and c"),
        ("list: ', ', ' and '", ["a"], "a"),
        ("list: ', ', ' and '", "a", "a"),
    ],
)
def test_built_in(filters, value, text):
    """
    The built-in filters change a value from left to right.
    """
    assert render(f"{{{{ x | {filters} }}}}", value) == text


@pytest.mark.parametrize(
    "spelling", ["prefix: 'a'", 'prefix:"a"', "prefix('a')", "prefix: a"]
)
def test_spellings(spelling):
    """
    An argument follows a colon or stands in parentheses, in straight quotes or bare.
    """
    assert render(f"{{{{x|{spelling}}}}}", "b") == "ab"


@pytest.mark.parametrize(
    ("value", "text"), [("b", "B?"), (None, "a"), ("", "a"), (0, "0?"), (False, "FALSE?")]
)
def test_default_is_final(value, text):
    """
    A default is shown as the author wrote it: filters are for values.
    """
    assert render("{{ x | upper | default: 'a' | suffix: '?' }}", value) == text


def test_plugin_filter():
    """
    A plugin's filter gets the raw value, its arguments, and the client's language and zone.
    """
    seen = []

    def money(value, *arguments, language, timezone):
        seen.append((value, arguments, language, timezone))
        return f"{value:,} €"

    assert render("{{ x | money: 'EUR', 0 }}", 450_000, money=money) == "450,000 €"
    assert seen == [(450_000, ("EUR", "0"), "es", "Europe/Madrid")]


def test_plugin_filter_wins():
    """
    A plugin may bring a better filter of a built-in name.
    """
    assert render("{{ x | upper }}", "ı", upper=lambda value, **_: "I") == "I"


def test_result_is_cleaned():
    """
    What a filter returns is a value like any other: cleaned, and never expanded again.
    """
    template = "{{ x | spoil }}"

    assert render(template, "a", spoil=lambda value, **_: "{{id}}\r\n\x00") == "{{id}}\n"


def fails(value, **_):
    """
    Raise an error that shows the value, as careless filters do.
    """
    raise ValueError(value)


def test_keywords():
    """
    A filter is told of language, zone, currency and settings what its signature names.
    """
    client = attrs.evolve(ANA, custom_fields={"Currency": "EUR"})

    def all_of_it(value, argument, **known):
        return f"{argument} {sorted(known)} {known['currency']} {known['language']}"

    def one(value, *, timezone):
        return timezone

    def none(value):
        return f"<{value}>"

    text = render("{{ x | one }} {{ x | none }}", "a", one=one, none=none)
    assert text == "Europe/Madrid <a>"
    text = render("{{ x | all: 'b' }}", "a", client, all=all_of_it)
    assert text == "b ['currency', 'language', 'settings', 'timezone'] EUR es"


def test_reason():
    """
    A filter says why it refuses a value by a TemplateError, unless that holds the value.
    """

    def refuses(value):
        msg = "a number is wanted"
        raise TemplateError(msg)

    def careless(value):
        msg = f"{value} is none"
        raise TemplateError(msg)

    with pytest.raises(TemplateError, match="1:1: f cannot render x: a number is wanted"):
        render("{{ x | f }}", "a b", f=refuses)
    with pytest.raises(TemplateError) as caught:
        render("{{ x | f }}", SECRET, f=careless)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "broken", [fails, lambda value, *, client: value], ids=["raises", "other keyword"]
)
def test_broken_filter(broken):
    """
    A filter that fails is named with place and variable; the value leaks nowhere.
    """
    with pytest.raises(TemplateError) as caught:
        render("a\n {{ x | money }}", SECRET, money=broken)

    error = caught.value
    assert "2:2: " in str(error)
    assert "money" in str(error)
    assert (error.line, error.column, error.names) == (2, 2, ("x",))
    assert SECRET not in "".join(traceback.format_exception(error))
    assert SECRET.encode() not in pickle.dumps(error)
