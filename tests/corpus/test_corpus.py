"""
Awkward clients and templates, with exactly what must come of them.

The clients and texts of corpus.json are invented; each client's *about* says what is
awkward. Style and localize are on, as they are for most users.
"""

import json
from pathlib import Path

import pytest

from crmkit import ClientData, Consent, CRMConnector, PersonalizationError, TemplateError

CORPUS = json.loads(Path(__file__).with_name("corpus.json").read_text(encoding="utf-8"))
FIELDS = ("first_name", "last_name", "name", "email", "phone", "language", "timezone")


@pytest.fixture(scope="module")
def connector():
    """
    Return a connector with the local transformers.
    """
    with CRMConnector(transformers={"style": {}, "localize": {}}) as made:
        yield made


def client(key):
    """
    Return a client of the corpus.
    """
    told = CORPUS["clients"][key]
    return ClientData(
        id=key,
        **{field: told[field] for field in FIELDS},
        preferences={"communicationStyle": told["style"]} if told["style"] else {},
        consent=[
            Consent(channel=channel, status="opted_out")
            for channel in told.get("opted_out", ())
        ],
        custom_fields=told["fields"],
    )


def outcome(connector, key, template, field, request):
    """
    Return what one field of a template, rendered alone, becomes, or the error.
    """
    request = {"variables": CORPUS["variables"], "content_type": field, **request}
    text = CORPUS["templates"][template][field]
    try:
        return connector.personalize_content(text, client(key), **request).content
    except PersonalizationError as error:
        told = {"error": type(error).__name__}
        if isinstance(error, TemplateError) and error.names:
            told["names"] = list(error.names)
        return told


@pytest.mark.parametrize(
    ("key", "template", "field", "request_", "expected"),
    CORPUS["expect"],
    ids=[f"{one[0]}-{one[1]}-{one[2]}-{n}" for n, one in enumerate(CORPUS["expect"])],
)
def test_expectation(connector, key, template, field, request_, expected):
    """
    A field rendered alone is exactly this text, or ends in exactly this error.
    """
    assert outcome(connector, key, template, field, request_) == expected


@pytest.mark.parametrize("key", CORPUS["clients"])
def test_no_surprise(connector, key):
    """
    Every template comes for every client to a text or an error that names the client.
    """
    for fields in CORPUS["templates"].values():
        for content_type, text in fields.items():
            variants = {"default_variant": "en"} if isinstance(text, dict) else {}
            [made] = connector.personalize_many(
                text,
                [client(key)],
                content_type=content_type,
                variables=CORPUS["variables"],
                **variants,
            )
            assert made.client_id == key


@pytest.mark.parametrize(("key", "encoding"), [("k01", "UCS-2"), ("k02", "GSM-7")])
def test_sms_alphabet(connector, key, encoding):
    """
    One letter of a name decides how many messages an SMS is.
    """
    content = connector.personalize_content(
        CORPUS["templates"]["keys"]["sms"],
        client(key),
        content_type="sms",
        variables=CORPUS["variables"],
    )

    assert content.length.encoding == encoding
    assert content.length.segments == {"UCS-2": 2, "GSM-7": 1}[encoding]
