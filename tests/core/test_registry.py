"""
Plugins are found by their entry points; what is wrong with them is one clear error.
"""

import subprocess
import sys
from textwrap import dedent

import pytest
from tests.core.distributions import PROVIDER, install

from crmkit import (
    ActivityRecord,
    CRMConnector,
    PluginConflictError,
    PluginContractError,
    PluginLoadError,
    PluginNotFoundError,
    _registry,
)

GROUP = "crmkit.providers"


@pytest.fixture
def site(tmp_path, monkeypatch):
    """
    Return a folder on the path of modules; what is imported from it is forgotten again.
    """
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    before = set(sys.modules)
    _registry.installed.cache_clear()
    yield folder
    _registry.installed.cache_clear()
    for name in set(sys.modules) - before:
        if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def installed(folder, distribution, module, source=PROVIDER, name="acme", **more):
    """
    Install a provider called acme, as the label of which its distribution serves.
    """
    install(
        folder,
        distribution,
        module=module,
        source=source.replace("{label}", distribution),
        entry_points={GROUP: f"{name} = {module}"},
        **more,
    )


def load(**arguments):
    """
    Load the provider acme and return its label.
    """
    with CRMConnector(credentials="t", **arguments) as connector:
        connector.session(provider="acme")
        return connector._open.host.provider("acme").label


def test_installed(site):
    """
    An installed provider goes by the name that it is registered under.
    """
    installed(site, "crmkit-acme", "acme_one")

    assert load() == "crmkit-acme"


def test_discovery_imports_nothing(site):
    """
    Listing what is installed imports no plugin; naming one imports that one.
    """
    installed(site, "crmkit-acme", "acme_one")
    installed(site, "crmkit-other", "other_one", name="other")

    assert {plugin.name for plugin in _registry.installed(GROUP)} >= {"acme", "other"}
    assert not {"acme_one", "other_one"} & set(sys.modules)

    load()
    assert {"acme_one", "other_one"} & set(sys.modules) == {"acme_one"}


def test_two_of_one_name(site):
    """
    Two distributions with one name are a conflict that names both and the remedy.
    """
    installed(site, "crmkit-acme", "acme_one")
    installed(site, "better-acme", "acme_two")

    with pytest.raises(PluginConflictError) as caught:
        load()

    assert "'acme' is offered by better-acme, crmkit-acme" in str(caught.value)
    assert 'prefer={"acme": "<distribution>"}' in str(caught.value)
    assert caught.value.plugin == "acme"


def test_prefer(site):
    """
    Of two distributions with one name, prefer= chooses.
    """
    installed(site, "crmkit-acme", "acme_one")
    installed(site, "better-acme", "acme_two")

    assert load(prefer={"acme": "better-acme"}) == "better-acme"
    assert load(prefer={"acme": "crmkit-acme"}) == "crmkit-acme"


def test_prefer_something_else(site):
    """
    A preference for a distribution that does not offer the name is a conflict too.
    """
    installed(site, "crmkit-acme", "acme_one")

    with pytest.raises(PluginConflictError, match="offered by crmkit-acme; choose one"):
        load(prefer={"acme": "better-acme"})


def test_given_by_hand(site):
    """
    A plugin given by hand stands above an installed one of its name.
    """
    installed(site, "crmkit-acme", "acme_one")
    module = site / "by_hand.py"
    module.write_text(dedent(PROVIDER))

    assert load(plugins={"acme": str(module)}) == "{label}"


def test_file_with_its_own_classes(tmp_path):
    """
    A plugin in a file may make classes whose annotations are texts.
    """
    head = """
    from __future__ import annotations
    from dataclasses import dataclass

    @dataclass
    class Person:
        name: str | None = None
    """
    file = tmp_path / "acme.py"
    file.write_text(dedent(head) + dedent(PROVIDER).replace("{label}", "Mine"))

    assert load(plugins={"acme": str(file)}) == "Mine"


READER = """
    from pathlib import Path

    from crmkit import ConfigurationError, ProviderInfo, hookimpl

    class Read:
        def __init__(self, label):
            self.label = label

        @hookimpl
        def crmkit_provider(self):
            return ProviderInfo(label=self.label)

        @hookimpl
        def crmkit_fetch(self, ids):
            return []

        @hookimpl
        def crmkit_sync(self, activities):
            return []

    def read(path):
        text = Path(path).read_text()
        if text == "wrong":
            raise ConfigurationError("line 1: it is wrong")
        return Read(text)
"""


def test_other_file(site, tmp_path):
    """
    A file with another ending is made a plugin by what is installed for that ending.
    """
    points = {"crmkit.files": "crm = a_reader:read"}
    install(site, "crmkit-reader", module="a_reader", source=READER, entry_points=points)
    (tmp_path / "good.crm").write_text("Mine")
    (tmp_path / "wrong.crm").write_text("wrong")

    assert load(plugins={"acme": str(tmp_path / "good.crm")}) == "Mine"
    with pytest.raises(PluginLoadError, match=r"wrong\.crm' cannot be loaded: line 1"):
        load(plugins={"acme": str(tmp_path / "wrong.crm")})


