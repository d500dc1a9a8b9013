"""
What stands between a plugin and its fake: it asks for a token, and does what a rule wants.
"""

from __future__ import annotations

from base64 import b64decode
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit.testing._fake import FakeCRM
    from crmkit.testing._messages import Answer, Request

    Handler = Callable[[Request], Answer]
    Before = Callable[[Request], Answer | None]
    After = Callable[[Request, Answer, bool], Answer]

_UNAUTHORIZED = 401


class Gate:
    """
    Answers a plugin's requests with its fake's answers, unless a rule wants otherwise.

    *tokens* are those that are good, empty for all. *before* may answer in the fake's
    place; *after* may change an answer, and knows whether the request wrote an activity.
    *open_paths* need no token. All *requests* are kept.
    """

    def __init__(self, fake: FakeCRM, handle: Handler, tokens: set[str]) -> None:
        self.tokens = tokens
        self.open_paths: set[str] = set()
        self.requests: list[Request] = []
        self.before: Before = lambda _request: None
        self.after: After | None = None
        self._fake = fake
        self._handle = handle
        self._lock = RLock()

    def __call__(self, request: Request) -> Answer:
        """
        Answer a request.
        """
        self.requests.append(request)
        if not self._admits(request):
            return self._fake.error(_UNAUTHORIZED, {})
        return self.before(request) or self._answered(request)

    def _answered(self, request: Request) -> Answer:
        with self._lock:  # a fake is made of dictionaries
            if self.after is None:
                return self._handle(request)
            count = len(self._fake.written)
            answer = self._handle(request)
            return self.after(request, answer, len(self._fake.written) > count)

    def _admits(self, request: Request) -> bool:
        if not self.tokens or request.path in self.open_paths:
            return True
        shown = " ".join(readable(request))
        return any(token in shown for token in self.tokens)


def readable(request: Request) -> list[str]:
    """
    Return where a request may carry a token: headers, also those of Basic, and the query.
    """
    texts = [*request.headers.values(), *request.query.values()]
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        texts.append(b64decode(encoded).decode(errors="replace"))
    return texts
