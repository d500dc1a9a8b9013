"""
Where keys are looked for, which one seals, and which open.
"""

import base64
import os
import stat
import sys
from hashlib import sha256

import keyring
import pytest
from tests.core.keys import ONE, THREE, TWO, MemoryKeyring

from crmkit import ConfigurationError
from crmkit._key_places import may_hold_keys
from crmkit._keys import keep_newest, make_first, place_in_use, put_new_first
from crmkit.sealing import Key, local_keys


def id_of(text):
    """
    Return the id of a key that is given as text.
    """
    return sha256(base64.b64decode(text)).hexdigest()[:8]


def newest():
    """
    Return the id of the key that seals.
    """
    return local_keys().newest({}).id


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """
    Keep the user's data in a new folder; return that of crmkit in it.
    """
    for name in ("XDG_DATA_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    from crmkit._folder import data_folder

    return data_folder()


@pytest.fixture
def key_file(data):
    """
    Return a function that writes the default key file, with these rights.
    """

    def write(text, mode=0o600):
        data.mkdir(parents=True, exist_ok=True)
        path = data / "crmkit.key"
        path.write_text(text)
        path.chmod(mode)
        return path

    return write


@pytest.fixture
def ring():
    """
    Return a keyring that is used instead of the system's.
    """
    before = keyring.get_keyring()
    keyring.set_keyring(ring := MemoryKeyring())
    yield ring
    keyring.set_keyring(before)


@pytest.mark.parametrize("between", [" ", "\n", ",", " ,\n"])
def test_several(monkeypatch, between):
    """
    Of several keys in the variable the first seals, and all are found by their ids.
    """
    monkeypatch.setenv("CRMKIT_KEY", between.join([ONE, TWO, THREE]))
    keys = local_keys()

    assert keys.newest({}) == Key(id_of(ONE), bytes([1]) * 32)
    assert [keys.find(id_of(k), {}).id for k in (ONE, TWO, THREE)] == [
        id_of(k) for k in (ONE, TWO, THREE)
    ]


def test_url_safe(monkeypatch):
    """
    Base64 with - and _ names the same key as with + and /.
    """
    secret = bytes([251, 239, 255]) * 10 + b"xx"
    seen = set()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        monkeypatch.setenv("CRMKIT_KEY", encode(secret).decode())
        seen.add(local_keys().newest({}).secret)

    assert seen == {secret}


def test_order(monkeypatch, key_file, ring):
    """
    The variable stands above the file, and the file above the keyring; all of them open.
    """
    ring.kept["crmkit", "key"] = THREE
    assert newest() == id_of(THREE)
    key_file(TWO)
    assert newest() == id_of(TWO)
    monkeypatch.setenv("CRMKIT_KEY", ONE)
    assert newest() == id_of(ONE)

    assert [local_keys().find(id_of(k), {}).secret[0] for k in (ONE, TWO, THREE)] == [
        1,
        2,
        3,
    ]


def test_named_file(monkeypatch, key_file, tmp_path):
    """
    CRMKIT_KEY_FILE names another file than the default one.
    """
    key_file(TWO)
    other = tmp_path / "other"
    other.write_text(ONE)
    other.chmod(0o600)
    monkeypatch.setenv("CRMKIT_KEY_FILE", str(other))

    assert newest() == id_of(ONE)


@pytest.mark.skipif(os.name != "posix", reason="the rights of files are Windows' own")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644])
def test_file_of_others(key_file, mode):
    """
    A key file that others may read or write is refused, with what to type.
    """
    path = key_file(ONE, mode)

    with pytest.raises(ConfigurationError, match=f"chmod 600 {path}"):
        newest()


def test_file_unreadable(data):
    """
    A key file that cannot be read is said to be so.
    """
    (data / "crmkit.key").mkdir(parents=True)

    with pytest.raises(ConfigurationError, match=r"crmkit\.key cannot be read"):
        newest()


@pytest.mark.parametrize("wrong", ["PLANTED", ONE[:-4], f"{ONE}AAAA", f"{ONE} é"])
def test_no_key(monkeypatch, wrong):
    """
    What is no key of 32 bytes is refused, and not shown.
    """
    monkeypatch.setenv("CRMKIT_KEY", wrong)

    with pytest.raises(ConfigurationError, match="CRMKIT_KEY holds what is no") as caught:
        newest()
    assert wrong not in str(caught.value)


def test_none(data, ring):
    """
    Without any key the error says where one was looked for, and how to make one.
    """
    with pytest.raises(ConfigurationError, match="credentials new-key") as caught:
        newest()

    assert str(data / "crmkit.key") in str(caught.value)
    assert "CRMKIT_KEY" in str(caught.value)


def test_no_keyring(monkeypatch):
    """
    Without the library keyring, or without a keyring in the system, there is no key there.
    """
    with pytest.raises(ConfigurationError, match="there is no key"):
        newest()
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigurationError, match="there is no key"):
        newest()
    with pytest.raises(ConfigurationError, match=r"crmkit\[keyring\]"):
        make_first(in_keyring=True)


def test_locked_keyring(ring):
    """
    A locked keyring is an error of its own: the key may be in it.
    """
    ring.locked = True

    with pytest.raises(ConfigurationError, match="KeyringLocked"):
        newest()


