"""
What users may set, and what is refused with a remedy.
"""

import pytest

import crmkit_translate_aws
from crmkit import ClientData, ConfigurationError, CRMConnector
from crmkit_translate_aws import Settings


def test_defaults():
    """
    Nothing needs to be set: templates are in English, and AWS's own configuration holds.
    """
    settings = Settings()

    assert settings.source == "en"
    assert settings.formality == "client"
    assert (settings.region, settings.profile, settings.endpoint_url) == (None, None, None)


def test_tags():
    """
    Languages are written as tags, and kept as Amazon Translate's codes.
    """
    settings = Settings(source="pt_BR", targets=["zh-Hant", "ES"])

    assert settings.source == "pt"
    assert settings.targets == ("zh-TW", "es")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"source": "English"}, "'English'.*such as en"),
        ({"source": "auto"}, "'auto'"),
        ({"targets": ["es", "Spanish"]}, "'Spanish'"),
        ({"formality": "polite"}, "client, formal, informal, none, not 'polite'"),
        (
            {"endpoint_url": "http://translate.example"},
            "endpoint_url must begin with https",
        ),
        ({"endpoint_url": "ftp://127.0.0.1"}, "endpoint_url"),
        ({"regoin": "eu-central-1"}, "regoin.*known are.*region"),
    ],
)
def test_refused(settings, named):
    """
    A setting that is none is an error that names it, and what may be written.
    """
    ann = ClientData(id="1", email="ann@example.com", language="es")

    with (
        CRMConnector(
            plugins={"translate_aws": crmkit_translate_aws},
            transformers={"translate_aws": settings},
        ) as crm,
        pytest.raises(ConfigurationError, match=named),
    ):
        crm.personalize_content("hey", ann)


@pytest.mark.parametrize("url", ["https://vpce.example", "http://127.0.0.1:1", None])
def test_endpoints(url):
    """
    An endpoint is reached by HTTPS, or is on this machine.
    """
    assert Settings(endpoint_url=url).endpoint_url == url
