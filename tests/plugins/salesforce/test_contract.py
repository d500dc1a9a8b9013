"""
Salesforce keeps the contract of providers, as a simulated org shows it.
"""

import json
from http import HTTPStatus

import pytest
from attrs import evolve
from tests.plugins.salesforce.conftest import ask

import crmkit_salesforce
from crmkit.testing import Answer, ForwardingAPI, NotProven, ProviderContract
from crmkit_simulator import Simulator

CODES = {
    HTTPStatus.UNAUTHORIZED: "INVALID_SESSION_ID",
    HTTPStatus.FORBIDDEN: "INSUFFICIENT_ACCESS_OR_READONLY",
    HTTPStatus.NOT_FOUND: "NOT_FOUND",
    HTTPStatus.SERVICE_UNAVAILABLE: "SERVER_UNAVAILABLE",
}
FIELDS = [
    {"name": "Favourite_colour__c", "type": "string", "length": 80},
    {"name": "Visits_so_far__c", "type": "double"},
    {"name": "Wants_calls__c", "type": "boolean"},
]


class Salesforce(ForwardingAPI):
    """
    A simulated Salesforce behind the suite's own server.
    """

    page_size = 20
    open_paths = frozenset({"/services/oauth2/token"})

    def __init__(self):
        super().__init__()
        self.org = Simulator("salesforce", limit="off", fields={"Contact": FIELDS}).start()
        self.target = self.org.base_url
        self.token = self.org.token

    def __call__(self, request):
        if request.method == "POST" and request.path.endswith("/composite/sobjects"):
            batch = self.spoilt(request.json())
            request = evolve(request, body=json.dumps(batch).encode())
        return super().__call__(request)

    def spoilt(self, batch):
        for row in batch["records"]:
            if self.refuses(row):
                row["ActivityDate"] = "no date"  # which Salesforce refuses
        return batch

    @property
    def written(self):
        return self.org.activities()

    def add_client(self, client):
        said = {
            # Nobody is without a last name there.
            "FirstName": client.last_name and client.first_name,
            "LastName": client.last_name or client.first_name or "-",
            "Email": client.email,
            "Phone": client.phone,
            "HasOptedOutOfEmail": opted_out(client),
            "SystemModstamp": client.updated_at and client.updated_at.isoformat(),
            **{
                f"{key.replace(' ', '_')}__c": one
                for key, one in client.custom_fields.items()
            },
        }
        if client.tags or client.language or client.timezone:
            msg = "Salesforce's contacts have no tags, no language and no time zone"
            raise NotProven(msg)
        contact = {name: value for name, value in said.items() if value is not None}
        try:
            (made,) = self.org.add_contacts([contact])
        except ValueError as error:
            msg = f"Salesforce takes no such contact: {error}"
            raise NotProven(msg) from error
        return made

    def merge_clients(self, kept, gone):
        self.org.crm.merge(kept, gone)

    def remove_client(self, client_id):
        ask(self.org, "DELETE", f"sobjects/Contact/{client_id}")

    def error(self, status, headers):
        code = CODES.get(status, "MALFORMED_QUERY")
        said = [{"message": HTTPStatus(status).phrase, "errorCode": code}]
        return Answer(status=status, json=said, headers=dict(headers))

    def close(self):
        self.org.stop()


def opted_out(client):
    """
    Return what Salesforce says of a client's consent: whether they want no e-mail.
    """
    said = {consent.channel: consent.status for consent in client.consent}
    if said.keys() - {"email"}:
        msg = "Salesforce knows no such consent"
        raise NotProven(msg)
    return {"opted_in": False, "opted_out": True}.get(said.get("email"))


@pytest.fixture(autouse=True)
def pages(monkeypatch):
    """
    Have pages of a list that are filled soon.
    """
    for module in ("_api", "_soql"):
        monkeypatch.setattr(f"crmkit_salesforce.{module}.PAGE", Salesforce.page_size)


class TestSalesforce(ProviderContract):
    plugin = crmkit_salesforce
    api = Salesforce
