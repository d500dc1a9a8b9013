"""
Credentials in a store: sealed on their way in, opened on their way out.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from attrs import define, frozen

from crmkit._values import new_id
from crmkit.codec import from_json, to_json
from crmkit.errors import ConfigurationError
from crmkit.models import CRMCredentials
from crmkit.sealing import key_of, local_keys, seal, unseal
from crmkit.vaults import SealedCredentials, Vault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmkit.models import Secret
    from crmkit.sealing import Keys
    from crmkit.stores import Store

_METHODS = [name for name in vars(Vault) if not name.startswith("_")]
_MARK = "crmkit.succeeds"  # in the sealed metadata


@frozen(kw_only=True)
class Kept:
    """
    Credentials that a store keeps, and the *version* of what it keeps.

    *succeeds* is the digest of tokens that the caller gave, whose successors these are;
    None for credentials that were put there to be found.
    """

    credentials: CRMCredentials
    version: str
    succeeds: str | None = None


def offers_vault(store: Store) -> bool:
    """
    Tell whether a store keeps credentials, too.
    """
    return all(hasattr(store, name) for name in _METHODS)


def vault_of(store: Store) -> SealedVault:
    """
    Return where a store keeps credentials, with its own keys or this machine's.

    Raises ConfigurationError for a store that keeps none.
    """
    if not offers_vault(store):
        msg = (
            f"the store {type(store).__name__} keeps no credentials; choose another with "
            "store= or CRMKIT_STORE, such as sqlite:///crmkit.db"
        )
        raise ConfigurationError(msg)
    keys = getattr(store, "keys", None) or local_keys()
    return SealedVault(store=cast("Vault", store), keys=keys)


@define(kw_only=True)
class SealedVault:
    """
    A store's credentials, by provider and user. Sealing and opening need a key.

    Each method raises StoreError, and those that need a key ConfigurationError.
    """

    store: Vault
    keys: Keys

    def get(self, provider: str, user_id: str | None) -> Kept | None:
        """
        Return what is kept.
        """
        sealed = self.store.credentials(user_id or "", provider)
        return None if sealed is None else self._opened(sealed)

    def all(self) -> Sequence[SealedCredentials]:
        """
        Return all that is kept, sealed, which needs no key.
        """
        return self.store.all_credentials()

    def save(
        self,
        new: CRMCredentials,
        user_id: str | None,
        *,
        replacing: str | None,
        succeeds: str | None = None,
    ) -> Kept | None:
        """
        Keep these in place of that version (None: of nothing).

        Returns None when something else is there by now, which then stays.
        """
        kept = Kept(credentials=new, version=new_id(), succeeds=succeeds)
        sealed = self._sealed(kept, user_id)
        return kept if self.store.save_credentials(sealed, replacing=replacing) else None

    def try_to_seal(self) -> None:
        """
        Raise what sealing would raise; what it needs is loaded, and the key found, then.
        """
        self._seal("", {})

    def version(self, provider: str, user_id: str | None) -> str | None:
        """
        Return the version of what is kept, None of nothing, which needs no key.
        """
        sealed = self.store.credentials(user_id or "", provider)
        return None if sealed is None else sealed.version

    def seal_anew(self, kept: Kept, user_id: str | None) -> bool:
        """
        Seal what is kept with the newest key; return False when it was changed meanwhile.
        """
        new, mark = kept.credentials, kept.succeeds
        saved = self.save(new, user_id, replacing=kept.version, succeeds=mark)
        return saved is not None

    def remove(self, provider: str, user_id: str | None) -> bool:
        """
        Delete what is kept; return False when there was nothing.
        """
        return self.store.remove_credentials(user_id or "", provider)

    def lease(self, provider: str, user_id: str | None, seconds: float) -> bool:
        """
        Let nobody else renew them for so long; False while somebody else does.
        """
        return self.store.lease_credentials(user_id or "", provider, seconds)

    def release(self, provider: str, user_id: str | None) -> None:
        """
        Let others renew them.
        """
        self.store.release_credentials(user_id or "", provider)

    def _sealed(self, kept: Kept, user_id: str | None) -> SealedCredentials:
        new = kept.credentials
        mark = {} if kept.succeeds is None else {_MARK: kept.succeeds}
        place = _places(user_id or "", new.provider)
        expiry = new.expires_at
        return SealedCredentials(
            user_id=user_id or "",
            provider=new.provider,
            version=kept.version,
            access_token=self._seal(_text(new.access_token), place["accessToken"]),
            refresh_token=self._seal(_text(new.refresh_token), place["refreshToken"]),
            metadata=self._seal(_json({**new.metadata, **mark}), place["metadata"]),
            expires_at=None if expiry is None else expiry.timestamp(),
        )

    def _opened(self, sealed: SealedCredentials) -> Kept:
        place = _places(sealed.user_id, sealed.provider)
        metadata = from_json(self._open(sealed.metadata, place["metadata"]) or "{}")
        succeeds = metadata.pop(_MARK, None)
        expiry = sealed.expires_at
        credentials = CRMCredentials(
            provider=sealed.provider,
            access_token=self._open(sealed.access_token, place["accessToken"]),
            refresh_token=self._open(sealed.refresh_token, place["refreshToken"]),
            expires_at=None if expiry is None else datetime.fromtimestamp(expiry, UTC),
            metadata=metadata,
        )
        return Kept(credentials=credentials, version=sealed.version, succeeds=succeeds)

    def _seal(self, text: str | None, place: Mapping[str, str]) -> str | None:
        return None if text is None else seal(text, self.keys, place)

    def _open(self, sealed: str | None, place: Mapping[str, str]) -> str | None:
        return None if sealed is None else unseal(sealed, self.keys, place)


def key_ids(sealed: SealedCredentials) -> set[str]:
    """
    Return the ids of the keys that open what is sealed.
    """
    texts = (sealed.access_token, sealed.refresh_token, sealed.metadata)
    return {key_of(text) for text in texts if text is not None}


def _places(user_id: str, provider: str) -> Mapping[str, Mapping[str, str]]:
    return {
        field: {"user": user_id, "provider": provider, "field": field}
        for field in ("accessToken", "refreshToken", "metadata")
    }


def _text(secret: Secret | None) -> str | None:
    return None if secret is None else secret.reveal()


def _json(metadata: Mapping[str, Any]) -> str | None:
    try:
        return to_json(metadata) if metadata else None
    except (TypeError, ValueError):
        msg = "the metadata of credentials must be JSON values, or no store keeps them"
        raise ConfigurationError(msg) from None
