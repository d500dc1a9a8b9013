"""
The command ``crmkit forget``.
"""

from __future__ import annotations

import click

from crmkit_cli._exits import DONE, RETRY
from crmkit_cli._options import Chosen, common, examples
from crmkit_cli._output import emit, note, say
from crmkit_cli._setup import setup


@click.command(
    "forget",
    epilog=examples(
        "crmkit forget 501 --provider hubspot", "crmkit forget 501 --user u-1 --json"
    ),
)
@click.argument("client_id", metavar="ID")
@common
def command(chosen: Chosen, client_id: str) -> None:
    """
    Erase a client: delete all activities with it that are not in the CRM.

    They are never sent. Of every user, or of that of --user. Says what it cannot erase,
    such as what the CRM keeps. Exits with 4 while an activity is on its way to the CRM, or
    others read the store, whose files hold a copy until then: run it once more.
    """
    ready = setup(chosen)
    ready.need_provider()
    with ready.connect() as crm:
        erasure = crm.forget(client_id, chosen.user)
    code = DONE if erasure else RETRY
    if chosen.as_json:
        emit({**erasure.as_dict(), "exit_code": code})
    else:
        say(f"erased: {erasure.erased} from the outbox")
        if erasure.sending:
            note(f"{erasure.sending} on the way to the CRM now; run this once more then")
        if not erasure.overwritten:
            note("others read the store, and its files hold a copy; run this once more")
        for place in erasure.left:
            note(f"not erased: {place}")
    raise click.exceptions.Exit(code)
