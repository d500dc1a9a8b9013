"""
The clients that a command is about, by ids or an e-mail address, and what ails them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmkit import ClientData, ClientNotFoundError
from crmkit_cli import _output

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmkit import CRMConnector

Found = ClientData | Exception
_SHOWN = 5


def check(ids: Sequence[str], email: str | None, name: str) -> None:
    """
    Refuse to go on unless the user named clients in one way; *name* is how ids are given.
    """
    if bool(ids) == (email is not None):
        msg = f"give {name}, or --email ADDRESS"
        raise click.UsageError(msg)


def find(
    crm: CRMConnector,
    ids: Sequence[str],
    email: str | None,
    user: str | None,
    include: Sequence[str] = (),
) -> Mapping[str, Found]:
    """
    Return the client, or the error, for each id; or the one with the address.

    Raises ClientNotFoundError or AmbiguousClientError for an address.
    """
    if email is None:
        return crm.get_clients_data(ids, user, include=include)
    client = crm.find_client(email=email, user_id=user, include=include)
    if client is None:
        msg = "no client has this e-mail address"
        raise ClientNotFoundError(msg)
    return {client.id: client}


def complain(found: Mapping[str, object]) -> None:
    """
    Print the errors for some ids as one line each, saying whose unless it is everybody's.
    """
    whose: dict[str, list[str]] = {}
    for client_id, error in found.items():
        if isinstance(error, Exception):
            whose.setdefault(_output.told(error), []).append(client_id)
    for text, ids in whose.items():
        says_it = len(ids) == len(found) or (len(ids) == 1 and repr(ids[0]) in text)
        _output.complain(text if says_it else f"{_named(ids)}: {text}")


def _named(ids: Sequence[str]) -> str:
    shown = ", ".join(map(repr, ids[:_SHOWN]))
    more = f" and {len(ids) - _SHOWN:,} more" if len(ids) > _SHOWN else ""
    return f"client{'s' * (len(ids) > 1)} {shown}{more}"
