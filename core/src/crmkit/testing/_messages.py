"""
What passes between a plugin and a fake: requests and answers.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

from attrs import field, frozen


@frozen(kw_only=True)
class Request:
    """
    What came in: *path* as it was on the wire, without the query; *headers* in lower case.
    """

    method: str
    path: str
    query_string: str = ""
    headers: dict[str, str] = field(factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    port: int = 0

    @property
    def query(self) -> dict[str, str]:
        """
        The query's parameters; of one that is repeated, the last.
        """
        return {name: values[-1] for name, values in self._parsed().items()}

    def values(self, name: str) -> list[str]:
        """
        Return all values of a parameter of the query.
        """
        return self._parsed().get(name, [])

    def json(self) -> Any:
        """
        Return the body as JSON values.
        """
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        """
        Return the fields of a body that is a form.
        """
        parsed = parse_qs(self.body.decode(), keep_blank_values=True)
        return {name: values[-1] for name, values in parsed.items()}

    def _parsed(self) -> dict[str, list[str]]:
        return parse_qs(self.query_string, keep_blank_values=True)


@frozen(kw_only=True)
class Answer:
    """
    What goes out: JSON values, or *content* in bytes; *lost*: the connection breaks.
    """

    status: int = 200
    json: Any = None
    content: bytes = b""
    headers: dict[str, str] = field(factory=dict)
    lost: bool = False

    def body(self) -> bytes:
        """
        Return the bytes that are sent.
        """
        return self.content if self.json is None else json.dumps(self.json).encode()


def answer(given: object) -> Answer:
    """
    Return an Answer as it is; a number as a status, None as 204, all else as JSON.
    """
    if isinstance(given, Answer):
        return given
    if given is None:
        return Answer(status=204)
    return Answer(status=given) if isinstance(given, int) else Answer(json=given)
