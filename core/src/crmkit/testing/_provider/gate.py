"""
What stands between a plugin and its fake: it asks for a token, and does what a rule wants.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmkit.testing._fake import FakeCRM
    from crmkit.testing._messages import Answer, Request

    Handler = Callable[[Request], Answer]
    Before = Callable[[Request], Answer | None]
    After = Callable[[Request, Answer, bool], Answer]
    Shape = tuple[str | int, ...]

_UNAUTHORIZED = 401


class Gate:
    """
    Answers a plugin's requests with its fake's answers, unless a rule wants otherwise.

    *signed*: each request must carry the fake's token, or one of *tokens*, and none that
    is *revoked*. *before* may answer in the fake's place; *after* may change an answer,
    and knows whether the request wrote an activity. All *requests* are kept, and the
    *failures* of the fake itself, which the plugin sees as a 500.
    """

    def __init__(self, fake: FakeCRM, handle: Handler, *, signed: bool) -> None:
        self.tokens: set[str] = set()
        self.revoked: set[str] = set()
        self.requests: list[Request] = []
        self.failures: list[Exception] = []
        self._before: Before | None = None
        self._after: After | None = None
        self._fake = fake
        self._handle = handle
        self._signed = signed
        self._lock = RLock()

    @contextmanager
    def between(
        self, *, before: Before | None = None, after: After | None = None
    ) -> Iterator[None]:
        """
        Do what a rule wants, for the while of a ``with``.
        """
        kept = self._before, self._after
        self._before, self._after = before, after
        try:
            yield
        finally:
            self._before, self._after = kept

    def shapes(self) -> set[Shape]:
        """
        Return where requests went, whatever ids they hold, and forget them.
        """
        shapes: set[Shape] = {
            (request.method, request.path.count("/"), *sorted(request.query))
            for request in self.requests
        }
        self.requests.clear()
        return shapes

    def __call__(self, request: Request) -> Answer:
        """
        Answer a request.
        """
        self.requests.append(request)
        if self._signed and not self._admits(request):
            return self._fake.error(_UNAUTHORIZED, {})
        instead = self._before(request) if self._before else None
        return instead or self._answered(request)

    def _answered(self, request: Request) -> Answer:
        with self._lock:  # a fake is made of dictionaries
            if self._after is None:
                return self._given(request)
            count = len(self._fake.written)
            answer = self._given(request)
            return self._after(request, answer, len(self._fake.written) > count)

    def _given(self, request: Request) -> Answer:
        try:
            return self._handle(request)
        except Exception as error:
            self.failures.append(error)
            raise

    def _admits(self, request: Request) -> bool:
        if request.path in self._fake.open_paths:
            return True
        good = ({self._fake.token} | self.tokens) - self.revoked
        return any(carries(request, token) for token in good)


def carries(request: Request, token: str) -> bool:
    """
    Tell whether a request carries a token: in a header, also of Basic, in path or query.
    """
    texts = [*request.headers.values(), request.path, *request.query.values()]
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            texts.append(b64decode(encoded).decode(errors="replace"))
        except NotBase64:
            return False
    return any(token in text for text in texts)


def always(answer: Answer) -> Callable[[object], Answer]:
    """
    Return what answers so whatever comes: a request, or the fake's answer.
    """
    return lambda _asked: answer
