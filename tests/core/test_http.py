"""
What a request does with answers: judged, repeated or not, read, refused.
"""

import logging
import pickle
import socket
from email.utils import format_datetime
from urllib.parse import unquote

import pytest
from tests.core import acme
from tests.core.acme_crm import TOKEN
from tests.core.plugins import provider
from tests.core.server import Answer, cut_short, dripping, reset, silence, zipped

from crmkit import (
    AccessDeniedError,
    ActivityRecord,
    AuthenticationError,
    ClientNotFoundError,
    ConfigurationError,
    CredentialsError,
    CRMCredentials,
    CRMError,
    InvalidRequestError,
    PluginContractError,
    ProtocolError,
    RateLimitedError,
    SyncOutcome,
    UnavailableError,
    _wire,
    bearer,
)
from crmkit._retry import Patience
from crmkit.testing import START

WRITES = ["post", "put", "patch", "delete"]


@pytest.fixture
def http(connect, server):
    """
    Return the way to a server that answers by script.
    """
    return connect().session().http


def refusing_port():
    """
    Return a port of this machine on which nobody listens.
    """
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class TestErrors:
    @pytest.mark.parametrize(
        ("status", "kind", "phrase"),
        [
            (400, InvalidRequestError, "Bad Request"),
            (401, AuthenticationError, "Unauthorized"),
            (403, AccessDeniedError, "Forbidden"),
            (404, ClientNotFoundError, "Not Found"),
            (410, ClientNotFoundError, "Gone"),
            (418, InvalidRequestError, "I'm a Teapot"),
            (499, InvalidRequestError, "Unknown"),
        ],
    )
    def test_final(self, http, server, clock, status, kind, phrase):
        """
        A refusal is one error of the form that the specification gives, at once.
        """
        server.script(Answer(status, headers={"X-Request-Id": "r-7"}))

        with pytest.raises(CRMError) as caught:
            http.get("/people")

        error = caught.value
        assert str(error) == f"Acme API error: {status} - {phrase}"
        assert type(error) is kind
        assert (error.status, error.provider, error.request_id) == (status, "acme", "r-7")
        assert clock.waits == []

    @pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 599])
    def test_unavailable(self, http, server, status):
        """
        A failure of the server may have come after the work was done.
        """
        server.script(status)

        with pytest.raises(
            UnavailableError, match=f"^Acme API error: {status} - "
        ) as caught:
            http.post("/notes")

        assert caught.value.sent

    def test_client_id(self, connect, server):
        """
        The error of a fetch for one client names this client.
        """
        server.script(403)

        with pytest.raises(AccessDeniedError) as caught:
            connect().get_client_data("7")

        assert caught.value.client_id == "7"

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_redirect(self, http, server, status):
        """
        No token follows a redirect: it is a ProtocolError after one request.
        """
        server.script(Answer(status, headers={"Location": f"{server.url}/elsewhere"}))

        with pytest.raises(ProtocolError, match=f"error: {status} .*base URL right"):
            http.get("/people")

        assert [request.path for request in server.requests] == ["/people"]

    def test_error_from_sees_everything(self, connect, server):
        """
        error_from judges every answer, those with status 200 too; None leaves it to status.
        """

        def error_from(response):
            problem = response.json().get("error")
            return InvalidRequestError(problem) if problem else None

        plugin = provider(info={"base_url": server.url, "error_from": error_from})
        http = connect(plugin).session().http
        server.script({"error": "no such field"}, {"fine": 1}, Answer(404, json={}))

        with pytest.raises(InvalidRequestError, match="no such field") as caught:
            http.get("/")
        assert caught.value.status == 200
        assert caught.value.provider == "acme"
        assert http.get("/").json() == {"fine": 1}
        with pytest.raises(ClientNotFoundError):
            http.get("/")


