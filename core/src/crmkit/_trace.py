"""
Telling what goes over the wire without its values: the debug log of ``crmkit.http``.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from crmkit.errors import CRMError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from logging import Logger

    from crmkit._clock import Clock
    from crmkit._requests import Request
    from crmkit._urls import Place

    Answer = tuple[int, Mapping[str, str], bytes]

_NAME = re.compile(r"[A-Za-z_][\w.-]{0,63}", re.ASCII)
_QUERY = re.compile(r"[?&]([^=&]*=?)")
_END_OF_PATH = re.compile("[?#]")
_SHOWN = re.compile("(?i)content-type|retry-after|.*(?:limit|request-?id|correlation).*")
_WORD = re.compile(r"\{\w+\}|[A-Za-z_-]*|v\d[\d.]*|\d{4}-\d{2}", re.ASCII)
_DEPTH = 8


def traced(
    log: Logger, provider: str, request: Request, send: Callable[..., Answer], clock: Clock
) -> Callable[..., Answer]:
    """
    Return *send* such that it logs each request, and the answer or that there was none.

    Shown are method, host, path, names of parameters, sizes, times, and the shape of JSON.
    No value, token or body is, and of the path, which is the one sent, nothing but words,
    versions and the names of what was filled in.
    """

    def sent(method: str, place: Place, **more: Any) -> Answer:
        log.debug("%s > %s", provider, _outgoing(request))
        start = clock.monotonic()
        try:
            answer = send(method, place, **more)
        except CRMError as error:
            log.debug("%s < no answer: %s", provider, error)
            raise
        seconds = clock.monotonic() - start
        log.debug("%s < %s", provider, _incoming(*answer, seconds))
        return answer

    return sent


def shape(value: object, depth: int = 0) -> str:
    """
    Return the shape of a JSON value: names, types and sizes.
    """
    if isinstance(value, str):
        return f"text({len(value)})"
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if not isinstance(value, dict | list):
        return "number"
    if depth == _DEPTH:
        return "…"
    if isinstance(value, list):
        return f"[{len(value)} of {shape(value[0], depth + 1)}]" if value else "[]"
    return "{" + ", ".join(_members(value, depth)) + "}"


def _members(value: Mapping[str, object], depth: int) -> Iterator[str]:
    for name, member in value.items():
        shown = name if _NAME.fullmatch(name) else "…"
        yield f"{shown}: {shape(member, depth + 1)}"


def _outgoing(request: Request) -> str:
    host = request.place.origin.partition("://")[2]
    names = dict.fromkeys(_QUERY.findall(request.place.target.partition("#")[0]))
    query = "?" + "&".join(map(_parameter, names)) if names else ""
    path = _path(request.place.target, request.path.removeprefix(request.place.origin))
    return f"{request.method} {host} {path}{query}{_content(request.body or b'')}"


def _path(target: str, template: str) -> str:
    # The template is the end of what is sent: the base URL may have a path of its own.
    sent, written = (
        _END_OF_PATH.split(path, maxsplit=1)[0].split("/")
        for path in (target, template.lstrip("/"))
    )
    own = [""] * (len(sent) - len(written))
    return "/".join(map(_segment, sent, own + written))


def _segment(sent: str, written: str) -> str:
    shown = written if written.startswith("{") else sent
    # A word that stands beside a {name} may be part of what was filled in.
    return shown if _WORD.fullmatch(written) and _WORD.fullmatch(shown) else "…"


def _parameter(found: str) -> str:
    # What stands there without a value is one itself.
    name, equals, _ = found.partition("=")
    return f"{name}=…" if equals and _NAME.fullmatch(name) else "…"


def _incoming(
    status: int, headers: Mapping[str, str], content: bytes, seconds: float
) -> str:
    shown = (f"; {name}: {headers[name]}" for name in headers if _SHOWN.fullmatch(name))
    return f"{status} in {seconds:.3f} s{_content(content)}{''.join(shown)}"


def _content(content: bytes) -> str:
    if not content:
        return ""
    size = f", {len(content):,} bytes"
    try:
        return f"{size} {shape(json.loads(content))}"
    except (ValueError, RecursionError):
        return size
