import json
import pickle

import attrs
import pytest

from crmkit import (
    AddressMissingError,
    ClientData,
    ConfigurationError,
    Consent,
    ConsentRefused,
    CRMConnector,
    Message,
    MissingValueError,
    TemplateError,
    TransformerInfo,
    hookimpl,
)
from crmkit.explanations import Token

ANA = ClientData(
    id="7",
    first_name="Ana & Co",
    email="ana@x.example",
    language="es",
    custom_fields={"Budget Max": 500_000, "city": "  ", "email_": "other@x.example"},
)
CONNECTOR = CRMConnector()
TEMPLATE = """Hi {{ first_name | upper }},
{{ budgetMax }} in {{ city | default: "town" }}{{ nick }}{{ lastName | prefix: "!" }}
by {{ agent.name }}."""
REQUEST = {"variables": {"agent": {"name": "Laura"}}, "unknown": "blank"}


def made(template=TEMPLATE, client=ANA, connector=CONNECTOR, **request):
    """
    Return what becomes of a template.
    """
    return connector.personalize_content(template, client, **{**REQUEST, **request})


def test_tokens():
    """
    Each token is told with its place, source, value, filters, text and what became of it.
    """
    explanation = made().explain()
    of_text = {"part": "text"}

    assert explanation.tokens == (
        Token(
            **of_text,
            token="{{ first_name | upper }}",
            name="first_name",
            line=1,
            column=4,
            source="client",
            value="Ana & Co",
            filters=["upper"],
            text="ANA & CO",
        ),
        Token(
            **of_text,
            token="{{ budgetMax }}",
            name="budgetMax",
            line=2,
            column=1,
            source="custom_fields",
            value="500000",
            text="500000",
        ),
        Token(
            **of_text,
            token='{{ city | default: "town" }}',
            name="city",
            line=2,
            column=20,
            text="town",
            status="default",
        ),
        Token(
            **of_text,
            token="{{ nick }}",
            name="nick",
            line=2,
            column=48,
            status="unknown",
        ),
        Token(
            **of_text,
            token='{{ lastName | prefix: "!" }}',
            name="lastName",
            line=2,
            column=58,
            filters=["prefix"],
            status="missing",
        ),
        Token(
            **of_text,
            token="{{ agent.name }}",
            name="agent.name",
            line=3,
            column=4,
            source="variables",
            value="Laura",
            text="Laura",
        ),
    )


def test_names():
    """
    The result has the names of what stood in, and of what is not there.
    """
    result = made()

    assert result.variables == {
        "first_name": "ANA & CO",
        "budgetMax": "500000",
        "agent.name": "Laura",
    }
    assert result.defaults_used == ("city",)
    assert result.missing == ("nick", "lastName")


def test_plain_tokens():
    """
    The same is told of a text that was filled at once, with nothing to clean or to filter.
    """
    result = made("Hi {{ id }}, {{ agent.name }}{{ id }}")

    assert result.content == "Hi 7, Laura7"
    assert [(t.name, t.source, t.value, t.text) for t in result.explain().tokens] == [
        ("id", "client", "7", "7"),
        ("agent.name", "variables", "Laura", "Laura"),
        ("id", "client", "7", "7"),
    ]
    assert result.explain().segments == {
        "text": (("Hi ", None), ("7", 0), (", ", None), ("Laura", 1), ("7", 2))
    }


def test_segments():
    """
    The segments of each part joined are the part as it is sent, encoded.
    """
    message = Message(subject="{{ id }}", html="<p>{{ firstName }}</p>")
    result = made(message)

    segments = result.explain().segments
    assert segments["html"] == (("<p>", None), ("Ana &amp; Co", 1), ("</p>", None))
    for part, text in result.parts.items():
        assert "".join(text for text, _ in segments[part]) == text
    assert result.explain().tokens[1].text == "Ana & Co"


def test_empty_segment():
    """
    A token that shows nothing has its place among the segments.
    """
    told = made("a{{ nick }}b").explain()

    assert told.segments["text"] == (("a", None), ("", 0), ("b", None))