class TestRepeating:
    def test_schedule(self, http, server, clock):
        """
        A read that fails for a while is repeated after exactly 1, 2 and 4 seconds.
        """
        server.script(503, 502, 500, {"fine": 1})

        assert http.get("/people").json() == {"fine": 1}
        assert clock.waits == [1, 2, 4]

    def test_gives_up(self, http, server, clock):
        """
        After three repetitions the last error is raised.
        """
        server.script(503, 503, 503, 504, {"never": "read"})

        with pytest.raises(UnavailableError, match="504"):
            http.get("/people")

        assert clock.waits == [1, 2, 4]
        assert len(server.requests) == 4

    @pytest.mark.parametrize("retries", [0, 1, 5])
    def test_max_retries(self, connect, server, clock, retries):
        """
        max_retries= says how often a failed request is repeated.
        """
        server.answer = lambda request: 503

        with pytest.raises(UnavailableError):
            connect(max_retries=retries).session().http.get("/people")

        assert clock.waits == [2**n for n in range(retries)]

    @pytest.mark.parametrize(
        ("header", "wait"),
        [
            ("7", 7),
            ("2.5", 2.5),
            ("0", 1),
            ("-3", 1),
            (format_datetime(START.replace(second=30), usegmt=True), 30),
            (format_datetime(START.replace(year=2020), usegmt=True), 1),
            ("soon", 1),
            ("nan", 1),
            ("inf", 1),
            ("", 1),
        ],
    )
    def test_retry_after(self, http, server, clock, header, wait):
        """
        Retry-After is heeded as seconds and as a date; the schedule is the least wait.
        """
        server.script(Answer(429, headers={"Retry-After": header}), {"fine": 1})

        http.get("/people")

        assert sum(clock.waits) == pytest.approx(wait)

    def test_wait_beyond_patience(self, http, server, clock):
        """
        A wait above max_wait, such as a spent daily quota, is raised and never slept.
        """
        server.script(Answer(429, headers={"Retry-After": "3600"}))

        with pytest.raises(RateLimitedError) as caught:
            http.get("/people")

        assert caught.value.retry_after == 3600
        assert clock.waits == []
        assert len(server.requests) == 1

    def test_max_wait(self, connect, server, clock):
        """
        max_wait= says how long a single wait may be.
        """
        server.script(Answer(429, headers={"Retry-After": "3600"}), {"fine": 1})

        assert connect(max_wait=3600).session().http.get("/people").json() == {"fine": 1}
        assert clock.waits == [3600]

    @pytest.mark.parametrize("verb", WRITES)
    @pytest.mark.parametrize("failure", [500, 503, 408, reset(), cut_short(b"{}")])
    def test_writes_are_not_repeated(self, http, server, clock, verb, failure):
        """
        A write that may have been done is not repeated.
        """
        server.script(failure)

        with pytest.raises(UnavailableError) as caught:
            getattr(http, verb)("/notes")

        assert caught.value.sent
        assert len(server.requests) == 1
        assert clock.waits == []

    def test_write_without_an_answer(self, http, server, monkeypatch, clock):
        """
        A write whose answer does not come in time may have been done; it is not repeated.
        """
        monkeypatch.setattr(_wire, "_TIMEOUT", _wire.urllib3.Timeout(connect=5, read=0.1))
        server.script(silence())

        with pytest.raises(UnavailableError, match="did not answer in time") as caught:
            http.post("/notes")

        assert caught.value.sent
        assert len(server.requests) == 1
        assert clock.waits == []

    @pytest.mark.parametrize("answer", [silence(), dripping()])
    def test_deadline(self, connect, server, answer):
        """
        A CRM that does not answer, or byte by byte, holds nobody beyond the deadline.
        """
        server.script(answer)
        connector = connect(clock=None)

        outcome = connector.sync_activity(ActivityRecord(type="note"), deadline=0.2)

        assert outcome.status == "uncertain"
        assert str(outcome.error).endswith(("did not answer in time", "broke off"))

    def test_time_left(self, clock):
        """
        What is left until a deadline bounds a request; with nothing left none begins.
        """
        patience = Patience(deadline=clock.monotonic() + 5)
        assert Patience().left(clock) is None
        assert patience.left(clock) == 5
        clock.turn(5)

        with pytest.raises(UnavailableError, match="deadline has passed") as caught:
            patience.left(clock)
        assert not caught.value.sent

    def test_deadline_before_the_request(self, connect, server, clock):
        """
        Nothing is sent once the deadline has passed.
        """
        server.answer = lambda request: clock.turn(10) or 429
        outcome = connect().sync_activity(ActivityRecord(type="note"), deadline=5)

        assert outcome.status == "pending"
        assert len(server.requests) == 1

    @pytest.mark.parametrize("verb", WRITES)
    @pytest.mark.parametrize("status", [429, 423])
    def test_writes_after_a_limit(self, http, server, clock, verb, status):
        """
        A write that met a limit or a lock was not done, so it is repeated.
        """
        server.script(status, {"fine": 1})

        assert getattr(http, verb)("/notes").json() == {"fine": 1}
        assert clock.waits == [1]

    def test_writes_after_a_refused_connection(self, connect, clock):
        """
        A write that never left is repeated, and at last known as not sent.
        """
        url = f"http://127.0.0.1:{refusing_port()}"

        with pytest.raises(UnavailableError, match="no connection to") as caught:
            connect(own={"base_url": url}).session().http.post("/notes")

        assert not caught.value.sent
        assert clock.waits == [1, 2, 4]

    def test_repeatable(self, http, server, clock):
        """
        A POST that says repeatable=True is repeated like a GET.
        """
        server.script(503, reset(), {"fine": 1})

        assert http.post("/search", repeatable=True).json() == {"fine": 1}
        assert clock.waits == [1, 2]

    def test_hook_errors(self, connect, clock):
        """
        An error that a hook raises itself is not repeated in place.
        """
        calls = []

        def fetch(ids):
            calls.append(ids)
            message = "busy"
            raise RateLimitedError(message)

        with pytest.raises(RateLimitedError):
            connect(provider(fetch=fetch)).get_client_data("1")

        assert calls == [["1"]]
        assert clock.waits == []


