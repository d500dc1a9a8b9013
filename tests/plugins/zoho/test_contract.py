"""
Zoho keeps the contract of providers, as a simulated account shows it.
"""

import json
from http import HTTPStatus

from attrs import evolve
from tests.plugins.zoho.conftest import ask

import crmkit_zoho
from crmkit.testing import Answer, ForwardingAPI, NotProven, ProviderContract
from crmkit_simulator import Simulator

CODES = {
    HTTPStatus.UNAUTHORIZED: "INVALID_TOKEN",
    HTTPStatus.FORBIDDEN: "NO_PERMISSION",
    HTTPStatus.NOT_FOUND: "INVALID_URL_PATTERN",
    HTTPStatus.TOO_MANY_REQUESTS: "TOO_MANY_REQUESTS",
    HTTPStatus.INTERNAL_SERVER_ERROR: "INTERNAL_ERROR",
}
WRITES = ("/Notes", "/Calls", "/Events", "/Tasks")


class Zoho(ForwardingAPI):
    """
    A simulated Zoho CRM behind the suite's own server.
    """

    page_size = 200
    open_paths = frozenset({"/oauth/v2/token"})

    def __init__(self):
        super().__init__()
        self.hub = Simulator("zoho", limit="off", search_lag=0).start()
        self.target = self.hub.base_url
        self.token = self.hub.token

    def __call__(self, request):
        if request.method == "POST" and request.path.endswith(WRITES):
            batch = self.spoilt(request.json())
            request = evolve(request, body=json.dumps(batch).encode())
        return super().__call__(request)

    def spoilt(self, batch):
        for row in batch["data"]:
            if self.refuses(row):
                row["Parent_Id"] = row["Who_Id"] = 7  # which Zoho refuses
        return batch

    @property
    def written(self):
        return self.hub.activities()

    def add_client(self, client):
        said = {
            "id": client.id,
            "First_Name": client.first_name,
            "Last_Name": client.last_name,
            "Full_Name": client.name,
            "Email": client.email,
            "Phone": client.phone,
            "Email_Opt_Out": opted_out(client),
            "Tag": list(client.tags) or None,
            "Modified_Time": client.updated_at and client.updated_at.isoformat(),
            **client.custom_fields,
        }
        if client.language or client.timezone:
            msg = "Zoho's contacts have neither language nor time zone"
            raise NotProven(msg)
        contact = {name: value for name, value in said.items() if value is not None}
        try:
            (made,) = self.hub.add_contacts([contact])
        except ValueError as error:
            msg = f"Zoho takes no such contact: {error}"
            raise NotProven(msg) from error
        return made

    def remove_client(self, client_id):
        ask(self.hub, "DELETE", f"Contacts/{client_id}")

    def error(self, status, headers):
        said = {
            "code": CODES.get(status, "INVALID_DATA"),
            "details": {},
            "message": HTTPStatus(status).phrase,
            "status": "error",
        }
        return Answer(status=status, json=said, headers=dict(headers))

    def close(self):
        self.hub.stop()


def opted_out(client):
    """
    Return what Zoho says of a client's consent: whether they want no e-mail.
    """
    said = {consent.channel: consent.status for consent in client.consent}
    if said.keys() - {"email"}:
        msg = "Zoho knows no consent but for e-mail"
        raise NotProven(msg)
    return {"opted_in": False, "opted_out": True}.get(said.get("email"))


class TestZoho(ProviderContract):
    plugin = crmkit_zoho
    api = Zoho
