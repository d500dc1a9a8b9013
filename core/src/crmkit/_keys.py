"""
The keys of this machine's user: in CRMKIT_KEY, in a key file, or in the system's keyring.

In each of these places a key is base64 of 32 bytes; of several, separated by commas, blanks
or line breaks, the first seals, and all open.
"""

from __future__ import annotations

import binascii
import secrets
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from crmkit._key_places import VARIABLE, Environment, KeyFile, Keyring
from crmkit.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmkit._key_places import Place

_BYTES = 32


class Key(NamedTuple):
    """
    A key of 32 bytes, and the *id* by which sealed texts name it: letters, digits, - and _.
    """

    id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"Key(id={self.id!r})"


class LocalKeys:
    """
    The keys of all places, each read when it is needed: other processes may change them.
    """

    def __init__(self) -> None:
        self._known: dict[str, Key] = {}

    def newest(self, place: Mapping[str, str]) -> Key:  # noqa: ARG002 - one for all places
        """
        Return the key to seal with.
        """
        return keys_in(place_in_use())[0]

    def find(self, key_id: str, place: Mapping[str, str]) -> Key:  # noqa: ARG002 - see above
        """
        Return the key of this id.
        """
        for key in self._unless_known(key_id):
            self._known[key.id] = key
            if key.id == key_id:
                break
        if key_id not in self._known:
            msg = (
                f"what is sealed needs the key {key_id!r}, which is not in {_listed()}; "
                "put it back after the newest, or remove the credentials and sign in again"
            )
            raise ConfigurationError(msg)
        return self._known[key_id]

    def _unless_known(self, key_id: str) -> Iterator[Key]:
        if key_id not in self._known:
            for place in _places():
                yield from keys_in(place)


def place_in_use() -> Place:
    """
    Return the place of the key that seals; ConfigurationError if there is no key.
    """
    for found in _places():
        if found.read().strip():
            return found
    msg = (
        f"there is no key to seal credentials with in {_listed()}; make one with crmkit "
        f"credentials new-key (of crmkit-cli), or set {VARIABLE}"
    )
    raise ConfigurationError(msg)


def keys_in(place: Place) -> Sequence[Key]:
    """
    Return the keys of one place, the newest first.
    """
    return [_key(text, place) for text in place.read().replace(",", " ").split()]


def make_first(*, in_keyring: bool) -> Place:
    """
    Make the first key, in the key file or in the keyring; return the place.

    Raises ConfigurationError when there is one already.
    """
    place: Place = Keyring() if in_keyring else KeyFile()
    for other in (Environment(), place):
        if other.read().strip():
            msg = f"{other} holds a key already; crmkit credentials rotate makes a new one"
            raise ConfigurationError(msg)
    place.write(_new(), first=True)
    return place


def put_new_first(place: Place) -> bool:
    """
    Put a new key before those of a place, which open still.

    Returns False for the environment, which only the user can change.
    """
    if isinstance(place, Environment):
        return False
    keys = [b64encode(key.secret).decode() for key in keys_in(place)]
    place.write("\n".join([_new(), *keys]), first=False)
    return True


def keep_newest(place: Place) -> None:
    """
    Delete all keys of a place but the newest.
    """
    (newest, *old) = keys_in(place)
    if old:
        place.write(b64encode(newest.secret).decode(), first=False)


def _places() -> tuple[Place, ...]:
    return Environment(), KeyFile(), Keyring()


def _listed() -> str:
    return ", ".join(map(str, _places()))


def _new() -> str:
    return b64encode(secrets.token_bytes(_BYTES)).decode()


def _key(text: str, place: Place) -> Key:
    try:
        secret = b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != _BYTES:
        msg = f"{place} holds what is no key; a key is base64 of {_BYTES} bytes"
        raise ConfigurationError(msg)
    return Key(sha256(secret).hexdigest()[:8], secret)
