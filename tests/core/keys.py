"""
Keys to seal with, and a keyring in memory.
"""

from base64 import b64encode

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

ONE, TWO, THREE = (b64encode(bytes([number]) * 32).decode() for number in (1, 2, 3))


class MemoryKeyring(KeyringBackend):
    """
    A keyring that may be *locked*.
    """

    priority = 1

    def __init__(self):
        super().__init__()
        self.kept, self.locked = {}, False

    def get_password(self, service, username):
        if self.locked:
            raise KeyringLocked
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        if self.locked:
            raise KeyringLocked
        self.kept[service, username] = password
