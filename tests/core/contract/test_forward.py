"""
A fake that hands requests on.
"""

import pytest

from crmkit.testing import Answer, ForwardingAPI, Request, Server


@pytest.fixture
def forward():
    """
    Return a function that forwards a request to a server with this answer, and tells both.
    """

    def forward(answer, **request):
        seen = []

        def handle(request):
            seen.append(request)
            return answer

        with Server(handle) as server:
            fake = ForwardingAPI()
            fake.target = f"{server.url}/v1/"
            given = fake(Request(**{"method": "GET", "path": "/people", **request}))
        assert fake.unrouted == []
        return seen, given

    return forward


def test_request(forward):
    """
    Method, path, query, headers and body arrive as they were, but what is of one hop.
    """
    (seen,), _ = forward(
        Answer(json={}),
        method="POST",
        path="/people/a%2Fb",
        query_string="x=%20&x=2",
        headers={"x-own": "t", "host": "a", "accept-encoding": "gzip"},
        body=b"\x00\xff",
    )

    assert (seen.method, seen.path, seen.body) == ("POST", "/v1/people/a%2Fb", b"\x00\xff")
    assert seen.query_string == "x=%20&x=2"
    assert seen.headers["x-own"] == "t"
    assert seen.headers["host"].startswith("127.0.0.1:")
    assert seen.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(json={"a": [None, "é"]}), Answer(json={"a": [None, "é"]})),
        (Answer(content=b"<p>\xff"), Answer(content=b"<p>\xff")),
        (Answer(content=b"null"), Answer(content=b"null")),
        (Answer(status=204), Answer(status=204)),
        (Answer(status=429, json=[]), Answer(status=429, json=[])),
    ],
)
def test_answer(forward, answer, expected):
    """
    Status and content come back, JSON as values that a rule can change.
    """
    _, given = forward(answer)

    assert (given.status, given.json, given.content) == (
        expected.status,
        expected.json,
        expected.content,
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Bearer a-token-of-ana", f"Bearer {ForwardingAPI.token}"),
        ("Zoho-oauthtoken x", f"Zoho-oauthtoken {ForwardingAPI.token}"),
        ("Basic dTpw", "Basic dTpw"),
        ("dTpw", "dTpw"),
    ],
)
def test_token(forward, given, expected):
    """
    The server gets its own token in the place of one that a rule made up.
    """
    (seen,), _ = forward(Answer(json={}), headers={"authorization": given})

    assert seen.headers["authorization"] == expected


def test_unsigned(forward):
    """
    A request without a token gets none.
    """
    (seen,), _ = forward(Answer(json={}))

    assert "authorization" not in seen.headers


def test_headers(forward):
    """
    Headers of the answer come back, but those of one hop.
    """
    _, given = forward(Answer(json=1, headers={"Retry-After": "7", "Connection": "close"}))

    assert given.headers == {"Retry-After": "7", "Content-Type": "application/json"}


def test_lost(forward):
    """
    A connection that breaks there breaks here.
    """
    _, given = forward(Answer(lost=True))

    assert given.lost


def test_unreachable():
    """
    A server that is not there is told as a route that is missing.
    """
    with Server(lambda _request: Answer()) as server:
        url = server.url
    fake = ForwardingAPI()
    fake.target = url

    assert fake(Request(method="GET", path="/people")).status >= 500
    assert fake.unrouted == [f"GET /people at {url}"]
