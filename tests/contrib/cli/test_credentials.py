"""
The commands of credentials.
"""

import base64
import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from crmkit._sqlite import open_store
from crmkit._vault import vault_of
from crmkit_cli._callback import Callback

pytest.importorskip("crmkit_simulator")
pytest.importorskip("crmkit_hubspot")

KEY = base64.b64encode(bytes(32)).decode()
OTHER = base64.b64encode(bytes([1]) * 32).decode()
FULL = {
    "access_token": "PLANTED-a",
    "refresh_token": "PLANTED-r",
    "expires_at": "2030-05-01T12:00:00Z",
    "metadata": {"client_id": "app", "client_secret": "PLANTED-s"},
}
BROWSER = """
import sys, urllib.error, urllib.request
try:
    urllib.request.urlopen(sys.argv[1], timeout=20).read()
except urllib.error.HTTPError:
    pass
"""


@pytest.fixture
def run(inside):
    """
    Run a command of credentials, with a key.
    """

    def run(*arguments, **options):
        return inside("credentials", *arguments, **{"CRMKIT_KEY": KEY, **options})

    return run


@pytest.fixture
def files(tmp_path):
    """
    Return a function that reads all bytes that were written anywhere.
    """
    return lambda: b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())


@pytest.fixture
def hub(crm_simulator):
    """
    Start a CRM with an app.
    """
    app = {"client_id": "app", "client_secret": "hush"}
    return crm_simulator("hubspot", contacts=1, app=app)


class TestKeep:
    def test_set(self, run, files):
        """
        A token from standard input is kept; no output and no file shows it.
        """
        done = run("set", "hubspot", "--user", "ana", stdin="PLANTED\n")

        assert done.out == "kept: credentials of hubspot, for user 'ana'\n"
        assert "PLANTED" not in done.out + done.err
        assert b"PLANTED" not in files()
        assert b"crmkit1." in files()

    def test_serves(self, run, inside, hub):
        """
        What is kept signs in where no other token is given, for its user alone.
        """
        place = f"base_url={hub.base_url}"
        client = hub.contacts()[0]["id"]
        run("set", "hubspot", "--user", "ana", stdin=f"{hub.token}\n")

        fetch = ("fetch", client, "--provider", "hubspot", "--set", place)
        assert inside(*fetch, "--user", "ana", CRMKIT_KEY=KEY, code=0)
        lacking = inside(*fetch, "--user", "eve", CRMKIT_KEY=KEY, code=5)
        assert "No CRM credentials found for user 'eve'" in lacking.err

    def test_refresh(self, run):
        """
        With --refresh there are four lines: both tokens, client id and client secret.
        """
        run("set", "hubspot", "--refresh", stdin="\nPLANTED-r\napp\nPLANTED-s\n")

        (kept,) = run("list", "--json").lines
        assert kept["holds"] == ["refresh_token", "metadata"]

    def test_json(self, run, tmp_path):
        """
        Credentials can be given as JSON, from a file or standard input.
        """
        run("set", "hubspot", "--from-json", "-", stdin=json.dumps(FULL))
        (tmp_path / "them.json").write_text(json.dumps(FULL))
        run("set", "--provider", "other", "--from-json", "them.json")

        first, second = run("list", "--json").lines
        assert first == {
            "provider": "hubspot",
            "user_id": None,
            "expires_at": "2030-05-01T12:00:00+00:00",
            "holds": ["access_token", "refresh_token", "metadata"],
        }
        assert second == {**first, "provider": "other"}

    @pytest.mark.parametrize(
        "wrong",
        [
            "PLANTED",
            '["PLANTED"]',
            '{"access_token": ["PLANTED"]}',
            '{"access_token": 5}',
            '{"access_token": "t", "token": "PLANTED"}',
            '{"access_token": "t", "expires_at": "PLANTED"}',
            '{"access_token": "t", "metadata": "PLANTED"}',
            '{"access_token": "t", "provider": "PLANTED"}',
            '{"access_token": "", "metadata": {"x": "PLANTED"}}',
        ],
    )
    def test_wrong_json(self, run, wrong):
        """
        What is no credentials is refused in one line, and not shown.
        """
        done = run("set", "hubspot", "--from-json", "-", stdin=wrong, code=2)

        assert done.err.startswith("Error: ")
        assert done.err.count("\n") == 1
        assert "PLANTED" not in done.err + done.out

    def test_nothing(self, run):
        """
        An empty token is refused.
        """
        assert "neither an access token" in run("set", "hubspot", stdin="", code=2).err

    def test_list(self, run):
        """
        The list shows whose there are, until when and what; --provider and --user choose.
        """
        run("set", "hubspot", stdin="PLANTED\n")
        run("set", "hubspot", "--user", "ana", "--from-json", "-", stdin=json.dumps(FULL))
        header, nobody, ana = run("list").out.splitlines()

        assert header.split() == ["provider", "user", "expires", "there", "are"]
        assert nobody.split() == ["hubspot", "-", "-", "access_token"]
        assert ana.split()[:4] == ["hubspot", "ana", "2030-05-01", "12:00"]
        assert ana.endswith("access_token, refresh_token, metadata")
        assert [row["user_id"] for row in run("list", "--user", "ana", "--json").lines] == [
            "ana"
        ]
        assert run("list", "--provider", "other").out == "no credentials are kept\n"

    def test_list_without_a_key(self, run):
        """
        The list needs no key.
        """
        run("set", "hubspot", stdin="t\n")

        assert "hubspot" in run("list", CRMKIT_KEY="").out

    def test_remove(self, run):
        """
        What is removed is gone; what is not there ends with 3.
        """
        run("set", "hubspot", "--user", "ana", stdin="t\n")

        assert run("remove", "hubspot", "--user", "ana", "--json").json["removed"]
        done = run("remove", "hubspot", "--user", "ana", code=3)
        assert done.err == "Error: no credentials are kept of hubspot, for user 'ana'\n"


