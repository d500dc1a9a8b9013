"""
The orgs that cassettes are recorded from: simulated ones, or a real one.
"""

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from urllib.request import Request, urlopen
from uuid import uuid4

from crmkit_salesforce._settings import API_VERSION

LIVE = "RECORD_SALESFORCE_TOKEN"
PLACE = "CRMKIT_SALESFORCE_URL"
ANA = {
    "FirstName": "Ana",
    "LastName": "Núñez",
    "Email": "ana@example.com",
    "Phone": "+351 555 0107",
    "Title": "Baker",
}
OTHERS = [
    {"FirstName": name, "LastName": "Li", "Email": f"{name.lower()}@example.com"}
    for name in ("Bo", "Chi")
]
APP = {
    "client_id": "app-1",
    "client_secret": "the-secret-of-app-1",
    "refresh_token": "the-refresh-token-of-app-1",
}


@dataclass(frozen=True)
class Account:
    """
    Where to record from, and what cassettes tell of it; none may hold its *secrets*.
    """

    label: str
    token: str = field(repr=False)
    people: dict
    since: str
    source: str
    secrets: tuple = field(repr=False)


def simulated_account(crm_simulator):
    """
    Return a simulated org.
    """
    org = crm_simulator("salesforce", contacts=[ANA, *OTHERS], limit="off", app=APP)
    simulator = f"crmkit-simulator {version('crmkit-simulator')}"
    facts = ((one["id"], one["properties"]) for one in org.contacts())
    return Account(
        label=_label(f"{simulator} (Salesforce {API_VERSION})"),
        token=org.token,
        people={
            said["FirstName"]: {"id": id_, "email": said["Email"]} for id_, said in facts
        },
        since="2026-01-01T00:00:00+00:00",
        source=org.base_url,
        secrets=(org.token, APP["client_secret"], APP["refresh_token"]),
    )


def live_account(token):
    """
    Return the real org whose address CRMKIT_SALESFORCE_URL is, with new contacts.
    """
    source, started, run = os.environ[PLACE], datetime.now(UTC), uuid4().hex[:8]
    people = [
        {**one, "Email": f"{one['FirstName'].lower()}.{run}@example.com"}
        for one in (ANA, *OTHERS)
    ]
    records = [{"attributes": {"type": "Contact"}, **one} for one in people]
    request = Request(
        f"{source}/services/data/v{API_VERSION}/composite/sobjects",
        data=json.dumps({"allOrNone": True, "records": records}).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=30) as answer:
        ids = [one["id"] for one in json.load(answer)]
    named = zip(people, ids, strict=True)
    return Account(
        label=_label(f"Salesforce {API_VERSION}"),
        token=token,
        people={one["FirstName"]: {"id": id_, "email": one["Email"]} for one, id_ in named},
        since=started.isoformat(),
        source=source,
        secrets=(token, source),
    )


def _label(what):
    return f"Recorded from {what} on {datetime.now(UTC).date()}."
