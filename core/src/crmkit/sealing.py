"""
Sealing: a text is encrypted so that only a holder of the key reads it, in its own place.

AES-256-GCM; what is sealed for one place, such as one user's token, opens in no other.
"""

from __future__ import annotations

import binascii
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Protocol

from crmkit._keys import Key, LocalKeys
from crmkit.errors import ConfigurationError, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["Key", "Keys", "key_of", "local_keys", "seal", "unseal"]

_FORM = "crmkit1"
_NONCE = 12  # bytes, as NIST SP 800-38D recommends for GCM


class Keys(Protocol):
    """
    Where keys come from. Both methods raise ConfigurationError with the remedy.
    """

    def newest(self, place: Mapping[str, str]) -> Key:
        """
        Return the key to seal with in this place.
        """

    def find(self, key_id: str, place: Mapping[str, str]) -> Key:
        """
        Return the key that a text in this place was sealed with.
        """


def local_keys() -> Keys:
    """
    Return the keys of this machine's user: CRMKIT_KEY, key file, the system's keyring.

    They are read when one is needed; any store may seal with them.
    """
    return LocalKeys()


def seal(text: str, keys: Keys, place: Mapping[str, str]) -> str:
    """
    Return the text sealed for this place.

    Raises ConfigurationError when there is no key, or no crmkit[encryption].
    """
    key = keys.newest(place)
    nonce = os.urandom(_NONCE)
    content = text.encode("utf-8", "surrogatepass")
    sealed = nonce + _cipher(key).encrypt(nonce, content, _name(place))
    return f"{_FORM}.{key.id}.{urlsafe_b64encode(sealed).decode()}"


def unseal(sealed: str, keys: Keys, place: Mapping[str, str]) -> str:
    """
    Return the text that was sealed for this place.

    Raises StoreError when it was changed, or sealed for another place, and
    ConfigurationError when its key is not at hand.
    """
    form, _, rest = sealed.partition(".")
    key_id, _, content = rest.partition(".")
    if form != _FORM:
        msg = f"what is sealed has another form than {_FORM}; is this crmkit too old?"
        raise StoreError(msg)
    cipher = _cipher(keys.find(key_id, place))
    from cryptography.exceptions import InvalidTag

    try:
        known = urlsafe_b64decode(content)
        text = cipher.decrypt(known[:_NONCE], known[_NONCE:], _name(place))
    except (InvalidTag, ValueError, binascii.Error):
        msg = "what is sealed does not open: it was changed, or belongs to another place"
        raise StoreError(msg) from None
    return text.decode("utf-8", "surrogatepass")


def key_of(sealed: str) -> str:
    """
    Return the id of the key that opens a sealed text.
    """
    return sealed.split(".")[1]


def _cipher(key: Key) -> AESGCM:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        msg = "sealing needs the extra crmkit[encryption]: pip install 'crmkit[encryption]'"
        raise ConfigurationError(msg) from None
    return AESGCM(key.secret)


def _name(place: Mapping[str, str]) -> bytes:
    from crmkit.codec import to_json

    return to_json(sorted(place.items())).encode("utf-8", "surrogatepass")
