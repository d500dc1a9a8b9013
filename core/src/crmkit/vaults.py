"""
What a store must do to keep credentials beside the outbox.

They come to it sealed; ``crmkit.sealing`` says how. Without a user the user id is the
empty text. ``crmkit.testing.StoreContract`` proves a store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Sequence


@frozen(kw_only=True)
class SealedCredentials:
    """
    One user's credentials of one provider as a store keeps them: each text is sealed.

    *version* is another text after each change; *expires_at* is in clear.
    """

    user_id: str
    provider: str
    version: str
    access_token: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    metadata: str | None = field(default=None, repr=False)
    expires_at: float | None = None


class Vault(Protocol):
    """
    A store that keeps credentials, too. What a call changes is durable when it returns.

    Every method raises StoreError when the place fails or is unusable.
    """

    def credentials(self, user_id: str, provider: str) -> SealedCredentials | None:
        """
        Return what is kept, as the last ``save_credentials`` of any owner left it.
        """

    def all_credentials(self) -> Sequence[SealedCredentials]:
        """
        Return all that are kept, by user and provider.
        """

    def save_credentials(self, new: SealedCredentials, *, replacing: str | None) -> bool:
        """
        Keep *new* if what is there has the version *replacing*, None: if nothing is there.

        Return False, and leave all as it is, when it is otherwise.
        """

    def remove_credentials(self, user_id: str, provider: str) -> bool:
        """
        Delete them; return False when there were none.
        """

    def lease_credentials(self, user_id: str, provider: str, seconds: float) -> bool:
        """
        Let this owner alone renew them for so long; False while another one does.

        They need not be kept yet. An owner that is gone renews nothing.
        """

    def release_credentials(self, user_id: str, provider: str) -> None:
        """
        End this owner's lease.
        """
