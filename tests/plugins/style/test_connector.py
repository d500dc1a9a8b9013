"""
The transformer in its place: templates personalized by a connector.
"""

import pytest

import crmkit_style
from crmkit import ClientData, ConfigurationError, CRMConnector


def personalized(template, *, settings=None, content_type="email", **client):
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
        {"preferences": {"communicationStyle": "formal"}, "language": "es"},
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