class TestAnswers:
    def test_compressed(self, http, server):
        """
        A compressed answer is read as what it holds.
        """
        server.script(zipped({"name": "Zoë"}))

        assert http.get("/people").json() == {"name": "Zoë"}

    def test_response(self, http, server):
        """
        A response holds status, url, content, and headers found in any case of letters.
        """
        server.script(Answer(201, content=b"\xff", headers={"X-Thing": "7"}))

        response = http.post("/notes")

        assert (response.status, response.content) == (201, b"\xff")
        assert response.headers["x-thing"] == response.headers["X-THING"] == "7"
        assert response.url == f"{server.url}/notes"

    @pytest.mark.parametrize(
        ("content", "kind", "told"),
        [
            (
                b"Log in",
                "text/html; charset=utf-8",
                "is not JSON but text/html",
            ),
            (b'{"people": [{"id": "1', "application/json", "is not valid JSON"),
            (b"", "application/json", "is not valid JSON"),
            (b"[" * 100_000, "application/json", "is not valid JSON"),
            (b"\xff\xfe\x00", "application/json", "is not valid JSON"),
        ],
    )
    def test_not_json(self, http, server, content, kind, told):
        """
        An answer that is no JSON is a ProtocolError that says what it is instead.
        """
        server.script(Answer(content=content, headers={"Content-Type": kind}))

        with pytest.raises(ProtocolError) as caught:
            http.get("/people").json()

        assert f"the answer of 127.0.0.1 {told}" in str(caught.value)
        assert "Log in" not in str(caught.value)

    def test_html_instead_of_a_client(self, connect, server):
        """
        A login page where clients are due is a ProtocolError of the fetch.
        """
        page = Answer(content=b"<html>", headers={"Content-Type": "text/html"})
        server.script(page)

        with pytest.raises(ProtocolError, match="Acme answers with a web page") as caught:
            connect().get_client_data("1")

        assert caught.value.provider == "acme"

    def test_html_after_a_write(self, connect, server):
        """
        A login page after a write leaves the activity uncertain.
        """
        page = Answer(content=b"<html>", headers={"Content-Type": "text/html"})
        server.script(page)

        outcome = connect().sync_activity(ActivityRecord(type="note"))

        assert outcome.status == "uncertain"
        assert isinstance(outcome.error, ProtocolError)

    def test_html_that_nobody_reads(self, connect, server):
        """
        A login page is no success, also for a plugin that does not look at the answer.
        """

        def sync(session, activities):
            session.http.post("/notes", json=[])
            return [SyncOutcome.synced(activity) for activity in activities]

        page = Answer(content=b"\n<!doctype html>", headers={"Content-Type": "text/html"})
        server.script(page)
        plugin = provider(sync=sync, info={"base_url": server.url})

        outcome = connect(plugin).sync_activity(ActivityRecord(type="note"))

        assert outcome.status == "uncertain"

    def test_cut_short(self, http, server, clock):
        """
        An answer shorter than announced is not taken for whole; a read is repeated.
        """
        server.script(cut_short(b'{"people": []}'), {"whole": 1})

        assert http.get("/people").json() == {"whole": 1}
        assert clock.waits == [1]

    @pytest.mark.parametrize("zip_it", [False, True])
    def test_huge(self, http, server, monkeypatch, zip_it):
        """
        An answer above the limit is refused, also when it is small on the wire.
        """
        monkeypatch.setattr(_wire, "MAX_ANSWER", 2**20)
        text = "0" * 2**21
        server.script(zipped(text) if zip_it else text)

        with pytest.raises(ProtocolError, match="larger than 1 MiB"):
            http.get("/people")

    def test_as_large_as_allowed(self, http, server, monkeypatch):
        """
        An answer of exactly the limit is read.
        """
        monkeypatch.setattr(_wire, "MAX_ANSWER", 2**20)
        server.script(Answer(content=b"x" * 2**20))

        assert len(http.get("/people").content) == 2**20

    def test_next_request_after_a_huge_answer(self, http, server, monkeypatch):
        """
        What is left of a refused answer is not read as the next one.
        """
        monkeypatch.setattr(_wire, "MAX_ANSWER", 2**16)
        server.script("0" * 2**22, {"fine": 1})

        with pytest.raises(ProtocolError):
            http.get("/people")

        assert http.get("/people").json() == {"fine": 1}


