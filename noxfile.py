"""
Every developer command; ``nox --list`` shows them.

Packages are found by the workspace's globs, never listed. None of them is on an index
while it is developed, so each install names all the local packages it needs in one call.
"""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from pathlib import Path

import nox

nox.needs_version = ">=2026.4"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "types", "tests", "build"]

WORKSPACE = nox.project.load_toml("pyproject.toml")
PACKAGES = {
    metadata["project"]["name"]: (file.parent, metadata)
    for glob in WORKSPACE["tool"]["uv"]["workspace"]["members"]
    for file in sorted(Path().glob(f"{glob}/pyproject.toml"))
    for metadata in [nox.project.load_toml(file)]
}
MODULES = [name.replace("-", "_") for name in PACKAGES]
TABLE = "tests/project/providers_table.py"
# One process more than there are cores, since tests wait, too; a module's in one of them.
PARALLEL = (f"--numprocesses={1 + (os.cpu_count() or 1)}", "--dist=loadscope")
CHROMIUM = "tests/tools/chromium.py"
RENDERED = {"acme": "provider", "calm": "transformer", "shelf": "store"}
PYTHONS = nox.project.python_versions(PACKAGES["crmkit"][1])


def group(*names: str) -> tuple[str, ...]:
    """
    Return what these dependency groups of the workspace ask for.
    """
    return nox.project.dependency_groups(WORKSPACE, *names)


def with_needs(name: str) -> set[str]:
    """
    Return the names of a local package and of the local packages that it depends on.
    """
    requirements = PACKAGES[name][1]["project"].get("dependencies", [])
    needed = {re.split(r"[^\w.-]", requirement)[0] for requirement in requirements}
    return {name}.union(*(with_needs(need) for need in needed & PACKAGES.keys()))


def editable(names: set[str]) -> list[str]:
    """
    Return the arguments that install these local packages, and nothing optional.
    """
    folders = [PACKAGES[name][0] for name in sorted(names)]
    return [argument for folder in folders for argument in ("-e", f"./{folder}")]


def everything() -> list[str]:
    """
    Return the arguments that install all local packages with all their extras.
    """
    arguments = []
    for folder, metadata in PACKAGES.values():
        extras = ",".join(metadata["project"].get("optional-dependencies", []))
        arguments += ["-e", f"./{folder}[{extras}]" if extras else f"./{folder}"]
    return arguments


def below(folder: str) -> list[nox.param]:
    """
    Return a session's parameters: the packages of *folder*, by the folder's own name.
    """
    return [
        nox.param(name, id=path.name)
        for name, (path, _) in PACKAGES.items()
        if path.parts[0] == folder
    ]


