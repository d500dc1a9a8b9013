"""
A request and its answer, as a simulated CRM sees them: no framework, no connection.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON = "application/json;charset=utf-8"
_encode = json.JSONEncoder(separators=(",", ":")).encode


def _no_number(name: str) -> NoReturn:
    msg = f"{name} is no JSON"
    raise ValueError(msg)


_decode = json.JSONDecoder(parse_constant=_no_number).decode


class Request:
    """
    One request: *parts* are the path's segments, *query* its parameters, all decoded.

    Several parameters of one name are joined by commas. *scheme* is http or https.
    """

    def __init__(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        *,
        scheme: str = "http",
    ) -> None:
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.scheme = scheme
        self.path, _, query = target.partition("?")
        segments = self.path.strip("/").split("/")
        self.parts = tuple(map(unquote, segments) if "%" in self.path else segments)
        self.query = _parameters(query) if query else {}

    @property
    def origin(self) -> str:
        """
        Where it was sent to: scheme, host and port.
        """
        return f"{self.scheme}://{self.headers.get('Host', '')}"

    def json(self) -> Any:
        """
        Return the body read as JSON; raises ValueError.
        """
        return _decode(self.body.decode())

    def form(self) -> dict[str, str]:
        """
        Return the body read as a form; raises ValueError.
        """
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


def _parameters(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


@dataclass(slots=True)
class Answer:
    """
    What is sent back, *after* so many seconds of work.

    *limited* marks the refusal of a limit that is no 429.
    """

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    limited: bool = False
    after: float = 0.0


def answer(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """
    Return an answer whose body is *value* as JSON.
    """
    body = _encode(value).encode("ascii")
    return Answer(status, body, {"Content-Type": JSON, **(headers or {})})
