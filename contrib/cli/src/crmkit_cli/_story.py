"""
The demo's first half: fetch, personalize, sync, an outage of a file, and after it.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from crmkit import (
    ActivityRecord,
    AddressMissingError,
    AmbiguousClientError,
    ConsentRefused,
    PersonalizedContent,
    stable_id,
)
from crmkit_cli import _rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from crmkit import ClientData, CRMConnector, CrmkitError
    from crmkit_cli._stage import Stage

    Made = Mapping[str, PersonalizedContent | CrmkitError]

CLIENTS, JOURNAL = "clients.csv", "clients.activities.csv"
_TWELVE = [str(number) for number in range(1, 13)]
_SHARED, _SHARING = "family@miller.example", ("8", "9")
_FORMAL, _CASUAL = "1", "2"
_VIEWERS = ("1", "2", "3", "4", "5")


def fetch(stage: Stage, crm: CRMConnector) -> Sequence[ClientData]:
    """
    Show all clients of the file, and a search that finds two.
    """
    stage.title("1  Fetch: twelve awkward clients, as a spreadsheet exports them")
    clients = list(crm.iter_clients())
    rows = [
        (
            client.id,
            client.name,
            client.email or "-",
            str(client.preferences.get("communicationStyle", "-")),
            client.language or "-",
            client.custom_fields["Company"] or "-",
        )
        for client in clients
    ]
    header = ("id", "name", "e-mail", "style", "lang", "company")
    stage.table([header, *rows], (2, 16, 21, 6, 5, 16))
    stage.check("all twelve came", holds=[c.id for c in clients] == _TWELVE)
    stage.line()
    try:
        crm.find_client(email=_SHARED)
    except AmbiguousClientError as error:
        found = error.client_ids
    else:
        found = ()
    stage.claim(
        f"Two share {_SHARED}; asked for it, crmkit names {' and '.join(found)}.",
        holds=found == _SHARING,
    )
    return clients


def personalize(
    stage: Stage, crm: CRMConnector, clients: Sequence[ClientData], template: str
) -> Sequence[PersonalizedContent]:
    """
    Show one template for a formal and a casual client, and what becomes of the awkward.
    """
    stage.title("2  Personalize: one template, two tastes")
    for line in template.splitlines():
        stage.text(line)
    stage.line()
    made = _made(crm, clients, template)
    formal, casual = (_content(made[name]) for name in (_FORMAL, _CASUAL))
    stage.pair(f"[ {_FORMAL}: formal ]\n{formal}", f"[ {_CASUAL}: casual ]\n{casual}")
    stage.line()
    stage.claim(
        "Style changes the author's words; Hey Thanks of Thanks Inc. keeps that name.",
        holds=formal.startswith("Hello Hey,\n\nThank you for telling us about Thanks Inc.")
        and casual.startswith("hey Zoë,\n\nthanks for"),
    )
    html = _made(crm, clients, template, content_type="email_html")
    _awkward(stage, made, _content(html["11"]))
    return [
        content for content in made.values() if isinstance(content, PersonalizedContent)
    ]


def _made(
    crm: CRMConnector,
    clients: Sequence[ClientData],
    template: str,
    content_type: str = "email",
) -> Made:
    contents = crm.personalize_many(template, clients, content_type=content_type)
    return {client.id: content for client, content in zip(clients, contents, strict=True)}


def _content(made: PersonalizedContent | CrmkitError) -> str:
    return made.content if isinstance(made, PersonalizedContent) else str(made)


def _awkward(stage: Stage, made: Made, html: str) -> None:
    escaped = "&lt;b&gt;Bold&lt;/b&gt; &amp; Sons"
    cases = [
        (name, what, told, told in _content(made[name]))
        for name, what, told in (
            ("6", "no first name", "hey there,"),
            ("12", "an odd name", "hey {{email}},"),
            ("2", "a budget of 0", "a budget of $0."),
        )
    ]
    cases.append(("11", "HTML in a name", f"{escaped} in an HTML mail", escaped in html))
    for name, what, kind in (
        ("7", "no address", AddressMissingError),
        ("10", "opted out", ConsentRefused),
    ):
        cases.append((name, what, _content(made[name]), isinstance(made[name], kind)))
    stage.line()
    stage.table([(name, what, shown) for name, what, shown, _ in cases])
    for _, what, shown, holds in cases:
        stage.check(f"{what}: {shown}", holds=holds)


def sync(
    stage: Stage, crm: CRMConnector, messages: Sequence[PersonalizedContent], folder: Path
) -> Sequence[str]:
    """
    Write a batch, and write it again; return the ids that are in the file now.
    """
    stage.title(f"3  Sync: what was sent goes back, here to {JOURNAL}")
    batch = [
        message.activity("email_sent", id=stable_id("demo letter", message.client_id))
        for message in messages
    ]
    ids = [activity.id for activity in batch]
    stage.report("a batch", crm.batch_sync_activities(batch), synced=len(batch))
    again = crm.batch_sync_activities(batch)
    stage.report("the same batch, as after a crash", again, synced=len(batch))
    stage.claim(
        f"The file has {len(batch)} rows still: a known id is not sent again.",
        holds=_ids(folder) == ids,
    )
    return ids


def outage(stage: Stage, crm: CRMConnector, folder: Path) -> Sequence[str]:
    """
    Sync while a folder stands where the file was, and show what waits; return its ids.
    """
    stage.title(f"4  An outage: a folder stands where {JOURNAL} was")
    (folder / JOURNAL).rename(folder / "aside.csv")
    (folder / JOURNAL).mkdir()  # not even an administrator can write rows into a folder
    batch = [
        ActivityRecord(
            type="property_view", client_id=viewer, id=stable_id("demo view", viewer)
        )
        for viewer in _VIEWERS
    ]
    report = crm.batch_sync_activities(batch)
    stage.report("another batch", report, pending=len(batch))
    waiting = crm.outbox.list()
    now = crm.outbox.now()
    stage.line()
    table = [_rows.HEADER, *(_rows.cells(row, now) for row in waiting)]
    stage.table([(row[0], row[1], *row[3:7]) for row in table], (10,))
    stage.line()
    stage.text(f"The reason: {str(report[0].error).replace(str(folder), '.')}")
    ids = [activity.id for activity in batch]
    stage.check(
        "what could not be sent waits", holds=[r.activity_id for r in waiting] == ids
    )
    return ids


def recovery(
    stage: Stage, crm: CRMConnector, folder: Path, sent: Sequence[str], late: Sequence[str]
) -> None:
    """
    Put the file back, flush, and count what is in it.
    """
    stage.title("5  The file is back: flush")
    (folder / JOURNAL).rmdir()
    (folder / "aside.csv").rename(folder / JOURNAL)
    stage.report("crmkit outbox flush", crm.flush_pending(), synced=len(late))
    stage.check("the outbox is empty", holds=not crm.outbox.list())
    ids = _ids(folder)
    stage.claim(
        f"{JOURNAL}: {len(ids)} rows, {len(set(ids))} ids; everything is there once.",
        holds=sorted(ids) == sorted([*sent, *late]),
    )


def _ids(folder: Path) -> list[str]:
    with (folder / JOURNAL).open(encoding="utf-8-sig", newline="") as file:
        return [row["id"] for row in csv.DictReader(file)]
