"""
What somebody who stops the program is told about what it was to send.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from crmkit import OutboxError
from crmkit_cli._output import note
from crmkit_cli._rows import waiting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from crmkit import CRMConnector
    from crmkit_cli._options import Chosen


@contextmanager
def reassuring(
    crm: CRMConnector, chosen: Chosen, ids: Collection[str] | None = None
) -> Iterator[None]:
    """
    Say, when this is interrupted, that activities are safe, if any waits in the outbox.

    *ids* are those that this run is about, None for all.
    """
    try:
        yield
    except KeyboardInterrupt:
        with suppress(OutboxError):
            left = {row.activity_id for row in waiting(crm, chosen) if row.state != "dead"}
            if left if ids is None else left.intersection(ids):
                note(
                    "Interrupted: what was read is safe in the outbox; crmkit outbox "
                    "flush sends it."
                )
        raise
