"""
The service called as its API asks for, and what is said when that fails.
"""

import socket
import subprocess
import sys

import boto3
import pytest
from botocore.stub import Stubber
from tests.plugins.translate_aws.sending import parsed
from tests.plugins.translate_aws.service import refusal
from tests.plugins.translate_aws.test_connector import client, personalized

import crmkit_translate_aws
from crmkit import (
    AccessDeniedError,
    AuthenticationError,
    ConfigurationError,
    Context,
    CredentialsError,
    ProtocolError,
    RateLimitedError,
    UnavailableError,
)
from crmkit.testing import Answer
from crmkit_translate_aws import Settings, _service
from crmkit_translate_aws._service import Order, translator

pytestmark = pytest.mark.usefixtures("fresh")

TEMPLATE = "hey {{firstName}}, a secret house"


def transformed(settings, template=TEMPLATE):
    """
    Return what the hook makes of a template for a client who speaks Spanish.
    """
    context = Context(
        content_type="email", settings=Settings(**settings), reads={"language": "es"}
    )
    return crmkit_translate_aws.crmkit_transform(parsed(template), context)


@pytest.fixture
def stubbed(monkeypatch):
    """
    Answer in the client's place; what passes is held against the service's own model.
    """
    asked = boto3.client("translate", region_name="eu-central-1")
    with monkeypatch.context() as patched, Stubber(asked) as stubber:
        patched.setattr(_service, "client", lambda *_place: asked)
        yield stubber
        stubber.assert_no_pending_responses()


def test_stubbed(stubbed):
    """
    A request holds what the API asks for, and an answer of the API's form is understood.
    """
    stubbed.add_response(
        "translate_text",
        {
            "TranslatedText": "hola",
            "SourceLanguageCode": "en",
            "TargetLanguageCode": "es-MX",
            "AppliedTerminologies": [{"Name": "houses"}],
            "AppliedSettings": {"Formality": "FORMAL"},
        },
        {
            "Text": "hey",
            "SourceLanguageCode": "en",
            "TargetLanguageCode": "es-MX",
            "TerminologyNames": ["houses"],
            "Settings": {"Formality": "FORMAL"},
        },
    )
    warnings = []
    order = Order(source="en", target="es-MX", formality="FORMAL")
    translate = translator(Settings(terminology="houses"), order, warnings.append)

    assert translate("hey") == "hola"
    assert warnings == []


def test_stubbed_plain(stubbed):
    """
    Without formality and terminology neither is in the request.
    """
    answer = {
        "TranslatedText": "hola",
        "SourceLanguageCode": "en",
        "TargetLanguageCode": "es",
    }
    asked = {"Text": "hey", "SourceLanguageCode": "en", "TargetLanguageCode": "es"}
    stubbed.add_response("translate_text", answer, asked)
    translate = translator(Settings(), Order(source="en", target="es"), pytest.fail)

    assert translate("hey") == "hola"


@pytest.mark.parametrize(
    ("code", "kind", "remedy", "attempts"),
    [
        ("TooManyRequestsException", RateLimitedError, "run again later", 2),
        ("ThrottlingException", RateLimitedError, "run again later", 2),
        ("TextSizeLimitExceededException", ConfigurationError, "shorter sentences", 1),
        ("UnsupportedLanguagePairException", ConfigurationError, "targets", 1),
        ("DetectedLanguageLowConfidenceException", ConfigurationError, "source", 1),
        ("ResourceNotFoundException", ConfigurationError, "terminology", 1),
        ("InvalidRequestException", ConfigurationError, "settings", 1),
        ("AccessDeniedException", AccessDeniedError, "translate:TranslateText", 1),
        ("UnrecognizedClientException", AuthenticationError, "sign in to AWS", 1),
        ("ExpiredTokenException", AuthenticationError, "sign in to AWS", 1),
        ("SomethingNewException", UnavailableError, "run again later", 1),
    ],
)
def test_refused(service, code, kind, remedy, attempts):
    """
    A refusal is an error of the fitting type that names AWS's code and the remedy.
    """
    service.engine = lambda asked: refusal(code)

    with pytest.raises(kind) as refused:
        transformed(service.settings)

    assert type(refused.value) is kind
    assert str(refused.value).startswith(f"Amazon Translate refused ({code}); ")
    assert remedy in str(refused.value)
    assert "told-by-aws" not in str(refused.value)
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
    assert len(service.requests) == attempts


@pytest.mark.parametrize("code", ["InternalServerException", "ServiceUnavailableException"])
def test_down(service, code):
    """
    A service that is down is asked twice, and may have done it.
    """
    service.engine = lambda asked: refusal(code, 500)

    with pytest.raises(UnavailableError, match=code) as down:
        transformed(service.settings)

    assert down.value.sent
    assert len(service.requests) == 2


