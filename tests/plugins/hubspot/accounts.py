"""
The accounts that cassettes are recorded from: simulated ones, or a real one.
"""

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from urllib.request import Request, urlopen
from uuid import uuid4

from tests.plugins.hubspot.cassettes import HOST

from crmkit_hubspot._settings import API_VERSION

LIVE = "RECORD_HUBSPOT_TOKEN"
ANA = {
    "firstname": "Ana",
    "lastname": "Núñez",
    "email": "ana@example.com",
    "phone": "+351 555 0107",
    "jobtitle": "Baker",
}
OTHERS = [
    {"firstname": name, "email": f"{name.lower()}@example.com"} for name in ("Bo", "Chi")
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
    settings: dict
    secrets: tuple = field(repr=False)


def simulated_account(crm_simulator):
    """
    Return a simulated account.
    """
    hub = crm_simulator("hubspot", contacts=[ANA, *OTHERS], app=APP)
    simulator = f"crmkit-simulator {version('crmkit-simulator')}"
    return Account(
        label=_label(f"{simulator} (HubSpot {API_VERSION})"),
        token=hub.token,
        people=_people(hub.contacts()),
        since="2026-01-01T00:00:00+00:00",
        settings={"base_url": hub.base_url},
        secrets=(hub.token, APP["client_secret"], APP["refresh_token"]),
    )


def live_account(token, base_url=HOST):
    """
    Return a real account, with contacts made anew, once the search knows them.
    """
    started = datetime.now(UTC)
    run = uuid4().hex[:8]
    people = [
        {**person, "email": f"{person['firstname'].lower()}.{run}@example.com"}
        for person in (ANA, *OTHERS)
    ]
    inputs = [{"properties": person, "associations": []} for person in people]
    made = _ask(token, base_url, "batch/create", {"inputs": inputs})["results"]
    _await_index(token, base_url, started, len(people))
    return Account(
        label=_label(f"HubSpot {API_VERSION}"),
        token=token,
        people=_people(made),
        since=started.isoformat(),
        settings={"base_url": base_url},
        secrets=(token,),
    )


def _people(contacts):
    facts = ((one["id"], one["properties"]) for one in contacts)
    return {said["firstname"]: {"id": id_, "email": said["email"]} for id_, said in facts}


def _label(what):
    return f"Recorded from {what} on {datetime.now(UTC).date()}."


def _await_index(token, base_url, started, count):
    moment = str(int(started.timestamp() * 1000))
    changed = {"propertyName": "lastmodifieddate", "operator": "GTE", "value": moment}
    body = {"filterGroups": [{"filters": [changed]}]}
    while _ask(token, base_url, "search", body)["total"] < count:
        time.sleep(1)  # HubSpot tells nobody when its index has caught up


def _ask(token, base_url, rest, body):
    request = Request(
        f"{base_url}/crm/objects/{API_VERSION}/contacts/{rest}",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)
