"""
The tutorial, followed to the letter: its files are written, its commands run, offline.

What its environments need of an index lies in the one that runs the tests, so pip has
nothing to download; all else that pip does is done.
"""

import ast
import os
import re
import socket
import subprocess
import sys
import sysconfig
import time
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
EXAMPLE = ROOT / "contrib" / "example" / "src" / "crmkit_example" / "__init__.py"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`(\w+\.(?:py|toml))`")
PLUGIN = "crmkit_acme.py"
PORT = "8765"
KEPT = re.compile(r"cd |\. |export |deactivate")  # what a shell remembers
PYTHON = """\
#!/bin/sh
'{python}' "$@" || exit
echo "import site; site.addsitedir('{packages}')" > "$3/{site}/tests.pth"
cat > "$3/bin/crmkit" <<'END'
#!/bin/sh
exec "$(dirname "$0")/python" -P -m crmkit_cli "$@"
END
chmod +x "$3/bin/crmkit"
"""


def steps():
    """
    Yield the page's blocks: the paragraph before, the language, the text.
    """
    end = 0
    for block in FENCE.finditer(PAGE):
        yield PAGE[end : block.start()].strip().split("\n\n")[-1], block[1], block[2]
        end = block.end()


def files(port=PORT):
    """
    Yield what there is to write, and between it the consoles: name and text.
    """
    plugin = ""
    for before, language, block in steps():
        text = block.replace(PORT, port)
        named = FILE.findall(before)
        if language == "console":
            yield None, text
        elif named and not before.startswith("Add "):
            plugin = text if named[-1] == PLUGIN else plugin
            yield named[-1], text
        else:
            plugin = joined(plugin, text)
            yield PLUGIN, plugin


def joined(text, block):
    """
    Return a file's text with a block added as the page says.
    """
    for node in ast.parse(block).body:
        piece = source(block, node)
        if isinstance(node, ast.ImportFrom):
            text = piece + text
            continue
        old = [source(text, n) for n in functions(text) if n.name == node.name]
        text = text.replace(old[0], piece) if old else f"{text}\n\n{piece}"
    return text


def functions(text):
    """
    Return the functions of a module.
    """
    return [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]


def source(text, node):
    """
    Return the lines of a statement, with its decorators.
    """
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
    return "".join(text.splitlines(keepends=True)[first - 1 : node.end_lineno])


def bare(text):
    """
    Return a module's functions by name, without docstrings and annotations.
    """
    found = {node.name: node for node in functions(text)}
    for function in found.values():
        function.returns = None
        if ast.get_docstring(function):
            del function.body[0]
        arguments = function.args
        for argument in (*arguments.args, arguments.kwarg):
            if argument is not None:
                argument.annotation = None
    return {name: ast.unparse(function) for name, function in found.items()}


def pattern(shown):
    """
    Return what matches an output as the page shows it: … is any text, or any lines.
    """
    return "".join(
        "(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n"
        for line in shown.splitlines()
    )


class Terminal:
    """
    A shell in which the page's commands are typed.
    """

    def __init__(self, folder, environment):
        self.folder, self.environment = folder, environment
        self.typed = []
        self.behind = None

    def type(self, command, port):
        """
        Run a command; return its exit code and all that it shows.
        """
        if command == "kill %1":
            self.close()
            return 0, ""
        if command.endswith(" &"):
            self.behind = subprocess.Popen(
                self.shell(f"exec {command[:-2]}"), cwd=self.folder, env=self.environment
            )
            return self.answers(port), ""
        done = subprocess.run(
            self.shell(command),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        if KEPT.match(command):
            self.typed.append(command)
        return done.returncode, done.stdout

    def shell(self, command):
        """
        Return how to run a command after all that the shell remembers.
        """
        return ["bash", "-c", "\n".join(["set -e", *self.typed, command])]

    def answers(self, port):
        """
        Wait until the program behind answers; return its exit code, 0 while it runs.
        """
        until = time.monotonic() + 20
        while time.monotonic() < until and self.behind.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(port))) == 0:
                    return 0
            time.sleep(0.02)
        return self.behind.poll() or 1

    def close(self):
        """
        End the program behind.
        """
        if self.behind is not None:
            self.behind.terminate()
            self.behind.wait()
            self.behind = None


@pytest.fixture
def port():
    """
    Return a port that is free.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.fixture
def terminal(tmp_path):
    """
    Open a terminal in an empty folder; new environments see what the tests see.
    """
    python = tmp_path / "bin" / "python3"
    python.parent.mkdir()
    purelib = sysconfig.get_path("purelib")
    site = Path(purelib).relative_to(sys.prefix)
    python.write_text(PYTHON.format(python=sys.executable, packages=purelib, site=site))
    python.chmod(0o755)
    folder = tmp_path / "empty"
    folder.mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\n")  # else one further up is taken
    own = {
        "HOME": str(tmp_path),
        "PATH": f"{python.parent}:{os.environ['PATH']}",
        "COLUMNS": "92",
        "PYTHONUTF8": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # which means that there is none
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # those of the tests' own environment
    }
    terminal = Terminal(folder, {**os.environ, **own})
    yield terminal
    terminal.close()


def test_followed(terminal, port):
    """
    Each command does what the page shows, from the empty folder to the wheel elsewhere.
    """
    project = terminal.folder / "crmkit-acme"
    for name, text in files(port):
        if name is not None:
            (project / name).write_text(text, "utf-8")
            continue
        for command, shown in re.findall(
            r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE
        ):
            code, told = terminal.type(command, port)
            assert (code != 0) == (" failed" in shown), told
            assert re.fullmatch(pattern(shown), told), f"$ {command}\n{told}"
    (wheel,) = project.glob("dist/*.whl")

    assert "crmkit_acme.py" in zipfile.ZipFile(wheel).namelist()


def test_fake():
    """
    The fake is the one that the example is tested with.
    """
    *_, fake = (text for name, text in files() if name == "fake.py")

    assert fake == (ROOT / "tests" / "contrib" / "example" / "fake.py").read_text("utf-8")


def test_plugin():
    """
    What comes out is the example, but for its docstrings and types.
    """
    *_, plugin = (text for name, text in files() if name == PLUGIN)

    assert bare(plugin) == bare(EXAMPLE.read_text("utf-8"))


def test_first():
    """
    The first version without a broken rule is the one that the page of hooks begins with.
    """
    _, first, *_ = (text for name, text in files() if name == PLUGIN)

    assert f"```python\n{first}```" in (ROOT / "docs" / "hooks.md").read_text("utf-8")
