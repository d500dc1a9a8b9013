import attrs
import pytest

from crmkit import (
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

ANA = ClientData(
    id="7",
    first_name="Ana & Co",
    email="ana@x.example",
    language="es-MX",
    preferences={"communicationStyle": " Formal "},
    custom_fields={"city": "Lima"},
)
CONNECTOR = CRMConnector()
WELCOME = Message(
    subject="Hi {{ firstName }}\n",
    text="Hello {{ firstName }}",
    html="<p>Hello {{ firstName }}</p>",
)


def variant(template, client=ANA, **request):
    """
    Return which variant is taken.
    """
    return CONNECTOR.personalize_content(template, client, **request).variant


def test_parts():
    """
    Each part of a message is made by its own rules, and all are one result.
    """
    made = CONNECTOR.personalize_content(WELCOME, ANA)

    assert made.parts == {
        "subject": "Hi Ana & Co",
        "text": "Hello Ana & Co",
        "html": "<p>Hello Ana &amp; Co</p>",
    }
    assert (made.subject, made.text) == ("Hi Ana & Co", "Hello Ana & Co")
    assert made.html == "<p>Hello Ana &amp; Co</p>"
    assert made.content == made.text
    assert made.to == "ana@x.example"
    assert {part: each.characters for part, each in made.lengths.items()} == {
        "subject": 11,
        "text": 14,
        "html": 25,
    }


def test_parts_left_out():
    """
    A part that a message has not is None; its content is the first that it has.
    """
    made = CONNECTOR.personalize_content(Message(subject="a", html="<b>b</b>"), ANA)

    assert (made.subject, made.text, made.html) == ("a", None, "<b>b</b>")
    assert made.content == "<b>b</b>"
    assert CONNECTOR.personalize_content(Message(subject="a"), ANA).content == "a"


@pytest.mark.parametrize("part", ["subject", "text", "html"])
def test_all_or_none(part):
    """
    What fails in one part fails the message.
    """
    with pytest.raises(MissingValueError, match="lastName"):
        CONNECTOR.personalize_content(attrs.evolve(WELCOME, **{part: "{{lastName}}"}), ANA)


def test_one_consent():
    """
    Consent is asked once for all parts, before any of them.
    """
    asked = []

    def source(client):
        asked.append(client.id)
        return [Consent(channel="email", status="opted_out")]

    with CRMConnector(consent_sources=[source]) as crm, pytest.raises(ConsentRefused):
        crm.personalize_content(attrs.evolve(WELCOME, text="{{ nobody }}"), ANA)

    assert asked == ["7"]


def test_activity():
    """
    What is synced of a message is its text, with subject and HTML beside it.
    """
    activity = CONNECTOR.personalize_content(WELCOME, ANA).activity("email_sent")

    assert activity.description == "Hello Ana & Co"
    assert activity.metadata == {
        "subject": "Hi Ana & Co",
        "html": "<p>Hello Ana &amp; Co</p>",
    }


@pytest.mark.parametrize(
    ("available", "taken"),
    [
        (["en", "es-MX", "es", "es-MX+formal", "es+formal"], "es-MX+formal"),
        (["en", "es-MX", "es", "es+formal"], "es-MX"),
        (["en", "es", "es+formal", "es+casual"], "es+formal"),
        (["en", "es", "es+casual"], "es"),
        (["en", "es+casual"], "es+casual"),
        (["en", "ES_mx"], "ES_mx"),
        (["en", "es-ES"], "en"),
        (["en", "fr"], "en"),
    ],
)
def test_variant(available, taken):
    """
    The client's tag decides, then what is left when it is cut; the style within it.
    """
    template = {key: f"{key} {{{{ firstName }}}}" for key in available}
    for keys in (available, reversed(available)):
        ordered = {key: template[key] for key in keys}
        made = CONNECTOR.personalize_content(ordered, ANA, default_variant="en")

        assert made.variant == taken
        assert made.content == f"{taken} Ana & Co"
        assert made.language == taken.partition("+")[0]


def test_tag_cut():
    """
    A tag is cut part by part.
    """
    client = attrs.evolve(ANA, language="zh-Hant-x-TW")

    assert variant({"zh": "a", "zh-Hant": "b", "en": "c"}, client) == "zh-Hant"
    assert variant({"zh": "a", "en": "c"}, client) == "zh"


def test_default_variant():
    """
    Where nothing fits, the caller's default is taken with a warning, else it is refused.
    """
    made = CONNECTOR.personalize_content({"en": "a", "fr": "b"}, ANA, default_variant="fr")

    assert made.content == "b"
    assert made.warnings == ("no variant is in the client's language; fr was taken",)
    with pytest.raises(TemplateError, match="there are en, fr") as caught:
        CONNECTOR.personalize_content({"fr": "b", "en": "a"}, ANA)
    assert caught.value.client_id == "7"


def test_without_a_language():
    """
    A client without a language gets the default without a warning.
    """
    client = ClientData(id="7", email="a@x.example")
    made = CONNECTOR.personalize_content({"en": "a"}, client, default_variant="en")

    assert (made.content, made.warnings) == ("a", ())
    with pytest.raises(TemplateError, match="default_variant"):
        CONNECTOR.personalize_content({"en": "a"}, client)


def test_message_variants():
    """
    A message's variant is taken whole; its own parts are for who has none.
    """
    message = attrs.evolve(WELCOME, variants={"es": Message(subject="Hola")})
    german = attrs.evolve(ANA, language="de")

    assert CONNECTOR.personalize_content(message, ANA).parts == {"subject": "Hola"}
    own = CONNECTOR.personalize_content(message, german)
    assert (own.subject, own.variant, own.language) == ("Hi Ana & Co", None, "de")
    assert own.warnings == (
        "no variant is in the client's language; the message's own was taken",
    )


class Matching:
    """
    A transformer that changes nothing, and chooses what it is told to.
    """

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    @hookimpl
    def crmkit_transformer(self):
        return TransformerInfo(stage=200, match=self.match)

    def match(self, available, language, style):
        self.asked.append((list(available), language, style))
        return self.answer

    @hookimpl
    def crmkit_transform(self):
        return None


@pytest.mark.parametrize(("answer", "taken"), [("fr", "fr"), (None, "en"), ("tlh", "es")])
def test_match(answer, taken):
    """
    A transformer's match decides for the core, unless what it names is not there.
    """
    plugin = Matching(answer)
    with CRMConnector(plugins={"m": plugin}, transformers={"m": {}}) as crm:
        for _ in range(2):
            made = crm.personalize_content(
                {"fr": "a", "es": "b", "en": "c"}, ANA, default_variant="en"
            )
            assert made.variant == taken

    assert plugin.asked == [(["en", "es", "fr"], "es-MX", " Formal ")]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ({}, "at least one"),
        ({"en": 5}, "texts"),
        ({"en": WELCOME}, "texts"),
        ({"English": "a"}, "'English' must be a language tag"),
        ({"": "a"}, "must be a language tag"),
        ({5: "a"}, "must be a language tag"),
    ],
)
def test_wrong_variants(template, message):
    """
    A mapping that holds no texts by language tags is refused.
    """
    with pytest.raises(ConfigurationError, match=message):
        CONNECTOR.personalize_content(template, ANA)


