"""
Which rows of the outbox a command is about, and how they look.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from crmkit_cli._output import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmkit import CRMConnector
    from crmkit.stores import Row
    from crmkit_cli._options import Chosen

HEADER = ("id", "provider", "user", "client", "state", "waits", "tries", "reason")
_ALL = 10_000_000
_UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


class Selection(NamedTuple):
    """
    The rows that somebody named, and the ids for which there is none.
    """

    rows: Sequence[Row]
    missing: Sequence[str]


def waiting(crm: CRMConnector, chosen: Chosen, state: str | None = None) -> list[Row]:
    """
    Return what is not synced: of the provider and the user that were chosen, else all.
    """
    return [
        row
        for row in crm.outbox.list(state, limit=_ALL)
        if chosen.provider in {None, row.provider} and chosen.user in {None, row.user_id}
    ]


def select(
    crm: CRMConnector, chosen: Chosen, ids: Sequence[str], state: str | None
) -> Selection:
    """
    Return the rows with these ids, or all of a state.

    Raises UsageError for an id that two users have.
    """
    rows = waiting(crm, chosen, state)
    if state is not None:
        return Selection(rows, ())
    found: dict[str, Row] = {}
    for row in rows:
        if row.activity_id in ids and found.setdefault(row.activity_id, row) is not row:
            msg = f"several users have an activity {row.activity_id!r}; add --user ID"
            raise click.UsageError(msg)
    return Selection([*found.values()], [id_ for id_ in ids if id_ not in found])


def looked_for(crm: CRMConnector, chosen: Chosen) -> list[Row]:
    """
    Return the uncertain rows that a flush looks for; about the others only you decide.
    """
    rows = waiting(crm, chosen, "uncertain")
    outcomes = [crm.outcome_of(row.activity_id, row.user_id) for row in rows]
    return [
        row
        for row, outcome in zip(rows, outcomes, strict=True)
        if outcome is not None and not outcome.user_decides
    ]


def document(row: Row) -> dict[str, Any]:
    """
    Return a row as JSON values, without what the activity says.
    """
    names = ("activity_id", "provider", "user_id", "client_id", "kind", "state", "attempts")
    return {
        **{name: getattr(row, name) for name in names},
        "stored_at": datetime.fromtimestamp(row.stored_at, UTC),
        "due_at": datetime.fromtimestamp(max(row.due_at, row.stored_at), UTC),
        "error": row.error and {"type": row.error_type, "message": row.error},
    }


def cells(row: Row, now: float) -> tuple[str, ...]:
    """
    Return a row as texts for people, in the columns of HEADER.
    """
    texts = (
        row.activity_id,
        row.provider,
        row.user_id,
        row.client_id or "",
        row.state,
        duration(now - row.stored_at),
        str(row.attempts),
        row.error or "",
    )
    return tuple(map(one_line, texts))


def duration(seconds: float) -> str:
    """
    Return a duration in the largest unit of which there is at least one.
    """
    for name, size in _UNITS:
        if seconds >= size:
            return f"{seconds / size:.0f} {name}"
    return "0 s"
