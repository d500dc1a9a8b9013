"""
Data keys that AWS KMS makes and opens: envelope encryption.

A data key serves one user's values of one provider for a while. Its encrypted form is its
id, so that each sealed text brings along what opens it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit import StoreError
from crmkit.sealing import Key
from crmkit_dynamodb._aws import client, explained

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_dynamodb._url import Place

_SECONDS = 300.0
_USES = 10_000
_KEPT = 1000


class _Made(NamedTuple):
    key: Key
    until: float
    left: int


class KmsKeys:
    """
    The keys of a table; see sealing.Keys.

    The encryption context names table, user and provider; KMS notes it in its log, and
    opens a data key in the same context only.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._lock = Lock()
        self._newest: OrderedDict[tuple[str, ...], _Made] = OrderedDict()
        self._found: OrderedDict[tuple[str, ...], _Made] = OrderedDict()

    def newest(self, place: Mapping[str, str]) -> Key:
        """
        Return the data key to seal with: one that served too long or too often is replaced.
        """
        context = self._context(place)
        name = tuple(context.values())
        with self._lock:
            key = _used(self._newest, name)
            if key is None:
                answer = self._call(
                    "generate_data_key",
                    KeyId=self._place.kms,
                    KeySpec="AES_256",
                    EncryptionContext=context,
                )
                sealed = urlsafe_b64encode(answer["CiphertextBlob"]).decode().rstrip("=")
                key = Key(sealed, answer["Plaintext"])
                _keep(self._newest, name, key)
                _keep(self._found, (*name, sealed), key)
            return key

    def find(self, key_id: str, place: Mapping[str, str]) -> Key:
        """
        Return the data key that a text was sealed with.
        """
        context = self._context(place)
        name = (*context.values(), key_id)
        with self._lock:
            key = _used(self._found, name)
            if key is None:
                answer = self._call(
                    "decrypt", CiphertextBlob=_blob(key_id), EncryptionContext=context
                )
                key = Key(key_id, answer["Plaintext"])
                _keep(self._found, name, key)
            return key

    def _context(self, place: Mapping[str, str]) -> dict[str, str]:
        # KMS takes no empty value: without a user there is none.
        given = {name: place.get(name, "") for name in ("user", "provider")}
        return {"table": self._place.table} | {k: v for k, v in given.items() if v}

    def _call(self, name: str, **arguments: Any) -> Any:
        with explained(self._place):
            return getattr(client("kms", self._place), name)(**arguments)


def _used(keys: OrderedDict[tuple[str, ...], _Made], name: tuple[str, ...]) -> Key | None:
    made = keys.pop(name, None)
    if made is None or made.left <= 0 or monotonic() >= made.until:
        return None
    keys[name] = made._replace(left=made.left - 1)
    return made.key


def _keep(
    keys: OrderedDict[tuple[str, ...], _Made], name: tuple[str, ...], key: Key
) -> None:
    keys[name] = _Made(key, monotonic() + _SECONDS, _USES)
    while len(keys) > _KEPT:
        keys.popitem(last=False)


def _blob(key_id: str) -> bytes:
    try:
        return urlsafe_b64decode(key_id + "=" * (-len(key_id) % 4))
    except ValueError:
        msg = "what is sealed was sealed with another key than one of KMS; was kms= added?"
        raise StoreError(msg) from None
