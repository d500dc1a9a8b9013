"""
The settings: from which language to which ones, and which account of AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from attrs import field, frozen

from crmkit import ConfigurationError
from crmkit_translate_aws._languages import code_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORMALITIES = ("client", "formal", "informal", "none")
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def _code(tag: str) -> str:
    code = code_of(tag)
    if code is None:
        msg = (
            f"translate_aws: Amazon Translate knows no language {tag!r}; write a tag such"
            " as en, es or pt-BR"
        )
        raise ConfigurationError(msg)
    return code


def _codes(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(_code, tags))


def _endpoint(url: str | None) -> str | None:
    parts = urlsplit(url or "https://")
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return url
    msg = (
        "translate_aws: endpoint_url must begin with https://, or be http:// on this"
        " machine; leave it out for AWS itself"
    )
    raise ConfigurationError(msg)


def _formality(word: str) -> str:
    if word in _FORMALITIES:
        return word
    msg = f"translate_aws: formality is one of {', '.join(_FORMALITIES)}, not {word!r}"
    raise ConfigurationError(msg)


@frozen(kw_only=True)
class Settings:
    """
    What the user sets; None of AWS's own leaves it to AWS's configuration.

    *source* is the language that templates are written in. *targets*, if given, are the
    only languages that they are translated to. *formality* ``client`` follows the client's
    communicationStyle. *terminology* names a list of terms in the account.
    """

    source: str = field(default="en", converter=_code)
    targets: tuple[str, ...] = field(default=(), converter=_codes)
    formality: str = field(default="client", converter=_formality)
    terminology: str | None = None
    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = field(default=None, converter=_endpoint)
