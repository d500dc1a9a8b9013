"""
Consent: whether a client may be addressed at all, decided before anything else is done.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from crmkit.errors import (
    AddressMissingError,
    ConfigurationError,
    ConsentRefused,
    CrmkitError,
)
from crmkit.models import Consent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from crmkit._clock import Clock
    from crmkit._request import Request
    from crmkit.models import ClientData

MARKETING, TRANSACTIONAL = "marketing", "transactional"
PERMISSIVE, STRICT = "permissive", "strict"

_ALLOWED = {"purpose": (MARKETING, TRANSACTIONAL), "mode": (PERMISSIVE, STRICT)}
# Not whether it exists: what is written where somebody had none, or several in one cell.
_UNSEEN = r"\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff"
_PART = rf"[^\s@<>()\[\],;:\"\\{_UNSEEN}]++"
_MAIL = re.compile(f"{_PART}@{_PART}")
_PHONE = re.compile(rf"[^@,;\d{_UNSEEN}]*+\d[^@,;{_UNSEEN}]*+")
_EMAIL = ("email", "email", "e-mail address", _MAIL.fullmatch)

# Of each content type the channel, and the attribute that holds the address, in words.
_CHANNELS: Mapping[str, tuple[str, str, str, Callable[[str], object]]] = {
    "email": _EMAIL,
    "email_html": _EMAIL,
    "subject": _EMAIL,
    "sms": ("sms", "phone", "phone number", _PHONE.fullmatch),
    "push": ("push", "", "", bool),
}


@frozen(kw_only=True)
class Policy:
    """
    How old consent may be, in seconds, and who else is asked for it.

    *reread* fetches a client anew, for a user.
    """

    max_age: float | None = None
    sources: Sequence[Callable[[ClientData], Iterable[Consent]]] = ()
    reread: Callable[[ClientData, str | None], ClientData] | None = None


def check_purpose(name: str, value: str) -> None:
    """
    Refuse a purpose or a mode that is none.
    """
    allowed = _ALLOWED[name]
    if value not in allowed:
        msg = f"{name} is {' or '.join(allowed)}, not {value!r}"
        raise ConfigurationError(msg)


def admit(
    client: ClientData, request: Request, policy: Policy, clock: Clock
) -> tuple[ClientData, str | None]:
    """
    Return the client, read anew if that was needed, and the address for this content.

    Raises ConsentRefused, or AddressMissingError.
    """
    content_type = request.content_type
    if content_type not in _CHANNELS:
        return client, None
    channel, attribute, called, is_usable = _CHANNELS[content_type]
    if policy.max_age is not None:
        client = _fresh(client, channel, request.user_id, policy, clock)
    if client.consent or policy.sources or request.mode == STRICT:
        _check(client, channel, request, policy)
    if not attribute:
        return client, None
    address: str = (getattr(client, attribute) or "").strip()
    if not is_usable(address):
        lack = "no usable" if address else "no"
        msg = f"the client {client.id!r} has {lack} {called} for {content_type}"
        raise AddressMissingError(msg, content_type=content_type, client_id=client.id)
    return client, address


def _fresh(
    client: ClientData, channel: str, user_id: str | None, policy: Policy, clock: Clock
) -> ClientData:
    read, age = client.fetched_at, policy.max_age or 0
    if read is not None and (clock.now() - read).total_seconds() <= age:
        return client
    if policy.reread is None or client.provider is None:
        msg = f"the consent of client {client.id!r} is older than allowed; fetch it anew"
        raise ConsentRefused(msg, channel=channel, client_id=client.id)
    return policy.reread(client, user_id)


def _check(client: ClientData, channel: str, request: Request, policy: Policy) -> None:
    said = [
        consent
        for consent in (*client.consent, *_more(client, channel, policy))
        if consent.channel in {channel, "*"}
    ]
    for consent in said:
        forbidden = consent.status == "do_not_contact"
        opted_out = consent.status == "opted_out" and request.purpose == MARKETING
        if forbidden or opted_out:
            _refuse(client, channel, consent)
    # The least permissive of all that was said counts: "unspecified" is no opt-in.
    opted_in = {consent.status for consent in said} == {"opted_in"}
    if request.mode == STRICT and request.purpose == MARKETING and not opted_in:
        msg = f"the client {client.id!r} has not opted in to {channel}"
        raise ConsentRefused(msg, channel=channel, client_id=client.id)


def _more(client: ClientData, channel: str, policy: Policy) -> Sequence[Consent]:
    try:
        told = [consent for source in policy.sources for consent in source(client)]
        if all(isinstance(consent, Consent) for consent in told):
            return told
        why = "it gave no Consent"
    except CrmkitError:
        raise
    except Exception as error:  # noqa: BLE001 - it may raise anything
        why = type(error).__name__
    # What it would have said may be an opt-out.
    msg = f"the client {client.id!r} is refused: a source of consent failed ({why})"
    raise ConsentRefused(msg, channel=channel, client_id=client.id)


def _refuse(client: ClientData, channel: str, consent: Consent) -> None:
    by = f", says {consent.source}" if consent.source else ""
    what = "wants no contact" if consent.status == "do_not_contact" else "has opted out"
    msg = f"the client {client.id!r} {what} ({channel}{by})"
    raise ConsentRefused(
        msg,
        channel=channel,
        source=consent.source,
        as_of=consent.as_of,
        client_id=client.id,
    )