class TestRefused:
    def test_no_key(self, run):
        """
        Without a key nothing is kept, and the line says how to make one.
        """
        done = run("set", "hubspot", stdin="t\n", CRMKIT_KEY="", code=2)

        assert "crmkit credentials new-key" in done.err
        assert done.err.count("\n") == 1

    def test_wrong_key(self, run, inside):
        """
        With another key what is kept signs in nobody; the line names the key.
        """
        run("set", "hubspot", stdin="t\n")
        done = inside("fetch", "1", "--provider", "hubspot", CRMKIT_KEY=OTHER, code=2)

        assert "needs the key" in done.err

    def test_no_encryption(self, tmp_path, environment):
        """
        Without crmkit[encryption] the line says how to install it.
        """
        code = "import sys; sys.modules['cryptography'] = None\n"
        code += "from crmkit_cli._main import run; run()"
        done = subprocess.run(
            [sys.executable, "-c", code, "credentials", "set", "hubspot"],
            input=b"t\n",
            cwd=tmp_path,
            env={**environment, "CRMKIT_KEY": KEY},
            capture_output=True,
            check=False,
        )

        assert done.returncode == 2
        assert b"pip install 'crmkit[encryption]'" in done.stderr

    def test_unusable_store(self, run, tmp_path):
        """
        A store that cannot be written is said in one line.
        """
        (tmp_path / "file").touch()
        store = f"sqlite:///{tmp_path}/file/crmkit.db"
        done = run("set", "hubspot", stdin="t\n", CRMKIT_STORE=store, code=2)

        assert "make it writable" in done.err
        assert done.err.count("\n") == 1


