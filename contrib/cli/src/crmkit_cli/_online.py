"""
The demo's second half: a CRM over HTTP, taken away in mid-batch and brought back.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from crmkit import ActivityRecord, CRMConnector, stable_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from crmkit_cli._stage import Stage
    from crmkit_simulator import Simulator

_ADDRESS = "hana@ito.example"
_HANA = {
    "firstname": "Hana",
    "lastname": "Ito",
    "email": _ADDRESS,
    "company": "Thanks Inc.",
    "budget": "450000",
    "communication_style": "formal",
}
_OTHERS = 24
_VIEWS, _CALLS = 150, 100


@contextmanager
def hubspot(folder: Path) -> Iterator[tuple[Simulator, CRMConnector]]:
    """
    Serve a HubSpot on loopback, and connect to it with an outbox in this folder.
    """
    from crmkit_simulator import Simulator

    with (
        Simulator("hubspot", contacts=[_HANA]) as simulator,
        CRMConnector(
            **simulator.config,
            auto_sync=True,
            cache_ttl=300,
            cache_size=1000,
            max_retries=0,  # the demo knows that it has taken the CRM away, so why wait?
            transformers={"style": {}},
            store=f"sqlite:///{(folder / 'outbox.db').as_posix()}",
        ) as crm,
    ):
        simulator.add_contacts(_OTHERS)
        yield simulator, crm


def letter(stage: Stage, crm: CRMConnector, template: str) -> None:
    """
    Find a client by e-mail address, and write the letter of the first half to her.
    """
    stage.title("6  The same over HTTP: HubSpot, simulated on this machine")
    client = crm.find_client(email=_ADDRESS)
    stage.check(f"{_ADDRESS} is found", holds=client is not None)
    if client is None:
        return
    style = str(client.preferences.get("communicationStyle"))
    stage.line(f"Found by {_ADDRESS}: {client.name}, HubSpot's {client.id}, {style}.")
    stage.line()
    content = crm.personalize_content(template, client).content
    stage.paragraphs(content)
    stage.line()
    stage.claim(
        "The letter is the same file: Budget finds HubSpot's property budget.",
        holds=content.startswith("Hello Hana,\n\nThank you for telling us about Thanks")
        and "a budget of $450000." in content,
    )


def outage(
    stage: Stage, simulator: Simulator, crm: CRMConnector
) -> Sequence[ActivityRecord]:
    """
    Sync while HubSpot goes away in the middle; return what was to be synced.
    """
    stage.title("7  Taken away in mid-batch: HubSpot does the work, then the line is cut")
    clients = [str(contact["id"]) for contact in simulator.contacts()]
    batch = [
        ActivityRecord(
            type="property_view" if number < _VIEWS else "call",
            client_id=clients[number % len(clients)],
            description=f"Visit number {number:03}",
            id=stable_id("demo visit", number),
        )
        for number in range(_VIEWS + _CALLS)
    ]
    lost = simulator.fault("reset_after", path="notes/batch/create", after=1)
    report = crm.batch_sync_activities(batch)
    simulator.stop()
    stage.report("250 in batches of 100", report, synced=100, uncertain=50, pending=100)
    reasons = {str(one.error) for one in report if one.status == "uncertain"}
    stage.check("the connection was cut once", holds=lost.struck == len(reasons) == 1)
    held = len(simulator.activities())
    stage.line()
    stage.text(
        f"The reason: {', '.join(reasons)}. HubSpot holds {held} by now: the answer for "
        "50 of them never came. crmkit cannot know, says so, and does not send them again."
    )
    stage.check("HubSpot did the work of the lost answer", holds=held == _VIEWS)
    stage.line()
    crm.flush_pending()
    waiting = crm.outbox.check().counts
    told = f"{waiting.get('uncertain')} uncertain, {waiting.get('pending')} pending"
    stage.claim(
        f"flush while it is away: {told} still; nothing is lost",
        holds=told == "50 uncertain, 100 pending",
    )
    return batch


def recovery(
    stage: Stage,
    simulator: Simulator,
    crm: CRMConnector,
    batch: Sequence[ActivityRecord],
) -> None:
    """
    Bring HubSpot back, flush, and let it count.
    """
    stage.title("8  HubSpot is back: flush looks for what is uncertain, and sends the rest")
    before = len(simulator.requests)
    simulator.start()
    report = crm.flush_pending()
    stage.report("crmkit outbox flush", report, synced=150)
    since = [call.path for call in simulator.requests[before:]]
    wrote = sum(path.endswith("/batch/create") for path in since)
    stage.check("what is uncertain is looked for", holds=len(since) > wrote)
    stage.claim(
        f"The 50 were found, so not sent again; the others took {wrote} request.",
        holds=wrote == 1,
    )
    stage.check("nothing waits", holds=not crm.outbox.list())
    held = simulator.activities()
    texts = [str(one["properties"]) for one in held]
    once = [one for one in batch if sum(one.description in text for text in texts) == 1]
    stage.claim(
        f"HubSpot counts {len(held)} activities; {len(once)} are there exactly once.",
        holds=len(held) == len(once) == len(batch),
    )
