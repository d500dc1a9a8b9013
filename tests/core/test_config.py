import sys
from pathlib import Path

import pytest

from crmkit import ConfigurationError
from crmkit._config import Options, default_store, options, read_file

DEFAULTS = {
    "default_provider": "hubspot",
    "auto_sync": True,
    "cache_ttl": 300,
    "cache_size": 1000,
    "max_retries": 3,
    "max_wait": 60,
    "store": "",
}


def test_defaults():
    """
    Without settings the mission's defaults hold.
    """
    assert options({}) == Options(**DEFAULTS)
    assert options(dict.fromkeys(DEFAULTS)) == Options(**DEFAULTS)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("default_provider", "acme", "acme"),
        ("auto_sync", "off", False),
        ("auto_sync", "True", True),
        ("cache_ttl", "0.5", 0.5),
        ("cache_size", "0", 0),
        ("max_retries", "7", 7),
        ("max_wait", "0", 0),
        ("store", "sqlite:///a.db", "sqlite:///a.db"),
    ],
)
def test_environment(monkeypatch, name, text, value):
    """
    CRMKIT_ variables set what arguments leave open, and arguments win.
    """
    monkeypatch.setenv(f"CRMKIT_{name.upper()}", text)

    assert getattr(options({}), name) == value
    assert getattr(options({name: None}), name) == value
    assert getattr(options({name: DEFAULTS[name]}), name) == DEFAULTS[name]


def test_empty_variable(monkeypatch):
    """
    An empty variable is as good as none.
    """
    monkeypatch.setenv("CRMKIT_CACHE_TTL", "")

    assert options({}).cache_ttl == 300


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("auto_sync", "maybe", "true or false"),
        ("cache_ttl", "s3cret", "a number"),
        ("cache_size", "1.5", "a whole number"),
        ("max_retries", "three", "a whole number"),
    ],
)
def test_environment_wrong(monkeypatch, name, text, wanted):
    """
    A variable of the wrong kind is named, with what it must be; its value is not shown.
    """
    monkeypatch.setenv(f"CRMKIT_{name.upper()}", text)

    with pytest.raises(ConfigurationError, match=f"CRMKIT_{name.upper()} must be {wanted}"):
        options({})


@pytest.mark.parametrize(
    ("name", "values", "wanted"),
    [
        ("cache_ttl", [-1, "5", True, float("nan")], "a number, not below 0"),
        ("max_wait", [-0.1, "5", [5]], "a number, not below 0"),
        ("cache_size", [-1, "5", 1.5, False], "a whole number, not below 0"),
        ("max_retries", [-1, "3", 1.5], "a whole number, not below 0"),
        ("auto_sync", ["false", 0, 1, []], "true or false"),
        ("default_provider", [5, ["hubspot"]], "a text"),
        ("store", [5, Path("outbox.db")], "a text"),
    ],
)
def test_wrong(name, values, wanted):
    """
    An argument of the wrong kind is named, with what it must be.
    """
    for value in values:
        with pytest.raises(ConfigurationError, match=f"^{name} must be {wanted}$"):
            options({name: value})


@pytest.fixture
def written(tmp_path):
    """
    Return a function that writes a configuration file.
    """

    def write(text, encoding="utf-8"):
        place = tmp_path / "crmkit.toml"
        place.write_bytes(text.encode(encoding))
        return place

    return write


def test_file(written):
    """
    The file's keys and tables are the constructor's arguments.
    """
    place = written('cache_ttl = 5\n[settings.addressbook]\npath = "clients.csv"')

    assert read_file(place) == {
        "cache_ttl": 5,
        "settings": {"addressbook": {"path": "clients.csv"}},
    }


def test_file_places(written, monkeypatch):
    """
    Without a path the file is the one that CRMKIT_CONFIG names, else crmkit.toml here.
    """
    place = written("cache_ttl = 5")
    monkeypatch.chdir(place.parent)
    assert read_file(None) == {"cache_ttl": 5}

    other = place.rename(place.with_name("other.toml"))
    monkeypatch.setenv("CRMKIT_CONFIG", str(other))
    assert read_file(None) == {"cache_ttl": 5}


def test_file_missing(tmp_path):
    """
    A file that is not there, or is a folder, is named with the reason.
    """
    with pytest.raises(ConfigurationError, match=r"absent\.toml cannot be read: No such"):
        read_file(tmp_path / "absent.toml")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_file(tmp_path)


def test_file_wrong(written):
    """
    A file that is no TOML is named with the line.
    """
    with pytest.raises(ConfigurationError, match=r"crmkit\.toml is not TOML: .*line 2"):
        read_file(written("cache_ttl = 5\ncache_size 7\n"))
    with pytest.raises(ConfigurationError, match=r"crmkit\.toml is not TOML: .*decode"):
        read_file(written("cache_ttl = 5", "utf-16"))


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, "sqlite:////users/ana/.local/share/crmkit/crmkit.db"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "sqlite:////data/crmkit/crmkit.db"),
        (
            "linux",
            {"XDG_DATA_HOME": "here"},
            "sqlite:////users/ana/.local/share/crmkit/crmkit.db",
        ),
        (
            "darwin",
            {"XDG_DATA_HOME": "/data"},
            "sqlite:////users/ana/Library/Application Support/crmkit/crmkit.db",
        ),
        ("win32", {}, "sqlite:////users/ana/AppData/Local/crmkit/crmkit.db"),
        ("win32", {"LOCALAPPDATA": "/local"}, "sqlite:////local/crmkit/crmkit.db"),
    ],
    ids=["linux", "xdg", "xdg-relative", "macos", "windows", "windows-moved"],
)
def test_default_store(monkeypatch, platform, variables, expected):
    """
    The store is in the user's data folder, where each system keeps such files.
    """
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/users/ana"))

    assert default_store() == expected