class TestRequests:
    def test_bodies(self, http, server):
        """
        json, form and content become the body, each with its content type.
        """
        server.answer = lambda request: {}

        http.post("/1", json={"name": "Zoë", "when": START})
        http.put("/2", form={"a": "x y", "b": "&"})
        http.patch("/3", content=b"raw", headers={"Content-Type": "text/csv"})
        http.delete("/4")

        first, second, third, fourth = server.requests
        assert first.json() == {"name": "Zoë", "when": START.isoformat()}
        assert first.headers["content-type"] == "application/json"
        assert second.body == b"a=x+y&b=%26"
        assert second.headers["content-type"] == "application/x-www-form-urlencoded"
        assert (third.body, third.headers["content-type"]) == (b"raw", "text/csv")
        assert fourth.body == b""
        assert [r.method for r in server.requests] == ["POST", "PUT", "PATCH", "DELETE"]

    def test_parameters(self, http, server):
        """
        Parameters are quoted, those that are None left out.
        """
        server.answer = lambda request: {}

        http.get("/people?a=1", params={"q": "x&y=z é", "none": None, "zero": 0})

        assert server.requests[0].query == {"a": "1", "q": "x&y=z é", "zero": "0"}

    @pytest.mark.parametrize(
        "value", ["../x", "a/b?c#d", "Zoë/日本", "%2e%2e", "..;", "a\\b", "x\ny", ";,", " "]
    )
    def test_path_values(self, http, server, value):
        """
        A value is one segment of the path whatever it holds.
        """
        server.answer = lambda request: {}

        http.get("/people/{id}/notes", path_values={"id": value})

        _, first, second, third = server.requests[0].path.split("/")
        assert (first, unquote(second), third) == ("people", value, "notes")
        assert server.requests[0].query == {}

    @pytest.mark.parametrize("value", ["", ".", ".."])
    def test_path_values_refused(self, http, server, value):
        """
        A value that would name another path is refused.
        """
        with pytest.raises(
            InvalidRequestError, match="id must not be empty or made of dots"
        ):
            http.get("/people/{id}", path_values={"id": value})

        assert server.requests == []

    def test_values_are_not_expanded_twice(self, http, server):
        """
        A value that looks like a name in braces stays a value.
        """
        server.answer = lambda request: {}

        http.get("/{a}/{b}", path_values={"a": "{b}", "b": "x"})

        assert server.requests[0].path == "/%7Bb%7D/x"

    def test_signed(self, http, server):
        """
        Requests are signed by auth, and say who asks for what.
        """
        server.answer = lambda request: {}

        http.get("/people")

        headers = server.requests[0].headers
        assert headers["authorization"] == f"Bearer {TOKEN}"
        assert headers["accept"] == "application/json"
        assert headers["user-agent"].startswith("crmkit")

    @pytest.mark.parametrize("token", ["to\nken", "tok\r\nX-Admin: 1", "tökén‽"])
    def test_token_that_fits_no_header(self, connect, server, token):
        """
        A token with a line break, as from a file, is refused by a clear error without it.
        """
        with pytest.raises(CredentialsError) as caught:
            connect(credentials=token).session().http.get("/people")

        assert "access token" in str(caught.value) or "header" in str(caught.value)
        assert server.requests == []
        assert not any(
            token in str(e) or repr(token) in str(e) for e in chain(caught.value)
        )

    def test_token_that_fits_no_header_keeps_the_activity(self, connect, server):
        """
        With such a token nothing was sent, so activities stay pending.
        """
        outcome = connect(credentials="t\nt").sync_activity(ActivityRecord(type="note"))

        assert outcome.status == "pending"
        assert isinstance(outcome.error, CredentialsError)

    def test_stats(self, connect, server):
        """
        Every attempt is counted.
        """
        server.script(503, {})
        connector = connect()

        connector.session().http.get("/people")

        assert connector.stats()["requests"] == 2


