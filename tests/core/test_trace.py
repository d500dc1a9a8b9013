"""
The debug log tells what went over the wire, and no value of it.
"""

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.server import Answer, reset

from crmkit import UnavailableError
from crmkit._trace import shape

PLANTED = "pl4nted"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.fixture
def http(connect, server, caplog):
    """
    Return the way to a server, its debug log being caught.
    """
    caplog.set_level(logging.DEBUG, logger="crmkit.http")
    return connect().session().http


def test_request_and_answer(http, server, caplog):
    """
    A request shows method, path, parameters' names and shape, its answer what it brought.
    """
    headers = {"X-RateLimit-Remaining": "7", "Retry-After": "1"}
    server.script(
        Answer(201, json={"results": [{"id": "1"}, {"id": "2"}]}, headers=headers)
    )

    http.post(
        "/v3/notes/{id}/batch",
        path_values={"id": PLANTED},
        params={"properties": PLANTED},
        json={"inputs": [{"body": "four", "done": True, "number": 5, "gone": None}]},
    )

    out, back = (record.getMessage() for record in caplog.records)
    port = server.port
    assert out.startswith(
        f"acme > POST 127.0.0.1:{port} /v3/notes/{{id}}/batch?properties=…, "
    )
    assert out.endswith(
        "{inputs: [1 of {body: text(4), done: boolean, number: number, gone: null}]}"
    )
    assert back.startswith("acme < 201 in 0.")
    assert "{results: [2 of {id: text(1)}]}" in back
    assert "; X-RateLimit-Remaining: 7" in back
    assert "; Retry-After: 1" in back


@pytest.mark.parametrize(
    "options",
    [
        {"path": f"/people/{PLANTED}"},
        {"path": f"/people/{PLANTED}?email={PLANTED}"},
        {"path": "/people/ana@example.com"},
        {"path": f"/people?{PLANTED}"},
        {"path": "/people?page=1&ana@example.com"},
        {"path": "/people/{id}", "path_values": {"id": PLANTED}},
        {"path": "/people", "params": {"email": PLANTED}},
        {"path": "/people", "json": {"email": PLANTED, "ana@example.com": 1}},
        {"path": "/people", "form": {"refresh_token": PLANTED}},
        {"path": "/people", "content": PLANTED.encode()},
        {"path": "/people", "headers": {"X-Key": PLANTED}},
    ],
)
def test_no_value(http, server, caplog, options):
    """
    Ids, addresses, values, bodies and tokens are shown neither of request nor of answer.
    """
    server.script(
        Answer(json={"email": PLANTED, PLANTED + "@x": 1}, headers={"Set": PLANTED})
    )

    http.post(**options)

    assert len(caplog.records) == 2
    for planted in (PLANTED, "ana@example.com", "t0k-en"):
        assert planted not in caplog.text


@pytest.mark.parametrize(
    ("base", "path", "shown"),
    [
        ("/api/v4", "people/", "/api/v4/people/"),
        ("/api/v4/", "/people", "/api/v4/people"),
        ("", "people//notes/{id}/", "/people//notes/{id}/"),
        ("/api", "{kind}/{id}?expand=x#part/of/it", "/api/{kind}/{id}?expand=…"),
        ("/4711/v1", "", "/…/v1/"),
        ("/api", "/notes#part/planted", "/api/notes"),
        ("/api", "/people-{kind}", "/api/…"),
        ("/api", "/{kind}.json", "/api/…"),
    ],
)
def test_path_as_sent(connect, server, caplog, base, path, shown):
    """
    The path is the one sent, base path and slashes and all, with names for what is filled.
    """
    caplog.set_level(logging.DEBUG, logger="crmkit.http")
    server.answer = lambda request: {}
    settings = {"acme": {"base_url": f"{server.url}{base}"}}
    http = connect(settings=settings).session().http

    http.get(path, path_values={"kind": "planted", "id": "a/planted"})

    out = caplog.records[0].getMessage()
    assert out == f"acme > GET 127.0.0.1:{server.port} {shown}"
    assert "planted" not in out


def test_path_of_the_base(connect, crm, server, caplog):
    """
    Where the base URL alone is asked for its path is shown, too.
    """
    caplog.set_level(logging.DEBUG, logger="crmkit.http")
    connect(settings={"acme": {"base_url": f"{server.url}/wrong/v9"}}).check()

    assert f"GET 127.0.0.1:{server.port} /wrong/v9" in caplog.text


def test_whole_address(http, server, caplog):
    """
    Of a next link, too, words alone are shown.
    """
    server.script({})

    http.get(f"{server.url}/people/{PLANTED}/notes?after={PLANTED}")

    assert f"GET 127.0.0.1:{server.port} " in caplog.text
    assert "/people/…/notes?after=…" in caplog.text
    assert PLANTED not in caplog.text


def test_no_answer(http, server, caplog):
    """
    A connection that breaks off is told too.
    """
    server.answer = lambda request: reset()

    with pytest.raises(UnavailableError):
        http.post("/notes")

    assert "acme < no answer: the connection to 127.0.0.1 broke off" in caplog.text


@given(JSON)
def test_any_shape(value):
    """
    Every JSON value has a shape; a text's is its length.
    """
    text = shape(value)

    assert isinstance(text, str)
    if isinstance(value, str):
        assert text == f"text({len(value)})"
    assert shape(json.loads(json.dumps(value))) == text
