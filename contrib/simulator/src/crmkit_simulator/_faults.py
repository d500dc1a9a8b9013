"""
Faults on demand: what goes wrong, with which requests, and how often.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmkit_simulator._wire import Request

NAMES = {
    "latency": "answers after `seconds`; the work is done even if nobody waits any more",
    "hang": "never answers, and does nothing",
    "reset_before": "resets the connection, and does nothing",
    "reset_after": "does the work, then resets the connection",
    "done_but_500": "does the work, and answers 500",
    "truncated": "does the work, and sends half of the answer",
    "broken_json": "does the work, and answers 200 with half of the JSON",
    "html": "does nothing, and answers 200 with a page for people",
}
_STATUS = re.compile(r"[45]\d\d")


@dataclass(slots=True, kw_only=True)
class Fault:
    """
    One thing that goes wrong.

    *name* is one of those in the README, or an HTTP status. It strikes *times* times (None:
    always), at requests of this *method* whose path and query match *path* (a regular
    expression, found anywhere), after the first *after* of these. *seconds* is how long a
    latency lasts, or the Retry-After of a status; *policy* is the limit that a 429 names.
    """

    name: str
    times: int | None = 1
    method: str | None = None
    path: str | None = None
    after: int = 0
    seconds: float | None = None
    policy: str | None = None
    struck: int = field(default=0, init=False)
    _seen: int = field(default=0, init=False, repr=False)
    _path: re.Pattern[str] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.name not in NAMES and not _STATUS.fullmatch(self.name):
            names = ", ".join(NAMES)
            msg = f"there is no fault {self.name!r}: {names}, or a status from 400 to 599"
            raise ValueError(msg)
        try:
            self._path = re.compile(self.path) if self.path else None
        except re.error as error:
            msg = f"the fault's path {self.path!r} is no regular expression: {error}"
            raise ValueError(msg) from None

    @property
    def status(self) -> int | None:
        """
        The HTTP status that the fault is, if it is one.
        """
        return int(self.name) if self.name.isdigit() else None

    def strikes(self, request: Request) -> bool:
        """
        Tell whether this request is to fail, and count it.
        """
        if self.times is not None and self.struck >= self.times:
            return False
        if self.method and self.method.upper() != request.method:
            return False
        if self._path and not self._path.search(request.target):
            return False
        self._seen += 1
        if self._seen <= self.after:
            return False
        self.struck += 1
        return True

    def as_dict(self) -> dict[str, Any]:
        """
        Return what the fault is, and how often it struck, as JSON values.
        """
        return {key: value for key, value in asdict(self).items() if key[0] != "_"}


class Faults(list[Fault]):
    """
    The faults that are set, the oldest first.
    """

    def striking(self, request: Request) -> Fault | None:
        """
        Return the first fault that this request meets, None for none.
        """
        return next((fault for fault in self if fault.strikes(request)), None)


def parse_fault(text: str) -> Fault:
    """
    Read ``NAME`` or ``NAME:key=value,key=value``. Raises ValueError.
    """
    name, _, rest = text.partition(":")
    options: dict[str, Any] = {}
    for pair in filter(None, rest.split(",")):
        key, equals, value = pair.partition("=")
        if not equals or key not in _READERS:
            msg = f"{pair!r} in the fault {text!r} is not one of {', '.join(_READERS)}=…"
            raise ValueError(msg)
        options[key] = _READERS[key](value)
    return Fault(name=name, **options)


def _times(text: str) -> int | None:
    return None if text == "always" else int(text)


_READERS: dict[str, Any] = {
    "times": _times,
    "method": str,
    "path": str,
    "after": int,
    "seconds": float,
    "policy": str,
}
