"""
What users do with credentials in the store: put, list, remove, seal anew, sign in.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from attrs import define, evolve, field, frozen

from crmkit import _oauth
from crmkit._oauth import Proof
from crmkit._urls import join
from crmkit._vault import vault_of
from crmkit.errors import ConfigurationError, CredentialsError, CRMError, RetryableError
from crmkit.models import CRMCredentials

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmkit._rotation import Rotation
    from crmkit._session import Session
    from crmkit._sessions import Sessions
    from crmkit._vault import SealedVault
    from crmkit.infos import OAuth2, ProviderInfo
    from crmkit.stores import Store
    from crmkit.vaults import SealedCredentials

_ATTEMPTS = 5


@frozen(kw_only=True)
class KeptCredentials:
    """
    Whose credentials are kept, until when they are good, and what there is; no value.

    *holds* are names: access_token, refresh_token, metadata.
    """

    provider: str
    user_id: str | None
    expires_at: datetime | None
    holds: tuple[str, ...]


@frozen(kw_only=True)
class SignIn:
    """
    A sign-in that has begun: the user opens *url*, and the CRM sends them to *back*.
    """

    provider: str
    url: str
    back: str
    metadata: Mapping[str, str] = field(repr=False)
    proof: Proof = field(repr=False)


@define(kw_only=True)
class Custody:
    """
    The credentials in a connector's store. All but list and remove need a key.

    Each method raises StoreError, and ConfigurationError for a store that keeps none.
    """

    open_store: Callable[[], Store] = field(repr=False)
    sessions: Sessions = field(repr=False)
    info: Callable[[str], ProviderInfo] = field(repr=False)

    def check(self) -> None:
        """
        Raise whatever would keep credentials from being kept, before anybody is asked.
        """
        vault = self._vault()
        vault.try_to_seal()
        vault.all()  # which opens the store

    def set(self, credentials: CRMCredentials, user_id: str | None = None) -> None:
        """
        Keep a user's credentials, in place of those that are kept.
        """
        vault, whose = self._vault(), (credentials.provider, user_id)
        for _ in range(_ATTEMPTS):
            version = vault.version(*whose)
            if vault.save(credentials, user_id, replacing=version) is not None:
                self.sessions.renewal.credentials.forget(whose)
                return
        msg = f"others keep changing the credentials of {credentials.provider!r}; try again"
        raise CredentialsError(msg)

    def list(self) -> Sequence[KeptCredentials]:
        """
        Return whose credentials are kept, by user and provider.
        """
        return [_shown(each) for each in self._vault().all()]

    def remove(self, provider: str, user_id: str | None = None) -> bool:
        """
        Delete a user's credentials; return False when there were none.
        """
        removed = self._vault().remove(provider, user_id)
        self.sessions.renewal.credentials.forget((provider, user_id))
        return removed

    def rotate(self, *, keep_old: bool = False) -> Rotation:
        """
        Make a new key where there is one, and seal everything in the store with it.

        The old key is deleted unless *keep_old*, which other stores of this user may need.
        In CRMKIT_KEY only the user can put a new key; everything is sealed with the first.
        """
        from crmkit._rotation import rotate

        return rotate(self._vault(), self.sessions.clock, keep_old=keep_old)

    def new_key(self, *, in_keyring: bool = False) -> str:
        """
        Make the first key, in the key file or in the system's keyring; say where it is.
        """
        from crmkit._keys import make_first

        return str(make_first(in_keyring=in_keyring))

    def begin(
        self, provider: str, *, client_id: str, back: str, client_secret: str | None = None
    ) -> SignIn:
        """
        Begin to sign in with OAuth; *back* is the app's redirect URL.

        Raises ConfigurationError for a provider without OAuth, and whatever would keep its
        tokens from being kept.
        """
        oauth, proof = self._oauth(provider), Proof()
        self.check()
        url = _oauth.authorize_url(
            self._page(provider, oauth), oauth, app=client_id, back=back, proof=proof
        )
        named = {"client_id": client_id, "client_secret": client_secret}
        metadata = {name: value for name, value in named.items() if value}
        return SignIn(provider=provider, url=url, back=back, metadata=metadata, proof=proof)

    def finish(self, begun: SignIn, code: str, user_id: str | None = None) -> None:
        """
        Keep what the CRM gives for the code that it sent to the redirect URL.

        Raises CredentialsError when it gives nothing.
        """
        app = CRMCredentials(provider=begun.provider, metadata=begun.metadata)
        oauth = self._oauth(begun.provider)
        proof, back = begun.proof.verifier, begun.back
        clock = self.sessions.clock
        try:
            asking = self._asking(app, oauth, user_id)
            new = _oauth.exchanged(
                asking, oauth, clock, code=code, verifier=proof, back=back
            )
        except RetryableError:
            raise
        except CRMError as error:
            msg = f"{begun.provider!r} gives no token: {error}"
            raise CredentialsError(msg) from error
        self.set(new, user_id)

    def _asking(self, app: CRMCredentials, oauth: OAuth2, user_id: str | None) -> Session:
        info, token = self.info(app.provider), urlsplit(oauth.token_url)
        if token.netloc:  # the base URL may be known only once somebody has signed in
            info = evolve(info, base_url=f"{token.scheme}://{token.netloc}")
        judged = _oauth.judged(info)
        return self.sessions.unsigned(app, judged, user_id, self.sessions.patience)

    def _vault(self) -> SealedVault:
        return vault_of(self.open_store())

    def _oauth(self, provider: str) -> OAuth2:
        oauth = self.info(provider).oauth
        if oauth is None or not oauth.authorize_url:
            msg = f"{provider!r} has no sign-in; crmkit credentials set keeps a token"
            raise ConfigurationError(msg)
        return oauth

    def _page(self, provider: str, oauth: OAuth2) -> str:
        own = self.sessions.core(provider).base_url
        nobody = CRMCredentials(provider=provider)
        page = _oauth.filled(oauth.authorize_url, self._asking(nobody, oauth, None))
        if not urlsplit(page).netloc:
            return join(own or self.info(provider).base_url or "", page, {}, {})
        return _oauth.placed(page, own)


def _shown(sealed: SealedCredentials) -> KeptCredentials:
    names = ("access_token", "refresh_token", "metadata")
    expiry = sealed.expires_at
    return KeptCredentials(
        provider=sealed.provider,
        user_id=sealed.user_id or None,
        expires_at=None if expiry is None else datetime.fromtimestamp(expiry, UTC),
        holds=tuple(name for name in names if getattr(sealed, name) is not None),
    )