def test_unknown(key_file):
    """
    A key that no place has is named by its id.
    """
    key_file(ONE)

    with pytest.raises(ConfigurationError, match=f"needs the key '{id_of(TWO)}'"):
        local_keys().find(id_of(TWO), {})


def test_found_anew(key_file):
    """
    A key that another process put into the file meanwhile is found, and used to seal.
    """
    path = key_file(ONE)
    keys = local_keys()
    assert keys.newest({}).id == keys.find(id_of(ONE), {}).id == id_of(ONE)
    path.write_text(f"{TWO}\n{ONE}")

    assert keys.find(id_of(TWO), {}).id == keys.newest({}).id == id_of(TWO)


def test_known_still(key_file):
    """
    A key that was found once opens although it is gone from the file.
    """
    path = key_file(ONE)
    keys = local_keys()
    keys.find(id_of(ONE), {})
    path.unlink()

    assert keys.find(id_of(ONE), {}).id == id_of(ONE)


def test_make(data):
    """
    The first key is made in a file that is its owner's alone, and never written over.
    """
    place = make_first(in_keyring=False)
    path = data / "crmkit.key"
    text = path.read_text()

    assert str(place) == f"the key file {path}"
    assert len(base64.b64decode(text)) == 32
    assert os.name != "posix" or stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(ConfigurationError, match="credentials rotate"):
        make_first(in_keyring=False)
    assert path.read_text() == text


def test_make_in_an_empty_file(key_file):
    """
    A file that is there is not replaced, though it holds no key.
    """
    path = key_file("")

    with pytest.raises(ConfigurationError, match="is there already"):
        make_first(in_keyring=False)
    assert path.read_text() == ""


def test_make_in_the_keyring(ring):
    """
    The first key can be made in the keyring, where no file is.
    """
    make_first(in_keyring=True)

    assert newest() == id_of(ring.kept["crmkit", "key"])
    with pytest.raises(ConfigurationError, match="holds a key already"):
        make_first(in_keyring=True)


@pytest.mark.parametrize("in_keyring", [True, False])
def test_make_beside_the_variable(monkeypatch, in_keyring):
    """
    While the variable gives the key, no other is made, which nobody would use.
    """
    monkeypatch.setenv("CRMKIT_KEY", ONE)

    with pytest.raises(ConfigurationError, match="CRMKIT_KEY holds a key already"):
        make_first(in_keyring=in_keyring)


@pytest.mark.parametrize("place", ["file", "keyring"])
def test_rotation(key_file, ring, place):
    """
    A new key is put before the others, which open still until they are dropped.
    """
    old = f"{ONE} {TWO}"
    key_file(old) if place == "file" else ring.kept.update({("crmkit", "key"): old})
    used = place_in_use()
    assert put_new_first(used)
    new = newest()

    assert new not in {id_of(ONE), id_of(TWO)}
    assert [local_keys().find(id_of(k), {}).id for k in (ONE, TWO)] == [
        id_of(ONE),
        id_of(TWO),
    ]
    keep_newest(used)
    assert newest() == new
    for key in (ONE, TWO):
        with pytest.raises(ConfigurationError, match="needs the key"):
            local_keys().find(id_of(key), {})


def test_rotation_of_a_file(key_file):
    """
    A rotated file is its owner's alone, and nothing is left beside it.
    """
    path = key_file(ONE)
    path.with_name("crmkit.key.new").write_text("of a rotation that was killed")
    put_new_first(place_in_use())

    assert [file.name for file in path.parent.iterdir()] == ["crmkit.key"]
    assert os.name != "posix" or stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="folders cannot be opened there")
def test_rotation_is_durable(key_file, monkeypatch):
    """
    The file and then its name are on the disk before anything is sealed with the key.
    """
    key_file(ONE)
    synced, right = [], os.fsync

    def fsync(fd):
        synced.append(stat.S_ISDIR(os.fstat(fd).st_mode))
        right(fd)

    monkeypatch.setattr(os, "fsync", fsync)
    put_new_first(place_in_use())

    assert synced == [False, True]


def test_rotation_of_the_variable(monkeypatch):
    """
    The variable is the user's to change, and stays as it is.
    """
    monkeypatch.setenv("CRMKIT_KEY", ONE)

    assert not put_new_first(place_in_use())
    assert newest() == id_of(ONE)


def test_may_hold_keys(monkeypatch, key_file, ring):
    """
    Whether there may be a key is told by variables, file and library, not by asking.
    """
    ring.locked = True
    assert may_hold_keys()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert not may_hold_keys()
    monkeypatch.setenv("CRMKIT_KEY", ONE)
    assert may_hold_keys()
    monkeypatch.delenv("CRMKIT_KEY")
    monkeypatch.setenv("CRMKIT_KEY_FILE", "missing")
    assert may_hold_keys()
    monkeypatch.delenv("CRMKIT_KEY_FILE")
    key_file(ONE)
    assert may_hold_keys()


def test_repr(monkeypatch):
    """
    A key shows its id alone.
    """
    monkeypatch.setenv("CRMKIT_KEY", ONE)

    assert repr(local_keys().newest({})) == f"Key(id={id_of(ONE)!r})"
    assert str(place_in_use()) == "CRMKIT_KEY"
