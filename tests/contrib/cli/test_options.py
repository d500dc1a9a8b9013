"""
The options that every command takes.
"""

import json

import pytest

LOCKED = """
from crmkit import ProviderInfo, bearer, hookimpl


@hookimpl
def crmkit_provider():
    return ProviderInfo(label="Locked", base_url="https://locked.example", auth=bearer)


@hookimpl
def crmkit_fetch(session, ids):
    return []


@hookimpl
def crmkit_sync(session, activities):
    return []
"""

CALM = """
from crmkit import TransformerInfo, hookimpl


@hookimpl
def crmkit_transformer():
    return TransformerInfo(stage=300)


@hookimpl
def crmkit_transform(document):
    return None
"""


@pytest.fixture
def config(tmp_path, plugin, clients):
    """
    Write a configuration of Acme; return its name.
    """

    def write(name="crmkit.toml", more=""):
        text = (
            f"default_provider = 'acme'\n{more}\n"
            f"[plugins]\nacme = '{plugin}'\n[settings.acme]\npath = '{clients}'\n"
        )
        (tmp_path / name).write_text(text, "utf-8")
        return name

    return write


def test_config_here(inside, config):
    """
    crmkit.toml is taken where it is, with the plugins that it names.
    """
    config()

    assert inside("fetch", "1", "--json").json["first_name"] == "Ana"


def test_config_named(inside, config):
    """
    Another file is taken when an option or the environment names it.
    """
    name = config("mine.toml")

    assert inside("fetch", "1", "--json", "--config", name).json["id"] == "1"
    assert inside("fetch", "1", "--json", CRMKIT_CONFIG=name).json["id"] == "1"


def test_config_missing(inside):
    """
    A file that is named must be there.
    """
    done = inside("fetch", "1", "--config", "no.toml", code=2)

    assert "no.toml cannot be read" in done.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = [", "is not TOML"),
        ("x = '\udce9'", "is not TOML"),
        ("colour = 'red'", "unknown key 'colour'"),
        ("settings = 5", "settings in the configuration must be a table"),
        ("[settings]\nacme = 5", "acme in the configuration must be a table"),
        ("credentials = 'x'", "tokens do not belong in a file"),
    ],
)
def test_config_wrong(inside, tmp_path, text, told):
    """
    What is wrong with a configuration is said on one line.
    """
    (tmp_path / "crmkit.toml").write_bytes(text.encode(errors="surrogateescape"))
    done = inside("outbox", "list", code=2)

    assert told in done.err
    assert len(done.err.splitlines()) == 1


def test_set_over_config(inside, config, tmp_path):
    """
    --set changes one setting of the file and leaves the others.
    """
    config()
    done = inside("fetch", "1", "--set", "mode=down", code=4)

    assert done.err == "Error: Acme is down\n"


@pytest.mark.parametrize(
    "given",
    ["path=other.json", "acme.path=other.json", 'acme.path="other.json"'],
)
def test_set(acme, tmp_path, given):
    """
    --set takes the provider's name or leaves it out, and text or JSON.
    """
    record = {"id": "x", "first_name": "Other"}
    (tmp_path / "other.json").write_text(json.dumps([record]))

    assert acme("fetch", "x", "--set", given, "--json").json["first_name"] == "Other"


def test_set_tables(acme, tmp_path):
    """
    Keys with dots set what is in a table, one beside the other.
    """
    record = {"id": "x", "custom_fields": {"tongue": "pt", "zone": "Europe/Lisbon"}}
    (tmp_path / "other.json").write_text(json.dumps([record]))
    changes = (
        "path=other.json",
        "preferences.language=tongue",
        "preferences.timezone=zone",
    )
    options = [word for change in changes for word in ("--set", change)]
    client = acme("fetch", "x", *options, "--json").json

    assert (client["language"], client["timezone"]) == ("pt", "Europe/Lisbon")


@pytest.mark.parametrize("given", ["path", "=x", "path.deeper=1"])
def test_set_wrong(acme, given):
    """
    A --set that assigns nothing, or into a text, is an error of usage.
    """
    assert "--set" in acme("fetch", "1", "--set", given, code=2).err


