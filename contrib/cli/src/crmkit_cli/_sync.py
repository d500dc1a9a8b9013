"""
The command ``crmkit sync``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit_cli import _report
from crmkit_cli._exits import USAGE, worst
from crmkit_cli._input import read
from crmkit_cli._interrupt import reassuring
from crmkit_cli._lines import Parsed, parse
from crmkit_cli._options import Chosen, common, dry_run, examples
from crmkit_cli._output import complain, emit, note
from crmkit_cli._progress import Meter
from crmkit_cli._setup import setup

if TYPE_CHECKING:
    from crmkit import SyncReport


@click.command(
    "sync",
    epilog=examples(
        "crmkit sync activities.jsonl",
        "crmkit sync - --provider addressbook --set path=clients.csv < activities.jsonl",
        "crmkit sync activities.jsonl --dry-run",
        """echo '{"type": "call", "client_id": "7", "id": "call-1"}' | crmkit sync -""",
    ),
)
@click.argument("file")
@dry_run
@common
def command(chosen: Chosen, file: str, *, dry_run: bool) -> None:
    """
    Write activities to the CRM: FILE has one JSON object on each line, - is standard input.

    An activity has a type, such as note, call, meeting, task or email_sent, and may have
    client_id, description, timestamp (with its UTC offset), metadata, id, user_id and
    provider; camelCase will do. What the CRM does not take now waits in the outbox.
    Running the same file again sends nothing twice, if its lines have ids or timestamps.
    """
    ready = setup(chosen)
    ready.need_provider()
    parsed = parse(read(file), (ready.default or "", chosen.user or ""))
    meter = Meter("sync", len(parsed.activities))
    ids = {activity.id for activity in parsed.activities.values() if not dry_run}
    with ready.connect(meter) as crm, reassuring(crm, chosen, ids), meter:
        report = crm.batch_sync_activities(
            parsed.activities.values(),
            chosen.user,
            provider=chosen.provider,
            dry_run=dry_run,
        )
    code = worst([report.exit_code, *(USAGE for _ in parsed.errors)])
    for number, problem in parsed.errors.items():
        complain(f"line {number}: {problem}")
    if chosen.as_json:
        emit(_document(parsed, report, code))
    else:
        _report.show(report, [f"line {number}" for number in parsed.activities])
        if report.counts["pending"] and not dry_run:
            note("What is pending waits in the outbox; crmkit outbox flush sends it.")
    if parsed.unnamed and not dry_run and not all(report):
        note(
            f"Lines with neither id nor timestamp ({len(parsed.unnamed)}) are other "
            "activities each time they are read; what waits is safe in the outbox."
        )
    raise click.exceptions.Exit(code)


def _document(parsed: Parsed, report: SyncReport, code: int) -> dict[str, Any]:
    document = _report.document(report, code)
    for outcome, number in zip(document["outcomes"], parsed.activities, strict=True):
        outcome["line"] = number
    problems = [{"line": line, "error": told} for line, told in parsed.errors.items()]
    return {**document, "unreadable": problems}