class TestKeys:
    def test_new_key(self, run, tmp_path):
        """
        A new key is in a file that is its owner's alone, and is not shown.
        """
        done = run("new-key", CRMKIT_KEY="")
        (file,) = tmp_path.rglob("crmkit.key")

        assert str(file) in done.out
        assert file.read_text().strip() not in done.out + done.err
        assert os.name != "posix" or stat.S_IMODE(file.stat().st_mode) == 0o600
        again = run("new-key", CRMKIT_KEY="", code=2)
        assert "credentials rotate" in again.err

    def test_rotate(self, run, tmp_path):
        """
        After a rotation what is kept opens, with another key in the file.
        """
        run("new-key", CRMKIT_KEY="")
        (file,) = tmp_path.rglob("crmkit.key")
        old = file.read_text()
        run("set", "hubspot", stdin="t\n", CRMKIT_KEY="")
        done = run("rotate", CRMKIT_KEY="")

        assert done.out == f"sealed anew: 1, with the new key in the key file {file}\n"
        assert file.read_text() != old
        assert run("rotate", "--json", CRMKIT_KEY="").json["sealed"] == 1

    def test_rotate_variable(self, run):
        """
        The key of CRMKIT_KEY is the user's to change: the line says in which steps.
        """
        run("set", "hubspot", stdin="t\n")
        done = run("rotate", CRMKIT_KEY=f"{OTHER} {KEY}")

        assert done.out == "sealed anew: 1, with the key in CRMKIT_KEY\n"
        assert "put it before the old one" in done.err
        assert run("rotate", CRMKIT_KEY=OTHER).out.startswith("sealed anew: 0")

    def test_rotate_without_a_key(self, run):
        """
        Without a key there is nothing to rotate.
        """
        assert "new-key" in run("rotate", CRMKIT_KEY="", code=2).err


class TestLogin:
    @pytest.fixture
    def login(self, crmkit, hub, tmp_path):
        """
        Sign in to that CRM, in a process whose browser runs this code.
        """
        script = tmp_path / "browser.py"

        def login(*arguments, browser=BROWSER, **options):
            script.write_text(browser)
            return crmkit(
                *("credentials", "login", "hubspot", "--client-id", "app", "--port", "0"),
                *("--set", f"base_url={hub.base_url}", *arguments),
                **{
                    "BROWSER": f"{sys.executable} {script} %s",
                    "CRMKIT_KEY": KEY,
                    "CRMKIT_CLIENT_SECRET": "hush",
                    **options,
                },
            )

        return login

    @pytest.fixture
    def kept(self, run):
        """
        Return a function that lists whose credentials are kept.
        """
        return lambda: [each["user_id"] for each in run("list", "--json").lines]

    def test_login(self, login, kept, run, inside, hub):
        """
        Who signs in with the browser can fetch, and the token is renewed when it is over.
        """
        done = login("--user", "ana")
        assert done.out == "kept: credentials of hubspot, for user 'ana'\n"
        assert "Sign in here: http://127.0.0.1:" in done.err
        assert kept() == ["ana"]

        client = hub.contacts()[0]["id"]
        fetch = ("fetch", client, "--provider", "hubspot", "--user", "ana", "--json")
        place = f"base_url={hub.base_url}"
        assert inside(*fetch, "--set", place, CRMKIT_KEY=KEY).json["id"] == client
        hub.clock.advance(3600)
        assert inside(*fetch, "--set", place, CRMKIT_KEY=KEY).json["id"] == client

    def test_nothing_shown(self, login, files, tmp_path, monkeypatch):
        """
        No token and no secret is shown, or is in any file.
        """
        done = login("--trace")
        monkeypatch.setenv("CRMKIT_KEY", KEY)
        (store,) = tmp_path.rglob("crmkit.db")
        opened = open_store(f"sqlite:///{store}")
        found = vault_of(opened).get("hubspot", None).credentials
        opened.close()
        tokens = [found.access_token.reveal(), found.refresh_token.reveal()]
        assert found.metadata["client_secret"] == "hush"

        assert not [text for text in (*tokens, "hush") if text in done.out + done.err]
        assert not [text for text in (*tokens, "hush") if text.encode() in files()]

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            ({"error": "access_denied", "state": "{state}"}, "refused: access_denied"),
            ({"state": "{state}"}, "holds no code"),
            ({"code": "unknown", "state": "{state}"}, "gives no token: invalid_grant"),
        ],
    )
    def test_refused(self, login, kept, answer, said):
        """
        An answer that is refused, foreign or wrong is one line, and nothing is kept.
        """
        browser = f"""
import sys, urllib.parse, urllib.request
query = urllib.parse.parse_qs(urllib.parse.urlsplit(sys.argv[1]).query)
text = {urlencode(answer)!r}.replace("%7Bstate%7D", query["state"][0])
urllib.request.urlopen(query["redirect_uri"][0] + "?" + text, timeout=20).read()
"""
        done = login(browser=browser, code=5)

        assert said in done.err.splitlines()[-1]
        assert kept() == []

    def test_other_requests(self, login, kept):
        """
        Other paths, methods and hosts get nothing, and do not end the wait.
        """
        browser = """
import http.client, sys, urllib.parse, urllib.request
query = urllib.parse.parse_qs(urllib.parse.urlsplit(sys.argv[1]).query)
back = urllib.parse.urlsplit(query["redirect_uri"][0])
good = "/callback?code=c&state=" + query["state"][0]
for method, path, host, status in [
    ("GET", "/", back.netloc, 404),
    ("GET", "/favicon.ico", back.netloc, 404),
    ("GET", "/callback/x", back.netloc, 404),
    ("POST", good, back.netloc, 501),
    ("GET", good, "evil.example", 404),
    ("GET", good, f"localhost:{back.port}", 404),
    ("GET", "/callback?code=c&state=of+another", back.netloc, 200),
    ("GET", "/callback?code=c", back.netloc, 200),
]:
    connection = http.client.HTTPConnection(back.netloc, timeout=20)
    connection.request(method, path, headers={"Host": host})
    assert connection.getresponse().status == status, (method, path, host)
urllib.request.urlopen(sys.argv[1], timeout=20).read()
"""
        login(browser=browser)

        assert kept() == [None]

    def test_nobody(self, login, kept):
        """
        A sign-in for which nobody comes ends when its time is over.
        """
        done = login("--timeout", "0.2", "--no-browser", code=5)

        assert "nobody signed in within 0 s" in done.err
        assert kept() == []

    def test_wrong_secret(self, login, kept):
        """
        A wrong client secret is said, with what to check.
        """
        done = login(CRMKIT_CLIENT_SECRET="wrong", code=5)

        assert "invalid_client" in done.err
        assert kept() == []

    def test_port_in_use(self, login):
        """
        A port that another program has is named, before anybody signs in.
        """
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            done = login("--port", str(port), code=2)

        assert f"nothing can listen on port {port}" in done.err

    def test_no_key(self, login):
        """
        Without a key nobody is sent to sign in.
        """
        done = login(CRMKIT_KEY="", code=2)

        assert "new-key" in done.err
        assert "Sign in here" not in done.err

    def test_no_oauth(self, run):
        """
        A CRM without OAuth says how else a token is kept.
        """
        plugin = str(Path(__file__).with_name("portal.py"))
        place = ("--plugin", plugin, "--client-id", "x")
        done = run("login", "portal", *place, "--port", "0", code=2)

        assert "crmkit credentials set" in done.err


