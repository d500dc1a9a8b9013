import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
SOURCES = {path.name: path.read_text("utf-8") for path in HERE.glob("*.py")}
NAMED = re.compile(r'^class (\w+)\(Friendly\):\n    rule = "(T\d\d)"$', re.MULTILINE)
WRONG = {
    **dict(NAMED.findall(SOURCES["wrong.py"])),
    "Reaching": "T03",
    "Heavy": "T04",
}
RULES = {f"T{number:02}" for number in range(1, 22)}


def rule_of(name):
    """
    Return the number of the rule that a test is about.
    """
    return name.split("_")[1].upper()


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """
    Run all of wrong.py once; return what was told, by transformer, kind and rule.
    """
    report = tmp_path_factory.mktemp("wrong") / "report.xml"
    plain = ("-q", "-p", "no:cacheprovider", "-o", f"pythonpath={HERE}")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plain, f"--junitxml={report}", HERE / "wrong.py"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    told = {}
    for case in ET.parse(report).iter("testcase"):
        transformer = case.get("classname").rpartition(".Test")[2]
        of_transformer = told.setdefault(transformer, {"failure": {}, "skipped": {}})
        of_transformer.setdefault("all", set()).add(rule_of(case.get("name")))
        for found in case:
            kind = of_transformer.setdefault(found.tag, {})
            kind[rule_of(case.get("name"))] = found.get("message")
    return told


def place_of(name):
    """
    Return the file and line with a comment of this name.
    """
    (found,) = (
        (file, number)
        for file, source in SOURCES.items()
        for number, line in enumerate(source.splitlines(), start=1)
        if line.endswith(f"  # {name}")
    )
    return found


def test_each_rule():
    """
    Each rule is broken by a transformer.
    """
    assert set(WRONG.values()) == RULES


@pytest.mark.parametrize("name", WRONG)
def test_wrong(reports, name):
    """
    A wrong transformer breaks its rule, and no other.
    """
    assert list(reports[name]["failure"]) == [WRONG[name]]


@pytest.mark.parametrize("name", WRONG)
def test_sentence(reports, name):
    """
    It is told in one sentence: the line, the rule's number and text, the hook.
    """
    file, line = place_of(name)
    sentence = reports[name]["failure"].get(WRONG[name], "")
    start = f"{(HERE / file).relative_to(ROOT)}:{line}: rule {WRONG[name]}, "

    assert sentence.removeprefix("Failed: ").startswith(start)
    assert re.search(r"[\"']: crmkit_transform(er)? \w+s ", sentence)
    assert "\n" not in sentence


def test_right(reports):
    """
    A right transformer passes all rules, none skipped or left unproven.
    """
    right = reports["Friendly"]

    assert right["all"] == RULES
    assert right["failure"] == right["skipped"] == {}


def test_translating(reports):
    """
    A translation by a service may move slots, do more in a second run, and touch files.
    """
    translating = reports["Translating"]

    assert translating["failure"] == {}
    assert "T15 not offered" in translating["skipped"]["T15"]
    assert "T18 not offered: it is remote" in translating["skipped"]["T18"]
    assert "T09" not in translating["skipped"]


def test_not_proven(reports):
    """
    What has no module shows nothing of imports, and says so.
    """
    idle = reports["Idle"]["skipped"]

    assert "T03 not proven: the plugin is no module" in idle["T03"]
    assert "T19 not offered: no filters" in idle["T19"]
    assert "T01 " not in str(idle)
    assert "cannot be loaded" in reports["Misspelt"]["skipped"]["T08"]