def test_same_names_elsewhere():
    """
    Where the names of values move from the variables to the client, so do the values.
    """
    one, other = {"city": "given"}, {"city": "field"}
    client = attrs.evolve(ANA, custom_fields=other)
    nothing = attrs.evolve(ANA, custom_fields={})

    assert made("{{ city }}", client, variables={}).content == "field"
    assert made("{{ city }}", nothing, variables=one).content == "given"
    assert made("{{ city }}", client, variables={}).explain().tokens[0].source == (
        "custom_fields"
    )


def test_as_dict():
    """
    Result and explanation are JSON values.
    """
    result = made()
    told = json.loads(json.dumps(result.as_dict()))

    assert told["content"] == result.content
    assert told["parts"] == {"text": result.content}
    assert told["variables"]["agent.name"] == "Laura"
    assert told["lengths"]["text"]["characters"] == len(result.content)
    assert (told["preview"], told["refused"]) == (False, None)
    assert told["personalized_at"] == result.personalized_at.isoformat()
    explained = json.loads(json.dumps(result.explain().as_dict()))
    assert explained["tokens"][0]["filters"] == ["upper"]
    assert explained["segments"]["text"][1] == ["ANA & CO", 0]


def test_table():
    """
    An explanation is a table for people, a token each, with what else there is to know.
    """
    lines = str(made("{{ id }} {{ city | default: 'x' }} {{}}").explain()).splitlines()

    assert lines[0].split() == ["token", "source", "value", "filters", "text"]
    assert lines[1].split() == ["id", "(text", "1:1)", "client", "7", "7"]
    assert lines[2].split() == ["city", "(text", "1:10)", "default", "x"]
    assert lines[3].startswith("warning: 1:")
    assert lines[4] == "language: es"


def test_pickle():
    """
    A result is pickled with all that it tells, and without the client.
    """
    copy = pickle.loads(pickle.dumps(made()))

    assert copy == made().__class__(
        **{**_fields(made()), "personalized_at": copy.personalized_at}
    )
    assert copy.explain() == made().explain()
    assert b"other@x.example" not in pickle.dumps(made())


def _fields(result):
    names = ("content", "client_id", "content_type", "to", "provider")
    return {name: getattr(result, name) for name in names}


def test_variables_later():
    """
    What the caller does to the variables later does not change what was told.
    """
    for template in ("{{ a }}", "{{ a | upper }}"):
        variables = {"a": "x"}
        result = CONNECTOR.personalize_content(template, ANA, variables=variables)
        variables["a"] = "y"

        assert result.explain().tokens[0].value == "x"


def test_collision():
    """
    Of two names of one alias the result warns, where they say different things.
    """
    assert (
        "Email could be any of the client's own, email_" in made("{{ Email }}").warnings[0]
    )
    assert made("{{ id }}").warnings == ()


class Speaks:
    """
    A transformer of a stage that writes a word, in a language, with a warning.
    """

    def __init__(self, word, **info):
        self.word, self.info = word, TransformerInfo(**{"stage": 200, **info})

    @hookimpl
    def crmkit_transformer(self):
        return self.info

    @hookimpl
    def crmkit_transform(self, document, context):
        context.warn(f"read me: {document.language}")
        changed = document.map_text(lambda text: text.replace("Hi", self.word))
        return attrs.evolve(changed, language="es") if self.word == "Hola" else changed


@pytest.mark.parametrize(
    ("machine", "word", "translated"),
    [(True, "Hola", True), (False, "Hola", False), (True, "Hi", False)],
)
def test_machine_translated(machine, word, translated):
    """
    A text is machine translated when a transformer that is a machine has changed it.
    """
    with CRMConnector(
        plugins={"m": Speaks(word, machine=machine)}, transformers={"m": {}}
    ) as crm:
        assert made("Hi", connector=crm).machine_translated is translated


