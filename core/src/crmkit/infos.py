"""
What a plugin says of itself or of an account, and ready-made ways to sign a request.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from crmkit._values import items, read_only, texts
from crmkit.errors import CredentialsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from attrs import Attribute

    from crmkit._session import Session
    from crmkit.errors import CRMError
    from crmkit.http import Response

_STATUSES = ("ok", "warning", "problem")


def _check_whole(_info: object, attribute: Attribute[Any], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        msg = f"{attribute.name} must be a whole number, not {type(value).__name__}"
        raise ValueError(msg)


def _check_batch(info: object, attribute: Attribute[Any], value: object) -> None:
    numbers: Iterable[Any] = value.values() if isinstance(value, Mapping) else (value,)
    for number in numbers:
        _check_whole(info, attribute, number)
        if number < 1:
            msg = f"{attribute.name} must be 1 or more"
            raise ValueError(msg)


def _check_status(_info: object, _attribute: Attribute[Any], status: object) -> None:
    if status not in _STATUSES:
        msg = f"the status of a finding is one of {', '.join(_STATUSES)}"
        raise ValueError(msg)


def _check_filters(
    _info: object, _attribute: Attribute[Any], filters: Mapping[str, object]
) -> None:
    wrong = [name for name, function in filters.items() if not callable(function)]
    if wrong:
        msg = f"filters must map names to functions; {', '.join(wrong)} is none"
        raise ValueError(msg)


@frozen(kw_only=True)
class Finding:
    """
    What a look at an account found about one *subject*, such as token or scopes.

    *status* is ``ok``, ``warning`` (it works, for now) or ``problem``; *detail* says what
    is so, *remedy* what to do about it. None of them holds a secret or personal data.
    """

    subject: str
    status: str = field(validator=_check_status)
    detail: str = ""
    remedy: str = ""


@frozen
class Rate:
    """
    At most *requests* in *per* seconds.
    """

    requests: int
    per: float = field(default=1.0, kw_only=True)


@frozen(kw_only=True)
class Limit:
    """
    What an answer says of a limit: *remaining* requests until *resets_in* seconds passed.

    Where the CRM counts over the last seconds rather than until a reset, *allows* is the
    Rate that its headers tell; it then stands in for the one in ``limits``. *daily_used*
    is the share of the account's requests of a day that is used up, from 0.0 to 1.0.
    """

    bucket: str = ""
    remaining: int
    resets_in: float = 0.0
    allows: Rate | None = None
    daily_used: float | None = None


@frozen(kw_only=True)
class OAuth2:
    """
    Where a CRM's OAuth 2.0 lives: there the core signs in, and renews tokens.

    *authorize_url* is the page, for a browser, where users allow an app *scopes*; empty
    where nobody can sign in so, and tokens are but renewed.
    *token_url* is a path below the base URL, or a URL on one of the provider's hosts.
    Both may hold ``{names}``, filled as those of the base URL are.
    ``client_id`` and ``client_secret`` come from the credentials' metadata; they go into
    the form, or with *basic* into the header of HTTP Basic.
    """

    authorize_url: str
    token_url: str
    scopes: tuple[str, ...] = field(default=(), converter=items)
    basic: bool = False


@frozen(kw_only=True)
class ProviderInfo:
    """
    What the core must know of a provider; see docs/hooks.md for each field.

    *label* is the CRM's name for people. *base_url* may hold ``{names}`` from the
    credentials' metadata, then the settings; None means no HTTP. *auth* makes the headers
    that sign a request; None: no credentials are needed. *settings* is an attrs class.
    *kinds* maps the caller's activity type to the CRM's kind, ``"*"`` the rest.
    """

    label: str
    base_url: str | None = None
    hosts: Sequence[str] = field(default=(), converter=texts)
    auth: Callable[[Session], Mapping[str, str]] | None = None
    oauth: OAuth2 | None = None
    settings: type | None = None
    fetch_batch: int = field(default=1, validator=_check_batch)
    sync_batch: int | Mapping[str, int] = field(default=1, validator=_check_batch)
    kinds: Mapping[str, str] = field(factory=dict, converter=read_only)
    limits: Mapping[str, Rate] = field(factory=dict, converter=read_only)
    error_from: Callable[[Response], CRMError | None] | None = None
    limit_from: Callable[[Response], Limit | None] | None = None


@frozen(kw_only=True)
class TransformerInfo:
    """
    What the core must know of a transformer.

    *stage* orders: 200 translate, 300 style, 400 adapt, 900 lint. *reads* names what of
    the client it may see: language, timezone, ``preferences.<name>``. *filters* maps a
    name to ``function(value, *args, language, timezone, currency, settings)``, which may
    leave out keywords that it does not use. *remote* ones call a service; of *machine* ones
    the text is made by no person. *match* chooses a variant:
    ``match(available, language, style) -> key or None``.
    """

    stage: int = field(validator=_check_whole)
    reads: Sequence[str] = field(default=(), converter=texts)
    filters: Mapping[str, Callable[..., object]] = field(
        factory=dict, converter=read_only, validator=_check_filters
    )
    remote: bool = False
    machine: bool = False
    match: Callable[..., str | None] | None = None
    settings: type | None = None


def bearer(session: Session) -> Mapping[str, str]:
    """
    Sign with ``Authorization: Bearer <access token>``.
    """
    return {"Authorization": f"Bearer {_token(session)}"}


def basic(session: Session) -> Mapping[str, str]:
    """
    Sign with HTTP Basic: the access token as user name, no password.
    """
    pair = f"{_token(session)}:".encode()
    return {"Authorization": f"Basic {b64encode(pair).decode()}"}


def header(name: str, prefix: str = "") -> Callable[[Session], Mapping[str, str]]:
    """
    Sign with a header of this name that holds the access token.
    """

    def auth(session: Session) -> Mapping[str, str]:
        return {name: prefix + _token(session)}

    return auth


def _token(session: Session) -> str:
    token = session.credentials.access_token
    if token is None:
        msg = f"the credentials of {session.provider} hold no access token"
        raise CredentialsError(msg)
    return token.reveal()