def test_no_provider(bare):
    """
    Who chose no CRM is asked to, and told what to install if there is none.
    """
    told = bare("fetch", "1", code=2).err

    assert "--provider NAME" in told
    assert "pip install crmkit-addressbook" in told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("custom", "Unsupported CRM provider: custom"),
        ("future", "pip install crmkit-future"),
        ("acmee", "did you mean 'acme'?"),
    ],
)
@pytest.mark.usefixtures("future")
def test_unknown_provider(acme, name, told):
    """
    An unknown CRM is named, with a remedy if there is one.
    """
    done = acme("fetch", "1", "--provider", name, code=2)

    assert told in done.err
    assert len(done.err.splitlines()) == 1


def test_plugin_passed_over(inside, config, tmp_path):
    """
    Who gives a plugin's file, but has chosen another CRM before, is told which is used.
    """
    config()
    (tmp_path / "locked.py").write_text(LOCKED)
    fetch = ("fetch", "1", "--json", "--plugin", "locked.py")
    done = inside(*fetch)

    assert done.json["id"] == "1"
    assert done.err == (
        "The CRM is acme, as the configuration says; give --provider locked to use the "
        "plugin's file.\n"
    )
    assert inside(*fetch, "--provider", "acme").err == ""
    assert "The CRM" not in inside(*fetch, "--provider", "locked", code=5).err
    assert inside("outbox", "list", "--plugin", "locked.py").err == ""


def test_plugin_not_passed_over(inside, config, plugin, tmp_path):
    """
    Nothing is said where the file's CRM is the one that was chosen, or it holds none.
    """
    config()
    (tmp_path / "calm.py").write_text(CALM)

    for file in (str(plugin), "calm.py"):
        assert inside("fetch", "1", "--plugin", file).err == ""


def test_token(inside, tmp_path):
    """
    A CRM that needs a token leads to code 5 without one; each user needs one of their own.
    """
    (tmp_path / "locked.py").write_text(LOCKED)
    fetch = ("fetch", "1", "--plugin", "locked.py")

    done = inside(*fetch, code=5)
    assert "No CRM credentials found for user" in done.err
    inside(*fetch, CRMKIT_LOCKED_TOKEN="t", code=3)
    assert "CRMKIT_LOCKED_TOKEN__bob" in inside(*fetch, "--user", "bob", code=5).err


def test_token_of_many(bare, tmp_path, plugin, clients):
    """
    With two plugins' files the CRM has to be chosen.
    """
    (tmp_path / "locked.py").write_text(LOCKED)
    both = ("--plugin", "locked.py", "--plugin", str(plugin))

    bare("fetch", "1", *both, code=2)
    bare("fetch", "1", *both, "--provider", "acme", "--set", f"path={clients}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import nothing_of_this_name", "ModuleNotFoundError"),
        ("def (", "SyntaxError"),
        ("x = 1", "lacks crmkit_provider"),
        (LOCKED.replace("@hookimpl\ndef crmkit_sync", "def crmkit_sync"), "@hookimpl"),
        (LOCKED.replace("crmkit_sync", "crmkit_synk"), "did you mean crmkit_sync?"),
    ],
)
def test_plugin_wrong(inside, tmp_path, text, told):
    """
    What is wrong with a plugin's file is said on one line.
    """
    (tmp_path / "mine.py").write_text(text)
    done = inside("fetch", "1", "--plugin", "mine.py", code=2)

    assert told in done.err
    assert len(done.err.splitlines()) == 1


def test_plugin_missing(inside):
    """
    A plugin's file that is not there is an error of usage.
    """
    assert "does not exist" in inside("fetch", "1", "--plugin", "no.py", code=2).err


def test_plugin_bug(inside, tmp_path):
    """
    Where a plugin's own code failed is told by file and line, without what it read.
    """
    text = LOCKED.replace("auth=bearer", "").replace("return []", 'return ids["secret"]', 1)
    (tmp_path / "mine.py").write_text(text)
    done = inside("fetch", "1", "--plugin", "mine.py", code=3)

    place = text.splitlines().index('    return ids["secret"]') + 1
    assert done.err.endswith(f"(at mine.py:{place})\n")
    assert "secret" not in done.err
