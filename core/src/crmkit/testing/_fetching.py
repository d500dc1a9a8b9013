"""
Rules of crmkit_fetch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import ClientData, ClientNotFoundError
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from crmkit.testing._subject import Subject


class Fetching:
    """
    What a provider that fetches clients holds to.
    """

    @rule
    def test_f01_by_id(self, subject: Subject) -> None:
        """
        A client comes back under the id that was asked for.
        """
        subject.about("crmkit_fetch")
        client = subject.add()
        found = subject.connect().get_client_data(client.id)
        if found.id != client.id:
            subject.broken(f"gives {found.id!r} for {client.id!r}")

    @rule
    def test_f02_absent(self, subject: Subject) -> None:
        """
        An id that the CRM does not have is a client not found, and costs no other client.
        """
        subject.about("crmkit_fetch")
        client = subject.add()
        found = subject.connect().get_clients_data([client.id, "99999999"])
        if not isinstance(found[client.id], ClientData):
            subject.broken("loses the client that is there", cause=_error(found[client.id]))
        if not isinstance(found["99999999"], ClientNotFoundError):
            subject.broken(
                "does not say that it is absent", cause=_error(found["99999999"])
            )


def _error(found: object) -> BaseException | None:
    return found if isinstance(found, BaseException) else None
