"""
Credentials in a store: what comes back, and what somebody sees who reads the file.
"""

from datetime import UTC, datetime

import pytest
from attrs import evolve
from tests.core.keys import ONE, TWO

from crmkit import ConfigurationError, CRMCredentials, StoreError
from crmkit._sqlite import open_store
from crmkit._vault import key_ids, offers_vault, vault_of
from crmkit.sealing import Key

FULL = CRMCredentials(
    provider="acme",
    access_token="PLANTED access",
    refresh_token="PLANTED refresh",
    expires_at=datetime(2026, 5, 1, 9, 30, 0, 250_000, tzinfo=UTC),
    metadata={"client_secret": "PLANTED secret", "hub": {"id": 7}},
)
BARE = CRMCredentials(provider="acme", access_token="t")


@pytest.fixture(autouse=True)
def key(monkeypatch):
    """
    Have a key.
    """
    monkeypatch.setenv("CRMKIT_KEY", ONE)


@pytest.fixture
def opened(store):
    """
    Return the store that keeps the credentials.
    """
    opened = open_store(f"sqlite:///{store}")
    yield opened
    opened.close()


@pytest.fixture
def vault(opened):
    """
    Return the credentials in it.
    """
    return vault_of(opened)


@pytest.mark.parametrize("user", [None, "bob", "ü#1"])
@pytest.mark.parametrize("given", [FULL, BARE, CRMCredentials(provider="acme")])
def test_comes_back(vault, given, user):
    """
    Credentials come back whole, for their user and provider alone.
    """
    saved = vault.save(given, user, replacing=None)

    assert vault.get("acme", user) == saved
    assert saved.credentials == given
    assert vault.get("acme", "eve") is None
    assert vault.get("crm", user) is None


def test_versions(vault):
    """
    Each change has a new version; who replaces another one than is there changes nothing.
    """
    first = vault.save(BARE, None, replacing=None)
    second = vault.save(FULL, None, replacing=first.version)

    assert first.version != second.version
    assert vault.save(BARE, None, replacing=None) is None
    assert vault.save(BARE, None, replacing=first.version) is None
    assert vault.get("acme", None) == second


def test_mark(vault):
    """
    Whose successors credentials are is kept, apart from their metadata.
    """
    vault.save(FULL, None, replacing=None, succeeds="digest")

    kept = vault.get("acme", None)
    assert (kept.succeeds, kept.credentials) == ("digest", FULL)


def test_sealed(vault, store, opened):
    """
    No token or metadata is in the store's files, nor in what is listed.
    """
    vault.save(FULL, "bob", replacing=None, succeeds="PLANTED digest")
    (row,) = vault.all()
    files = b"".join(file.read_bytes() for file in store.parent.iterdir())

    assert b"acme" in files
    assert b"PLANTED" not in files
    assert b"client_secret" not in files
    assert "crmkit1" not in repr(row)
    assert (row.user_id, row.provider) == ("bob", "acme")
    assert row.expires_at == FULL.expires_at.timestamp()


@pytest.mark.parametrize("field", ["access_token", "refresh_token", "metadata"])
@pytest.mark.parametrize("change", [{"user_id": "eve"}, {"provider": "crm"}])
def test_moved(vault, opened, field, change):
    """
    What somebody copies to another user or provider in the file does not open there.
    """
    vault.save(FULL, "bob", replacing=None)
    (row,) = vault.all()
    others = dict.fromkeys({"access_token", "refresh_token", "metadata"} - {field})
    moved = evolve(row, version="v", **change, **others)
    opened.save_credentials(moved, replacing=None)

    with pytest.raises(StoreError, match="does not open"):
        vault.get(moved.provider, moved.user_id)


def test_swapped(vault, opened):
    """
    Nor does a refresh token that somebody puts in the place of the access token.
    """
    vault.save(FULL, "bob", replacing=None)
    (row,) = vault.all()
    swapped = evolve(row, access_token=row.refresh_token)
    opened.save_credentials(swapped, replacing=row.version)

    with pytest.raises(StoreError, match="does not open"):
        vault.get("acme", "bob")


def test_keys_of_the_store(opened):
    """
    A store that brings keys of its own is asked for them, with the place.
    """
    asked = []

    class Own:
        def newest(self, place):
            asked.append(place)
            return Key("own", bytes(32))

        def find(self, key_id, place):
            return Key(key_id, bytes(32))

    opened.keys = Own()
    vault = vault_of(opened)
    vault.save(FULL, "bob", replacing=None)

    assert vault.get("acme", "bob").credentials == FULL
    assert key_ids(vault.all()[0]) == {"own"}
    assert asked[0] == {"user": "bob", "provider": "acme", "field": "accessToken"}
    assert [place["field"] for place in asked[1:]] == ["refreshToken", "metadata"]


def test_no_key(vault, monkeypatch, tmp_path):
    """
    Without a key nothing is stored, and the error says how to make one.
    """
    monkeypatch.delenv("CRMKIT_KEY")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    with pytest.raises(ConfigurationError, match="credentials new-key"):
        vault.save(FULL, None, replacing=None)
    assert list(vault.all()) == []


def test_other_key(vault, monkeypatch):
    """
    With another key what is kept can be listed and removed, not read.
    """
    vault.save(FULL, None, replacing=None)
    monkeypatch.setenv("CRMKIT_KEY", TWO)

    with pytest.raises(ConfigurationError, match="needs the key"):
        vault.get("acme", None)
    assert vault.remove("acme", None)
    assert list(vault.all()) == []


@pytest.mark.parametrize("metadata", [{"x": object()}, {"x": float("nan")}])
def test_no_json(vault, metadata):
    """
    Metadata that is no JSON is refused before anything is stored.
    """
    with pytest.raises(ConfigurationError, match="must be JSON values"):
        vault.save(evolve(BARE, metadata=metadata), None, replacing=None)


def test_no_vault():
    """
    A store that keeps no credentials is named.
    """

    class Shelf:
        pass

    assert not offers_vault(Shelf())
    with pytest.raises(ConfigurationError, match="the store Shelf keeps no credentials"):
        vault_of(Shelf())
