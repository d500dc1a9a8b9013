"""
A session without the core around it, and a book in a folder of its own.
"""

from pathlib import Path

import pytest
from attrs import frozen

from crmkit_addressbook import crmkit_fetch, crmkit_find_clients, crmkit_list_clients
from crmkit_addressbook._settings import Settings


@frozen
class Session:
    """
    What the core would hand to a hook.
    """

    settings: Settings
    memory: dict

    @classmethod
    def of(cls, path, **settings):
        return cls(Settings(path=str(path), **settings), {})

    def fetch(self, *ids):
        return list(crmkit_fetch(self, ids))

    def find(self, field, value):
        return list(crmkit_find_clients(self, field, value))

    def list(self, since=None):
        cursor, clients = None, []
        while True:
            page = crmkit_list_clients(self, since, cursor)
            clients += page.clients
            cursor = page.next_cursor
            if cursor is None:
                return clients

    def one(self):
        (client,) = self.list()
        return client


@pytest.fixture
def folder(tmp_path) -> Path:
    """
    Return a folder that a test has for itself.
    """
    return tmp_path


@pytest.fixture
def book(folder):
    """
    Make a session of a file with this content, text or bytes.
    """

    def make(content, **settings):
        path = folder / "clients.csv"
        raw = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(raw)
        return Session.of(path, **settings)

    return make
