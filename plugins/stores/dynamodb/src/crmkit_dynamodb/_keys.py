"""
Which keys seal in a table.
"""

from __future__ import annotations

from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from crmkit.sealing import local_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit.sealing import Key, Keys
    from crmkit_dynamodb._url import Place

_SECONDS = 60.0


def keys_of(place: Place) -> Keys:
    """
    Return data keys of KMS if the place names a key of it, else crmkit's own.
    """
    if place.kms:
        from crmkit_dynamodb._kms import KmsKeys

        return KmsKeys(place)
    return HeldKeys(local_keys())


class HeldKeys:
    """
    Keys of which the newest is asked for once a minute: a batch has a thousand rows.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._lock = Lock()
        self._newest: Key | None = None
        self._until = 0.0

    def newest(self, place: Mapping[str, str]) -> Key:
        """
        Return the key to seal with.
        """
        with self._lock:
            if self._newest is None or monotonic() >= self._until:
                self._newest = self._keys.newest(place)
                self._until = monotonic() + _SECONDS
            return self._newest

    def find(self, key_id: str, place: Mapping[str, str]) -> Key:
        """
        Return the key of this id.
        """
        return self._keys.find(key_id, place)
