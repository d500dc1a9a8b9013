"""
The accounts that cassettes are recorded from: simulated ones, or a real one.
"""

import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from urllib.request import Request, urlopen
from uuid import uuid4

from tests.plugins.followupboss.cassettes import HOST

LIVE = "RECORD_FOLLOWUPBOSS_TOKEN"
ANA = {
    "firstName": "Ana",
    "lastName": "Núñez",
    "emails": [{"value": "ana@example.com"}],
    "phones": [{"value": "555-286-9155"}],
}
OTHERS = [
    {"firstName": name, "emails": [{"value": f"{name.lower()}@example.com"}]}
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
    settings: dict
    secrets: tuple = field(repr=False)


def simulated_account(crm_simulator):
    """
    Return a simulated account.
    """
    fub = crm_simulator("followupboss", contacts=[ANA, *OTHERS], app=APP)
    own = fub.config["settings"]["followupboss"]
    simulator = f"crmkit-simulator {version('crmkit-simulator')}"
    return Account(
        label=_label(f"{simulator} (Follow Up Boss v1)"),
        token=fub.token,
        people=_people(one["properties"] for one in fub.contacts()),
        settings=own,
        secrets=(fub.token, own["system_key"], *(APP[n] for n in APP if n != "client_id")),
    )


def live_account(token, base_url=HOST):
    """
    Return a real account, with people made anew.
    """
    run = uuid4().hex[:8]
    people = [
        {**one, "emails": [{"value": f"{one['firstName'].lower()}.{run}@example.com"}]}
        for one in (ANA, *OTHERS)
    ]
    return Account(
        label=_label("Follow Up Boss v1"),
        token=token,
        people=_people([_made(token, base_url, one) for one in people]),
        settings={"base_url": base_url},
        secrets=(token,),
    )


def _people(people):
    return {
        one["firstName"]: {"id": str(one["id"]), "email": one["emails"][0]["value"]}
        for one in people
    }


def _label(what):
    return f"Recorded from {what} on {datetime.now(UTC).date()}."


def _made(token, base_url, person):
    request = Request(
        f"{base_url}/v1/people",
        data=json.dumps(person).encode(),
        headers={
            "Authorization": f"Basic {b64encode(f'{token}:'.encode()).decode()}",
            "Content-Type": "application/json",
        },
    )
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)
