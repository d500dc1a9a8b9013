"""
What the contract of stores says when it cannot show something, and where a store begins.
"""

import pytest
from tests.core.contract.stores_memory import in_memory

from crmkit import ConfigurationError
from crmkit.testing import NotProven
from crmkit.testing._store.child import added_elsewhere
from crmkit.testing._store.owners import _recovered
from crmkit.testing._store.subject import StoreSubject
from crmkit.testing._store.vault import KeepingCredentials
from crmkit.testing._verdicts import NotOffered, place


def test_a_place_of_its_own(tmp_path):
    """
    A URL that is the same for all tests is refused.
    """
    with pytest.raises(ConfigurationError, match=r"\{folder\} or \{name\}"):
        StoreSubject(in_memory(), "memory:one", tmp_path)


def test_places_differ(tmp_path):
    """
    Each place has a folder that is there and is empty, and a name of its own.
    """
    subject = StoreSubject(in_memory(), "{folder} {name}", tmp_path)
    first = subject.url.split()
    subject.move()
    second = subject.url.split()

    assert not set(first) & set(second)
    assert all((tmp_path / folder).is_dir() for folder, _ in (first, second))


def test_no_unusable_place(tmp_path):
    """
    Without a folder in its URL a store must be told which place cannot be used.
    """
    with pytest.raises(NotProven, match="unusable ="):
        StoreSubject(in_memory(), "memory:{name}", tmp_path).unusable()


def test_what_another_process_cannot_import(tmp_path):
    """
    What opens the store must be importable in another process, else nothing is proven.
    """
    subject = StoreSubject(in_memory(), "memory:{name}", tmp_path)

    with pytest.raises(NotProven, match="cannot import"), added_elsewhere(subject, []):
        pass


def test_a_method_that_is_missing(tmp_path):
    """
    A method that a store lacks is missed where the store is opened.
    """
    subject = StoreSubject(lambda _: object(), "memory:{name}", tmp_path)
    line = test_a_method_that_is_missing.__code__.co_firstlineno + 4
    subject.open()

    found = place(subject.plugin, "Store.claim", None)
    assert found.endswith(f"test_stores_subject.py:{line}")


def test_no_credentials(tmp_path):
    """
    A store that keeps no credentials does not offer what their rules are about.
    """
    subject = StoreSubject(lambda _: object(), "memory:{name}", tmp_path)

    with pytest.raises(NotOffered, match="keeps no credentials"):
        KeepingCredentials.test_o40_kept.__wrapped__(KeepingCredentials(), subject)


class Lease:
    """
    A store one of whose rows comes free with the third look.
    """

    counts = (0, 0, 1)

    def __init__(self):
        self.left = iter(self.counts)

    def recover(self, now):
        return next(self.left)


@pytest.mark.parametrize(("seconds", "count"), [(0.0, 0), (0.1, 1)])
def test_lease_s(seconds, count):
    """
    A lease that outlives its owner is waited for, and only such a one.
    """
    assert _recovered(Lease(), seconds) == count