class TestUnrepeatableWrites:
    def posting(self, *options):
        """
        Return a provider whose crmkit_sync makes one POST for each of these options.
        """

        def sync(session, activities):
            for number, option in enumerate(options):
                session.http.post(f"/{number}", **option)
            return map(SyncOutcome.synced, activities)

        return provider(sync=sync, info={"base_url": "https://x", "auth": bearer})

    def test_one(self, connect, server):
        """
        One write in a crmkit_sync is what is allowed.
        """
        server.answer = lambda request: {}

        assert connect(self.posting({})).sync_activity(ActivityRecord(type="note"))

    def test_two(self, connect, server):
        """
        The second unrepeatable write in one crmkit_sync is refused before it is sent.
        """
        server.answer = lambda request: {}

        outcome = connect(self.posting({}, {})).sync_activity(ActivityRecord(type="note"))

        assert outcome.status == "uncertain"
        assert isinstance(outcome.error, PluginContractError)
        assert "lower sync_batch, or say repeatable=True" in str(outcome.error)
        assert [request.path for request in server.requests] == ["/0"]

    def test_repeatable_ones(self, connect, server):
        """
        Requests that may be repeated do not count.
        """
        server.answer = lambda request: {}
        again = {"repeatable": True}

        outcome = connect(self.posting(again, {}, again)).sync_activity(
            ActivityRecord(type="note")
        )

        assert outcome
        assert len(server.requests) == 3

    def test_repeated_write(self, connect, server):
        """
        The core's own repetition of a write after a limit is not a second write.
        """
        server.script(429, {})

        assert connect(self.posting({})).sync_activity(ActivityRecord(type="note"))

    def test_looking_must_not_write(self, connect, server, clock):
        """
        crmkit_find_activity may not write at all.
        """

        def look(session, activity):
            session.http.post("/search")

        def sync(session):
            session.http.post("/notes")

        plugin = provider(sync=sync, find_activity=look, info={"base_url": "https://x"})
        connector = connect(plugin)
        server.script(reset())
        connector.sync_activity(ActivityRecord(type="note"))
        clock.turn(1)

        (outcome,) = connector.flush_pending()

        assert outcome.status == "uncertain"
        assert isinstance(outcome.error, PluginContractError)
        assert len(server.requests) == 1

    def test_session_of_the_user(self, http, server):
        """
        A session that the user asked for may write as often as it likes.
        """
        server.answer = lambda request: {}

        http.post("/1")
        http.post("/2")

        assert len(server.requests) == 2