@nox.session
def demo(session: nox.Session) -> None:
    """
    Run the main job once, to look at.
    """
    session.install(*editable(set(PACKAGES)))
    session.run("crmkit", "demo", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """
    Run all tests with all packages; arguments after ``--`` go to pytest.

    Without any they run on all cores, and docs/providers.md must say what the contracts'
    tests found. Chromium is installed first, since tests reach no network.
    """
    session.install(*everything(), *group("test"))
    session.run("python", CHROMIUM)
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    report = f"{session.create_tmp()}/report.xml"
    session.run("pytest", *PARALLEL, f"--junitxml={report}")
    session.run("python", TABLE, report, "--check")


@nox.session
def table(session: nox.Session) -> None:
    """
    Write docs/providers.md anew, from what the contracts' tests find.
    """
    session.install(*everything(), *group("test"))
    report = f"{session.create_tmp()}/report.xml"
    contracts = sorted(map(str, Path("tests/plugins").glob("*/test_contract.py")))
    session.run("pytest", *contracts, f"--junitxml={report}")
    session.run("python", TABLE, report)


@nox.session
def nightly(session: nox.Session) -> None:
    """
    Run all tests with many more examples, a thousand kills and hundreds of storms.
    """
    session.install(*everything(), *group("test"))
    session.run("python", CHROMIUM)
    many = {"FAULTS_KILLS": "1000", "FAULTS_STORMS": "300", "FAULTS_ALL": "1"}
    session.run("pytest", "--hypothesis-profile=nightly", *session.posargs, env=many)


@nox.session
def project(session: nox.Session) -> None:
    """
    Run the tests of the project itself: layout, documents, public surface.
    """
    session.install(*everything(), *group("test"))
    session.run("pytest", "tests/project", *session.posargs)


@nox.session(python=PYTHONS)
def core(session: nox.Session) -> None:
    """
    Run the core's tests with the core alone; without a version, on each Python.
    """
    alone(session, {"crmkit"}, "tests/core")


@nox.session
@nox.parametrize("name", below("plugins"))
def plugin(session: nox.Session, name: str) -> None:
    """
    Run a plugin's tests with the core, that plugin and simulated CRMs alone.
    """
    alone(session, {name, "crmkit-simulator"}, f"tests/plugins/{PACKAGES[name][0].name}")


@nox.session
def dynalite(session: nox.Session) -> None:
    """
    Run the DynamoDB store's tests with a second opinion, of dynalite, which npm installs.
    """
    npm = shutil.which("npm")
    if npm is None:
        session.skip("needs npm, of Node.js")
    folder = session.create_tmp()
    quiet = ("--no-audit", "--no-fund", "--ignore-scripts")
    session.run(npm, "install", *quiet, "--prefix", folder, "dynalite@4", external=True)
    session.install(*everything(), *group("test"))
    tests = "tests/plugins/dynamodb"
    session.run("pytest", tests, *session.posargs, env={"DYNALITE": folder})


@nox.session
@nox.parametrize("name", below("contrib"))
def contrib(session: nox.Session, name: str) -> None:
    """
    Run a contributed package's tests with that package and its dependencies alone.
    """
    if name == "crmkit-cli":
        session.run("python", CHROMIUM)
    alone(session, {name}, f"tests/contrib/{PACKAGES[name][0].name}")


def alone(session: nox.Session, names: set[str], folder: str) -> None:
    """
    Run the tests in *folder* where no package is installed but these and their needs.
    """
    needed = set().union(*map(with_needs, names))
    session.install(*editable(needed), *group("test"))
    session.run("pytest", folder, *session.posargs)


@nox.session
def integration(session: nox.Session) -> None:
    """
    Run the connector against simulated CRMs, from end to end.
    """
    session.install(*everything(), *group("test"))
    session.run("pytest", "tests/integration", *session.posargs)


@nox.session
def faults(session: nox.Session) -> None:
    """
    Run what is promised of kills and faults, and show the table of docs/faults.md.

    ``FAULTS_KILLS`` and ``FAULTS_STORMS`` say how many, ``FAULTS_SEED`` which.
    """
    session.install(*everything(), *group("test"))
    session.run("pytest", "tests/faults", *session.posargs)


@nox.session
def engines(session: nox.Session) -> None:
    """
    Run the scripts for engines that are too large to be installed for all tests.
    """
    session.install(*everything(), *group("test", "engines"))
    session.run("pytest", "tests/project/test_engines.py", *session.posargs)


@nox.session
def record(session: nox.Session) -> None:
    """
    Record cassettes anew: of the providers named after ``--``, else of all.

    From simulated CRMs, but from the real one where ``CRMKIT_<PROVIDER>_TOKEN`` is set.
    """
    session.install(*everything(), *group("test"))
    for name in session.posargs or sorted(
        path.name for path in Path("cassettes").iterdir()
    ):
        token = os.environ.get(f"CRMKIT_{name.upper()}_TOKEN")
        if token:
            session.warn(f"{name}: recording from the real account, and writing to it")
        env = {f"RECORD_{name.upper()}_TOKEN": token}
        tests = f"tests/plugins/{name}/test_recorded.py"
        session.run("pytest", tests, "--record-mode=rewrite", env=env)
        contract = f"tests/plugins/{name}/test_contract_recorded.py"
        session.run("pytest", contract, env={"CRMKIT_TESTS": "recorded"})


@nox.session
def lint(session: nox.Session) -> None:
    """
    Check style, format and the direction of imports.
    """
    session.install(*group("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports", "--no-logo", "--no-cache", env={"PYTHONPATH": "core/src"})


@nox.session
def types(session: nox.Session) -> None:
    """
    Check the types of every package, strictly.
    """
    session.install(*everything(), *group("types"), "nox")
    session.run("mypy", *(argument for module in MODULES for argument in ("-p", module)))
    session.run("mypy", "noxfile.py")


@nox.session(reuse_venv=False)
def audit(session: nox.Session) -> None:
    """
    Ask for known weaknesses of what the packages need; this reaches the public advisories.

    Of the newest versions that are installed, then of the oldest that each package takes:
    an old one with a weakness is no reason to warn users, but to raise the bound. What the
    advisories do not know of fails too, since it was not looked at.
    """
    session.install(*everything(), *group("audit"))
    session.run("pip-audit", "--local", "--skip-editable")
    oldest = Path(session.create_tmp()) / "oldest.txt"
    oldest.write_text("\n".join(sorted(lower_bounds())), encoding="utf-8")
    session.run("pip-audit", "-r", str(oldest), "--no-deps", "--disable-pip", "--strict")


def lower_bounds() -> set[str]:
    """
    Return the oldest versions of other people's packages that ours take, extras too.
    """
    asked = [
        requirement
        for _, metadata in PACKAGES.values()
        for requirements in (
            metadata["project"].get("dependencies", []),
            *metadata["project"].get("optional-dependencies", {}).values(),
        )
        for requirement in requirements
    ]
    found = (re.match(r"([\w.-]+)(?:\[.*?\])?>=([\w.]+)", each) for each in asked)
    return {f"{one[1]}=={one[2]}" for one in found if one and one[1] not in PACKAGES}


@nox.session
def build(session: nox.Session) -> None:
    """
    Build a wheel and an sdist of each package, then try the wheels.
    """
    session.install(*group("build"))
    dist = Path("dist")
    shutil.rmtree(dist, ignore_errors=True)
    builder = ("python", "-m", "build", "--no-isolation", "--outdir", str(dist))
    for folder, _ in PACKAGES.values():
        session.run(*builder, str(folder), silent=True)
    for wheel in dist.glob("*.whl"):
        names = zipfile.ZipFile(wheel).namelist()
        for ending in ("/py.typed", ".dist-info/licenses/LICENSE"):
            if not any(name.endswith(ending) for name in names):
                session.error(f"{wheel.name} has no *{ending}")
    session.notify("wheels")


@nox.session(reuse_venv=False)
def wheels(session: nox.Session) -> None:
    """
    Import what ``build`` left in dist/ from an environment that holds nothing else.
    """
    session.install(*map(str, Path("dist").glob("*.whl")))
    session.run("python", "-I", "-W", "error", "-c", f"import {', '.join(MODULES)}")


@nox.session(reuse_venv=False)
def scaffold(session: nox.Session) -> None:
    """
    Make a plugin of each kind from the built template, check it, then try it alone.
    """
    needed = editable(with_needs("crmkit-scaffold") - {"crmkit", "crmkit-scaffold"})
    session.install(*("-e", "./core[testing]"), *needed, *group("build", "lint", "types"))
    shutil.rmtree(rendered_in(session), ignore_errors=True)
    wheels = rendered_in(session) / "wheels"
    builder = ("python", "-m", "build", "--wheel", "--no-isolation", "--outdir")
    folder, _ = PACKAGES["crmkit-scaffold"]
    session.run(*builder, str(wheels), str(folder), silent=True)
    session.install(*map(str, wheels.glob("*.whl")))
    for name, kind in RENDERED.items():
        session.run("crmkit", "new", kind, name, "--into", str(rendered_in(session)))
        with session.chdir(rendered_in(session) / f"crmkit-{name}"):
            for file in (".gitignore", ".github/workflows/test.yml"):
                if not Path(file).is_file():
                    session.error(f"the wheel of crmkit-scaffold has no {file}")
            # By name: ruff passes over what lies in an ignored folder.
            files = [str(file) for file in Path().rglob("*.py")]
            session.run("ruff", "check", "--isolated", *files)
            session.run("ruff", "format", "--isolated", "--check", *files)
            paths = {"MYPYPATH": f"src{os.pathsep}tests"}
            session.run(
                "mypy", "--strict", "--cache-dir=../mypy", "src", "tests", env=paths
            )
        session.notify(f"rendered({name})")


@nox.session(reuse_venv=False)
@nox.parametrize("name", [nox.param(name, id=name) for name in RENDERED])
def rendered(session: nox.Session, name: str) -> None:
    """
    Run the tests of a plugin that ``scaffold`` made, with the core and that plugin alone.
    """
    folder = rendered_in(session) / f"crmkit-{name}"
    session.install(*editable({"crmkit"}), f"{folder}[test]")
    session.chdir(folder)
    session.run("pytest")


def rendered_in(session: nox.Session) -> Path:
    """
    Return the folder that both of these sessions know.
    """
    return session.cache_dir / "scaffold"


@nox.session
def fuzz(session: nox.Session) -> None:
    """
    Search for templates that break a law, for FUZZ_SECONDS, 60 unless given.

    What was tried, and what breaks a law, is kept for the next time; arguments after
    ``--`` are libFuzzer's.
    """
    session.install(*editable({"crmkit"}), *group("fuzz"))
    limit = f"-max_total_time={os.environ.get('FUZZ_SECONDS', '60')}"
    script = "tests/fuzz/fuzz_template.py"
    session.run("python", script, session.create_tmp(), limit, *session.posargs)


@nox.session(reuse_venv=False)
def bench(session: nox.Session) -> None:
    """
    Measure; both sides of each ratio are installed and compiled alike.
    """
    folders = [f"./{folder}" for folder, _ in PACKAGES.values()]
    session.install(*folders, *group("bench"))
    session.run("python", "-m", "compileall", "-q", session.virtualenv.location)
    for script in sorted(Path("tests/bench").glob("*.py")):
        session.run("python", str(script), *session.posargs)
