"""
Every rule of providers is proven by a provider that breaks it, and no other rule.
"""

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.core.contract import providers_wrong

from crmkit.testing import ProviderContract

ROOT = Path(__file__).parents[3]
RUN = Path(__file__).with_name("providers_wrong_run.py")
FILES = {"L02": "providers_wrong_import.py", "L03": "providers_wrong_load.py"}
RULES = [
    name.split("_")[1].upper()
    for name in sorted(dir(ProviderContract))
    if re.match(r"test_[a-z]\d\d_", name)
]


@pytest.fixture(scope="session")
def told(tmp_path_factory):
    """
    Run the contract on all these providers; return what is told, by provider and rule.

    In two processes: much of the time goes to waiting for the disk.
    """
    folder = tmp_path_factory.mktemp("wrong")
    names = ["right", *map(str.lower, RULES)]
    halves = {folder / "even.xml": names[::2], folder / "odd.xml": names[1::2]}
    running = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
                f"--junit-xml={report}",
                *(f"{RUN}::Test_{name}" for name in half),
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
        )
        for report, half in halves.items()
    ]
    for process in running:
        process.wait()
    found = {}
    for report in halves:
        for case in ET.parse(report).iter("testcase"):
            provider = case.get("classname").rpartition("_")[2].upper()
            number = case.get("name").split("_")[1].upper()
            wrong = [child for child in case if child.tag in {"failure", "error"}]
            told = wrong[0].get("message").removeprefix("Failed: ") if wrong else None
            found.setdefault(provider, {})[number] = told
    return found


def place_of(number):
    """
    Return the file of the provider that breaks this rule, and the lines that make it wrong.
    """
    if number in FILES:
        return FILES[number], range(1, 100)
    make = getattr(providers_wrong, number.lower())
    hooks = make() if isinstance(make(), tuple) else (make(),)
    sources = [inspect.getsourcelines(function) for function in (make, *hooks)]
    lines = {start + n for source, start in sources for n in range(len(source))}
    return "providers_wrong.py", lines


def test_right(told):
    """
    A provider that keeps every rule breaks none.
    """
    assert set(told["RIGHT"].values()) == {None}


@pytest.mark.parametrize("number", RULES)
def test_told(told, number):
    """
    The provider that breaks a rule breaks no other, and is told where, and which rule.
    """
    broken = {rule: said for rule, said in told[number].items() if said}
    sentence = r"(.+):(\d+): rule (\w+), ['\"].+['\"]: crmkit_\w+ .+"

    assert set(told[number]) == set(RULES)
    assert set(broken) == {number}
    found = re.fullmatch(sentence, broken[number])
    file, lines = place_of(number)
    assert (Path(found[1]).name, found[3]) == (file, number)
    assert int(found[2]) in lines
