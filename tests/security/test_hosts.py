"""
A token goes to the CRM's hosts or nowhere, whatever a link or a setting says.
"""

import socket
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.core.plugins import provider
from tests.core.server import Answer

from crmkit import ClientPage, ConfigurationError, CRMCredentials, CRMError, bearer
from crmkit._urls import fill

NASTY = (
    "/\\@#?:;.%[]|~&= \t\r\n\x00\x7f\u3002\uff0e\uff0f\uff20\uff03\u2100\u2024\u200b\u202e"
)


@contextmanager
def watched(monkeypatch):
    """
    Yield the list of all that connections are opened to; only this machine is reached.
    """
    reached, connect = [], socket.socket.connect

    def noting(this, address):
        reached.append(address)
        return connect(this, address)

    def look_up(host, port, *rest, **more):
        reached.append((host, port))
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    resolve = socket.getaddrinfo
    with monkeypatch.context() as patch:
        patch.setattr(socket.socket, "connect", noting)
        patch.setattr(
            socket,
            "getaddrinfo",
            lambda host, *rest, **more: (
                resolve if host in {"127.0.0.1", "localhost"} else look_up
            )(host, *rest, **more),
        )
        yield reached


def listing():
    """
    Return a provider that asks for whatever the CRM calls its next page.
    """

    def pages(session, cursor):
        page = session.http.get(cursor or "/people").json()
        return ClientPage(clients=[], next_cursor=page.get("next"))

    return provider(list_clients=pages, info={"base_url": "https://x", "auth": bearer})


def links(port, foreign):
    """
    Return links of a hostile CRM: foreign hosts, glued to and hidden in good ones.
    """
    home = f"127.0.0.1:{port}"
    evil = st.sampled_from(
        [
            "evil.example",
            f"127.0.0.1:{foreign}",
            f"localhost:{foreign}",
            f"localhost:{port}",
        ]
    )
    glue = st.text(NASTY, max_size=3)
    scheme = st.sampled_from(["", "http:", "https:", "HTTP:", "//", "http://", "https://"])
    authority = st.one_of(
        evil,
        st.builds("{}{}{}".format, st.just(home), glue, evil),
        st.builds("{}{}{}".format, evil, glue, st.just(home)),
        st.just(home.upper()),
        st.just(f"{home}."),
        st.just(f"{home}0"),
        st.text(NASTY + "evil127", max_size=8),
    )
    return st.one_of(
        st.builds("{}{}{}{}".format, scheme, glue, authority, st.sampled_from(["", "/x"])),
        st.text(max_size=20),
    )


def test_next_links(running, connect, server, foreign, monkeypatch):
    """
    Whatever text a CRM gives as its next link, its own host is asked or none.
    """
    connector = connect(plugins={"acme": listing()}, max_retries=0)
    home = ("127.0.0.1", server.port)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(links(server.port, foreign.port))
    def the_law(link):
        server.script({"next": link}, {})
        with watched(monkeypatch) as reached, suppress(CRMError, ConfigurationError):
            list(connector.iter_clients())
        server.reset()
        assert set(reached) <= {home}
        assert foreign.requests == []

    the_law()


@pytest.mark.parametrize(
    "link",
    [".evil.example/x", "@evil.example/x", ":80@evil.example/x", "//evil.example/x"],
)
def test_relative_links_stay(connect, server, monkeypatch, link):
    """
    A next link that would glue another name to the host is a path on the CRM's own.
    """
    server.answer = lambda request: {}

    with watched(monkeypatch) as reached:
        connect().session().http.get(link)

    assert {*reached} == {("127.0.0.1", server.port)}
    assert server.requests[0].path == f"/{link.lstrip('/')}"


@pytest.mark.parametrize(
    "link",
    [
        "http://localhost:{port}/x",
        "http://127.0.0.1.:{port}/x",
        "http://127.0.0.1:0{port}/x",
        "http://127.1:{port}/x",
        "http://2130706433:{port}/x",
        "http://0x7f.0.0.1:{port}/x",
        "http://[::ffff:127.0.0.1]:{port}/x",
        "http://127.0.0.1:{port}@127.0.0.1:{foreign}/x",
        "http://127.0.0.1:{port}\\@127.0.0.1:{foreign}/x",
        "http://127.0.0.1:{port}\t@127.0.0.1:{foreign}/x",
        "http://127.0.0.1:{port}.evil.example/x",
        "http://127.0.0.1:{port}\uff0fevil.example/x",
        "http://127\u30020\u30020\u30021:{port}/x",
        "http://127.0.0.1:99999/x",
        "http://127.0.0.1:{port}x/x",
        "http://[::1/x",
        "https://exa\u2100mple/x",
        "https://\ud800/x",
    ],
)
def test_other_spellings(connect, server, foreign, monkeypatch, link):
    """
    A link whose host is not spelled as the CRM's own is an error of crmkit's, unasked.
    """
    http = connect().session().http
    link = link.format(port=server.port, foreign=foreign.port)

    with (
        watched(monkeypatch) as reached,
        pytest.raises((CRMError, ConfigurationError)) as caught,
    ):
        http.get(link)

    assert reached == []
    assert link not in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 300, 201])
