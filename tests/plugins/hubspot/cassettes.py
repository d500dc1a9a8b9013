"""
Cassettes: what is taken out of them before they are kept, and what none may hold.
"""

import json
import re
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, unquote_plus, urlencode

from vcr.persisters.filesystem import FilesystemPersister
from vcr.serialize import serialize

from crmkit_hubspot._fields import STANDARD

FOLDER = Path(__file__).parents[3] / "cassettes" / "hubspot"
HOST = "https://api.hubapi.com"

_LOOPBACK = re.compile(r"^http://127\.0\.0\.1:\d+")
_HEADERS = re.compile(r"content-type|retry-after|x-hubspot-ratelimit-[\w-]+", re.IGNORECASE)
_IN_FORMS = {"client_id", "client_secret", "code", "code_verifier", "refresh_token"}
_IN_ANSWERS = {"access_token": "scrubbed", "refresh_token": "scrubbed"}
_NUMBERS = {
    "correlationId": "0",
    "requestId": "0",
    "hub_id": 1,
    "portalId": 1,
    "hs_object_source_id": "1",
}
_TIMES = dict.fromkeys(
    (
        *("createdAt", "updatedAt", "archivedAt", "startedAt", "completedAt"),
        *("createdate", "lastmodifieddate", "hs_createdate", "hs_lastmodifieddate"),
    ),
    "2026-05-01T09:30:00.000Z",
)
_SCRUBBED = {**_IN_ANSWERS, **_NUMBERS, **_TIMES}
_DROPPED = {"link", "url"}  # they name the host and the account
_PORTAL = re.compile(r'(portalId\\*"\s*:\s*)\d+')
_OF_PROPERTIES = ("name", "type", "fieldType", "hubspotDefined", "hasUniqueValue")
_OF_STRANGERS = {"hs_object_id", *_TIMES}

_ADDRESS = re.compile(r"[\w.+%'-]+@((?:[\w-]+\.)+\w+)")
_INVENTED = re.compile(r"(?:.*\.)?(?:example\.(?:com|net|org)|example)", re.IGNORECASE)
_TOKENS = re.compile(r"\bpat-\w|\bBearer\s+\S", re.IGNORECASE)


class Leak(Exception):  # noqa: N818 - what it is, in the words of who reads it
    """
    A cassette holds what must not be kept; it was not saved.
    """


class Cassettes(FilesystemPersister):
    """
    Where cassettes are saved: with a *label* on top, and without *secrets* or not at all.
    """

    def __init__(self, label=None, secrets=()):
        self._label = label
        self._secrets = secrets
        self._refused = None

    def save_cassette(self, cassette_path, cassette_dict, serializer):
        text = f"# {self._label}\n{serialize(cassette_dict, serializer)}"
        self._refused = leak([text, *_texts(cassette_dict)], self._secrets)
        if not self._refused:
            path = Path(cassette_path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def close(self):
        """
        Raise Leak if a cassette was not saved.

        While it is saved would be too early: what records would stay switched on.
        """
        if self._refused:
            msg = f"the cassette holds {self._refused}; it was not saved"
            raise Leak(msg)


def leak(texts, secrets=()):
    """
    Return of what kind the first secret is that one of these texts holds, None for none.
    """
    spellings = {spelling for text in texts for spelling in _spellings(text)}
    return next(filter(None, (_leak(spelling, secrets) for spelling in spellings)), None)


def _leak(text, secrets):
    if any(secret in text for secret in secrets):
        return "a token or a secret that is in use"
    if _TOKENS.search(text):
        return "what looks like a token"
    if not all(map(_is_invented, _ADDRESS.finditer(text))):
        return "an e-mail address outside example.com"
    return None


def scrub_request(request):
    """
    Leave what is asked for, without what signs it; a simulator's place is HubSpot's.
    """
    request.uri = _LOOPBACK.sub(HOST, request.uri)
    request.headers = _headers(request.headers)
    if "form" in request.headers.get("Content-Type", ""):
        form = parse_qsl(request.body.decode())
        request.body = urlencode(
            [(name, "scrubbed" if name in _IN_FORMS else value) for name, value in form]
        )
    return request


def scrub_response(response):
    """
    Leave what the provider reads, of nobody but the people that were made up for it.
    """
    response["headers"] = _headers(response["headers"])
    text = _PORTAL.sub(r"\g<1>1", response["body"]["string"].decode())
    with suppress(ValueError):
        text = json.dumps(_scrubbed(json.loads(text)), separators=(",", ":"))
    response["body"]["string"] = text.encode()
    return response


def _headers(headers):
    return {name: value for name, value in headers.items() if _HEADERS.fullmatch(name)}


def _scrubbed(value):
    if isinstance(value, list):
        return [_scrubbed(item) for item in value if not _unread(item)]
    if not isinstance(value, dict):
        return value
    if "fieldType" in value:
        return _property(value)
    if _is_stranger(value):
        value = {name: value[name] if name in _OF_STRANGERS else None for name in value}
    return {
        name: _SCRUBBED[name] if name in _SCRUBBED and inner else _scrubbed(inner)
        for name, inner in value.items()
        if name not in _DROPPED
    }


def _unread(item):
    return isinstance(item, dict) and "fieldType" in item and item["name"] not in STANDARD


def _property(described):
    # Options that are kept elsewhere are people: the account's users.
    listed = () if described.get("externalOptions") else described.get("options", ())
    options = [{"label": one["label"], "value": one["value"]} for one in listed]
    found = {name: described[name] for name in _OF_PROPERTIES if name in described}
    return {**found, "options": options}


def _is_stranger(properties):
    if "email" not in properties:
        return False
    return not _is_invented(_ADDRESS.fullmatch(properties["email"] or ""))


def _is_invented(address):
    return bool(address and _INVENTED.fullmatch(address[1]))


def _texts(cassette):
    for request in cassette["requests"]:
        yield from (request.uri, _text(request.body), str(dict(request.headers)))
    for response in cassette["responses"]:
        yield from (_text(response["body"]["string"]), str(response["headers"]))


def _text(body):
    return body.decode(errors="replace") if isinstance(body, bytes) else body or ""


def _spellings(text):
    """
    Yield a text as it is, and without the escapes of URLs and of JSON.
    """
    yield text
    yield unquote_plus(text)
    yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
