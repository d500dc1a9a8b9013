"""
The transformer in its place: templates personalized by a connector.
"""

import pytest
from tests.plugins.translate_aws.hostile import HOSTILE, spoilt

import crmkit_translate_aws
from crmkit import ClientData, CRMConnector, Message
from crmkit.testing import Clock

ANA = ClientData(id="1", first_name="Ana", email="ana@example.com", language="es-ES")


def connected(service, **settings):
    """
    Return a connector that asks this service.
    """
    return CRMConnector(
        plugins={"translate_aws": crmkit_translate_aws},
        transformers={"translate_aws": service.settings | settings},
    )


def client(language=None, style=None):
    """
    Return a client of this language and style.
    """
    preferences = {} if style is None else {"communicationStyle": style}
    return ClientData(
        id="1",
        first_name="Hey",
        email="hey@thanks.example",
        language=language,
        preferences=preferences,
    )


def personalized(service, template, person, content_type="email", **settings):
    """
    Return what a connector makes of the template for this client.
    """
    with connected(service, **settings) as crm:
        return crm.personalize_content(template, person, content_type=content_type)


def test_info():
    """
    It runs before all but other translators, and is known to be a service and a machine.
    """
    info = crmkit_translate_aws.crmkit_transformer()

    assert (info.stage, info.remote, info.machine) == (200, True, True)
    assert info.reads == ("language", "preferences.communicationStyle")


def test_translated(service):
    """
    A client gets the template in their language, and keeps their name.
    """
    result = personalized(
        service, "hey {{firstName}},\n\nthanks! {{email}}", client("es-ES")
    )

    assert result.content == "hola Hey,\n\ngracias! hey@thanks.example"
    assert result.applied == ("translate_aws",)
    assert result.language == "es"
    assert result.machine_translated
    assert not result.warnings
    assert [asked["SourceLanguageCode"] for asked in service.asked] == ["en", "en"]
    assert {asked["TargetLanguageCode"] for asked in service.asked} == {"es"}


def test_html(service):
    """
    Markup stays, links too, and values are escaped for where they come to stand.
    """
    name = '<span translate="no" id="s2">X2</span>'
    service.engine = lambda asked: {
        f'<p>a <span id="s1">new</span> house for {name}</p>': (
            f'<p>para {name}: una casa <span id="s1">nueva</span></p>'
        )
    }[asked["Text"]]
    result = personalized(
        service,
        '<p>a <a href="https://x.example/?q={{id}}">new</a> house for {{firstName}}</p>',
        client("es"),
        "email_html",
    )

    assert result.content == (
        '<p>para Hey: una casa <a href="https://x.example/?q=1">nueva</a></p>'
    )


@pytest.mark.parametrize("content_type", ["subject", "sms", "push", "social", "plain"])
def test_other_content(service, content_type):
    """
    Any sort of content is translated.
    """
    person = ClientData(
        id="1", first_name="Ana", email="a@x.example", phone="+34 5", language="es"
    )
    result = personalized(service, "hey {{firstName}}", person, content_type)

    assert result.content == "hola Ana"


@pytest.mark.parametrize("language", [None, "", " ", "en", "en-GB", "EN_us"])
def test_nothing_to_do(service, language):
    """
    For a client of the template's language, or of none, nothing is asked or said.
    """
    result = personalized(service, "hey", client(language))

    assert result.content == "hey"
    assert not result.applied
    assert not result.warnings
    assert not service.requests


@pytest.mark.parametrize("language", ["Spanish", "tlh", "sr-Latn"])
def test_unknown_language(service, language):
    """
    A language that the service does not know, or a word, is a warning without the word.
    """
    result = personalized(service, "hey", client(language))

    assert result.content == "hey"
    (warning,) = result.warnings
    assert "no tag that Amazon Translate knows, such as es" in warning
    assert language not in warning
    assert not service.requests


@pytest.mark.parametrize(("source", "language"), [("es", "es-MX"), ("pt-PT", "pt_br")])
def test_variant_of_the_source(service, source, language):
    """
    Who speaks the template's language in another country gets the template.
    """
    result = personalized(service, "hola", client(language), source=source)

    assert result.content == "hola"
    assert not service.requests


def test_scripts_of_the_source(service):
    """
    Between the two scripts of Chinese a template is translated.
    """
    personalized(service, "你好", client("zh-TW"), source="zh")

    assert service.asked[0]["TargetLanguageCode"] == "zh-TW"


def test_source(service):
    """
    Templates in another language than English say so in the settings.
    """
    result = personalized(service, "hey", client("es"), source="de-AT")

    assert result.content == "hola"
    assert service.asked[0]["SourceLanguageCode"] == "de"


def test_variants(service):
    """
    A variant in the client's language stays; another is translated from its own language.
    """
    variants = {"fr": "salut", "de": "hey"}
    with connected(service) as crm:
        german = crm.personalize_content(variants, client("de-AT"), default_variant="fr")
        spanish = crm.personalize_content(variants, client("es"), default_variant="de")

    assert (german.content, german.language, german.applied) == ("hey", "de", ())
    assert (spanish.content, spanish.language) == ("hola", "es")
    assert [asked["SourceLanguageCode"] for asked in service.asked] == ["de"]