@pytest.mark.parametrize("verb", ["get", "post"])
def test_redirects(connect, server, foreign, status, verb):
    """
    No Location is followed, so that no token, body or query gets to where it leads.
    """
    server.script(Answer(status, headers={"Location": f"{foreign.url}/x"}))

    with suppress(CRMError):
        getattr(connect().session().http, verb)("/people")

    assert foreign.requests == []
    assert len(server.requests) == 1


INJECTED = [
    "evil.example/#",
    "evil.example/",
    "evil.example?",
    "evil.example\\",
    "a@evil.example/",
    "a:b@evil.example",
    "evil.example#",
    "a b",
    "a\tb",
    "a\r\nb",
    "evil.example/%23",
    "\uff0fevil",
    "http://evil.example/",
]


@pytest.mark.parametrize("value", INJECTED)
@pytest.mark.parametrize("given_by", ["metadata", "settings"])
def test_a_domain_that_is_more(connect, monkeypatch, value, given_by):
    """
    A domain that ends the host early is refused by its name, and nothing is asked.
    """
    plugin = provider(info={"base_url": "https://{domain}.acme.example/v1", "auth": bearer})
    values = {"domain": value}
    credentials = CRMCredentials(
        provider="acme",
        access_token="t",
        metadata=values if given_by == "metadata" else {},
    )
    connector = connect(
        plugins={"acme": plugin},
        settings={"acme": values} if given_by == "settings" else {},
        credentials=credentials,
    )

    with (
        watched(monkeypatch) as reached,
        pytest.raises(ConfigurationError, match="domain goes into the base URL") as caught,
    ):
        connector.session().http.get("/people")

    assert reached == []
    assert value not in str(caught.value)


@given(st.text(max_size=20), st.sampled_from(["https://{d}.acme.example", "https://x.{d}"]))
def test_what_is_filled_in_stays_a_part(value, template):
    """
    A value filled into the base URL is a part of its host, or refused.
    """
    try:
        url = fill(template, [{"d": value}], label="Acme")
    except ConfigurationError:
        return
    parts = urlsplit(url)
    assert parts.netloc == template.removeprefix("https://").format(d=value)
    assert parts.path + parts.query + parts.fragment == ""
    assert parts.username is None


HOSTS = ["*.acme.example", "crm.example"]


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example\\.acme.example/x",
        "https://evil.example\\@na1.acme.example/x",
        "https://evil.example\t.acme.example/x",
        "https://evil.example\n.acme.example/x",
        "https://evil.example\x00.acme.example/x",
        "https://evil.example/.acme.example",
        "https://evil.example?.acme.example",
        "https://evil.example#.acme.example",
        "https://evil.example:443.acme.example/x",
        "https://evil.example@na1.acme.example/x",
        "https://evil\u2024example\uff0f.acme.example/x",
        "https://x\u2024acme.example/x",
        "https://x\u2024y.acme.example/x",
        "https://x\u200b.acme.example/x",
        "https://[::1].acme.example/x",
        "https://acme.example/x",
        "https://.acme.example:1/x",
    ],
)
def test_links_below_a_star(connect, monkeypatch, link):
    """
    A star in hosts= stands for names below that host, and for nothing else.
    """
    info = {"base_url": "https://crm.example", "hosts": HOSTS, "auth": bearer}
    connector = connect(plugins={"acme": provider(info=info)}, settings={}, max_retries=0)

    with (
        watched(monkeypatch) as asked,
        pytest.raises((CRMError, ConfigurationError)) as caught,
    ):
        connector.session().http.get(link)

    assert asked == []
    assert link not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "reached"),
    [
        ("https://na1.acme.example", [("na1.acme.example", 443)]),
        ("https://crm.example", [("crm.example", 443)]),
        ("https://crm.example.evil.example", []),
        ("https://crm.example:8443", []),
        ("https://na1.acme.example/#", []),
        ("https://na1.acme.example.evil.example", []),
        ("https://evil.example", []),
        ("https://evil.example/.acme.example", []),
        ("https://evil.example#.acme.example", []),
        ("https://evil.example\\.acme.example", []),
        ("https://na1.acme.example@evil.example", []),
        ("http://na1.acme.example", []),
        ("na1.acme.example", []),
    ],
)
def test_a_whole_address_is_pinned(connect, monkeypatch, value, reached):
    """
    Where the sign-in says which address to use, the provider's hosts= bounds it.
    """
    info = {"base_url": "{instance}/v1", "hosts": HOSTS, "auth": bearer}
    credentials = CRMCredentials(
        provider="acme", access_token="t", metadata={"instance": value}
    )
    connector = connect(
        plugins={"acme": provider(info=info)},
        settings={},
        credentials=credentials,
        max_retries=0,
    )

    with (
        watched(monkeypatch) as asked,
        pytest.raises((CRMError, ConfigurationError)) as caught,
    ):
        connector.session().http.get("/people")

    assert asked == reached
    assert reached or value not in str(caught.value)
