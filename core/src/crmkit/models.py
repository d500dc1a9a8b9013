"""
The values that plugins make and users hold.

All are frozen, keyword-only and picklable; ``repr`` shows ids only. Mappings are
read-only; what a CRM may leave out is optional. Ids are strings: numbers are converted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NoReturn

from attrs import field, frozen

from crmkit._values import (
    an_id,
    by_name,
    common_text,
    instant,
    items,
    json_mapping,
    lower,
    new_id,
    now,
    optional_id,
    optional_instant,
    optional_items,
    optional_read_only,
    read_only,
    text,
    texts,
)

_STATUSES = ("opted_in", "opted_out", "unspecified", "do_not_contact")


@frozen(kw_only=True)
class Consent:
    """
    What a client allows on one *channel*: email, sms, phone, push, or ``*`` for all.

    *status* is ``opted_in``, ``opted_out``, ``unspecified`` or ``do_not_contact``;
    *source* names who says so, *as_of* since when.
    """

    channel: str = field(converter=lower)
    status: str = field()
    source: str | None = None
    as_of: datetime | None = field(default=None, converter=optional_instant)

    @status.validator
    def _check_status(self, _attribute: object, value: object) -> None:
        if value not in _STATUSES:
            msg = f"the status of a consent is one of {', '.join(_STATUSES)}"
            raise ValueError(msg)


@frozen(kw_only=True)
class ClientInteraction:
    """
    One entry of a client's history in the CRM.

    *type* is the caller's word where the plugin can tell, else the CRM's; *direction* is
    ``in``, ``out`` or None.
    """

    id: str = field(converter=an_id)
    type: str
    description: str = field(default="", repr=False)
    timestamp: datetime | None = field(default=None, converter=optional_instant)
    direction: str | None = None
    metadata: Mapping[str, Any] = field(default=None, converter=read_only, repr=False)


def _a_text(value: object) -> str | None:
    # Nobody is called ['Ana'] or True.
    odd = isinstance(value, bool | list | tuple | set | Mapping)
    return None if odd else text(value)


@frozen(kw_only=True, weakref_slot=False)  # a thousand of these are in the cache
class ClientData:
    """
    A client as the CRM knows it.

    Only *id* is required; *name* defaults to first and last name joined. *language* is a
    BCP 47 tag, *timezone* an IANA name; *custom_fields* go by their name in templates.
    *aliases* are former ids, after a merge. *history* and *raw* are None unless asked for
    with ``include=``. The core fills *provider* and *fetched_at*.
    """

    id: str = field(converter=an_id)
    name: str = field(default=None, converter=_a_text, repr=False)
    first_name: str | None = field(default=None, converter=_a_text, repr=False)
    last_name: str | None = field(default=None, converter=_a_text, repr=False)
    email: str | None = field(default=None, converter=_a_text, repr=False)
    phone: str | None = field(default=None, converter=_a_text, repr=False)
    language: str | None = field(default=None, converter=common_text, repr=False)
    timezone: str | None = field(default=None, converter=common_text, repr=False)
    preferences: Mapping[str, Any] = field(default=None, converter=read_only, repr=False)
    tags: tuple[str, ...] = field(default=(), converter=texts, repr=False)
    custom_fields: Mapping[str, Any] = field(default=None, converter=by_name, repr=False)
    history: tuple[ClientInteraction, ...] | None = field(
        default=None, converter=optional_items, repr=False
    )
    consent: tuple[Consent, ...] = field(default=(), converter=items, repr=False)
    updated_at: datetime | None = field(
        default=None, converter=optional_instant, repr=False
    )
    fetched_at: datetime | None = field(
        default=None, converter=optional_instant, repr=False
    )
    provider: str | None = None
    aliases: tuple[str, ...] = field(default=(), converter=texts)
    raw: Mapping[str, Any] | None = field(
        default=None, converter=optional_read_only, repr=False
    )

    def __hash__(self) -> int:
        return hash(self.id)

    def __attrs_post_init__(self) -> None:
        if not (self.name and self.name.strip()):
            parts = (self.first_name, self.last_name)
            name = " ".join(part.strip() for part in parts if part and part.strip())
            object.__setattr__(self, "name", name)


@frozen(kw_only=True)
class ClientPage:
    """
    One page of a list; *clients* may be lazy, the core reads it.

    *next_cursor* is opaque, None on the last page; *deleted* are ids that are gone.
    """

    clients: Iterable[ClientData] = field(repr=False)
    next_cursor: str | None = field(default=None, converter=text, repr=False)
    deleted: tuple[str, ...] = field(default=(), converter=texts)


@frozen(kw_only=True)
class CustomField:
    """
    A custom field: its *key* on the wire, its *name* in templates, its *type*.

    *type* is ``text``, ``number``, ``boolean``, ``date``, ``datetime``, ``choice`` or
    ``choices`` (several of them); *options* maps the wire's values to their labels.
    """

    key: str
    name: str
    type: str = "text"
    options: Mapping[str, str] = field(default=None, converter=read_only)


@frozen(kw_only=True)
class ActivityRecord:
    """
    Something that happened with a client, to be written to the CRM.

    *type* is the caller's word: note, call, meeting, task, email_sent, property_view, …
    *timestamp* is an aware datetime or ISO 8601 text with an offset, by default now.
    *metadata* holds JSON values; reserved keys are subject, html, direction, outcome,
    duration_s, from, to, due_at, url, message_id, attachments. Give an *id*, such as
    ``stable_id("newsletter-7", client.id)``, so that a re-run sends nothing twice.
    *user_id* and *provider* may be left to the sync call.
    """

    type: str = field()
    description: str = field(default="", repr=False)
    client_id: str | None = field(default=None, converter=optional_id)
    user_id: str | None = field(default=None, converter=optional_id)
    timestamp: datetime = field(factory=now, converter=instant, repr=False)
    metadata: Mapping[str, Any] = field(default=None, converter=json_mapping, repr=False)
    id: str = field(factory=new_id, converter=an_id)
    provider: str | None = field(default=None, converter=text)

    def __hash__(self) -> int:
        return hash(self.id)

    @type.validator
    def _check_type(self, _attribute: object, value: object) -> None:
        if not isinstance(value, str) or not value.strip():
            msg = "an activity needs a type, such as note, call or email_sent"
            raise ValueError(msg)

    @description.validator
    def _check_description(self, _attribute: object, value: object) -> None:
        if not isinstance(value, str):
            msg = "an activity's description must be a text"
            raise ValueError(msg)


class Secret:
    """
    A text that shows itself only on ``reveal()``: not in repr, str, logs or pickles.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str | Secret) -> None:
        self._value: str = value.reveal() if isinstance(value, Secret) else value

    def reveal(self) -> str:
        """
        Return the text itself, for the one place that sends it.
        """
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        msg = "a secret is not pickled; read the credentials again in the other process"
        raise TypeError(msg)


def _secret(value: str | Secret | None) -> Secret | None:
    return Secret(value) if value else None


@frozen(kw_only=True)
class CRMCredentials:
    """
    What signs in to one account of a CRM.

    *metadata* holds what the provider needs beside the token: client_id, client_secret,
    instance_url, account; its values are secrets to ``repr``.
    """

    provider: str
    access_token: Secret | None = field(default=None, converter=_secret)
    refresh_token: Secret | None = field(default=None, converter=_secret)
    expires_at: datetime | None = field(default=None, converter=optional_instant)
    metadata: Mapping[str, Any] = field(default=None, converter=read_only, repr=False)
