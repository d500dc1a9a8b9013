"""
A request and its answer, as a simulated CRM sees them: no framework, no connection.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON = "application/json;charset=utf-8"
_encode = json.JSONEncoder(separators=(",", ":")).encode


class Request:
    """
    One request; what is costly to read of it is read when asked for.
    """

    def __init__(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> None:
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.path, _, self._query = target.partition("?")

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """
        The path's segments, each decoded on its own.
        """
        segments = self.path.strip("/").split("/")
        if "%" in self.path:
            return tuple(map(unquote, segments))
        return tuple(segments)

    @cached_property
    def query(self) -> dict[str, str]:
        """
        The query's parameters; several of one name are joined by commas.
        """
        found: dict[str, str] = {}
        for name, value in parse_qsl(self._query, keep_blank_values=True):
            found[name] = f"{found[name]},{value}" if name in found else value
        return found

    def json(self) -> Any:
        """
        Return the body read as JSON; raises ValueError.
        """
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        """
        Return the body read as a form; raises ValueError.
        """
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(slots=True)
class Answer:
    """
    What is sent back.
    """

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def answer(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """
    Return an answer whose body is *value* as JSON.
    """
    body = _encode(value).encode("ascii")
    return Answer(status, body, {"Content-Type": JSON, **(headers or {})})
