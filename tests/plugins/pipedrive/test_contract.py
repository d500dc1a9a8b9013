"""
Pipedrive keeps the contract of providers, as a simulated company shows it.
"""

import json

from attrs import evolve
from tests.plugins.pipedrive.conftest import ask

import crmkit_pipedrive
from crmkit.testing import Answer, ForwardingAPI, NotProven, ProviderContract
from crmkit_simulator import Simulator

CODES = {400: "ERR_BAD_REQUEST", 403: "ERR_FORBIDDEN", 404: "ERR_NOT_FOUND"}
STATUSES = {"opted_in": "subscribed", "opted_out": "unsubscribed"}
FIELDS = (
    {"field_name": "Favourite colour", "field_type": "varchar"},
    {"field_name": "Visits so far", "field_type": "double"},
    {
        "field_name": "Wants calls",
        "field_type": "enum",
        "options": [{"label": "True"}, {"label": "False"}],
    },
)
CHOICES = {True: 100, False: 101}


class Pipedrive(ForwardingAPI):
    """
    A simulated Pipedrive behind the suite's own server.
    """

    page_size = 500

    def __init__(self):
        super().__init__()
        self.company = Simulator(
            "pipedrive", limit="off", search_lag=0, campaigns=True, fields=FIELDS
        ).start()
        self.target = self.company.base_url
        self.token = self.company.token

    def __call__(self, request):
        if request.method == "POST" and self.refuses(request.json()):
            body = {**request.json(), "type": "nonsense", "content": ""}
            request = evolve(request, body=json.dumps(body).encode())
        return super().__call__(request)

    def signed(self, headers):
        kept = {k: v for k, v in headers.items() if k != "authorization"}
        return {**kept, "x-api-token": self.token}

    @property
    def written(self):
        return self.company.activities()

    def add_client(self, client):
        if client.tags:
            msg = "the labels of a company are set when it is made"
            raise NotProven(msg)
        said = {
            "id": client.id,
            "name": client.name or "Unnamed",
            "first_name": client.first_name,
            "last_name": client.last_name,
            "emails": client.email,
            "phones": client.phone,
            "update_time": client.updated_at and client.updated_at.isoformat(),
            "marketing_status": marketing_status(client),
            "custom_fields": {
                name: CHOICES[value] if isinstance(value, bool) else value
                for name, value in client.custom_fields.items()
            },
        }
        try:
            (made,) = self.company.add_contacts([{k: v for k, v in said.items() if v}])
        except ValueError as error:
            msg = f"Pipedrive takes no such person: {error}"
            raise NotProven(msg) from error
        return made

    def remove_client(self, client_id):
        ask(self.company, "DELETE", f"/api/v2/persons/{client_id}")

    def error(self, status, headers):
        said = {"success": False, "error": "refused", "code": CODES.get(status, "ERR")}
        return Answer(status=status, json=said, headers=dict(headers))

    def close(self):
        self.company.stop()


def marketing_status(client):
    """
    Return what Pipedrive says of a client's consent.
    """
    said = {consent.channel: consent.status for consent in client.consent}
    if said.keys() - {"email"}:
        msg = "Pipedrive knows no consent but for e-mail"
        raise NotProven(msg)
    return STATUSES.get(said.get("email"))


class TestPipedrive(ProviderContract):
    plugin = crmkit_pipedrive
    api = Pipedrive
