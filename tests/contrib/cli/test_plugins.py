"""
The command plugins.
"""

import pytest


@pytest.fixture
def packages(tmp_path, environment):
    """
    Make a place for distributions that are installed for one run.
    """
    folder = tmp_path / "packages"
    folder.mkdir()
    environment["PYTHONPATH"] = f"{folder}:{environment.get('PYTHONPATH', '')}"

    def install(name, points, **modules):
        info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        )
        (info / "entry_points.txt").write_text(points)
        for module, text in modules.items():
            (folder / f"{module}.py").write_text(text)

    return install


@pytest.fixture
def broken(packages):
    """
    Install a provider that cannot be imported.
    """
    packages(
        "crmkit-bad", "[crmkit.providers]\nbad = bad_plugin\n", bad_plugin="import nix"
    )


def found(done, name):
    """
    Return the line about a plugin.
    """
    return next(plugin for plugin in done.lines if plugin["name"] == name)


def test_given(acme):
    """
    A plugin's file that works is loaded.
    """
    plugin = found(acme("plugins", "--json"), "acme")

    assert (plugin["status"], plugin["detail"]) == ("loaded", "Acme")


def test_given_module(plugin, tmp_path, inside):
    """
    A file that is named as a plugin's module gives the plugin's name.
    """
    file = tmp_path / "crmkit_acme.py"
    file.write_bytes(plugin.read_bytes())
    options = ("--plugin", str(file), "--provider", "acme", "--json")

    assert [one["source"] for one in inside("plugins", *options).lines] == ["given"]


def test_broken(broken, crmkit):
    """
    A plugin that cannot be imported is broken: its distribution and the reason are named.
    """
    plugin = found(crmkit("plugins", "--json"), "bad")

    assert plugin["status"] == "broken"
    assert plugin["source"] == "crmkit-bad 1.0"
    assert "No module named 'nix'" in plugin["detail"]


def test_missing(inside, future):
    """
    What is known and not installed has its pip command.
    """
    plugin = found(inside("plugins", "--json"), future)

    assert (plugin["status"], plugin["detail"]) == (
        "missing",
        "pip install crmkit-future",
    )


def test_text(broken, crmkit):
    """
    For people there is a table with one line for each plugin.
    """
    lines = crmkit("plugins").out.splitlines()

    assert lines[0].split()[:3] == ["kind", "name", "status"]
    assert [line.split()[:3] for line in lines if " bad " in line] == [
        ["provider", "bad", "broken"]
    ]


def test_provider(acme):
    """
    With --provider that one alone is shown.
    """
    assert [p["name"] for p in acme("plugins", "--provider", "acme", "--json").lines] == [
        "acme"
    ]


def test_duplicate(packages, crmkit):
    """
    Two distributions of one name are broken until one is chosen.
    """
    for name in ("crmkit-one", "crmkit-two"):
        packages(name, "[crmkit.providers]\nsame = crmkit\n")
    plugin = found(crmkit("plugins", "--json"), "same")

    assert plugin["status"] == "broken"
    assert "crmkit-one, crmkit-two" in plugin["detail"]


def test_broken_transformer(packages, acme_process):
    """
    A broken transformer that nobody named is left out with a warning, or as JSON.
    """
    packages("crmkit-bad", "[crmkit.transformers]\nbad = bad_plugin\n", bad_plugin="1 / 0")
    text = ("personalize", "--text", "x", "--client", "1")

    done = acme_process(*text)
    assert done.out == "x\n"
    assert "Warning: the transformer 'bad' of crmkit-bad" in done.err
    assert list(acme_process(*text, "--json").json["transformers"]["broken"]) == ["bad"]


def test_remote_transformer(packages, acme):
    """
    A transformer that calls a service does not run unless it is named.
    """
    far = (
        "from crmkit import TransformerInfo, hookimpl\n"
        "@hookimpl\ndef crmkit_transformer():\n"
        "    return TransformerInfo(stage=200, remote=True)\n"
        "@hookimpl\ndef crmkit_transform(document, context):\n"
        "    return document.map_text(str.upper)\n"
    )
    packages("crmkit-far", "[crmkit.transformers]\nfar = far_plugin\n", far_plugin=far)

    assert acme("personalize", "--text", "x", "--client", "1").out == "x\n"


def test_command(packages, crmkit):
    """
    A command of another distribution is listed without being imported, and runs.
    """
    hello = (
        "import click\nprint('imported')\n"
        "@click.command()\ndef hello():\n    click.echo('hello')\n"
    )
    packages("crmkit-hello", "[crmkit.commands]\nhello = hi:hello\n", hi=hello)
    text = crmkit("--help").out

    assert "From crmkit-hello." in text
    assert "imported" not in text
    assert crmkit("hello").out == "imported\nhello\n"


@pytest.mark.parametrize(
    ("text", "told"), [("import nix", "cannot be loaded"), ("hello = 5", "click command")]
)
def test_command_broken(packages, crmkit, text, told):
    """
    A command that cannot be used is an error that names its distribution.
    """
    packages("crmkit-hello", "[crmkit.commands]\nhello = hi:hello\n", hi=text)
    done = crmkit("hello", code=2)

    assert told in done.err
    assert "crmkit-hello" in done.err
    assert "hello" in crmkit("--help").out
    plugin = found(crmkit("plugins", "--json"), "hello")
    assert plugin["status"] == "broken"
    assert told in plugin["detail"]


def test_command_twice(packages, crmkit):
    """
    A command that two distributions offer is not run until one is gone.
    """
    for name in ("crmkit-one", "crmkit-two"):
        packages(name, "[crmkit.commands]\nhello = hi:hello\n")

    assert "crmkit-one and crmkit-two" in crmkit("hello", code=2).err


def test_command_error(packages, crmkit):
    """
    An error of crmkit's that such a command raises has its exit code; a bug a traceback.
    """
    bad = (
        "import click, crmkit\n"
        "@click.command()\n@click.argument('what')\n"
        "def hello(what):\n    raise getattr(crmkit, what, KeyError)('told')\n"
    )
    packages("crmkit-hello", "[crmkit.commands]\nhello = hi:hello\n", hi=bad)

    assert crmkit("hello", "CredentialsError", code=5).err == "Error: told\n"
    assert "Traceback" in crmkit("hello", "Other", code=1).err
