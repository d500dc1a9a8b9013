import enum
from time import process_time

import pytest

from crmkit import (
    ClientData,
    ConfigurationError,
    CRMConnector,
    Message,
    MissingValueError,
    TemplateError,
    TransformerInfo,
    hookimpl,
)

CONNECTOR = CRMConnector()
ANA = ClientData(
    id="7",
    first_name="Ana",
    email="ana@x.example",
    custom_fields={"email.verified": "yes", "home.city": "Lisbon"},
)


class Transformer:
    """
    A transformer that changes nothing, but brings filters and a match.
    """

    def __init__(self, **info):
        self.info = TransformerInfo(stage=300, **info)

    @hookimpl
    def crmkit_transformer(self):
        return self.info

    @hookimpl
    def crmkit_transform(self):
        return None


class Untold:
    """
    A value that cannot be written, and says why in words that nobody else should see.
    """

    def __str__(self):
        msg = "made of 4111-1111"
        raise ValueError(msg)


class Colour(str, enum.Enum):  # noqa: UP042 - whose str() is another text
    """
    Texts that have names.
    """

    RED = "red"


def render(template, client=ANA, **request):
    """
    Return the text that becomes of a template.
    """
    return CONNECTOR.personalize_content(template, client, **request).content


def brought(plugin):
    """
    Return a connector that runs this transformer.
    """
    return CRMConnector(plugins={"odd": plugin}, transformers={"odd": {}})


@pytest.mark.parametrize("template", ["{{ x }}", "{{ x }} {{ x | prefix: ' ' }}"])
def test_named_text(template):
    """
    An enumeration's text is shown, in the content and in what is told of it.
    """
    made = CONNECTOR.personalize_content(template, ANA, variables={"x": Colour.RED})

    assert set(made.content.split()) == {"red"}
    assert {token.text.strip() for token in made.explain().tokens} == {"red"}
    assert made.explain().tokens[0].value == "red"
    assert "Colour" not in repr(made.explain().tokens[0].value)


def test_reason_of_a_value():
    """
    What a value says of itself when it cannot be written is not told.
    """
    with pytest.raises(TemplateError, match=r"^1:4: x cannot be written: ValueError$"):
        render("Hi {{ x }}", variables={"x": Untold()})


@pytest.mark.parametrize("filters", ["odd", "odd | upper"])
def test_reason_of_a_filter(filters):
    """
    What a filter returns is refused like a value, where it stands.
    """
    plugin = Transformer(filters={"odd": lambda _: Untold()})
    with brought(plugin) as crm, pytest.raises(TemplateError) as caught:
        crm.personalize_content(f"Hi {{{{ id | {filters} }}}}", ANA)

    assert "4111" not in str(caught.value)
    assert (caught.value.line, caught.value.column) == (1, 4)


def test_no_way_around_required():
    """
    Nothing that a caller passes has a required token left out: previews alone show that.
    """
    with pytest.raises(ConfigurationError, match="no argument 'lenient'"):
        render("{{ nick | required }}", lenient=True)
    with pytest.raises(MissingValueError):
        render("{{ nick | required }}", unknown="blank", missing="blank")


@pytest.mark.parametrize(
    ("template", "variables", "text"),
    [
        ("{{ email.verified }}", {}, "yes"),
        ("{{ home.city }}", {"home": "a text"}, "Lisbon"),
        ("{{ home.city }}", {"home": {"street": "Rua"}}, "Lisbon"),
        ("{{ home.city }}", {"home": {"city": "Porto"}}, "Porto"),
        ("{{ home.city }}", {"home.city": "Faro"}, "Faro"),
        ("{{ home.city | default: 'none' }}", {"home": {"city": None}}, "none"),
    ],
)
def test_name_with_a_dot(template, variables, text):
    """
    A field whose name holds a dot is found unless a mapping has a value there.
    """
    assert render(template, variables=variables) == text


@pytest.mark.parametrize(
    ("client", "text", "told"),
    [
        ("fil", "fi", "fi"),
        ("fil-PH", "fil", "fil-PH"),
        ("es_MX", "es", "es_MX"),
        ("nb", "en", "en"),
    ],
)
def test_language_of_filters(client, text, told):
    """
    Filters write in the client's variety of the text's language, and in no other language.
    """
    plugin = Transformer(filters={"odd": lambda _, *, language: language})
    whom = ClientData(id="7", language=client)
    with brought(plugin) as crm:
        made = crm.personalize_content(
            {text: "{{ id | odd }}"}, whom, content_type="plain", default_variant=text
        )

    assert made.content == told


def test_match_that_fails():
    """
    Where a transformer cannot choose a variant the core does, and the result warns.
    """

    def fails(available, language, style):
        raise KeyError(language)

    whom = ClientData(id="7", language="es")
    with brought(Transformer(match=fails)) as crm:
        made = crm.personalize_content({"es": "Hola"}, whom, content_type="plain")

    assert (made.content, made.variant) == ("Hola", "es")
    assert made.warnings == ("a transformer's match failed with KeyError",)


def test_lint_of_keys():
    """
    A key that is no language tag is refused, as in personalize_content.
    """
    with pytest.raises(ConfigurationError, match="english!"):
        CONNECTOR.lint({"english!": "Hi"})


def test_warning_of_an_odd_field():
    """
    A field that is like the client's own is told of, whatever it holds.
    """
    deep = []
    for _ in range(40):
        deep = [deep]
    whom = ClientData(id="7", first_name="Ana", custom_fields={"First Name": deep})
    coverage = CONNECTOR.coverage("{{ firstName }}", [whom], content_type="plain")

    assert coverage.personalized == 1
    assert list(coverage.warnings) == [
        "firstName could be any of the client's own, First Name; the first was taken"
    ]


def test_empty_text_part():
    """
    A message's content is its text, also an empty one.
    """
    made = CONNECTOR.personalize_content(Message(text="", html="<p>Hi</p>"), ANA)

    assert (made.content, made.html) == ("", "<p>Hi</p>")
    assert made.activity("note", metadata=None).metadata["html"] == "<p>Hi</p>"


@pytest.mark.parametrize(
    ("template", "use"),
    [
        ("http://x.example/ " + "a " * 40, render),
        ("1 {{ firstName }} ", lambda text: render(text, isolate=True)),
        ("{{ a b }}\n", render),
        (
            "{{ firstName }}\n",
            lambda text: CONNECTOR.personalize_content(text, ANA).explain(),
        ),
    ],
)
def test_linear(template, use):
    """
    Eight times the template takes no more than some eight times as long.
    """

    def seconds(count, number):
        text = f"{number}: {template * count}"  # another one each time: they are kept
        started = process_time()
        use(text)
        return process_time() - started

    short = min(seconds(2_500, number) for number in range(3))

    # To look at all again for each would be 64 times; other tests' garbage costs, too.
    assert min(seconds(20_000, number) for number in range(2)) < 45 * short + 0.05
