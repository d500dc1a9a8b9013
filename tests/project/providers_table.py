"""
Write docs/providers.md from what the tests of the contract found.

Takes a report of pytest's (``--junitxml``) of all providers' contracts. With ``--check`` it
writes nothing, and fails where the page says something else.
"""

import inspect
import sys
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree as ET

from attrs import evolve

from crmkit.testing import ProviderContract

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "providers.md"
NAMES = sorted(path.parent.name for path in ROOT.glob("plugins/providers/*/pyproject.toml"))
EXAMPLES = {"rest": "acme.toml"}  # a provider that a file describes, and one such file
BEST_FIRST = ("broken", "holds", "not proven", "not offered")
CAPABILITIES = {
    "fetch clients by id": ("F01", "F02", "F03"),
    "… by the id that one had before it was merged": ("F13",),
    "… with custom fields": ("F14",),
    "… with consent": ("F15",),
    "… with their history": ("F16",),
    "find a client by e-mail address": ("F21", "F22"),
    "list all clients": ("F31",),
    "… those that changed since a moment": ("F32",),
    "write activities, each once": ("S01", "S02", "S03"),
    "… where the CRM refuses some, the others": ("S04",),
    "look whether an activity is there before it is sent again": ("S21", "S22"),
    "renew a token": ("C01",),
}
TOP = """\
# Providers

What each provider can do, as the tests of the [contract](contract.md) found it on a fake or
a simulated CRM. `nox -s table` writes this page; `nox -s tests` fails if it is outdated.

**yes**: the rules about it hold. **no**: the provider has no such hook. **not proven**:
nothing in its tests can show it; why is told at the end.
"""


def rules():
    """
    Return the contract's rules: the first sentence of each, by number.
    """
    tests = {numbered(name): test for name, test in inspect.getmembers(ProviderContract)}
    return {number: sentence(tests[number]) for number in sorted(filter(None, tests))}


def numbered(name):
    """
    Return the number of the rule that a test is about, None for any other test.
    """
    number = name.removeprefix("test_").partition("_")[0].upper()
    return number if number[1:].isdecimal() else None


def sentence(test):
    """
    Return the first sentence of a rule.
    """
    return " ".join(inspect.getdoc(test).partition("\n\n")[0].split())


def found_in(report):
    """
    Return what a report tells of each provider's rules: verdict and reason, by number.

    Of several contracts in one file the best is told, but for what is broken.
    """
    found = {name: {} for name in NAMES}
    for case in ET.parse(report).iter("testcase"):
        _, _, where = case.get("classname").partition("tests.plugins.")
        name, file, *_ = [*where.split("."), "", ""]
        number = numbered(case.get("name"))
        if name in found and file == "test_contract" and number:
            told = [verdict(case), *filter(None, [found[name].get(number)])]
            found[name][number] = min(told, key=lambda one: BEST_FIRST.index(one[0]))
    return found


def verdict(case):
    """
    Return what became of a test, and why.
    """
    if case.find("failure") is not None or case.find("error") is not None:
        return "broken", ""
    skipped = case.find("skipped")
    if skipped is None:
        return "holds", ""
    said, _, reason = skipped.get("message").partition(": ")
    return ("not offered" if said.endswith("not offered") else "not proven"), reason


def cell(found, numbers):
    """
    Return what holds of several rules together.
    """
    verdicts = [found[number] for number in numbers]
    if any(
        word == "not offered" and why.startswith("no crmkit_") for word, why in verdicts
    ):
        return "no"
    words = {word for word, _ in verdicts}
    if "broken" in words:
        return "broken"
    return "yes" if words == {"holds"} else "not proven"


def page(found):
    """
    Return the page.
    """
    infos = {name: described(name) for name in found}
    labels = [info.label for info in infos.values()]
    links = [f"[{infos[n].label}](../plugins/providers/{n}/README.md)" for n in found]
    able = [
        (what, *(cell(its, numbers) for its in found.values()))
        for what, numbers in CAPABILITIES.items()
    ]
    sizes = [
        ("clients in one call, at most", *(most(i.fetch_batch) for i in infos.values())),
        ("activities in one call, at most", *(most(i.sync_batch) for i in infos.values())),
    ]
    told = [
        (f"{number} {text}", *(its[number][0] for its in found.values()))
        for number, text in rules().items()
    ]
    parts = [
        TOP,
        table(("", *links), able + sizes),
        "## Rule by rule\n",
        table(("", *labels), told),
        "".join(
            f"- {infos[name].label}, {line}\n"
            for name in found
            for line in why(found[name])
        ),
    ]
    return "\n".join(parts)


def described(name):
    """
    Return what a provider says of itself; of files that describe one, the fullest example.
    """
    module = import_module(f"crmkit_{name}")
    if name not in EXAMPLES:
        return module.crmkit_provider()
    example = ROOT / "plugins" / "providers" / name / "examples" / EXAMPLES[name]
    info = module.provider(str(example)).crmkit_provider()
    return evolve(info, label=f"any REST API, as {info.label}")


def why(its):
    """
    Yield the reasons for which rules are not offered or not proven.
    """
    for word, reason in sorted(set(its.values()) - {("holds", ""), ("broken", "")}):
        numbers = sorted(n for n, found in its.items() if found == (word, reason))
        yield f"{word}: {reason} ({', '.join(numbers)})"


def most(size):
    """
    Return a size of calls, which may be one for each kind of activity.
    """
    sizes = {size} if isinstance(size, int) else set(size.values())
    return " to ".join(f"{one:,}" for one in sorted({min(sizes), max(sizes)}))


def table(header, rows):
    """
    Return a table in Markdown.
    """
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main(report, *options):
    """
    Write the page, or check it.
    """
    found = found_in(report)
    for name, its in found.items():
        if lacking := ", ".join(rules().keys() - its.keys()):
            sys.exit(f"tests/plugins/{name}/test_contract.py tells nothing of {lacking}")
    text = page(found)
    if options == ("--check",) and text != PAGE.read_text("utf-8"):
        sys.exit("docs/providers.md is not what the tests found; run: nox -s table")
    if not options:
        PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