class TestSecrets:
    def test_paths_and_queries(self, http, server, caplog):
        """
        The HTTP library's log shows nothing of a path or a query, where addresses stand.
        """
        caplog.set_level(logging.DEBUG)
        caplog.set_level(logging.DEBUG, logger="urllib3")  # other libraries may lower it
        server.script({})

        http.get("/people/PLANTED-1", params={"email": "PLANTED-2@x.example"})

        assert "PLANTED-1" in server.requests[0].path
        assert "urllib3" in {record.name.partition(".")[0] for record in caplog.records}
        assert "PLANTED" not in caplog.text

    def test_log_of_others(self, http, server, caplog):
        """
        What the program asks of other hosts is logged as before.
        """
        caplog.set_level(logging.DEBUG)
        caplog.set_level(logging.DEBUG, logger="urllib3")  # other libraries may lower it
        server.script({})
        http.get("/people")

        line = '%s://%s:%s "%s %s %s"'
        log = logging.getLogger("urllib3.connectionpool")
        log.debug(line, "https", "other.example", 443, "GET", "/own?q=1", "HTTP/1.1")

        assert "/own?q=1" in caplog.text

    @pytest.mark.parametrize(
        "answer",
        [
            Answer(401, json={"token": "s3cret-body"}),
            Answer(500, json={"name": "s3cret-body"}),
            Answer(422, content=b"s3cret-body"),
            Answer(200, content=b"s3cret-body"),
            Answer(302, headers={"Location": "https://s3cret-body/"}),
            Answer(429, content=b"s3cret-body", headers={"Retry-After": "9999"}),
            reset(),
            cut_short(b"s3cret-body"),
        ],
    )
    def test_never_told(self, connect, server, answer, caplog):
        """
        No error, log or pickle of one holds a token, a header or an answer's body.
        """
        caplog.set_level(logging.DEBUG)
        server.script(*[answer] * 4)
        credentials = CRMCredentials(
            provider="acme",
            access_token="s3cret-token",
            metadata={"client_secret": "s3cret-meta"},
        )
        connector = connect(credentials=credentials)

        with pytest.raises(CRMError) as caught:
            connector.session().http.get("/people").json()

        told = [pickle.dumps(caught.value), caplog.text, repr(connector.session())]
        told += [f"{error} {error!r}" for error in chain(caught.value)]
        assert not [text for text in map(str, told) if "s3cret" in text]

    def test_pickled_error(self, http, server):
        """
        An error of a request can be pickled, with all that it tells.
        """
        server.script(Answer(503, headers={"X-Request-Id": "r-1", "Retry-After": "9"}))

        with pytest.raises(UnavailableError) as caught:
            http.post("/notes")
        copy = pickle.loads(pickle.dumps(caught.value))

        assert str(copy) == str(caught.value)
        assert (copy.sent, copy.status, copy.retry_after) == (True, 503, 9)
        assert (copy.request_id, copy.provider) == ("r-1", "acme")