def test_file_that_nobody_reads(monkeypatch):
    """
    A file of a known ending, of which nothing is installed, is told with the remedy.
    """
    monkeypatch.setattr(_registry, "installed", lambda _group: ())

    with pytest.raises(PluginNotFoundError, match=r"toml; .* pip install crmkit-rest"):
        load(plugins={"acme": "acme.toml"})


def test_failing_import(site):
    """
    A plugin that fails while it is imported is named with its distribution and the cause.
    """
    installed(site, "crmkit-acme", "acme_one", "import nowhere_to_be_found")

    with pytest.raises(PluginLoadError) as caught:
        load()

    assert "'acme' of crmkit-acme 1.0 cannot be loaded" in str(caught.value)
    assert "nowhere_to_be_found" in str(caught.value)
    assert "upgrade or remove crmkit-acme" in str(caught.value)
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)


@pytest.mark.parametrize("place", ["./absent.py", "absent_module"])
def test_missing_file(place, tmp_path, monkeypatch):
    """
    A plugin given as a file or module that is not there is named as it was given.
    """
    monkeypatch.chdir(tmp_path)

    with pytest.raises(PluginLoadError, match=f"'{place}' cannot be loaded"):
        load(plugins={"acme": place})


def test_broken_contract(site):
    """
    What an installed plugin does wrong is told with the distribution that it came from.
    """
    source = PROVIDER.replace("crmkit_fetch", "crmkit_fetsh")
    installed(site, "crmkit-acme", "acme_one", source)

    with pytest.raises(PluginContractError) as caught:
        load()

    assert "did you mean crmkit_fetch?" in str(caught.value)
    assert "crmkit-acme 1.0" in str(caught.value)


def test_unknown():
    """
    A provider that nobody offers is refused in the words of the specification.
    """
    with CRMConnector(default_provider="custom") as connector:
        with pytest.raises(PluginNotFoundError) as fetched:
            connector.get_client_data("1")
        with pytest.raises(PluginNotFoundError) as synced:
            connector.sync_activity(ActivityRecord(type="note"))

    for caught in (fetched, synced):
        assert str(caught.value).partition(";")[0] == "Unsupported CRM provider: custom"
        assert "pip install" not in str(caught.value)
        assert caught.value.plugin == "custom"


def test_misspelt():
    """
    A misspelt provider is asked back for; no pip command is made from a typo.
    """
    with (
        CRMConnector(default_provider="hubspott") as connector,
        pytest.raises(PluginNotFoundError) as caught,
    ):
        connector.get_client_data("1")

    assert "did you mean 'hubspot'?" in str(caught.value)
    assert "pip install" not in str(caught.value)


def test_misspelt_name_given_by_hand():
    """
    A provider given by hand is what a similar name is compared with, too.
    """
    plugins = {"my_own_crm": object()}

    with (
        CRMConnector(default_provider="my_own_cmr", plugins=plugins) as connector,
        pytest.raises(PluginNotFoundError, match="did you mean 'my_own_crm'"),
    ):
        connector.get_client_data("1")


def test_known_but_missing(monkeypatch):
    """
    A provider of this project that is not installed is named with its pip command.
    """
    monkeypatch.setattr(_registry, "installed", lambda group: ())

    with (
        CRMConnector(default_provider="zoho") as connector,
        pytest.raises(PluginNotFoundError) as caught,
    ):
        connector.get_client_data("1")

    assert str(caught.value) == (
        "Unsupported CRM provider: zoho; it is not installed: pip install crmkit-zoho"
    )


def test_store_of_unknown_scheme():
    """
    A store whose scheme nobody serves is refused, with an example of one that works.
    """
    with (
        CRMConnector(store="reddis://localhost") as connector,
        pytest.raises(PluginNotFoundError) as caught,
    ):
        connector.outbox.list()

    assert "Unsupported store: reddis" in str(caught.value)
    assert "sqlite:///crmkit.db" in str(caught.value)


def test_store_by_entry_point(site):
    """
    A store's scheme names the entry point that opens it, with the whole URL.
    """
    source = """
        opened = []

        class Nothing:
            recover = purge = close = set_checkpoint = lambda *_: 0
            checkpoint = lambda *_: None

            def rows(self, *, state, limit):
                return []

        def open_store(url):
            opened.append(url)
            return Nothing()
    """
    install(
        site,
        "crmkit-void",
        module="void_store",
        source=source,
        entry_points={"crmkit.stores": "void = void_store:open_store"},
    )

    with CRMConnector(store="void://table?region=eu") as connector:
        assert connector.outbox.list() == []

    assert sys.modules["void_store"].opened == ["void://table?region=eu"]


def test_installed_in_another_process(site):
    """
    What is installed is found by a fresh interpreter, without any help.
    """
    installed(site, "crmkit-acme", "acme_one")
    code = (
        "from crmkit import CRMConnector\n"
        "print(CRMConnector(credentials='t').get_clients_data(['1'], provider='acme'))"
    )
    paths = ":".join([str(site), *filter(None, sys.path)])

    shown = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "ClientNotFoundError" in shown.stdout
