"""
The commands ``crmkit outbox``: list, check, flush, retry, drop.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from crmkit_cli import _report, _rows
from crmkit_cli._exits import DONE, FINAL, RETRY, worst
from crmkit_cli._interrupt import reassuring
from crmkit_cli._options import Chosen, common, dry_run, examples
from crmkit_cli._output import complain, emit, note, say
from crmkit_cli._progress import Meter
from crmkit_cli._setup import setup
from crmkit_cli._table import table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmkit import CRMConnector

_SHOWN = 1000
_MENDED = ("pending", "uncertain", "dead")


@click.group("outbox")
def command() -> None:
    """
    See and mend what waits to be sent to the CRM.

    An activity waits as pending (sent by flush), sending (by another process, now),
    uncertain (it may be in the CRM) or dead (refused). Each command looks at all providers
    and users, or at those of --provider and --user.
    """


@command.command(
    "list",
    epilog=examples(
        "crmkit outbox list",
        "crmkit outbox list --state dead --json | jq -r .activity_id",
    ),
)
@click.option(
    "--state",
    type=click.Choice(("pending", "sending", "uncertain", "dead")),
    help="Only these.",
)
@common
def list_(chosen: Chosen, *, state: str | None) -> None:
    """
    Show what is not in the CRM, the oldest first.

    With --json one line for each.
    """
    with setup(chosen).connect() as crm:
        rows = _rows.waiting(crm, chosen, state)
        now = crm.outbox.now()
    if chosen.as_json:
        for row in rows:
            emit(_rows.document(row))
        return
    shown = [_rows.cells(row, now) for row in rows[:_SHOWN]]
    for line in table([_rows.HEADER, *shown]) if shown else ["nothing waits"]:
        say(line)
    if len(rows) > len(shown):
        note(f"and {len(rows) - len(shown):,} more; --json shows all")


@command.command("check", epilog=examples("crmkit outbox check --max-age 3600"))
@click.option(
    "--max-age", type=float, metavar="SECONDS", help="The longest that one may wait."
)
@common
def check(chosen: Chosen, *, max_age: float | None) -> None:
    """
    Count what waits, for monitoring.

    Exits with 3 when something is dead, or uncertain where only you can tell, so that
    somebody should look. Exits with 4 when a flush has something to do: it looks for what
    else is uncertain, and sends what waits for longer than --max-age; what is being sent
    for longer counts too, since its process may hang.
    """
    with setup(chosen).connect() as crm:
        rows = _rows.waiting(crm, chosen)
        sought = len(_rows.looked_for(crm, chosen))
        now = crm.outbox.now()
    counts = Counter(row.state for row in rows)
    yours = counts["uncertain"] - sought
    unsent = [row for row in rows if row.state in {"pending", "sending"}]
    # What was stored in the future has the wrong time, and somebody should know.
    oldest = max((abs(now - row.stored_at) for row in unsent), default=0.0)
    late = max_age is not None and oldest > max_age
    code = worst([FINAL] * bool(counts["dead"] + yours) + [RETRY] * bool(sought or late))
    if chosen.as_json:
        told = {"counts": counts, "user_decides": yours, "oldest_s": round(oldest, 3)}
        emit({**told, "exit_code": code})
    elif rows:
        states = ", ".join(f"{number} {state}" for state, number in counts.items())
        only = f" (for you to decide: {yours})" if yours else ""
        age = f"; the oldest unsent one for {_rows.duration(oldest)}" if oldest else ""
        say(f"waiting: {states}{only}{age}")
    else:
        say("nothing waits")
    raise click.exceptions.Exit(code)


@command.command(
    "flush",
    epilog=examples(
        "crmkit outbox flush",
        "crmkit outbox flush --provider hubspot --daily-share 0.8 --deadline 300",
    ),
)
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="At most so many activities."
)
@click.option(
    "--deadline",
    type=float,
    metavar="SECONDS",
    help="End after so long; what is under way then is looked for later.",
)
@click.option(
    "--daily-share",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="SHARE",
    help="Stop when this share of an account's requests of a day is used, such as 0.8.",
)
@dry_run
@common
def flush(chosen: Chosen, /, *, dry_run: bool, **bounds: Any) -> None:
    """
    Send what is due, and look in the CRM for what is uncertain, where that can be told.
    """
    meter = Meter("flush")
    with setup(chosen).connect(meter) as crm, reassuring(crm, chosen), meter:
        meter.total = len(_rows.waiting(crm, chosen, "pending"))
        report = crm.flush_pending(
            chosen.user, provider=chosen.provider, dry_run=dry_run, **bounds
        )
        told = {outcome.activity_id for outcome in report}
        later = [
            row
            for row in _rows.waiting(crm, chosen, "pending")
            if row.activity_id not in told
        ]
        sought = [
            row
            for row in (_rows.looked_for(crm, chosen) if dry_run else ())
            if row.due_at <= crm.outbox.now()
        ]
    code = worst([report.exit_code, RETRY if later and not dry_run else DONE])
    if chosen.as_json:
        look = {"would_look_for": len(sought)} if dry_run else {}
        emit({**_report.document(report, code), "later": len(later), **look})
    else:
        _report.show(report)
        for provider, count in Counter(row.provider for row in sought).items():
            say(f"would look for {count} in {provider}")
        if later:
            note(f"{len(later):,} are not due yet, or left for the next flush")
    raise click.exceptions.Exit(code)


_state = click.option("--state", type=click.Choice(_MENDED), help="All of this state.")


@command.command(
    "retry",
    epilog=examples(
        "crmkit outbox retry 4f1c...",
        "crmkit outbox retry --state dead --dry-run",
    ),
)
@click.argument("ids", metavar="[ID]...", nargs=-1)
@_state
@dry_run
@common
def retry(chosen: Chosen, ids: Sequence[str], *, state: str | None, dry_run: bool) -> None:
    """
    Have the next flush send activities that are dead, uncertain, or not due yet.

    What is uncertain may be in the CRM: look there first.
    """
    mend = _Mending("retried", lambda crm: crm.outbox.retry)
    _mend(chosen, mend, _named(ids, state), state, dry_run=dry_run)


@command.command(
    "drop",
    epilog=examples(
        "crmkit outbox drop 4f1c...", "crmkit outbox drop --state dead --dry-run"
    ),
)
@click.argument("ids", metavar="[ID]...", nargs=-1)
@_state
@dry_run
@common
def drop(chosen: Chosen, ids: Sequence[str], *, state: str | None, dry_run: bool) -> None:
    """
    Delete activities that are not to be sent.
    """
    mend = _Mending("dropped", lambda crm: crm.outbox.drop)
    _mend(chosen, mend, _named(ids, state), state, dry_run=dry_run)


class _Mending(NamedTuple):
    done: str
    method: Callable[[CRMConnector], Callable[..., int]]


def _named(ids: Sequence[str], state: str | None) -> Sequence[str]:
    if bool(ids) == (state is not None):
        msg = "give the ids of activities, or --state"
        raise click.UsageError(msg)
    return tuple(dict.fromkeys(ids))


def _mend(
    chosen: Chosen,
    mend: _Mending,
    ids: Sequence[str],
    state: str | None,
    *,
    dry_run: bool,
) -> None:
    with setup(chosen).connect() as crm:
        selected = _rows.select(crm, chosen, ids, state)
        fit = [row for row in selected.rows if row.state in _MENDED]
        by_user: dict[str, list[str]] = {}
        for row in fit:
            by_user.setdefault(row.user_id, []).append(row.activity_id)
        count = len(fit)
        if not dry_run:
            change = mend.method(crm)
            count = sum(change(*mine, user_id=user) for user, mine in by_user.items())
    unfit = {row.activity_id: f"is {row.state}" for row in selected.rows if row not in fit}
    problems = {**dict.fromkeys(selected.missing, "is not in the outbox"), **unfit}
    for activity_id, problem in problems.items():
        complain(f"the activity {activity_id!r} {problem}")
    if chosen.as_json:
        emit({mend.done: count, "not_" + mend.done: problems, "dry_run": dry_run})
    else:
        say(f"{'would be ' * dry_run}{mend.done}: {count}")
    raise click.exceptions.Exit(FINAL if problems else DONE)
