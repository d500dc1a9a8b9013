"""
A CRM by hand, whose answers hold what they should not, and what may come of that.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from attrs import define, field
from hypothesis import strategies as st

from crmkit import ActivityRecord, CRMCredentials, CRMError, Response
from crmkit._answers import error_by_status
from crmkit._host import Host

PERSONAL = "Ana Núñez <ana@example.com> +351 555 0107"
SINCE = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
STATUSES = (
    *(200, 204, 300, 302, 304, 400, 401, 402, 403, 404, 405, 409, 410, 412, 415, 420),
    *(422, 423, 429, 431, 500, 502, 503, 504, 520, 599),
)
NO_JSON = (b"", b"[" * 100_000, b"\xff", b"<html>", b"null")
_MOST = 40  # requests of one hook
_GONE = object()
_IN_PLACE = (
    *(None, True, False, 0, 7, -1, 1.5, 1e300, 10**25, "", " ", "x", "9" * 5000, "\ud800"),
    *(
        "²",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-02-30",
    ),
    *(PERSONAL,) * 6,
    *([], {}, [7], ["x"], [[]], [{}], [None], {"a": 1}, {"value": [1]}, {"id": {"a": 1}}),
    *({"name": {"a": 1}}, {"value": {"x": 1}, "primary": []}, [{"id": 7, "label": []}]),
)


def places(value, at=()):
    """
    Yield where the values within a JSON value are, its own place too.
    """
    yield at
    pairs = value.items() if isinstance(value, dict) else ()
    for key, inner in enumerate(value) if isinstance(value, list) else pairs:
        yield from places(inner, (*at, key))


def changed(value, at, new):
    """
    Return a JSON value with something else at a place, or without it.
    """
    if not at:
        return None if new is _GONE else new
    copy, (key, *rest) = value.copy(), at
    if rest or new is not _GONE:
        copy[key] = changed(copy[key], rest, new)
    else:
        del copy[key]
    return copy


@st.composite
def altered(draw, value, most=3):
    """
    Draw a JSON value with up to so many things missing, null, or of another kind.
    """
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.sampled_from(list(places(value))))
        value = changed(value, at, draw(st.sampled_from((_GONE, *_IN_PLACE))))
    return value


@st.composite
def one_altered(draw, answers):
    """
    Draw answers of which one has some things missing, null, or of another kind.
    """
    which = draw(st.sampled_from(list(answers)))
    return {**answers, which: draw(altered(answers[which]))}


def headers(*names):
    """
    Draw headers of these names with numbers, words, and what is neither.
    """
    values = ["", "0", "1", "250", "-1", "1.5", "x", "²", "9" * 5000, PERSONAL, "text/html"]
    return st.dictionaries(st.sampled_from(names), st.sampled_from(values))


def answer(status, body=b"", url="https://crm.example/", **headers):
    """
    Make an answer; a body that is not bytes is JSON.
    """
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status=status, headers=headers, url=url, content=content)


def judged(info, response):
    """
    Return the error that an answer means to a plugin, which tells nothing personal.
    """
    limit, error = info.limit_from(response), info.error_from(response)

    assert limit is None or limit.daily_used is None or 0 <= limit.daily_used <= 1
    assert error is None or isinstance(error, CRMError)
    assert not any(word in str(error) for word in (*PERSONAL.split(), "Traceback"))
    return error


def ids(records, key="id"):
    """
    Return the ids of those records that have one.
    """
    said = [one.get(key) for one in records if isinstance(one, dict)]
    return {str(one) for one in said if is_id(one)}


def is_id(value):
    """
    Tell whether a value may be an id.
    """
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole or (isinstance(value, str) and value not in {"", "\ud800"})


def note(client_id, number=0, **more):
    """
    Make a note of a client.
    """
    given = {"type": "note", "description": "Hello", **more}
    return ActivityRecord(client_id=client_id, id=f"a{number}", timestamp=SINCE, **given)


@define(kw_only=True)
class Account:
    """
    What the core hands to hooks, with *answers* by a part of what is asked.

    The first part that a request holds, path, parameters and body, tells the answer.
    """

    plugin: Any
    answers: dict[str, Any]
    settings: Any = None
    metadata: dict[str, Any] = field(factory=dict)
    provider: str = "odd"
    user_id: str | None = None
    memory: dict[str, Any] = field(factory=dict)
    asked: list[str] = field(factory=list)

    def __attrs_post_init__(self):
        self.info = self.plugin.crmkit_provider()
        self.settings = self.settings or self.info.settings()

    info: Any = field(init=False)

    @property
    def credentials(self):
        return CRMCredentials(provider="odd", access_token="t", metadata=self.metadata)

    @property
    def http(self):
        return self

    def fields(self):
        if "fields" not in self.memory:
            self.memory["fields"] = tuple(self.plugin.crmkit_fields(self))
        return self.memory["fields"]

    def get(self, path, **options):
        return self.post(path, **options)

    def patch(self, path, **options):
        return self.post(path, **options)

    def post(self, path, *, path_values=None, params=None, json=None, **_options):
        path = path.format(**(path_values or {}))
        self.asked.append(f"{path} {params} {json}")
        assert len(self.asked) < _MOST, "it asks without end"
        body = next(told for part, told in self.answers.items() if part in self.asked[-1])
        status, body = body if isinstance(body, tuple) else (200, body)
        made = answer(status, body, f"https://crm.example{path}")
        if error := judged(self.info, made) or error_by_status("Odd", made, None):
            raise error
        return made

    def told(self, ask: Callable[[Host, Any], Any]):
        """
        Return what a hook brings; assert that nothing but a CRMError ends it.

        A record without an id may fail in whatever way, since it fails alone.
        """
        try:
            results = ask(Host({"odd": self.plugin}), self)
        except Exception as error:  # noqa: BLE001 - it is looked at
            return self._wrong(error)
        for error in getattr(results, "errors", ()):
            self._wrong(error)
        return results

    def _wrong(self, error):
        if not isinstance(error, CRMError) and not _is_idless(error):
            raise error


def _is_idless(error):
    told = str(error)
    return told in {"'id'", "'Id'"} or told.startswith("an id ")
