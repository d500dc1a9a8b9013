"""
What a store's URL says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from attrs import fields, frozen

from crmkit import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORM = "dynamodb://TABLE?region=eu-central-1"
_TABLE = re.compile(r"[A-Za-z0-9_.-]{3,255}")
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_MOST_SHARDS = 100


@frozen(kw_only=True)
class Place:
    """
    A table, and how it is used.

    *region* None is AWS's own configuration, *kms* None the keys of crmkit itself, and
    *shards* None what the table was made with. *lease* is in seconds.
    """

    table: str
    region: str | None = None
    kms: str | None = None
    endpoint: str | None = None
    lease: float = 600.0
    shards: int | None = None

    @property
    def url(self) -> str:
        """
        The URL that names it.
        """
        said = {name: getattr(self, name) for name in ("region", "kms", "endpoint")}
        query = urlencode({name: value for name, value in said.items() if value})
        return f"dynamodb://{self.table}" + (f"?{query}" if query else "")


def place_of(url: str) -> Place:
    """
    Return the place that a URL names.

    Raises ConfigurationError, with the remedy, for one of another form.
    """
    parts = urlsplit(url)
    if not _TABLE.fullmatch(parts.netloc) or parts.path.strip("/") or parts.fragment:
        msg = f"the store {url!r} names no table; write {_FORM}"
        raise ConfigurationError(msg)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    known = [attribute.name for attribute in fields(Place)][1:]
    if unknown := sorted(set(given) - set(known)):
        msg = (
            f"the store's URL has unknown {', '.join(unknown)}; known are "
            f"{', '.join(known)}, such as {_FORM}"
        )
        raise ConfigurationError(msg)
    return Place(
        table=parts.netloc,
        region=given.get("region") or None,
        kms=given.get("kms") or None,
        endpoint=_endpoint(given),
        lease=_number(given, "lease", 600, 1, 86_400),
        shards=int(_number(given, "shards", 0, 1, _MOST_SHARDS)) or None,
    )


def _number(
    given: Mapping[str, str], name: str, default: int, least: int, most: int
) -> float:
    if name not in given:
        return default
    text = given[name]
    if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
        msg = f"the store's {name}={text} must be a whole number from {least} to {most}"
        raise ConfigurationError(msg)
    return int(text)


def _endpoint(given: Mapping[str, str]) -> str | None:
    endpoint = given.get("endpoint") or None
    if endpoint is None:
        return None
    parts = urlsplit(endpoint)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return endpoint
    msg = (
        f"the store's endpoint={endpoint} must begin with https://, or be http:// on this "
        "machine, such as http://127.0.0.1:8000; leave it out for AWS itself"
    )
    raise ConfigurationError(msg)