def test_all_errors_known():
    """
    Each error that the API lists is one of those above.
    """
    model = boto3.client("translate", region_name="eu-central-1").meta.service_model
    listed = {shape.name for shape in model.operation_model("TranslateText").error_shapes}
    tried = {given[0] for given in test_refused.pytestmark[0].args[1]}

    assert listed <= tried | set(test_down.pytestmark[0].args[1])


def test_reason(service):
    """
    The client gets the template as it is, and the result says why and what to do.
    """
    service.engine = lambda asked: refusal("TooManyRequestsException")
    result = personalized(service, TEMPLATE, client("es"))

    assert result.content == "hey Hey, a secret house"
    reason = "Amazon Translate refused (TooManyRequestsException); run again later"
    assert result.skipped == {"translate_aws": reason}
    assert result.warnings == (f"the transformer translate_aws was left out: {reason}",)


def test_no_credentials(service, monkeypatch):
    """
    Without credentials nothing is sent, and the reason says to sign in.
    """
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(CredentialsError, match=r"NoCredentialsError.*sign in to AWS"):
        transformed(service.settings)

    assert not service.requests


def test_half_of_the_credentials(service, monkeypatch):
    """
    So it is with an access key without its secret.
    """
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(CredentialsError, match=r"PartialCredentialsError.*sign in to AWS"):
        transformed(service.settings)


def test_no_region(service):
    """
    Without a region the reason says where to name one.
    """
    with pytest.raises(ConfigurationError, match=r"NoRegionError.*the setting region"):
        transformed({"endpoint_url": service.url})


def test_no_such_region(service):
    """
    A region that is no name of one is told likewise.
    """
    with pytest.raises(ConfigurationError, match=r"InvalidRegionError.*the setting region"):
        transformed({"region": "not a region"})


def test_no_such_profile(service):
    """
    A profile that AWS's configuration does not have is told, with the setting's name.
    """
    with pytest.raises(ConfigurationError, match=r"ProfileNotFound.*the setting profile"):
        transformed(service.settings | {"profile": "nobody"})


def test_region_of_the_environment(service, monkeypatch):
    """
    AWS's own configuration stands where the settings say nothing.
    """
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")

    assert (
        transformed({"endpoint_url": service.url}).text
        == "hola {{firstName}}, a secret casa"
    )
    assert "/us-west-2/translate/" in service.requests[0].headers["authorization"]


def test_nobody_there():
    """
    Where nobody listens nothing was sent.
    """
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(UnavailableError, match=r"EndpointConnectionError.*network") as dead:
        transformed({"region": "eu-central-1", "endpoint_url": f"http://127.0.0.1:{port}"})

    assert not dead.value.sent


def test_broken_connection(service):
    """
    A connection that breaks is tried twice, and something may have been done.
    """
    service.engine = lambda asked: Answer(lost=True)

    with pytest.raises(UnavailableError, match="see the network") as broken:
        transformed(service.settings)

    assert broken.value.sent
    assert len(service.requests) == 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer(json={}),
        Answer(content=b"<html>"),
        Answer(json={"TranslatedText": None}),
    ],
)
def test_no_text(service, answer):
    """
    An answer without a text is none.
    """
    service.engine = lambda asked: answer

    with pytest.raises(ProtocolError, match="has no text"):
        transformed(service.settings)


def test_deadline(service, monkeypatch):
    """
    A template has a minute; what then is not translated is no longer asked for.
    """
    now = [1000.0]
    monkeypatch.setattr(_service, "monotonic", lambda: now[0])

    def slow(asked):
        now[0] += 31
        return service.honest(asked)

    service.engine = slow

    with pytest.raises(UnavailableError, match="longer than 60 s; run again later"):
        transformed(service.settings, "hey\n\nyou\n\nthanks")
    assert len(service.requests) == 2


def test_timeouts():
    """
    It has timeouts of its own, and tries twice.
    """
    config = _service.client("eu-central-1", None, None, 0).meta.config

    assert (config.connect_timeout, config.read_timeout) == (3, 20)
    assert config.retries["total_max_attempts"] == 2
    assert config.retries["mode"] == "standard"


def test_first_use():
    """
    Neither loading the plugin nor a template that stays as it is imports AWS's library.
    """
    script = (
        "import sys, crmkit_translate_aws; from crmkit import CRMConnector, ClientData;"
        "crm = CRMConnector(transformers={'translate_aws': {}});"
        "ann = ClientData(id='1', email='a@x.example', language='en');"
        "print(crm.personalize_content('hey', ann).content);"
        "print(*{'boto3', 'botocore'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=True
    )

    assert done.stdout == "hey\n\n"


def test_nothing_to_translate(service):
    """
    A template without a letter of prose is sent to nobody.
    """
    result = personalized(service, "{{firstName}}: 12 + https://x.example", client("es"))

    assert result.content == "Hey: 12 + https://x.example"
    assert not result.applied
    assert not service.requests
