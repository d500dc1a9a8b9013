"""
Every rule of stores is proven by a store that breaks it, and no other rule.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from crmkit.testing import StoreContract

ROOT = Path(__file__).parents[3]
WRONG = Path(__file__).with_name("stores_wrong.py")
FILES = [WRONG, WRONG.with_name("stores_wrong_files.py")]
RULES = sorted(
    name.split("_")[1].upper() for name in dir(StoreContract) if name.startswith("test_o")
)
LAW = "O35"  # sees more than one rule, and runs where it is the one that is broken


@pytest.fixture(scope="session")
def told(tmp_path_factory):
    """
    Run the contract on all wrong stores; return what is told, by store and rule.
    """
    report = tmp_path_factory.mktemp("wrong") / "report.xml"
    options = ["-q", "-p", "no:cacheprovider", f"--junit-xml={report}"]
    subprocess.run(
        [sys.executable, "-m", "pytest", *options, WRONG],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=False,
    )
    found = {}
    for case in ET.parse(report).iter("testcase"):
        store, number = case.get("classname")[-3:], case.get("name").split("_")[1].upper()
        wrong = [child for child in case if child.tag in {"failure", "error"}]
        found.setdefault(store, {})[number] = wrong[0].text.strip() if wrong else None
    return found


def place_of(number):
    """
    Return file and line of what says that it breaks this rule.
    """
    (found,) = [
        f"{file.relative_to(ROOT).as_posix()}:{at}"
        for file in FILES
        for at, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if line.endswith(f"# {number}")
    ]
    return found


@pytest.mark.parametrize("number", RULES)
def test_told(told, number):
    """
    The store that breaks a rule breaks no other, and is told where, and which rule it is.
    """
    results = told[number]
    broken = {rule: message for rule, message in results.items() if message}

    assert set(results) | {LAW} == set(RULES)
    assert set(broken) == {number}
    assert re.match(
        rf"{place_of(number)}: rule {number}, '.+': Store\.\w+ .+", broken[number]
    )
    assert "\n" not in broken[number]