@pytest.mark.parametrize("reads", [(), ("timezone",)])
def test_language_is_kept(reads):
    """
    A transformer that says nothing of the language leaves it, and each variant has its own.
    """

    class Plain(Speaks):
        @hookimpl
        def crmkit_transform(self, document):
            return document.__class__(document.map_text(str.upper).spans)

    filters = {"said": lambda value, *, language: language}
    last = Speaks("Hi", stage=300, filters=filters, reads=reads)
    client = attrs.evolve(ANA, language="fr-CA")
    plugins = {"a": Plain("Hi"), "b": last}
    with CRMConnector(plugins=plugins, transformers={"a": {}, "b": {}}) as crm:
        for variant in ("en", "fr", "de"):
            result = made(
                {variant: "hi {{ id | said }}"}, client, crm, default_variant=variant
            )
            told = "fr-CA" if variant == "fr" else variant
            assert result.content == f"HI {told}"
            assert result.language == variant
            assert f"read me: {variant}" in result.warnings


def test_language_of_the_text():
    """
    A translator's language goes on to the next transformer, and to the result.
    """
    client = attrs.evolve(ANA, language="es-MX")
    plugins = {"a": Speaks("Hola"), "b": Speaks("Hi", stage=300)}
    with CRMConnector(plugins=plugins, transformers={"b": {}, "a": {}}) as crm:
        result = made({"en": "Hi"}, client, crm, default_variant="en")

    assert (result.content, result.language, result.variant) == ("Hola", "es", "en")
    assert result.warnings[1:] == ("read me: en", "read me: es")
    assert (result.applied, dict(result.skipped)) == (("a",), {"b": "nothing to change"})


def test_preview():
    """
    A preview is what would be sent, and says that it is none.
    """
    result = CONNECTOR.preview(TEMPLATE, ANA, **REQUEST)

    assert result.content == made().content
    assert (result.preview, result.refused, result.to) == (True, None, "ana@x.example")
    with pytest.raises(ConfigurationError, match="preview was not sent"):
        result.activity("email_sent")
    assert not made().preview


@pytest.mark.parametrize(
    ("client", "template", "kind"),
    [
        (attrs.evolve(ANA, email=None), "Hi {{ id }}", AddressMissingError),
        (
            attrs.evolve(ANA, consent=[Consent(channel="*", status="do_not_contact")]),
            "Hi {{ id }}",
            ConsentRefused,
        ),
        (ANA, "Hi {{ id }}{{ lastName | required }}", MissingValueError),
        (ANA, "Hi {{ id }}{{ nick }}", TemplateError),
    ],
)
def test_preview_refused(client, template, kind):
    """
    Whatever would be refused is shown, with the error; what has no value as it is written.
    """
    result = CONNECTOR.preview(template, client)

    assert type(result.refused) is kind
    assert result.content == template.replace("{{ id }}", "7")
    assert result.preview
    assert result.as_dict()["refused"]["type"] == kind.__name__
    assert result.refused.client_id == "7"


def test_preview_of_a_broken_filter():
    """
    A filter that refuses a client's value leaves its token, and a warning.
    """

    def fails(value):
        raise TemplateError("no number")  # noqa: EM101, TRY003 - short

    plugin = Speaks("Hi")
    plugin.info = TransformerInfo(stage=200, filters={"number": fails})
    with CRMConnector(plugins={"m": plugin}, transformers={"m": {}}) as crm:
        result = crm.preview("{{ id }} {{ id | number }}", ANA)

    assert result.content == "7 {{ id | number }}"
    assert "1:10: number cannot render id: no number" in result.warnings
    assert result.missing == ("id",)


def test_preview_of_a_broken_template():
    """
    A template that is wrong for everyone cannot be shown.
    """
    with pytest.raises(TemplateError, match="no filter 'shout'"):
        CONNECTOR.preview("{{ id | shout }}", ANA)


def test_counts():
    """
    The iterator counts what became of the clients, error by error.
    """
    clients = [ANA, attrs.evolve(ANA, email=None), attrs.evolve(ANA, first_name=None)]
    results = CONNECTOR.personalize_many("{{ firstName }}", clients)

    assert results.counts == {}
    assert len(list(results)) == 3
    assert results.counts == {
        "personalized": 1,
        "AddressMissingError": 1,
        "MissingValueError": 1,
    }