def test_one_sign_in_after_the_other():
    """
    The port, which the app's redirect URL names, can be had again at once.
    """
    port = 0
    for user in ("ana", "bob"):
        with Callback(port) as callback:
            place = urlsplit(callback.url)
            port = place.port
            with socket.create_connection((place.hostname, port), timeout=20) as browser:
                path = f"{place.path}?state=s&code={user}"
                browser.sendall(
                    f"GET {path} HTTP/1.0\r\nHost: {place.netloc}\r\n\r\n".encode()
                )
                while browser.recv(4096):  # until the server closes, as it does first
                    pass
            assert callback.code("s", 20) == user


def test_page_is_shown(crmkit, hub, tmp_path):
    """
    The page that the browser ends on holds no code, and runs nothing.
    """
    browser = tmp_path / "browser.py"
    browser.write_text("""
import pathlib, sys, urllib.request
answer = urllib.request.urlopen(sys.argv[1], timeout=20)
pathlib.Path("page.html").write_bytes(answer.read())
pathlib.Path("headers.txt").write_text(str(answer.headers) + answer.url)
""")
    crmkit(
        *("credentials", "login", "hubspot", "--client-id", "app", "--port", "0"),
        *("--set", f"base_url={hub.base_url}"),
        BROWSER=f"{sys.executable} {browser} %s",
        CRMKIT_KEY=KEY,
        CRMKIT_CLIENT_SECRET="hush",
    )
    page = (tmp_path / "page.html").read_text()
    headers, _, url = (tmp_path / "headers.txt").read_text().rpartition("http://")
    (code,) = parse_qs(urlsplit(url).query)["code"]

    assert "close this page" in page
    assert code not in page + headers
    assert "default-src 'none'" in headers
    assert "no-referrer" in headers
