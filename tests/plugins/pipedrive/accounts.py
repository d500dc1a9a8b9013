"""
The companies that cassettes are recorded from: simulated ones, or a real one.
"""

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from urllib.parse import quote
from urllib.request import Request, urlopen
from uuid import uuid4

from tests.plugins.pipedrive.cassettes import HOST

LIVE = "RECORD_PIPEDRIVE_TOKEN"
PHONE = "+351 555 0107"
NAMES = ("Ana Núñez", "Bo", "Chi")


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
    Return a simulated company.
    """
    hub = crm_simulator("pipedrive", search_lag=0, contacts=[person(n) for n in NAMES])
    simulator = f"crmkit-simulator {version('crmkit-simulator')} (Pipedrive)"
    made = (one["properties"] for one in hub.contacts())
    return Account(
        label=_label(simulator),
        token=hub.token,
        people=_people(made),
        settings={"base_url": hub.base_url},
        secrets=(hub.token,),
    )


def live_account(token, base_url=HOST):
    """
    Return a real company, with persons made anew, once the search knows them.
    """
    run = uuid4().hex[:8]
    made = [_ask(token, base_url, "", person(name, f".{run}"))["data"] for name in NAMES]
    address = quote(made[-1]["emails"][0]["value"])
    query = f"/search?term={address}&fields=email&exact_match=true"
    while not _ask(token, base_url, query)["data"]["items"]:
        time.sleep(1)  # Pipedrive tells nobody when its index has caught up
    return Account(
        label=_label("Pipedrive"),
        token=token,
        people=_people(made),
        settings={"base_url": base_url},
        secrets=(token,),
    )


def person(name, run=""):
    """
    Return a person to make.
    """
    address = f"{name.partition(' ')[0].lower()}{run}@example.com"
    points = [{"value": PHONE, "primary": True}] if name == NAMES[0] else []
    return {"name": name, "emails": [{"value": address, "primary": True}], "phones": points}


def _people(made):
    return {
        one["name"].partition(" ")[0]: {
            "id": str(one["id"]),
            "email": one["emails"][0]["value"],
        }
        for one in made
    }


def _label(what):
    return f"Recorded from {what} on {datetime.now(UTC).date()}."


def _ask(token, base_url, rest, body=None):
    request = Request(
        f"{base_url}/api/v2/persons{rest}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"x-api-token": token, "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)