def test_dotted():
    """
    A dot looks into mappings, else for a name that holds it; what ends before is missing.
    """
    variables = {"a": {"b": {"c": 1}, "x": None}, "a.b.d": 2, "flat": "text"}

    def render(template, **request):
        return made(template, variables=variables, **request).content

    assert render("{{ a.b.c }} {{ a.b.d }}") == "1 2"
    assert made("{{ a.b }}", variables={"a.b": "c", "a": {"b": "d"}}).content == "d"
    assert made("{{ budgetMax.x }}", variables={"BudgetMax.x": 3}).content == "3"
    client = attrs.evolve(ANA, custom_fields={"a": {"b": "field"}})
    assert made("{{ a.b }}", client, variables={"a.b": "given"}).content == "given"
    assert render("{{ a.x | default: '3' }} {{ flat.x | default: '4' }}") == "3 4"
    with pytest.raises(MissingValueError, match=r"a.b.x"):
        render("{{ a.b.x }}")
    with pytest.raises(TemplateError, match=r"unknown variables z.b"):
        render("{{ z.b }}", unknown="error")


def test_too_deep():
    """
    A value that is nested without end is refused by its name.
    """
    endless = []
    endless.append(endless)
    with pytest.raises(TemplateError, match=r"1:1: a cannot be written: .*32 levels"):
        made("{{ a }}", variables={"a": endless})


def test_no_text():
    """
    Not a number is no value, and bytes are none that could be written.
    """
    variables = {"a": float("nan"), "b": b"x"}

    assert made("{{ a | default: '-' }}", variables=variables).content == "-"
    with pytest.raises(TemplateError, match="b cannot be written: it is bytes"):
        made("{{ b }}", variables=variables)


def test_required_and_unknown():
    """
    A required name that nobody knows is a value that lacks, not a mistake of the template.
    """
    with pytest.raises(MissingValueError, match="nick"):
        made("{{ nick | required }}", unknown="error")


@pytest.mark.parametrize(
    ("template", "content_type", "name", "shown"),
    [
        ("Dear {{ x }},", "plain", "محمد", "Dear \u2068محمد\u2069,"),
        ("Dear {{ x }},", "plain", "Ana", "Dear Ana,"),
        ("إلى {{ x }}", "plain", "Ana", "إلى \u2068Ana\u2069"),
        ("<p>Dear {{ x }}</p>", "email_html", "محمد", "<p>Dear <bdi>محمد</bdi></p>"),
        ('<p title="{{ x }}">a</p>', "email_html", "محمد", '<p title="محمد">a</p>'),
        (
            '<p title="{{ id }}">{{ x }}</p>',
            "email_html",
            "محمد",
            '<p title="7"><bdi>محمد</bdi></p>',
        ),
    ],
)
def test_isolate(template, content_type, name, shown):
    """
    Only a value of the other direction is isolated, and only where it is asked for.
    """
    request = {"content_type": content_type, "variables": {"x": name}}

    assert made(template, isolate=True, **request).content == shown
    plain = template.replace("{{ x }}", name).replace("{{ id }}", "7")
    assert made(template, **request).content == plain


def test_isolate_in_a_link():
    """
    In a link, an address or a tag nothing is put around a value.
    """
    variables = {"x": "محمد"}
    text = "https://x.example/{{ x }} {{ x }}@x.example #{{ x }} {{ x }}"

    shown = made(text, isolate=True, variables=variables).content
    assert shown.count("\u2068") == 1
    assert shown.endswith(" \u2068محمد\u2069")


def test_kept_in_html():
    """
    A token that is kept is the author's own text, in a link too.
    """
    text = '<a href="https://x.example/?q={{ nick }}">{{ nick }}</a>'

    assert made(text, content_type="email_html", unknown="keep").content == text


def test_made_of_all():
    """
    A result has every attribute that its constructor sets.
    """
    result = made("Hi {{ id }}")
    fields = {field.name for field in attrs.fields(type(result))}

    assert vars(result).keys() == fields
    assert attrs.evolve(result) == result
