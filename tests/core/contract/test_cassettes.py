"""
Cassettes hold no secret and nobody's address, or are not saved.
"""

import logging
import re
from urllib.error import HTTPError
from urllib.request import Request as Asking
from urllib.request import urlopen

import pytest
from vcr import VCR
from vcr.request import Request

from crmkit.testing import Answer, Server
from crmkit.testing.cassettes import Leak, cassettes, leak

BASE = "https://api.acme.example"


@pytest.fixture
def keep(tmp_path):
    """
    Return a function that records a request, and returns the cassette's text.
    """

    def keep(answer, path="/people", data=None, sent=None, host="127.0.0.1", **options):
        file = tmp_path / "new" / "one.yaml"
        vcr = VCR(record_mode="all")
        with cassettes(BASE, **options) as config, Server(lambda _asked: answer) as server:
            url = server.url.replace("127.0.0.1", host)
            asking = Asking(url + path, data, sent or {})
            with vcr.use_cassette(str(file), **config):
                try:
                    urlopen(asking, timeout=5).close()
                except HTTPError as refused:
                    refused.close()
        return file.read_text("utf-8")

    return keep


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer x",
        '{"token":"pat-na1-11111111-2222-3333-4444-555555555555"}',
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiI3In0.x",
        "…the-secret-of-app-1…",
        '{"to":"ana@hotels.test"}',
        "/contacts/ana%40hotels.test?idProperty=email",
        "q=ana%2Bnews%40hotels.test",
        r'{"to":"ana\u0040hotels.test"}',
        "ana@example.com.hotels.test",
        "ana@notexample.com, bo@example.com",
    ],
)
def test_leak(text):
    """
    A token, a secret in use or an address is found however it is spelled, and not shown.
    """
    found = leak(["innocent", text], ["the-secret-of-app-1"])

    assert found
    assert not re.search("hotels|pat-|eyJ|app-1", found)


@pytest.mark.parametrize(
    "text",
    ["ana@example.com", "bo@crm.example", "ana%40mail.example.com", "a compat-mode bearer"],
)
def test_no_leak(text):
    """
    Addresses of nobody are no leak, nor is a word that only looks like a token.
    """
    assert leak([text], ["secret"]) is None


@pytest.mark.parametrize("said", ["ana@hotels.test", "a-secret"])
@pytest.mark.parametrize("where", ["path", "data", "answer"])
def test_not_saved(keep, tmp_path, said, where):
    """
    A recording in which something leaks fails, and leaves no cassette.
    """
    given = {
        "path": (f"/people?q={said}", None, b"{}"),
        "data": ("/people", said.encode(), b"{}"),
        "answer": ("/people", None, b"\xff " + said.encode()),
    }
    path, data, content = given[where]

    with pytest.raises(Leak, match="was not saved"):
        keep(Answer(content=content), path, data, secrets=["a-secret"])
    assert not list(tmp_path.rglob("*.yaml"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_saved(keep, host):
    """
    A recording without a leak is saved under its label, as if made at the real address.
    """
    text = keep(Answer(json={"to": "ana@example.com"}), label="From a fake.", host=host)

    assert text.startswith("# From a fake.\ninteractions:\n")
    assert f"uri: {BASE}/people\n" in text
    assert host not in text


@pytest.mark.parametrize(
    "source", ["https://eu.acme.example/crm", "https://eu.acme.example/crm/"]
)
def test_source(source):
    """
    What was asked of another address of the CRM's is told as asked of the public one.
    """
    with cassettes(BASE, source=source) as config:
        kept = config["before_record_request"](
            Request(
                "GET",
                "https://eu.acme.example/crm/people?at=https://eu.acme.example/crm",
                "",
                {},
            )
        )

    assert kept.uri == f"{BASE}/people?at=https://eu.acme.example/crm"


def test_headers(keep):
    """
    What signs a request goes, and all headers of an answer that nobody asked to keep.
    """
    told = {"Retry-After": "7", "X-Acme-Left": "8", "X-Acme-Id": "91", "Set-Cookie": "92"}
    text = keep(
        Answer(status=429, json=[], headers=told),
        sent={"Authorization": "Bearer 93", "X-Key": "94"},
        headers=["X-Acme-L*"],
    )

    assert "Retry-After" in text
    assert "X-Acme-Left" in text
    assert not re.search("X-Acme-Id|Cookie|Authorization|X-Key|9[1-4]", text)


def test_signing(keep):
    """
    Of a sign-in, who and what proves it goes, and so does what is granted.
    """
    form = b"grant_type=refresh_token&refresh_token=91&client_id=92&client_secret=93"
    granted = {"access_token": "94", "refresh_token": "95", "expires_in": 1800}
    text = keep(Answer(json=granted), "/token?api_token=96&x=97", form)

    assert "grant_type=refresh_token&refresh_token=scrubbed&client_id=scrubbed" in text
    assert "1800" in text
    assert "/token?api_token=scrubbed&x=97" in text
    assert not re.search("9[1-6]", text)


def test_own(keep):
    """
    What a provider takes out of answers itself is gone before it is looked at.
    """
    answer = Answer(json={"to": "ana@hotels.test"})

    text = keep(answer, scrub=lambda text: text.replace("hotels.test", "example.com"))

    assert "ana@example.com" in text


def test_quiet(caplog):
    """
    While it records, no log shows answers as they came; afterwards all is as before.
    """
    caplog.set_level(logging.DEBUG, "vcr")
    log = logging.getLogger("vcr")
    with cassettes(BASE):
        assert not log.isEnabledFor(logging.INFO)

    assert log.isEnabledFor(logging.DEBUG)
