"""
What comes out: whole, true to what crmkit asks for, with tests that pass and that bite.
"""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.contrib.scaffold.rendered import NAMES, run_tests

ROOT = Path(__file__).parents[3]
FILES = {
    *(".github/workflows/test.yml", ".gitignore", "CHANGELOG.md", "LICENSE", "README.md"),
    *("pyproject.toml", "src/{module}/__init__.py", "src/{module}/py.typed"),
    "tests/test_contract.py",
}
LINES = {"provider": 60, "transformer": 45, "store": 235}
every_kind = pytest.mark.parametrize("kind", NAMES)


def metadata(folder):
    """
    Return what a package says of itself.
    """
    return tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))


@every_kind
def test_files(kind, rendered):
    """
    A plugin has all the files that a package needs, and a provider its fake.
    """
    folder, module = rendered(kind), f"crmkit_{NAMES[kind]}"
    found = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    }
    fake = {"tests/fake.py"} if kind == "provider" else set()

    assert found == {file.format(module=module) for file in FILES} | fake
    assert all((folder / file).read_bytes() for file in found if "py.typed" not in file)


@every_kind
def test_finished(kind, rendered):
    """
    Nothing of the template is left in a plugin, and each text ends with one line's end.
    """
    for file in rendered(kind).rglob("*"):
        text = file.read_text("utf-8") if file.is_file() else ""
        assert "jinja" not in file.name
        assert "{%" not in text
        assert not text or (text.endswith("\n") and not text.endswith("\n\n"))


@every_kind
def test_metadata(kind, rendered):
    """
    A plugin is found in its kind's group; what it depends on has a reason and a bound.
    """
    folder = rendered(kind)
    project, name = metadata(folder)["project"], NAMES[kind]
    target = f"crmkit_{name}:open_store" if kind == "store" else f"crmkit_{name}"
    own = metadata(ROOT / "contrib" / "scaffold")["project"]["dependencies"]
    (core,) = (need for need in own if need.startswith("crmkit>"))
    (test,) = project["optional-dependencies"]["test"]
    lines = (folder / "pyproject.toml").read_text("utf-8").splitlines()

    assert project["entry-points"] == {f"crmkit.{kind}s": {name: target}}
    assert core in project["dependencies"]
    assert test == core.replace("crmkit", "crmkit[testing]")
    for need in (*project["dependencies"], test):
        (line,) = (line for line in lines if f'"{need}"' in line)
        assert ",<" in need
        assert "  # " in line


@every_kind
def test_licence(kind, rendered):
    """
    The licence is the one that crmkit has, in the author's name, of this year.
    """
    ours = (ROOT / "LICENSE").read_text("utf-8").splitlines()
    theirs = (rendered(kind) / "LICENSE").read_text("utf-8").splitlines()
    different = [new for old, new in zip(ours, theirs, strict=True) if old != new]
    name = NAMES[kind].replace("_", "-")

    assert different == [
        f"Copyright (c) {datetime.now(UTC).year} The crmkit-{name} authors"
    ]


@every_kind
def test_pythons(kind, rendered):
    """
    The workflow runs the versions of Python that the package names.
    """
    folder = rendered(kind)
    workflow = (folder / ".github" / "workflows" / "test.yml").read_text("utf-8")
    named = [line.rpartition(" ")[2] for line in metadata(folder)["project"]["classifiers"]]
    versions = ", ".join(f'"{version}"' for version in named if version.startswith("3."))

    assert f"python: [{versions}]\n" in workflow
    assert "python-version: ${{ matrix.python }}\n" in workflow


@every_kind
def test_short(kind, rendered):
    """
    A plugin is short, and so is a provider's fake: they are there to be changed.
    """
    folder = rendered(kind)
    (source,) = folder.glob("src/*/__init__.py")
    sizes = {path: path.read_text("utf-8").count("\n") for path in folder.rglob("*.py")}

    assert sizes.pop(source) <= LINES[kind]
    assert all(size <= 60 for size in sizes.values())


@every_kind
def test_passes(kind, rendered):
    """
    Its tests pass at once, and tell what is not offered.
    """
    done = run_tests(rendered(kind))

    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert "warning" not in done.stdout
    assert kind != "provider" or "not offered: no crmkit_find_clients" in done.stdout


@pytest.mark.parametrize(
    ("kind", "old", "new", "rule"),
    [
        ("provider", 'id=person["id"]', 'id=person["name"]', "by_id"),
        ("transformer", "document.map_text(calm)", "document", "examples"),
        ("store", "AND owner = :owner", "AND :owner = :owner", "settle_own"),
    ],
    ids=NAMES,
)
def test_bites(kind, old, new, rule, rendered):
    """
    A mistake in it is found by its tests, and told with file and rule.
    """
    folder = rendered(kind)
    (source,) = folder.glob("src/*/__init__.py")
    text = source.read_text("utf-8")
    source.write_text(text.replace(old, new), "utf-8")
    done = run_tests(folder, "-k", rule)

    assert text.count(old) == 1
    assert done.returncode == 1
    assert f"{source.relative_to(folder)}:" in done.stdout
    assert ": rule " in done.stdout
