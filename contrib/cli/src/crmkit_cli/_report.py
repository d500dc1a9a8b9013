"""
What became of activities, for people and for programs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_cli._output import complain, one_line, say, told
from crmkit_cli._table import table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmkit import SyncOutcome, SyncReport

_NEXT = {
    "pending": "in the outbox; crmkit outbox flush sends it",
    "uncertain": "it may be in the CRM; crmkit outbox flush looks",
    "dead": "it will not be sent",
}


def show(report: SyncReport, places: Sequence[str] = ()) -> None:
    """
    Print how many became what, then each that is not in the CRM, with the reason.

    *places* tell where each came from.
    """
    if report.dry_run:
        _show_plan(report.requests)
    else:
        counts = [f"{n} {status}" for status, n in report.counts.items() if n]
        nothing = "nothing was sent" if report.unsent else "nothing to send"
        say(", ".join(counts) or nothing)
    rows = [
        [*places[number : number + 1], outcome.status, outcome.activity_id, _why(outcome)]
        for number, outcome in enumerate(report)
        if outcome.status == "dead" or not (outcome or report.dry_run)
    ]
    for line in table(rows):
        say(line)
    for reason in report.unsent:
        complain(reason)


def document(report: SyncReport, code: int) -> dict[str, Any]:
    """
    Return a report as JSON values, with the exit code.
    """
    return {**report.as_dict(), "exit_code": code}


def _show_plan(requests: Sequence[Mapping[str, Any]]) -> None:
    for request in requests:
        kind = f" as {request['kind']}" if request["kind"] else ""
        user = f" for user {one_line(request['user_id'])}" if request["user_id"] else ""
        say(f"would send {request['count']} to {request['provider']}{kind}{user}")
    if not requests:
        say("would send nothing")


def _why(outcome: SyncOutcome) -> str:
    if outcome.user_decides:
        reason = told(outcome.error) if outcome.error else "it may be in the CRM"
        return f"{reason}; only you can tell: see crmkit outbox --help"
    return told(outcome.error) if outcome.error else _NEXT[outcome.status]
