"""
HubSpot keeps the contract of providers, as a simulated account shows it.
"""

import json
from http import HTTPStatus

from attrs import evolve
from tests.plugins.hubspot.conftest import ask, merge

import crmkit_hubspot
from crmkit.testing import Answer, ForwardingAPI, NotProven, ProviderContract
from crmkit_simulator import Simulator

CATEGORIES = {
    HTTPStatus.UNAUTHORIZED: "EXPIRED_AUTHENTICATION",
    HTTPStatus.FORBIDDEN: "MISSING_SCOPES",
    HTTPStatus.NOT_FOUND: "OBJECT_NOT_FOUND",
    HTTPStatus.CONFLICT: "CONFLICT",
    HTTPStatus.TOO_MANY_REQUESTS: "RATE_LIMITS",
}


class HubSpot(ForwardingAPI):
    """
    A simulated HubSpot behind the suite's own server.
    """

    page_size = 100
    open_paths = frozenset({"/oauth/2026-09/token"})

    def __init__(self):
        super().__init__()
        self.hub = Simulator("hubspot", limit="off", search_lag=0).start()
        self.target = self.hub.base_url
        self.token = self.hub.token

    def __call__(self, request):
        if request.path.endswith("/batch/create"):
            batch = self.spoilt(request.json())
            request = evolve(request, body=json.dumps(batch).encode())
        return super().__call__(request)

    def spoilt(self, batch):
        for row in batch["inputs"]:
            if self.refuses(row):
                row["properties"]["hs_timestamp"] = "no time"  # which HubSpot refuses
        return batch

    @property
    def written(self):
        return self.hub.activities()

    def add_client(self, client):
        said = {
            "id": client.id,
            "firstname": client.first_name,
            "lastname": client.last_name,
            "email": client.email,
            "phone": client.phone,
            "hs_language": client.language,
            "hs_timezone": client.timezone,
            "hs_email_optout": opted_out(client),
            "lastmodifieddate": client.updated_at and client.updated_at.isoformat(),
            **client.custom_fields,
        }
        if client.tags:
            msg = "HubSpot's contacts have no tags"
            raise NotProven(msg)
        contact = {name: value for name, value in said.items() if value is not None}
        try:
            (made,) = self.hub.add_contacts([contact])
        except ValueError as error:
            msg = f"HubSpot takes no such contact: {error}"
            raise NotProven(msg) from error
        return made

    def merge_clients(self, kept, gone):
        return merge(self.hub, kept, gone)

    def remove_client(self, client_id):
        ask(self.hub, "DELETE", f"/crm/objects/2026-09/contacts/{client_id}")

    def error(self, status, headers):
        said = {
            "status": "error",
            "message": HTTPStatus(status).phrase,
            "correlationId": "0",
            "category": CATEGORIES.get(status, "VALIDATION_ERROR"),
        }
        return Answer(status=status, json=said, headers=dict(headers))

    def close(self):
        self.hub.stop()


def opted_out(client):
    """
    Return what HubSpot says of a client's consent: whether they want no e-mail.
    """
    said = {consent.channel: consent.status for consent in client.consent}
    if said.keys() - {"email"}:
        msg = "HubSpot knows no consent but for e-mail"
        raise NotProven(msg)
    return {"opted_in": "false", "opted_out": "true"}.get(said.get("email"))


class TestHubSpot(ProviderContract):
    plugin = crmkit_hubspot
    api = HubSpot
