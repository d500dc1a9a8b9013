"""
Each package is complete, and says of itself what is true.
"""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LICENSE = (ROOT / "LICENSE").read_text("utf-8")
WORKSPACE = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["uv"]
PACKAGES = {
    path.parent.relative_to(ROOT).as_posix(): tomllib.loads(path.read_text("utf-8"))
    for glob in WORKSPACE["workspace"]["members"]
    for path in ROOT.glob(f"{glob}/pyproject.toml")
}
CORE = PACKAGES["core"]["project"]
KINDS = {"providers", "transformers", "stores"}
ALONE = {"core", "contrib/simulator"}  # a simulated CRM knows of no client
FROM_FILES = {"plugins/providers/rest"}  # makes providers of files, and is none itself
EXAMPLES = {"contrib/example": "providers"}  # plugins to copy, found like any other
every_package = pytest.mark.parametrize("folder", PACKAGES)


def named(folder):
    """
    Return the name that a package's folder gives to its distribution.
    """
    name = Path(folder).name.replace("_", "-")
    return "crmkit" if folder == "core" else f"crmkit-{name}"


def module(folder):
    """
    Return the name that a package's folder gives to its module.
    """
    return named(folder).replace("-", "_")


def asked(folder):
    """
    Return all that a package may depend on, with its extras.
    """
    project = PACKAGES[folder]["project"]
    extras = project.get("optional-dependencies", {})
    return [item for items in (project["dependencies"], *extras.values()) for item in items]


def test_found():
    """
    Every folder with sources is a package of the workspace.
    """
    globs = (f"{depth}src/*/__init__.py" for depth in ("*/", "*/*/", "*/*/*/"))
    folders = {path.parents[2] for glob in globs for path in ROOT.glob(glob)}

    assert set(PACKAGES) == {folder.relative_to(ROOT).as_posix() for folder in folders}


@every_package
def test_files(folder):
    """
    A package has a readme, a changelog, the licence, and one module marked as typed.
    """
    package = ROOT / folder
    modules = {path.parent.name for path in package.glob("src/*/__init__.py")}
    mark = package / "src" / module(folder) / "py.typed"

    assert (package / "README.md").read_text("utf-8").startswith(f"# {named(folder)}\n")
    assert (package / "CHANGELOG.md").read_text("utf-8").startswith("# Changelog\n")
    assert (package / "LICENSE").read_text("utf-8") == LICENSE
    assert modules == {module(folder)}
    assert mark.read_bytes() == b""


@every_package
def test_metadata(folder):
    """
    A package is named after its folder, and shares with the core what all share.
    """
    project = PACKAGES[folder]["project"]
    shared = ("requires-python", "license", "license-files", "readme", "authors")
    about = ("Operating", "Programming", "Typing")
    classifiers = {line for line in CORE["classifiers"] if line.startswith(about)}

    assert project["name"] == named(folder)
    assert project["description"]
    assert {key: project[key] for key in shared} == {key: CORE[key] for key in shared}
    assert set(project["classifiers"]) >= classifiers
    assert PACKAGES[folder]["build-system"] == PACKAGES["core"]["build-system"]


@every_package
def test_changelog(folder):
    """
    A package's changelog begins with the version that it has.
    """
    text = (ROOT / folder / "CHANGELOG.md").read_text("utf-8")
    version = PACKAGES[folder]["project"]["version"]

    assert version == re.search(r"^## (\S+)", text, re.MULTILINE)[1]


@every_package
def test_dependencies(folder):
    """
    Each dependency has an upper bound and a reason; crmkit's bound is one minor version.
    """
    lines = (ROOT / folder / "pyproject.toml").read_text("utf-8").splitlines()
    reasons = {line.split('"')[1] for line in lines if re.search(r'^ +".*", +# \S', line)}

    assert set() == set(asked(folder)) - reasons
    assert set() == {item for item in asked(folder) if "<" not in item}
    assert folder in ALONE or "crmkit>=0.1,<0.2" in asked(folder)


@every_package
def test_entry_points(folder):
    """
    A plugin is found by its folder's name, in the group of the folder that it lies in.
    """
    kind, name = Path(folder).parts[-2:] if folder != "core" else ("", "")
    kind = EXAMPLES.get(folder, kind)
    points = PACKAGES[folder]["project"].get("entry-points", {})
    plugins = {group: points[group] for group in points if group.partition(".")[2] in KINDS}
    targets = {
        group: {key: target.partition(":")[0] for key, target in entries.items()}
        for group, entries in plugins.items()
    }
    is_one = kind in KINDS and folder not in FROM_FILES
    own = {f"crmkit.{kind}": {name: module(folder)}} if is_one else {}

    assert targets == own


def test_sources():
    """
    What packages need of each other comes from the workspace, never from an index.
    """
    items = [item for folder in PACKAGES for item in asked(folder)]
    needed = {re.split(r"[^\w.-]", item)[0] for item in items}
    local = {named(folder) for folder in PACKAGES}
    sources = {name: {"workspace": True} for name in {"crmkit"} | needed & local}

    assert sources == WORKSPACE["sources"]


@every_package
def test_tools(folder):
    """
    Tools are configured at the root; a package says only how it is built.
    """
    assert set(PACKAGES[folder].get("tool", {})) <= {"hatch"}
