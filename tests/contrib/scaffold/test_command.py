"""
The command: what it takes, what it refuses, what it says.
"""

import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit_scaffold._names import check_name, distribution

ODD = "Söhne & Co's {{ name }} {% if %} null"


@pytest.mark.parametrize("kind", ["provider", "transformer", "store"])
def test_next(new, kind, tmp_path):
    """
    It says which three commands come next; the first leads into the folder.
    """
    into = tmp_path / "my plugins"
    done = new(kind, "acme", "--into", into)
    commands = [shlex.split(line) for line in done.stdout.splitlines()[1:]]

    assert (done.exit_code, done.stderr) == (0, "")
    assert commands == [
        ["cd", str(into / "crmkit-acme")],
        ["python", "-m", "pip", "install", "-e", ".[test]"],
        ["python", "-m", "pytest"],
    ]
    assert (into / "crmkit-acme" / "pyproject.toml").is_file()


def test_answers(new, tmp_path):
    """
    Label, address and author are written as they were given, whatever they hold.
    """
    address = "https://{place}.acme.example/v1"
    options = ("--label", ODD, "--author", ODD, "--base-url", f"{address}/")
    done = new("provider", "acme", *options)
    folder = tmp_path / "crmkit-acme"
    metadata = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    names = {}
    exec((folder / "src" / "crmkit_acme" / "__init__.py").read_text("utf-8"), names)
    info = names["crmkit_provider"]()

    assert done.exit_code == 0
    assert (info.label, info.base_url) == (ODD, address)
    assert metadata["project"]["authors"] == [{"name": ODD}]
    assert f" {ODD}\n" in (folder / "LICENSE").read_text("utf-8")


def test_defaults(new, tmp_path, monkeypatch):
    """
    What is not given has a default: the template's, not one of this machine's settings.
    """
    settings = tmp_path / "copier.yml"
    settings.write_text("defaults: {author: Somebody Else}\n", "utf-8")
    monkeypatch.setenv("COPIER_SETTINGS_PATH", str(settings))
    new("provider", "acme_crm")
    folder = tmp_path / "crmkit-acme-crm"
    source = (folder / "src" / "crmkit_acme_crm" / "__init__.py").read_text("utf-8")

    assert 'label="Acme Crm"' in source
    assert 'base_url="https://api.acme-crm.example/v1"' in source
    assert "The crmkit-acme-crm authors" in (folder / "LICENSE").read_text("utf-8")


def test_without_git(new, tmp_path, monkeypatch):
    """
    No program is needed, git neither.
    """
    monkeypatch.setenv("PATH", str(tmp_path))

    assert new("store", "shelf").exit_code == 0


@pytest.mark.parametrize(
    "name",
    [
        *("Acme", "acme-crm", "7acme", "acme_", "_a", "a__b", "ac me", "", "é", "a\n"),
        *("../x", "a/b", "a.b", "crmkit_acmé", "а"),
    ],
)
def test_wrong_name(new, tmp_path, name):
    """
    A name that cannot be a module's and a distribution's is refused, with an example.
    """
    done = new("provider", "--", name)

    assert done.exit_code == 2
    assert "such as 'acme_crm'" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "name", "why"),
    [
        ("provider", "hubspot", "crmkit-hubspot is a plugin of crmkit's own"),
        ("store", "style", "crmkit-style is a plugin of crmkit's own"),
        ("transformer", "translate_aws", "crmkit-translate-aws is a plugin of crmkit's"),
        ("provider", "simulator", "crmkit-simulator is a plugin of crmkit's own"),
        ("provider", "cli", "crmkit-cli is installed already"),
        ("store", "sqlite", "built into crmkit"),
        ("store", "my_db", "scheme of the store's URLs"),
    ],
)
def test_taken(new, tmp_path, kind, name, why):
    """
    A name that means something else already is refused.
    """
    done = new(kind, name)

    assert done.exit_code == 2
    assert why in " ".join(done.stderr.split())
    assert list(tmp_path.iterdir()) == []


@given(
    name=st.text("aA0_-.é ", max_size=6) | st.text(max_size=6),
    kind=st.sampled_from(["provider", "store"]),
)
def test_good_name(name, kind):
    """
    A name that is taken makes a module's name, a normal distribution's and a URL's scheme.
    """
    try:
        check_name(kind, name)
    except ValueError:
        return
    own = distribution(name)

    assert f"crmkit_{name}".isidentifier()
    assert own.replace("-", "").isalnum()
    assert own.isascii()
    assert own == own.lower().strip("-")
    assert kind != "store" or urlsplit(f"{name}:///x").scheme == name


def test_something_there(new, tmp_path):
    """
    Where something is, nothing is written; an empty folder will do.
    """
    folder = tmp_path / "crmkit-acme"
    folder.mkdir()
    assert new("provider", "acme").exit_code == 0

    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    done = new("transformer", "acme")

    assert done.exit_code == 2
    assert "crmkit-acme: something is there already" in done.stderr
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_no_folder(new, tmp_path):
    """
    A file in the way, of the folder or of the one that it is to be in, is one clear line.
    """
    for into, file in ((".", "crmkit-acme"), ("file/below", "file")):
        (tmp_path / file).touch()
        done = new("provider", "acme", "--into", into)

        assert done.exit_code == 2
        assert done.stderr.startswith("Error: ")
        assert "another --into" in done.stderr


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--label", text) for text in ('a "b"', "a\\b", "a\nb", "", " ", "a\x07", " a")),
        *(("--author", text) for text in ('"""', "a\tb")),
        *(("--base-url", text) for text in ("http://acme.example", "acme.example", "")),
        *(
            ("--base-url", text)
            for text in ("https://", "https://a.example/?x", "https://[")
        ),
        *(
            ("--base-url", text)
            for text in ("https://u:p@a.example", "https://a.example/ b")
        ),
    ],
)
def test_wrong_answer(new, tmp_path, option, value):
    """
    What cannot stand in a source between quotes is refused, and the option named.
    """
    done = new("provider", "acme", option, value)

    assert done.exit_code == 2
    assert f"'{option}'" in done.stderr
    assert "must be" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["--label", "--base-url"])
def test_providers_only(new, option):
    """
    What only providers have is no option of others.
    """
    assert "No such option" in new("store", "shelf", option, "x").stderr


def test_light():
    """
    The command is there without the library that fills in the template.
    """
    script = "import sys, crmkit_scaffold._command; print('copier' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"


def test_kinds():
    """
    The readme shows each command that there is.
    """
    readme = Path(__file__).parents[3] / "contrib" / "scaffold" / "README.md"
    text = readme.read_text("utf-8")

    assert all(
        f"`crmkit new {kind} NAME`" in text for kind in ("provider", "transformer", "store")
    )
