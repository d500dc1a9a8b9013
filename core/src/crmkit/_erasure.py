"""
Erasing a client from all that crmkit keeps, and saying what it cannot erase.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from crmkit._values import items

if TYPE_CHECKING:
    from crmkit._cache import Cache
    from crmkit._outbox import Outbox

_LEFT = (
    "what the CRM itself keeps",
    "backups and copies of the store",
    "results and texts that a program, a log or a file of yours still holds",
)


@frozen(kw_only=True)
class Erasure:
    """
    What was erased of one client: its activities in the outbox (*erased*) and the cache.

    *sending* are activities on their way to the CRM at that moment: erase once more when
    they are there; do so, too, when *overwritten* is false: others read the store, and its
    files hold a copy still. *left* says where else the client may be. True when crmkit
    keeps nothing of the client any more.
    """

    client_id: str
    provider: str
    erased: int
    sending: int = 0
    overwritten: bool = True
    left: tuple[str, ...] = field(default=(), converter=items)

    def __bool__(self) -> bool:
        return self.sending == 0 and self.overwritten

    def as_dict(self) -> dict[str, Any]:
        """
        Return it as JSON values.
        """
        return {
            "client_id": self.client_id,
            "provider": self.provider,
            "erased": self.erased,
            "sending": self.sending,
            "overwritten": self.overwritten,
            "left": list(self.left),
        }


def erase(
    client_id: str, *, provider: str, user_id: str | None, cache: Cache, outbox: Outbox
) -> Erasure:
    """
    Erase a client of one provider from cache and outbox: for one user, or None for all.
    """
    cache.forget(provider, [client_id])
    gone = outbox.store.forget(client_id, provider=provider, user_id=user_id)
    return Erasure(
        client_id=client_id,
        provider=provider,
        erased=gone.erased,
        sending=gone.sending,
        overwritten=gone.overwritten,
        left=_LEFT,
    )