class TestPlaces:
    def test_plain_http(self, connect):
        """
        A host that is not this machine must be reached over https.
        """
        http = connect(own={"base_url": "http://api.acme.example"}).session().http

        with pytest.raises(
            ConfigurationError, match=r"api\.acme\.example must be .*https://"
        ):
            http.get("/people")

    def test_foreign_host(self, http, server, caplog):
        """
        A link to a foreign host is not followed, so no token gets there.
        """
        with pytest.raises(ProtocolError, match="Acme: a link leads to a foreign host"):
            http.get("https://evil.example/people?page=2")

        assert server.requests == []

    def test_foreign_port(self, connect, server):
        """
        Another port of the same machine is a foreign host.
        """
        plugin = provider(info={"base_url": "https://x", "auth": bearer})
        http = connect(plugin, own={"base_url": "http://127.0.0.1:1"}).session().http

        with pytest.raises(ProtocolError, match="foreign host"):
            http.get(f"{server.url}/people")

        assert server.requests == []

    def test_next_link(self, http, server):
        """
        A link to the CRM's own host is followed as it is.
        """
        server.answer = lambda request: {}

        http.get(f"{server.url}/people?cursor=a%2Fb", params={"more": 1})

        assert server.requests[0].path == "/people"
        assert server.requests[0].query == {"cursor": "a/b", "more": "1"}

    def test_foreign_link_in_a_list(self, connect, server):
        """
        A foreign host in a CRM's link to its next page ends the list with an error.
        """

        def pages(session, cursor):
            page = session.http.get(cursor or "/people").json()
            return acme.ClientPage(clients=[], next_cursor=page["next"])

        plugin = provider(list_clients=pages, info={"base_url": "https://x"})
        server.script({"next": "https://evil.example/people?page=2"})

        with pytest.raises(ProtocolError, match="foreign host"):
            list(connect(plugin).iter_clients())

    def test_names_in_the_base_url(self, connect, server):
        """
        Names in the base URL are filled from the credentials' metadata, then the settings.
        """
        server.answer = lambda request: {}
        plugin = provider(info={"base_url": "http://127.0.0.1:{port}/{region}/{version}"})
        credentials = CRMCredentials(
            provider="acme", metadata={"port": server.port, "region": "eu"}
        )
        settings = {"acme": {"region": "not this", "version": "v2"}}

        connect(plugin, credentials=credentials, settings=settings).session().http.get("/x")

        assert server.requests[0].path == "/eu/v2/x"

    def test_name_without_a_value(self, connect):
        """
        A name in the base URL that nothing fills is named, with the base URL.
        """
        plugin = provider(info={"base_url": "https://{instance}.acme.example"})
        connector = connect(plugin, settings={})

        with pytest.raises(ConfigurationError, match="needs 'instance'"):
            connector.session().http.get("/x")

    def test_own_base_url(self, connect, server):
        """
        The user's base URL stands above the provider's, and above its hosts.
        """
        server.answer = lambda request: {"fine": 1}
        info = {"base_url": "https://api.acme.example", "hosts": ["*.acme.example"]}

        assert connect(provider(info=info)).session().http.get("/x").json() == {"fine": 1}

    def test_no_base_url(self, connect):
        """
        A provider without a base URL that uses http all the same is told so.
        """
        with pytest.raises(PluginContractError, match="names no base_url"):
            connect(provider(), settings={}).session().http.get("/x")

    def test_the_base_url_is_needed_late(self, connect, crm):
        """
        Opening a session needs no base URL, only a request does.
        """
        plugin = provider(info={"base_url": "https://{instance}.acme.example"})

        assert connect(plugin, settings={}).session().provider == "acme"


def chain(error):
    """
    Return an error with all errors that led to it.
    """
    found = []
    while error is not None:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
