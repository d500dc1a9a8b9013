"""
What happened with a client, from all lists that the file names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit import ClientInteraction, stable_id
from crmkit.codec import to_json
from crmkit.kinds import direction
from crmkit.reading import newest_first
from crmkit.texts import to_text
from crmkit.writing import unmarked
from crmkit_rest._api import records
from crmkit_rest._mapping import moment

if TYPE_CHECKING:
    from crmkit import Session
    from crmkit_rest._requests import History
    from crmkit_rest._schema import CRM


def history(session: Session, crm: CRM, client_id: str) -> list[ClientInteraction]:
    """
    Return what happened with a client, from all lists that the file names, newest first.
    """
    return newest_first(
        to_interaction(record, crm, name, how)
        for name, how in crm.history.items()
        for record in records(session, crm, how, {"id": client_id})
    )


def to_interaction(record: Any, crm: CRM, name: str, how: History) -> ClientInteraction:
    """
    Return what a record of a history tells; one without an id is known by its content.
    """
    text = how.text.text_of(record) or to_text(how.html.text_of(record) or "")
    kind = how.type.text_of(record)
    told = {key: at.of(record) for key, at in how.metadata.items()}
    return ClientInteraction(
        id=how.id.text_of(record) or stable_id(to_json(record)),
        type=how.types.get(kind, kind) if kind else name,
        description=unmarked(text),
        timestamp=moment(how.timestamp.of(record), crm.times),
        direction=direction({"direction": how.direction.of(record)}),
        metadata={key: value for key, value in told.items() if value is not None},
    )
