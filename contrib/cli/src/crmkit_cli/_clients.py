"""
The clients that a command is about: by their ids, or one by e-mail address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmkit import ClientData, ClientNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmkit import CRMConnector

Found = ClientData | Exception


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
