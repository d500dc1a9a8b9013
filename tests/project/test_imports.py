"""
What importing crmkit loads, and which module may import what.

The layers of the core are contracts in pyproject.toml; here is what those cannot say.
"""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "core" / "src" / "crmkit"
PLUGINS = [
    path.parent
    for glob in ("plugins/*/*", "contrib/*")
    for path in ROOT.glob(f"{glob}/pyproject.toml")
]
LIGHT = """
import sys
before = set(sys.modules)
from crmkit import CRMConnector, ProviderInfo, hookimpl
print(*set(sys.modules) - before)
"""
HEAVY = {
    *("asyncio", "backoff", "boto3", "cachetools", "cattrs", "cryptography"),
    *("importlib.metadata", "keyring", "sqlite3", "ssl", "urllib3"),
}
DOORS = {  # of the standard library: import-linter knows it by its top-level names only
    "importlib.metadata": {"_registry"},
    "sqlite3": {"_owners", "_sqlite_file"},
    "time": {"_clock", "_owners", "_sqlite_vault"},
}
VERBS = ("_fetch", "_personalize", "_sync", "_dispatch")


def imports(file):
    """
    Return what a file imports at run time, as "module" or "module.name".
    """
    found = set()
    nodes = [ast.parse(file.read_text(encoding="utf-8"))]
    for node in nodes:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            nodes += node.orelse
            continue
        nodes += ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def loads(file, module):
    """
    Tell whether a file imports this module, or something of it.
    """
    return any(f"{name}.".startswith(f"{module}.") for name in imports(file))


def plant(folder):
    """
    Install a plugin that cannot be imported unseen.
    """
    metadata = folder / "crmkit_planted-1.dist-info"
    metadata.mkdir()
    (folder / "crmkit_planted.py").touch()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: planted\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[crmkit.providers]\nx = crmkit_planted\n")


def test_light(tmp_path):
    """
    Importing what scripts and plugins start with loads no plugin and nothing slow.
    """
    plant(tmp_path)
    script = f"import sys; sys.path.append({str(tmp_path)!r}){LIGHT}"
    done = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=True
    )
    loaded = set(done.stdout.split())

    assert "crmkit" in loaded
    assert set() == {name for name in loaded if name in HEAVY or name.startswith("crmkit_")}


@pytest.mark.parametrize("module", DOORS)
def test_doors(module):
    """
    Each of these parts of the standard library enters the core by its door.
    """
    assert {file.stem for file in CORE.glob("*.py") if loads(file, module)} == DOORS[module]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("module", ["crmkit.http", "crmkit._wire"])
def test_verbs(verb, module):
    """
    The verbs know nothing of HTTP.
    """
    assert not loads(CORE / f"{verb}.py", module)


@pytest.mark.parametrize("package", PLUGINS, ids=lambda path: path.name)
def test_plugins(package):
    """
    A plugin imports the public names of crmkit, and what its own pyproject.toml asks for.
    """
    project = tomllib.loads((package / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project.get("optional-dependencies", {})
    asked = {
        re.split(r"[^\w.-]", item)[0]
        for items in (project["dependencies"], *extras.values())
        for item in items
    }
    allowed = {name.replace("-", "_") for name in asked | {f"crmkit-{package.name}"}}
    found = set().union(*(imports(file) for file in package.glob("src/**/*.py")))
    tops = {name.partition(".")[0] for name in found}

    assert set() == {name for name in found if name.startswith("crmkit._")}
    assert set() == tops - allowed - sys.stdlib_module_names
