"""
The transformer in its place: templates personalized by a connector.
"""

import pytest

import crmkit_style
from crmkit import ClientData, ConfigurationError, CRMConnector
from crmkit_style import _engine


def personalized(
    template,
    *,
    settings=None,
    content_type="email",
    variables=None,
    default_variant=None,
    **client,
):
    """
    Return what a connector makes of the template for this client.
    """
    client = {"first_name": "Hey", "email": "hey@thanks.example", **client}
    with CRMConnector(
        plugins={"style": crmkit_style}, transformers={"style": settings or {}}
    ) as connector:
        return connector.personalize_content(
            template,
            client_data=ClientData(id="1", **client),
            content_type=content_type,
            variables=variables,
            default_variant=default_variant,
        )


def test_formal_client():
    """
    A formal client called Hey is greeted formally and keeps the name.
    """
    result = personalized(
        "hey {{firstName}},\n\nthanks for talking. Write to thanks@x.example, #hey,"
        " https://x.example/thanks?hey=1 or {{email}}",
        preferences={"communicationStyle": "Formal "},
        language="en-GB",
    )

    assert result.content == (
        "Hello Hey,\n\nThank you for talking. Write to thanks@x.example, #hey,"
        " https://x.example/thanks?hey=1 or hey@thanks.example"
    )
    assert result.applied == ("style",)
    assert not result.warnings


def test_casual_client():
    """
    A casual client is greeted casually.
    """
    result = personalized(
        "Hello {{firstName}}, thank you for your time",
        preferences={"communicationStyle": "casual"},
    )

    assert result.content == "Hey Hey, thanks for your time"


LETTER = """\
hey {{firstName | default: "there"}},

thanks for talking on Friday! I've got 3 new places in {{location}} that don't go\
 over ${{ budget }}.
Have a look: https://homes.example.com/thanks?hey=1

cheers,
{{agentName}}"""
VARIABLES = {"location": "Hi-Nella, NJ", "budget": "500,000", "agentName": "Laura Cheers"}


def test_letter():
    """
    Words, contractions and the closing become formal; links and values stay.
    """
    result = personalized(
        LETTER,
        variables=VARIABLES,
        preferences={"communicationStyle": "formal"},
        language="en-US",
    )

    assert (
        result.content
        == """\
Hello Hey,

Thank you for talking on Friday! I have got 3 new places in Hi-Nella, NJ that do not go\
 over $500,000.
Have a look: https://homes.example.com/thanks?hey=1

Kind regards,
Laura Cheers"""
    )


def test_html_casual():
    """
    A greeting in markup becomes casual.
    """
    result = personalized(
        "<p>Hello {{firstName}}</p>",
        preferences={"communicationStyle": "casual"},
        content_type="email_html",
    )

    assert result.content == "<p>Hey Hey</p>"


def test_variants():
    """
    A variant is rewritten with its own language's words, whatever the client speaks.
    """
    result = personalized(
        {"de": "hallo {{firstName}}, the hey", "fr": "salut {{firstName}}, the hey"},
        default_variant="fr",
        preferences={"communicationStyle": "formal"},
        language="en",
    )

    assert result.content == "Bonjour Hey, the hey"


def test_unknown_style():
    """
    A style that is none is a warning which does not say what the CRM holds.
    """
    result = personalized("hey {{firstName}}", preferences={"communicationStyle": "PII-7"})

    assert result.content == "hey Hey"
    assert len(result.warnings) == 1
    assert "formal, casual and neutral" in result.warnings[0]
    assert "PII" not in result.warnings[0]


def test_one_rewrite_for_a_kind(monkeypatch):
    """
    A template is rewritten once for all clients of one style and language.
    """
    calls = []

    def counted(document, words, **arguments):
        calls.append(words)
        return _engine.rewrite(document, words, **arguments)

    monkeypatch.setattr(crmkit_style, "rewrite", counted)
    clients = [
        ClientData(
            id=str(number),
            first_name="Ann",
            email="ann@example.com",
            preferences={"communicationStyle": ("formal", "casual", "neutral")[number % 3]},
        )
        for number in range(30)
    ]
    with CRMConnector(
        plugins={"style": crmkit_style}, transformers={"style": {}}
    ) as connector:
        texts = {found.content for found in connector.personalize_many("hey", clients)}

    assert texts == {"hey", "Hello"}
    assert len(calls) == 2


def test_html():
    """
    Markup, attributes and comments stay, entities end words, and slots are filled after.
    """
    result = personalized(
        '<p title="hey">hey&nbsp;{{firstName}},<br>\n<b>thanks</b></p><!-- hey --><td'
        ' title="{{lastName}}">thanks</td>',
        preferences={"communicationStyle": "formal"},
        last_name="<Thanks>",
        content_type="email_html",
    )

    assert result.content == (
        '<p title="hey">Hello&nbsp;Hey,<br>\n<b>Thank you</b></p><!-- hey --><td'
        ' title="&lt;Thanks&gt;">Thank you</td>'
    )


@pytest.mark.parametrize(
    "client",
    [
        {},
        {"preferences": {"communicationStyle": "neutral"}},
        {"preferences": {"communicationStyle": "formal"}, "language": "it"},
    ],
)
def test_nothing_to_do(client):
    """
    Without a style, a neutral one, or in another language the template is as written.
    """
    result = personalized("hey {{firstName}}", **client)

    assert result.content == "hey Hey"
    assert not result.applied
    assert not result.warnings


def test_settings():
    """
    The user's own words reach the transformer.
    """
    result = personalized(
        "yo {{firstName}}",
        settings={"formal_from": {"yo": "hello"}},
        preferences={"communicationStyle": "formal"},
    )

    assert result.content == "Hello Hey"


def test_settings_refused():
    """
    A lexicon that does not fit together is an error that names the entries.
    """
    with pytest.raises(ConfigurationError, match="'hey' and 'yo'"):
        personalized("yo", settings={"pairs": {"yo": "hello"}})