def test_wrong_default_variant():
    """
    A default that is no variant is named with those that are.
    """
    with pytest.raises(ConfigurationError, match=r"no variant 'fr'.*there are en"):
        CONNECTOR.personalize_content({"en": "a"}, ANA, default_variant="fr")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "needs a subject"),
        ({"text": 5}, "text is a text, not a int"),
        ({"variants": {"es": "a"}}, "'es' must be a Message"),
        ({"variants": {"es": Message(text="a", variants={"de": WELCOME})}}, "without"),
    ],
)
def test_wrong_message(arguments, message):
    """
    A message without parts, or with wrong ones, is refused.
    """
    with pytest.raises(ConfigurationError, match=message):
        Message(**arguments)


def test_content_type_of_a_message():
    """
    A message has content types of its own: to give another is a mistake.
    """
    with pytest.raises(ConfigurationError, match="content types"):
        CONNECTOR.personalize_content(WELCOME, ANA, content_type="sms")


def test_load(tmp_path):
    """
    A folder is read as a message, its folders as variants; what else is there is not.
    """
    (tmp_path / "subject.txt").write_text("\ufeffHi\n", "utf-8")
    (tmp_path / "html.html").write_text("<p>é</p>", "utf-8")
    (tmp_path / "notes.md").write_text("x")
    (tmp_path / "images").mkdir()
    (tmp_path / "es+formal").mkdir()
    (tmp_path / "es+formal" / "text.txt").write_text("Hola", "utf-8")

    message = Message.load(tmp_path)

    assert message == Message(
        subject="Hi\n", html="<p>é</p>", variants={"es+formal": Message(text="Hola")}
    )


def test_load_variants_alone(tmp_path):
    """
    A folder may hold nothing but variants.
    """
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "text.txt").write_text("Hello")

    assert Message.load(str(tmp_path)) == Message(variants={"en": Message(text="Hello")})


def test_load_refused(tmp_path):
    """
    No folder, an empty one and a file that is no UTF-8 are named.
    """
    with pytest.raises(ConfigurationError, match=r"no folder .*gone"):
        Message.load(tmp_path / "gone")
    with pytest.raises(ConfigurationError, match=r"holds none of subject.txt"):
        Message.load(tmp_path)
    (tmp_path / "sujbect.txt").write_text("Hi")
    with pytest.raises(ConfigurationError, match=r"sujbect.txt; a message is made of sub"):
        Message.load(tmp_path)
    (tmp_path / "sujbect.txt").rename(tmp_path / "ext.txt")
    with pytest.raises(ConfigurationError, match=r"holds ext.txt; a message is made of"):
        Message.load(tmp_path)
    (tmp_path / "ext.txt").unlink()
    (tmp_path / "text.txt").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match=r"text.txt.*not UTF-8"):
        Message.load(tmp_path)


def test_language_of_the_template():
    """
    The caller may say the language of a template that has no variant for it.
    """
    message = attrs.evolve(WELCOME, variants={"es": Message(subject="Hola")})
    german = attrs.evolve(ANA, language="de")
    for template in ("Hi", message):
        made = CONNECTOR.personalize_content(template, german, language="en")
        assert made.language == "en"
    assert CONNECTOR.personalize_content(message, ANA, language="en").language == "es"


def test_error_names_the_part():
    """
    An error in a message tells the part and the variant, beside line and column.
    """
    message = attrs.evolve(WELCOME, variants={"es": Message(html="<p>{{ lastName }}</p>")})
    with pytest.raises(MissingValueError, match=r"^es html: no value for lastName \(1:4\)"):
        CONNECTOR.personalize_content(message, ANA)
