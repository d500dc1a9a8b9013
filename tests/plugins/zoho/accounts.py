"""
The accounts that cassettes are recorded from: simulated ones, or a real one.
"""

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from urllib.request import Request, urlopen
from uuid import uuid4

from tests.plugins.zoho.cassettes import HOST

LIVE = "RECORD_ZOHO_TOKEN"
ANA = {
    "First_Name": "Ana",
    "Last_Name": "Núñez",
    "Email": "ana@example.com",
    "Phone": "+351 555 0107",
    "Title": "Baker",
}
OTHERS = [
    {"First_Name": name, "Last_Name": "B", "Email": f"{name.lower()}@example.com"}
    for name in ("Bo", "Chi")
]
APP = {
    "client_id": "1000.APP",
    "client_secret": "the-secret-of-the-app",
    "refresh_token": "1000.the-refresh-token",
}


@dataclass(frozen=True)
class Account:
    """
    Where to record from, and what cassettes tell of it; none may hold its *secrets*.
    """

    label: str
    token: str = field(repr=False)
    people: dict
    base_url: str
    secrets: tuple = field(repr=False)


def simulated_account(crm_simulator):
    """
    Return a simulated account.
    """
    hub = crm_simulator("zoho", contacts=[ANA, *OTHERS], app=APP, limit="off")
    people = {
        said["First_Name"]: {"id": one["id"], "email": said["Email"]}
        for one in hub.contacts()
        for said in [one["properties"]]
    }
    simulator = f"crmkit-simulator {version('crmkit-simulator')} (Zoho v8)"
    secrets = (hub.token, APP["client_secret"], APP["refresh_token"])
    return Account(_label(simulator), hub.token, people, hub.base_url, secrets)


def live_account(token):
    """
    Return a real account, with contacts made anew.
    """
    base_url, run = os.environ.get("CRMKIT_ZOHO_URL", HOST), uuid4().hex[:8]
    people = [
        {**one, "Email": f"{one['First_Name'].lower()}.{run}@example.com"}
        for one in (ANA, *OTHERS)
    ]
    request = Request(
        f"{base_url}/crm/v8/Contacts",
        data=json.dumps({"data": people, "trigger": []}).encode(),
        headers={"Authorization": f"Zoho-oauthtoken {token}"},
    )
    with urlopen(request, timeout=30) as answer:
        made = [row["details"]["id"] for row in json.load(answer)["data"]]
    known = {
        one["First_Name"]: {"id": client_id, "email": one["Email"]}
        for client_id, one in zip(made, people, strict=True)
    }
    return Account(_label("Zoho v8"), token, known, base_url, (token,))


def _label(what):
    return f"Recorded from {what} on {datetime.now(UTC).date()}."