def test_message(service):
    """
    All parts of a message are translated.
    """
    message = Message(subject="thanks {{firstName}}", text="hey", html="<p>you</p>")
    with connected(service) as crm:
        result = crm.personalize_content(message, client("es", "formal"))

    assert result.parts == {
        "subject": "gracias Hey",
        "text": "hola",
        "html": "<p>usted</p>",
    }


def test_condition(service):
    """
    What stands in a branch stays in it: each is translated by itself.
    """
    template = "hey{% if firstName %} {{firstName}}, thanks {% else %} you {% endif %}house"
    result = personalized(service, template, client("es"))

    assert result.content == "hola Hey, gracias casa"
    assert len(service.texts) == 4
    assert not result.warnings


def test_targets(service):
    """
    With an allow-list other languages get the template as it is.
    """
    with connected(service, targets=["de", "es-ES"]) as crm:
        contents = [
            crm.personalize_content("hey", client(language)).content
            for language in ("es-AR", "de-AT", "pl")
        ]

    assert contents == ["hola", "hallo", "hey"]
    assert len(service.requests) == 2


@pytest.mark.parametrize(
    ("style", "formality", "content"),
    [
        ("formal", "FORMAL", "hola usted"),
        (" Formal ", "FORMAL", "hola usted"),
        ("casual", "INFORMAL", "hola tú"),
        ("neutral", None, "hola tú"),
        (None, None, "hola tú"),
    ],
)
def test_formality(service, style, formality, content):
    """
    The client's style decides how formal the translation is.
    """
    result = personalized(service, "hey you", client("es", style))

    assert result.content == content
    assert service.asked[0].get("Settings", {}).get("Formality") == formality
    assert not result.warnings


def test_formality_ignored(service):
    """
    Where the service knows no formality the result warns, once.
    """
    result = personalized(service, "hey\n\nthanks", client("pl", "formal"))

    assert result.content == "cześć\n\ndziękuję"
    (warning,) = result.warnings
    assert "ignored the formality FORMAL" in warning
    assert "pl" in warning


@pytest.mark.parametrize(
    ("setting", "asked"), [("formal", "FORMAL"), ("informal", "INFORMAL"), ("none", None)]
)
def test_formality_set(service, setting, asked):
    """
    One formality for all clients, or none, may be set.
    """
    personalized(service, "hey", client("es", "casual"), formality=setting)

    assert service.asked[0].get("Settings", {}).get("Formality") == asked


def test_terminology(service):
    """
    A terminology of the account is named in each request.
    """
    personalized(service, "hey", client("es"), terminology="houses")

    assert service.asked[0]["TerminologyNames"] == ["houses"]


def test_one_translation(service):
    """
    All clients of one language and style cost one translation; of two, two.
    """
    people = [client(language) for language in ("es", "de")] * 50
    with connected(service) as crm:
        results = list(crm.personalize_many("hey {{firstName}}", people))

    assert [result.content for result in results] == ["hola Hey", "hallo Hey"] * 50
    assert len(service.requests) == 2


def test_failure_is_kept_for_a_minute(service):
    """
    A service that fails is not asked for each client, but again after a minute.
    """
    clock = Clock()
    service.engine = lambda asked: ""
    with CRMConnector(
        plugins={"translate_aws": crmkit_translate_aws},
        transformers={"translate_aws": service.settings},
        clock=clock,
    ) as crm:
        failed = list(crm.personalize_many("hey", [client("es")] * 100))
        asked = len(service.requests)
        service.engine = service.honest
        clock.sleep(60)
        later = crm.personalize_content("hey", client("es"))

    assert asked == 1
    assert {result.content for result in failed} == {"hey"}
    assert all(len(result.warnings) == 1 for result in failed)
    assert later.content == "hola"


def test_paragraphs_alike(service):
    """
    A paragraph that is there twice is translated once, in the order of the template.
    """
    result = personalized(service, "thanks\n\nhey\n\nthanks", client("es"))

    assert result.content == "gracias\n\nhola\n\ngracias"
    assert service.texts == ["<p>thanks</p>", "<p>hey</p>"]


@pytest.mark.parametrize("content_type", ["email", "email_html"])
@pytest.mark.parametrize("how", HOSTILE)
def test_hostile(service, how, content_type):
    """
    Of a service that spoils the text, nothing is used: the template stays, with a warning.
    """
    template = "hey <b>{{firstName}}</b>, thanks\n\nyou"
    service.engine = lambda asked: spoilt(service.honest(asked), how)
    result = personalized(service, template, client("es"), content_type)

    assert result.content == template.replace("{{firstName}}", "Hey")
    assert not result.applied
    assert not result.machine_translated
    (warning,) = result.warnings
    assert result.skipped["translate_aws"] in warning
    assert "the answer of Amazon Translate" in warning
    assert "variant" in warning


def test_half_translated(service):
    """
    When one of several paragraphs fails, none is translated.
    """
    service.engine = lambda asked: "" if "you" in asked["Text"] else service.honest(asked)
    result = personalized(service, "hey\n\nyou\n\nthanks", client("es"))

    assert result.content == "hey\n\nyou\n\nthanks"
    assert len(result.warnings) == 1
