"""
What of a client reaches the service: nothing.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from attrs import fields
from tests.plugins.translate_aws.test_connector import connected

from crmkit import ClientData, ClientInteraction, Consent

ROOT = Path(__file__).parents[3]
LONG_AGO = datetime(1971, 3, 4, tzinfo=UTC)
PLANTED = re.compile(rb"planted|7391846|1971-03|{{|firstname|budget", re.IGNORECASE)
CLIENT = {
    "id": "planted-id",
    "name": "Planted Name",
    "first_name": "Planted {{email}}",
    "last_name": "<b>Planted</b>",
    "email": "planted@x.example",
    "phone": "+34 7391846",
    "language": "es-x-planted",
    "timezone": "Planted/Zone",
    "preferences": {"communicationStyle": "formal", "planted": "planted"},
    "tags": ["planted"],
    "custom_fields": {"budget": 7391846, "planted field": "planted"},
    "history": [
        ClientInteraction(
            id="planted", type="planted", description="planted", timestamp=LONG_AGO
        )
    ],
    "consent": [Consent(channel="email", status="opted_in", source="planted")],
    "updated_at": LONG_AGO,
    "fetched_at": LONG_AGO,
    "provider": "planted",
    "aliases": ["planted"],
    "raw": {"planted": "planted"},
}


def test_no_value(service):
    """
    No field of a client, nor a variable, is in any request: neither its value nor its name.
    """
    assert set(CLIENT) == {field.name for field in fields(ClientData)}
    person = ClientData(**CLIENT)
    slots = (
        "{{firstName}}{{lastName}}{{fullName}}{{email}}{{phone}}{{id}}{{budget}}"
        "{{planted_field}}{{planted}}{{ x | default: 'planted' }}"
    )
    text = f"hey {slots}, thanks ana@planted.example https://planted.example/{{{{id}}}}"
    html = (
        f'{text} <a href="https://planted.example/{{{{id}}}}" title="planted">you</a>'
        "<!-- planted -->"
    )
    with connected(service) as crm:
        for template, content_type in ((text, "email"), (html, "email_html")):
            result = crm.personalize_content(
                template,
                person,
                content_type=content_type,
                variables={"planted": "planted"},
                user_id="planted",
            )
            assert result.content.startswith("hola Planted")
            assert result.applied == ("translate_aws",)

    sent = [
        f"{request.method} {request.path}?{request.query_string} {request.headers}".encode()
        + request.body
        for request in service.requests
    ]
    assert len(sent) == 2
    assert [PLANTED.findall(request) for request in sent] == [[], []]
    assert {asked["TargetLanguageCode"] for asked in service.asked} == {"es"}


def test_rights():
    """
    The README's policy allows what is asked for, and nothing else.
    """
    readme = ROOT / "plugins/transformers/translate_aws/README.md"
    (policy,) = re.findall(r"```json\n(.*?)```", readme.read_text("utf-8"), re.DOTALL)
    (statement,) = json.loads(policy)["Statement"]

    assert statement["Action"] == "translate:TranslateText"
