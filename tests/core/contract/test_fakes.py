"""
What is wrong with a fake is told as that, not as the plugin's fault alone.
"""

import subprocess
import sys

import pytest

FILES = {
    "crmkit_acme.py": """
from crmkit import AccessDeniedError, ClientData, ProviderInfo, bearer, hookimpl


def error_from(response):
    if response.status >= 400 and response.json()["error"] == 99:
        return AccessDeniedError("Acme says no")


@hookimpl
def crmkit_provider():
    url = "https://acme.example"
    return ProviderInfo(label="Acme", base_url=url, auth=bearer, error_from=error_from)


@hookimpl
def crmkit_fetch(session, ids):
    person = session.http.get("/people/{id}", path_values={"id": ids[0]}).json()
    return [ClientData(id=person["id"])]


@hookimpl
def crmkit_sync(session, activities):
    return []
""",
    "test_acme.py": """
import crmkit_acme

from crmkit.testing import FakeAPI, ProviderContract, route


class FakeAcme(FakeAPI):
    def add_client(self, client):
        self.kept = {"id": client.id}

    @route("GET", "/people/{person}")
    def read(self, request, person):
        return self.kept


class FakeSlip(FakeAcme):
    @route("GET", "/people/{person}")
    def read(self, request, person):
        return self.ketp


class FakeNobody(FakeAcme):
    def add_client(self, client):
        raise LookupError("no room")


class FakeHasty(FakeAcme):
    def __init__(self):
        self.kept = {}


class TestPage(ProviderContract):
    plugin, api = crmkit_acme, FakeAcme


class TestSlip(ProviderContract):
    plugin, api = crmkit_acme, FakeSlip


class TestNobody(ProviderContract):
    plugin, api = crmkit_acme, FakeNobody


class TestHasty(ProviderContract):
    plugin, api = crmkit_acme, FakeHasty


class TestNothing(ProviderContract):
    plugin = crmkit_acme
""",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """
    Return what pytest writes of two rules for fakes with which something is wrong.
    """
    folder = tmp_path_factory.mktemp("fakes")
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-k", "f01 or e06"],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize(
    "sentence",
    [
        "; FakeSlip itself raises AttributeError: 'FakeSlip' object has no attribute",
        "; FakeNobody itself raises LookupError: no room at test_acme.py:24",
        "FakeHasty.__init__ must call super().__init__()",
        "TestNothing needs a line api = …",
    ],
)
def test_told(told, sentence):
    """
    The sentence names the fake, and the line in it.
    """
    assert sentence in told


def test_page(told):
    """
    An error that is a web page must be UnavailableError too, and the sentence says why.
    """
    assert (
        "takes 502 with a web page for ProtocolError "
        "(ProtocolError: the answer of 127.0.0.1 is not JSON but text/html)"
    ) in told
