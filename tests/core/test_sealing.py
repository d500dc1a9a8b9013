"""
What is sealed opens with its key, in its own place, and nowhere else.
"""

import subprocess
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.keys import ONE, TWO

from crmkit import ConfigurationError, StoreError
from crmkit.sealing import Key, key_of, local_keys, seal, unseal

PLACE = {"user": "bob", "provider": "acme", "field": "accessToken"}
BARE = """
import sys
sys.modules["cryptography"] = None
from crmkit.sealing import local_keys, seal
try:
    seal("PLANTED", local_keys(), {})
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.fixture
def keys(monkeypatch):
    """
    Return this machine's keys, of which there is one.
    """
    monkeypatch.setenv("CRMKIT_KEY", ONE)
    return local_keys()


class OneKey:
    """
    Keys of which there is one, always the same.
    """

    def newest(self, place):
        return Key("k-1", bytes(32))

    def find(self, key_id, place):
        return Key("k-1", bytes(32))


@given(text=st.text(), place=st.dictionaries(st.text(), st.text(), max_size=3))
def test_round_trip(text, place):
    """
    Any text opens again in its place, and is not seen in what is sealed.
    """
    sealed = seal(text, OneKey(), place)

    assert unseal(sealed, OneKey(), place) == text
    assert sealed.startswith("crmkit1.k-1.")
    assert key_of(sealed) == "k-1"
    assert len(text) < 8 or text not in sealed  # few letters may be there by chance


def test_half_a_pair(keys):
    """
    A text that no UTF-8 can hold comes back, too.
    """
    assert unseal(seal("\ud800", keys, PLACE), keys, PLACE) == "\ud800"


def test_never_the_same(keys):
    """
    One text sealed twice gives two texts: nobody sees that they are equal.
    """
    assert seal("t", keys, PLACE) != seal("t", keys, PLACE)


@pytest.mark.parametrize(
    "other",
    [
        {**PLACE, "user": "eve"},
        {**PLACE, "provider": "crm"},
        {**PLACE, "field": "refreshToken"},
        {"user": "bob"},
        {**PLACE, "more": ""},
        {},
    ],
)
def test_other_place(keys, other):
    """
    What was sealed for one place opens in no other.
    """
    with pytest.raises(StoreError, match="does not open"):
        unseal(seal("PLANTED", keys, PLACE), keys, other)


def test_place_in_any_order(keys):
    """
    A place is what it says, in whatever order.
    """
    turned = dict(reversed(PLACE.items()))

    assert unseal(seal("t", keys, PLACE), keys, turned) == "t"


def test_changed(keys):
    """
    What was changed by a single bit does not open, wherever it was.
    """
    head, _, content = seal("PLANTED", keys, PLACE).rpartition(".")
    known = urlsafe_b64decode(content)
    for at in range(len(known)):
        changed = bytearray(known)
        changed[at] ^= 1
        with pytest.raises(StoreError, match="does not open") as caught:
            unseal(f"{head}.{urlsafe_b64encode(changed).decode()}", keys, PLACE)
        assert "PLANTED" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong", ["", "AAAA", "é", "A", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
)
def test_cut(keys, wrong):
    """
    What is cut off, or was never sealed, is a StoreError.
    """
    key_id = keys.newest({}).id

    with pytest.raises(StoreError, match="does not open"):
        unseal(f"crmkit1.{key_id}.{wrong}", keys, PLACE)


@pytest.mark.parametrize("other", ["crmkit2.x.y", "token", ""])
def test_other_form(keys, other):
    """
    What has another form asks whether crmkit is too old.
    """
    with pytest.raises(StoreError, match="another form"):
        unseal(other, keys, PLACE)


def test_other_key(keys, monkeypatch):
    """
    Without its key nothing opens, and the key is named.
    """
    sealed = seal("PLANTED", keys, PLACE)
    monkeypatch.setenv("CRMKIT_KEY", TWO)

    with pytest.raises(ConfigurationError, match=key_of(sealed)) as caught:
        unseal(sealed, local_keys(), PLACE)
    assert "PLANTED" not in str(caught.value)


def test_without_cryptography():
    """
    Where crmkit[encryption] is not installed, sealing says how to install it.
    """
    done = subprocess.run(
        [sys.executable, "-c", BARE],
        env={"CRMKIT_KEY": ONE},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    assert done.stdout.startswith("ConfigurationError sealing needs the extra")
    assert "pip install 'crmkit[encryption]'" in done.stdout
