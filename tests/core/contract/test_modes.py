"""
One switch decides what the contract's tests run against.
"""

import re

import pytest
from attrs import evolve
from tests.core.contract.providers_fake import FakeAcme

import crmkit.testing._provider.tape  # noqa: F401 - once, not in each run
from crmkit import ClientData
from crmkit.testing import Server

pytest_plugins = ["pytester"]

TOKEN = "the-token-of-the-account"
TESTS = """
from tests.core.contract import providers_right
from tests.core.contract.providers_fake import FakeAcme

from crmkit import ProviderInfo, hookimpl
from crmkit.testing import FakeCRM, ProviderContract


class TestAcme(ProviderContract):
    plugin = providers_right
    api = FakeAcme
    provider = "acme"


class Paper:
    @hookimpl
    def crmkit_provider(self):
        return ProviderInfo(label="Paper")

    @hookimpl
    def crmkit_fetch(self, ids):
        return []

    @hookimpl
    def crmkit_sync(self):
        return []


class TestPaper(ProviderContract):
    plugin = Paper()
    api = FakeCRM
"""
RULES = (
    "TestAcme and (f01 or f03 or f11 or f31 or f33 or s01 or s06 or s11 or e01)"
    " or TestPaper and l04"
)
PAPER = "TestPaper: 1 rule holds"


class Account(FakeAcme):
    """
    An account of Acme's that is somewhere else, with clients made for tests.
    """

    def __init__(self):
        super().__init__()
        self.refused_tokens = set()
        for number in range(1, 6):
            email = f"ana.{number}@example.com"
            self.add_client(ClientData(id=str(number), name="Ana", email=email))

    def __call__(self, request):
        token = request.headers.get("authorization", "")
        if token != f"Bearer {TOKEN}":
            self.refused_tokens.add(token)
            return self.error(401, {})
        return super().__call__(evolve(request, path=request.path.removeprefix("/crm")))


@pytest.fixture
def account():
    """
    Return an account, whose *url* answers until the test ends.
    """
    account = Account()
    with Server(account) as server:
        account.url = f"{server.url}/crm"
        yield account


@pytest.fixture
def run(pytester, monkeypatch):
    """
    Return a function that runs the tests in a mode, and returns what pytest writes.
    """
    pytester.makepyfile(test_acme=TESTS)
    pytester.makeini("[pytest]")  # so that it is no part of what may lie around it

    def run(mode, account=None, clients="1,2,3,4,5"):
        told = {"URL": account.url, "TOKEN": TOKEN, "CLIENTS": clients} if account else {}
        with monkeypatch.context() as environment:
            environment.setenv("CRMKIT_TESTS", mode)
            for name, value in told.items():
                environment.setenv(f"CRMKIT_ACME_{name}", value)
            return str(pytester.runpytest_inprocess("-q", "-k", RULES).stdout)

    return run


def summary(text):
    """
    Return what holds, and the reasons why something is not proven.
    """
    (line,) = re.findall(r"^TestAcme: (.*)$", text, re.MULTILINE)
    return line


def test_live(run, account):
    """
    Live, rules hold for the CRM itself; those that need more of it are not proven.
    """
    told = summary(run("live", account))

    assert told.startswith("4 rules hold, 5 not proven (")
    assert "F03: live: " in told
    assert "F11: live: " in told
    assert "F31: live: " in told
    assert "F33: live: " in told
    assert "S11: live: " in told
    assert account.refused_tokens == set()


def test_few_clients(run, account):
    """
    Live, a rule that takes more clients than there are is not proven.
    """
    told = summary(run("live", account, clients="1"))

    assert told.startswith("4 rules hold, 5 not proven (")
    assert re.search(r"[( ]F03[ :][^;]*live: it takes other clients than there are", told)


def test_few_writes(run, account):
    """
    Live, a rule writes one activity, told apart from those of earlier runs.
    """
    told = {summary(run("live", account)) for _ in range(2)}

    assert len(told) == 1
    assert len(account.written) == 4
    for what in ("ref", "text"):
        assert len({note[what] for note in account.written}) == 4
    assert account.people.keys() == {"1", "2", "3", "4", "5"}


def test_replayed(run, account, pytester):
    """
    What was recorded is replayed without the CRM, and without what opens it.
    """
    run("recorded", account)
    recorded = summary(run("recorded", account))  # anew: nothing of the first is left
    cassettes = list(pytester.path.glob("cassettes/acme/contract/*.yaml"))
    texts = [cassette.read_text("utf-8") for cassette in cassettes]
    seen = len(account.written)
    replayed = run("replayed")

    assert recorded.startswith("4 rules hold, 5 not proven (")
    assert {path.stem for path in cassettes} == {
        "f01_by_id",
        "s01_written",
        "s06_unicode",
        "e01_wrong_token",
    }
    assert all(
        text.startswith("# Recorded from a server on loopback on ") for text in texts
    )
    assert all("uri: https://api.acme.example/v1/" in text for text in texts)
    assert not any(TOKEN in text or "127.0.0.1" in text for text in texts)
    assert summary(replayed).startswith("4 rules hold, 5 not proven (")
    assert seen == len(account.written) == 4


def test_outdated(run, account, pytester):
    """
    A cassette that lacks what is asked, or holds more, fails and is named.
    """
    run("recorded", account)
    folder = pytester.path / "cassettes" / "acme" / "contract"
    texts = {file.stem: file.read_text("utf-8") for file in folder.iterdir()}
    changed = {
        "f01_by_id": texts["s01_written"],
        "s01_written": re.sub(r"\n  run: .*", "", texts["s01_written"]),
        "e01_wrong_token": texts["e01_wrong_token"].replace("id=1", "id=9"),
    }
    for name, text in changed.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    told = run("replayed")

    assert "f01_by_id.yaml holds more than is asked; record it anew" in told
    assert "s01_written.yaml lacks run; record it anew" in told
    assert "e01_wrong_token.yaml lacks GET /people" in told


def test_secret(run, account, pytester):
    """
    What would hold the account's token is not recorded, and its test fails.
    """
    account.people["1"]["name"] = TOKEN
    told = run("recorded", account)

    assert "a token or a secret that is in use; it was not saved" in told
    assert list(pytester.path.glob("cassettes/**/f01*.yaml")) == []


@pytest.mark.parametrize("clients", [None, ""])
def test_no_account(run, account, clients):
    """
    Live without a token or clients nothing is proven, and the variables are named.
    """
    told = run("live") if clients is None else run("live", account, clients)

    assert (
        "9 not proven (E01 F01 F03 F11 F31 F33 S01 S06 S11: live: set CRMKIT_ACME_" in told
    )
    assert PAPER in told


def test_nothing_recorded(run):
    """
    Without cassettes nothing is proven, but what needs no CRM.
    """
    told = run("replayed")

    assert "not proven (E01 F01" in told
    assert PAPER in told


def test_unknown(run):
    """
    A mode that there is not is refused in a sentence that names those that there are.
    """
    told = run("real")

    assert "CRMKIT_TESTS is 'real'; it must be one of simulated, replayed, live" in told
    assert summary(told) == "0 rules hold, 9 in error (E01 F01 F03 F11 F31 F33 S01 S06 S11)"
