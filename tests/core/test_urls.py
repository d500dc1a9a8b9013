"""
Addresses are made of quoted parts, and lead to the CRM's own hosts or nowhere.
"""

from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import ConfigurationError, ProtocolError
from crmkit._urls import check, is_loopback, join

BASE = "https://api.acme.example/v1"
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    st.text("/\\.?#%@:&=+;~ é{}", min_size=1),
)


def allowed(url, *, base=BASE, hosts=()):
    """
    Tell whether a URL may be asked.
    """
    try:
        check(url, base=base, hosts=hosts, label="Acme")
    except (ConfigurationError, ProtocolError):
        return False
    return True


@given(TEXTS.filter(lambda text: text not in {".", ".."}))
def test_a_value_is_one_segment(value):
    """
    Whatever an id holds, the URL stays on its host, and its path has the same segments.
    """
    url = join(BASE, "/people/{id}/notes", {"id": value}, {})
    parts = urlsplit(url)

    assert allowed(url)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == (
        "https",
        "api.acme.example",
        "",
        "",
    )
    *front, segment, back = parts.path.split("/")
    assert (front, back) == (["", "v1", "people"], "notes")
    assert unquote(segment) == value


@given(st.dictionaries(TEXTS, TEXTS, max_size=3))
def test_parameters_come_back(params):
    """
    Parameters of any content are read by the server as they were given.
    """
    query = urlsplit(join(BASE, "/people", {}, params)).query

    assert dict(parse_qsl(query, keep_blank_values=True)) == params


@pytest.mark.parametrize(
    ("base", "path", "url"),
    [
        (BASE, "/people", f"{BASE}/people"),
        (BASE, "people", f"{BASE}/people"),
        (f"{BASE}/", "/people", f"{BASE}/people"),
        (BASE, "//evil.example/x", f"{BASE}/evil.example/x"),
        (BASE, "HTTPS://evil.example/x", f"{BASE}/HTTPS://evil.example/x"),
        (BASE, "https://api.acme.example/v2/x", "https://api.acme.example/v2/x"),
    ],
)
def test_join(base, path, url):
    """
    A path goes below the base URL; only what is written as a whole URL is one.
    """
    assert join(base, path, {}, {}) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v1/people",
        "https://api.acme.example.evil.example/",
        "https://evilapi.acme.example/",
        "https://api.acme.example@evil.example/",
        "https://evil.example#@api.acme.example/",
        "https://evil.example\\@api.acme.example/",
        "https://api.acme.example\\.evil.example/",
        "https://api.acme.example\\/evil.example/",
        "https://user@api.acme.example/",
        "https://user:password@api.acme.example/",
        "https://api.acme.example:8443/",
        "https://api.acme.example:443@evil.example/",
        "https://evil.example/\thttps://api.acme.example/",
        "https://api.acme\n.example/",
        "https://api.acme.example/a b",
        "https://api.acme.example/\r\nX-Admin: 1",
        "https:///v1/people",
        "https://",
        "http://api.acme.example/v1/people",
        "http://127.0.0.1/v1/people",
        "ftp://api.acme.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ],
)
def test_refused(url):
    """
    Whatever is not https on the base's own host is refused.
    """
    assert not allowed(url)


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://api.acme.example/", True),
        ("https://files.acme.example/", True),
        ("https://eu.crm.example/", True),
        ("https://a.b.crm.example/", True),
        ("https://crm.example/", False),
        ("https://evilcrm.example/", False),
        ("https://eu.crm.example.evil.example/", False),
        ("https://other.acme.example/", False),
        ("https://user@eu.crm.example/", False),
        ("https://user:password@eu.crm.example/", False),
        ("https://evil.example@eu.crm.example/", False),
    ],
)
def test_hosts(url, fine):
    """
    hosts= names the hosts that are allowed; a star stands for any host below.
    """
    hosts = ["api.acme.example", "files.acme.example", "*.crm.example"]

    assert allowed(url, hosts=hosts) == fine


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("localhost", True),
        ("::1", True),
        ("127.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
        ("10.0.0.1", False),
        ("", False),
        (None, False),
    ],
)
def test_is_loopback(host, local):
    """
    Only addresses of the machine itself are local; names that look like them are not.
    """
    assert is_loopback(host) == local


@pytest.mark.parametrize(
    ("base", "url", "fine"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/x", True),
        ("http://localhost:8000", "http://localhost:8000/x", True),
        ("http://[::1]:8000", "http://[::1]:8000/x", True),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8001/x", False),
        ("https://127.0.0.1:8000", "http://127.0.0.1:8000/x", False),
        ("http://127.evil.example", "http://127.evil.example/x", False),
        ("http://10.0.0.1", "http://10.0.0.1/x", False),
    ],
)
def test_plain_http(base, url, fine):
    """
    Plain http serves this machine alone, and only when the base URL says so.
    """
    assert allowed(url, base=base) == fine


def test_the_error_shows_no_link():
    """
    The error about a foreign link does not show it, since it may hold a token.
    """
    with pytest.raises(ProtocolError) as caught:
        check("https://evil.example/?token=s3cret", base=BASE, hosts=(), label="Acme")

    assert "s3cret" not in str(caught.value)
