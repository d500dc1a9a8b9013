"""
Addresses of requests: made from quoted parts, and pinned to the CRM's own hosts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from crmkit.errors import ConfigurationError, InvalidRequestError, ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from urllib.parse import SplitResult

_NAME = re.compile(r"\{(\w+)\}")
_UNSAFE = re.compile(r"[\s\\\x00-\x1f\x7f]")
_WHOLE = ("http://", "https://")
_NETLOC = re.compile(r"([\w.-]+|\[[\da-fA-F:.]+\])?(:\d*)?", re.ASCII)
_FILLING = re.compile(r"[\w.~:-]*", re.ASCII)
_WHOLE_FILLING = re.compile(r"https?://[\w.~:\[\]/-]*", re.ASCII)
_LOOPBACK = re.compile(r"localhost|::1|127(\.\d{1,3}){3}")


def is_loopback(host: str | None) -> bool:
    """
    Tell whether this host is the machine itself.
    """
    return host is not None and _LOOPBACK.fullmatch(host) is not None


class Place(NamedTuple):
    """
    Where a request goes: an *origin* such as ``https://host:1``, and a *target* on it.
    """

    origin: str
    target: str


def fill(template: str, sources: Iterable[object], *, label: str) -> str:
    """
    Return a base URL whose ``{names}`` come from the first mapping or object that has them.

    A value may hold what a name, a number or an address is made of; it ends no host, and
    begins no path or query. Only one that the URL begins with may be a URL itself. Raises
    ConfigurationError that names what is lacking or does not fit.
    """
    try:
        return template.format_map(_Lookup(template, sources, label))
    except (KeyError, ValueError, IndexError) as error:
        msg = f"{label}: the base URL {template!r} needs {error.args[0]!r}"
        raise ConfigurationError(msg) from None


def join(
    base: str, path: str, values: Mapping[str, object], params: Mapping[str, object]
) -> str:
    """
    Return the URL of a *path* below *base*, or of a whole URL; ``{names}`` are filled.

    Values are quoted, so that an id is one path segment whatever it holds. Parameters
    that are None are left out.
    """
    if "{" in path:
        path = _NAME.sub(lambda match: _quoted(match, values), path)
    url = path if path.startswith(_WHOLE) else f"{base.rstrip('/')}/{path.lstrip('/')}"
    if not params:
        return url
    given = {name: value for name, value in params.items() if value is not None}
    if given:
        url += ("&" if "?" in url else "?") + urlencode(given, doseq=True, safe=",")
    return url


def locate(url: str, *, base: str, hosts: tuple[str, ...], label: str) -> Place:
    """
    Return where a URL leads, once it is found to be one of those that *check* allows.
    """
    origin = _home(base, hosts, label).origin
    target = url.removeprefix(origin)
    if target.startswith("/") and target is not url and not _UNSAFE.search(target):
        return Place(origin, target)
    check(url, base=base, hosts=hosts, label=label)
    return _split(url)


@lru_cache(maxsize=64)
def _home(base: str, hosts: tuple[str, ...], label: str) -> Place:
    # The same for each request below it, so it is looked at only once.
    check(base, base=base, hosts=hosts, label=label)
    return _split(base)


def _split(url: str) -> Place:
    parts = urlsplit(url)
    target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    return Place(f"{parts.scheme}://{parts.netloc}", target)


def check(url: str, *, base: str, hosts: Sequence[str], label: str) -> None:
    """
    Refuse a URL that is not https, or not on one of *hosts* (none: on the base's host).

    Plain http serves the machine itself, when *base* says so. Raises ConfigurationError
    for the first, ProtocolError for the second and for what is no URL.
    """
    target, home = _parts(url, label), _parts(base, label)
    local = target.scheme == home.scheme == "http" and is_loopback(target.hostname)
    if target.scheme != "https" and not local:
        msg = (
            f"{label}: {target.hostname or 'the base URL'} must be reached over https://; "
            "plain http:// serves this machine alone"
        )
        raise ConfigurationError(msg)
    if _UNSAFE.search(url) or not _allowed(target.netloc, hosts or (home.netloc,)):
        msg = f"{label}: a link leads to a foreign host; it is not followed"
        raise ProtocolError(msg)


def _parts(url: str, label: str) -> SplitResult:
    # Two readers of one URL must not see two hosts, so that is refused which they could
    # read differently. Raised below, since what was caught may show the URL.
    try:
        parts = urlsplit(url)
        if _NETLOC.fullmatch(parts.netloc) and parts.port != 0:
            return parts
    except ValueError:
        pass
    msg = f"{label}: a link, or the base URL, names no host and port that can be"
    raise ProtocolError(msg)


def _allowed(netloc: str, hosts: Sequence[str]) -> bool:
    return any(
        netloc == host or (host.startswith("*.") and netloc.endswith(host[1:]))
        for host in hosts
    )


def _quoted(match: re.Match[str], values: Mapping[str, object]) -> str:
    if match[1] not in values:
        return match[0]
    text = str(values[match[1]])
    if text in {"", ".", ".."}:
        msg = f"{match[1]} must not be empty or made of dots"
        raise InvalidRequestError(msg)
    return quote(text, safe="")


class _Lookup(dict[str, str]):
    def __init__(self, template: str, sources: Iterable[object], label: str) -> None:
        super().__init__()
        self._template, self._sources, self._label = template, sources, label

    def __missing__(self, name: str) -> str:
        for source in self._sources:
            if isinstance(source, Mapping):
                value = source.get(name)
            else:
                value = getattr(source, name, None)
            if value is not None:
                return self._fitting(name, str(value))
        raise KeyError(name)

    def _fitting(self, name: str, value: str) -> str:
        begins = self._template.startswith(f"{{{name}}}")
        if _FILLING.fullmatch(value) or (begins and _WHOLE_FILLING.fullmatch(value)):
            return value
        msg = (
            f"{self._label}: {name} goes into the base URL, so it may hold letters, digits "
            "and .-_~: alone"
        )
        raise ConfigurationError(msg)
