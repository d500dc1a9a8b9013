"""
Cassettes that hold no secret and nobody's address, or are not saved.

Needs the extra ``crmkit[cassettes]``: vcrpy, and pytest-recording, whose ``vcr_config`` is
what ``cassettes`` gives. Nothing else in crmkit imports it.
"""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from vcr.persisters.filesystem import FilesystemPersister
from vcr.serialize import serialize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Scrub = Callable[[str], str]

_LOOPBACK = r"^http://(?:127\.0\.0\.1|localhost|\[::1\]):\d+"
_HEADERS = ("content-type", "retry-after")
_SIGNING = re.compile(
    r"((?:^|[?&])(?:access_token|api_key|api_token|apikey|assertion|client_assertion"
    r"|client_id|client_secret|code|code_verifier|password|refresh_token)=)[^&]*"
)
_GRANTED = re.compile(r'("(?:access_token|id_token|refresh_token)"\s*:\s*)"[^"]*"')
_ADDRESS = re.compile(r"[\w.+%'-]+@((?:[\w-]+\.)+\w+)")
_INVENTED = re.compile(r"(?:.*\.)?(?:example\.(?:com|net|org)|example)", re.IGNORECASE)
_TOKENS = re.compile(r"\bpat-\w|\bBearer\s+\S|\beyJ[\w-]+\.eyJ", re.IGNORECASE)


class Leak(Exception):  # noqa: N818 - what it is, in the words of who reads it
    """
    A cassette holds what must not be kept; it was not saved.
    """


@contextmanager
def cassettes(
    base_url: str,
    *,
    source: str = "",
    label: str = "",
    secrets: Sequence[str] = (),
    headers: Sequence[str] = (),
    scrub: Scrub = str,
) -> Iterator[dict[str, Any]]:
    """
    Yield pytest-recording's ``vcr_config`` for a provider, whose address is *base_url*.

    That address stands for *source*, and for any on loopback. Of the headers none stays but
    what tells the content's type, when to retry, and *headers*, in which an asterisk stands
    for anything. Tokens go from forms, queries and answers; then *scrub* gets each answer's
    text, and returns what may stay of it. A cassette's first line is a comment, *label*.

    Raises Leak at the end if one of *secrets*, what looks like a token, or an address that
    is not at example.com is left in a cassette, which is then not saved.
    """
    keeper = Keeper(label, secrets)
    own = re.escape(source.rstrip("/"))
    place = partial(re.sub, f"^{own}|{_LOOPBACK}" if own else _LOOPBACK, base_url)
    kept = (*_HEADERS, *map(str.lower, headers))
    log = logging.getLogger("vcr")
    level = log.level
    log.setLevel(logging.WARNING)  # below it shows answers as they came
    try:
        yield {
            "match_on": ["method", "scheme", "host", "path", "query", "body"],
            "decode_compressed_response": True,
            "before_record_request": lambda one: _scrub_request(one, place, kept),
            "before_record_response": lambda one: _scrub_response(one, scrub, kept),
            "persister": keeper,
        }
    finally:
        log.setLevel(level)
    # While it is saved would be too early: what records would stay switched on.
    if keeper.refused:
        msg = f"the cassette holds {keeper.refused}; it was not saved"
        raise Leak(msg)


class Keeper:
    """
    Saves a cassette, with a *label* on top, unless something leaks: *refused* says what.
    """

    load_cassette = staticmethod(FilesystemPersister.load_cassette)

    def __init__(self, label: str, secrets: Sequence[str]) -> None:
        self.refused: str | None = None
        self._label = label
        self._secrets = secrets

    def save_cassette(self, path: str, cassette: dict[str, Any], serializer: Any) -> None:
        """
        Write the file, or say why not.
        """
        text = f"# {self._label}\n{serialize(cassette, serializer)}"
        self.refused = self.refused or leak([text, *_texts(cassette)], self._secrets)
        if not self.refused:
            file = Path(path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")


def leak(texts: Iterable[str], secrets: Sequence[str] = ()) -> str | None:
    """
    Return of what kind the first secret is that one of these texts holds, None for none.
    """
    spellings = {spelling for text in texts for spelling in _spellings(text)}
    return next(filter(None, (_leak(spelling, secrets) for spelling in spellings)), None)


def is_invented(address: str | None) -> bool:
    """
    Tell whether a text is an e-mail address that nobody has: one at example.com.
    """
    found = _ADDRESS.fullmatch(address or "")
    return found is not None and _INVENTED.fullmatch(found[1]) is not None


def _leak(text: str, secrets: Sequence[str]) -> str | None:
    if any(secret in text for secret in secrets):
        return "a token or a secret that is in use"
    if _TOKENS.search(text):
        return "what looks like a token"
    if not all(map(is_invented, (found[0] for found in _ADDRESS.finditer(text)))):
        return "an e-mail address outside example.com"
    return None


def _scrub_request(request: Any, place: Scrub, kept: Sequence[str]) -> Any:
    request.uri = _SIGNING.sub(r"\1scrubbed", place(request.uri))
    request.headers = _headers(request.headers, kept)
    if "form" in request.headers.get("Content-Type", ""):
        request.body = _SIGNING.sub(r"\1scrubbed", _text(request.body))
    return request


def _scrub_response(response: Any, scrub: Scrub, kept: Sequence[str]) -> Any:
    response["headers"] = _headers(response["headers"], kept)
    text = response["body"]["string"].decode("utf-8", "surrogateescape")
    text = scrub(_GRANTED.sub(r'\1"scrubbed"', text))
    response["body"]["string"] = text.encode("utf-8", "surrogateescape")
    return response


def _headers(headers: Mapping[str, Any], kept: Sequence[str]) -> dict[str, Any]:
    return {
        name: value
        for name, value in headers.items()
        if any(fnmatch(name.lower(), pattern) for pattern in kept)
    }


def _texts(cassette: Mapping[str, Any]) -> Iterator[str]:
    for request in cassette["requests"]:
        yield from (request.uri, _text(request.body), str(dict(request.headers)))
    for response in cassette["responses"]:
        yield from (_text(response["body"]["string"]), str(response["headers"]))


def _text(body: Any) -> str:
    return body.decode(errors="replace") if isinstance(body, bytes) else body or ""


def _spellings(text: str) -> Iterator[str]:
    """
    Yield a text as it is, and without the escapes of URLs and of JSON.
    """
    yield text
    yield unquote_plus(text)
    yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
