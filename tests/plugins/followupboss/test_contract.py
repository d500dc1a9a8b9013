"""
Follow Up Boss keeps the contract of providers, as a simulated account shows it.
"""

import json
from base64 import b64encode
from datetime import UTC
from http import HTTPStatus

from attrs import evolve
from tests.plugins.followupboss.conftest import ask

import crmkit_followupboss
from crmkit.testing import Answer, ForwardingAPI, NotProven, ProviderContract
from crmkit_simulator import Simulator

OPTED_OUT = {"email": "No E-Mail", "sms": "No Texts", "phone": "No Calls"}
KINDS = ("notes", "calls", "textMessages", "tasks", "appointments", "events")


class FollowUpBoss(ForwardingAPI):
    """
    A simulated Follow Up Boss behind the suite's own server.
    """

    page_size = 100

    def __init__(self):
        super().__init__()
        self.fub = Simulator("followupboss", limit="off").start()
        self.target = self.fub.base_url
        self.token = self.fub.token
        own = self.fub.config["settings"]["followupboss"]
        tags = {channel: [tag] for channel, tag in OPTED_OUT.items()}
        self.settings = {
            "system": own["system"],
            "system_key": own["system_key"],
            "number": "+1 555 555 0100",
            "opted_out_tags": tags,
        }

    def __call__(self, request):
        kind = request.path.rpartition("/")[2]
        if request.method == "POST" and kind in KINDS and self.refuses(request.json()):
            # A field that is not known is refused.
            spoilt = {**request.json(), "isSpoilt": True}
            request = evolve(request, body=json.dumps(spoilt).encode())
        return super().__call__(request)

    @property
    def written(self):
        return self.fub.activities()

    def add_client(self, client):
        said = {
            "id": client.id,
            "firstName": client.first_name,
            "lastName": client.last_name,
            "emails": [{"value": client.email}] if client.email else [],
            "phones": [{"value": client.phone}] if client.phone else [],
            "tags": [*client.tags, *opted_out(client)],
            "updated": client.updated_at and in_utc(client.updated_at),
            **{self.defined(n, v): v for n, v in client.custom_fields.items()},
        }
        contact = {name: value for name, value in said.items() if value is not None}
        for name, value in contact.items():
            if name.startswith("custom") and isinstance(value, bool):
                contact[name] = str(value)  # there are no switches
        try:
            (made,) = self.fub.add_contacts([contact])
        except ValueError as error:
            msg = f"Follow Up Boss takes no such person: {error}"
            raise NotProven(msg) from error
        return made

    def signed(self, headers):
        if "authorization" not in headers:
            return headers
        # The account takes its key by Basic, and no token that a rule makes up.
        key = b64encode(f"{self.token}:".encode()).decode()
        return {**headers, "authorization": f"Basic {key}"}

    def defined(self, label, value):
        number = isinstance(value, int) and not isinstance(value, bool)
        described = {"label": label, "type": "number" if number else "text"}
        return ask(self.fub, "POST", "customFields", described)["name"]

    def merge_clients(self, kept, gone):
        self.fub.crm.merge(kept, gone)

    def remove_client(self, client_id):
        ask(self.fub, "DELETE", f"people/{client_id}")

    def error(self, status, headers):
        said = {"errorMessage": HTTPStatus(status).phrase}
        return Answer(status=status, json=said, headers=dict(headers))

    def close(self):
        self.fub.stop()


def in_utc(moment):
    """
    Return a moment as Follow Up Boss writes it.
    """
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def opted_out(client):
    """
    Return the tags that say what a client refuses.
    """
    said = {consent.channel: consent.status for consent in client.consent}
    return [OPTED_OUT[channel] for channel, status in said.items() if status == "opted_out"]


class TestFollowUpBoss(ProviderContract):
    plugin = crmkit_followupboss
    api = FollowUpBoss
