"""
What a run of tests tells of a contract.
"""

import subprocess
import sys

import pytest

TESTS = '''
from types import SimpleNamespace

import pytest

from crmkit.testing._told import Telling
from crmkit.testing._verdicts import Broken, NotOffered, NotProven, rule


class Contract(Telling):
    @pytest.fixture
    def subject(self):
        calm = {"missing": lambda: "", "failed": lambda _: "", "finish": lambda: None}
        return SimpleNamespace(plugin=self, hook="crmkit_fetch", **calm)

    @rule
    def test_x01_right(self, subject):
        """Is right."""

    @rule
    def test_x02_right_too(self, subject):
        """Is right too."""

    @rule
    def test_x03_absent(self, subject):
        """Is not there."""
        raise NotOffered("no hook")

    @rule
    def test_x04_absent_too(self, subject):
        """Is not there."""
        raise NotOffered("no hook")

    @rule
    def test_x05_unclear(self, subject):
        """Is not clear."""
        raise NotProven("the fake: is small\\nvery small")


class TestAcme(Contract):
    def test_own(self):
        pass


class TestAcmeWrong(Contract):
    @rule
    def test_x01_right(self, subject):
        """Is right."""
        raise ValueError("wrong")

    crmkit_fetch = test_x01_right


def test_alone():
    pass
'''


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """
    Return the lines that pytest writes of a contract that one class breaks.
    """
    folder = tmp_path_factory.mktemp("told")
    (folder / "test_acme.py").write_text(TESTS, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("TestAcme", "2 rules hold"),
        ("TestAcmeWrong", "1 rule holds, 1 broken (X01)"),
    ],
)
def test_summary(run, name, told):
    """
    Each class has a line: how many rules hold, and which do not and why.
    """
    rest = "2 not offered (X03 X04: no hook), 1 not proven (X05: the fake: is small)"

    assert run.count(f"{name}: {told}, {rest}") == 1


def test_section(run):
    """
    These lines are together, once, and of nothing else.
    """
    start = next(n for n, line in enumerate(run) if " contracts " in line)
    told = [line.partition(":")[0] for line in run[start + 1 : start + 4]]

    assert told[:2] == ["TestAcme", "TestAcmeWrong"]
    assert "=" in told[2]
