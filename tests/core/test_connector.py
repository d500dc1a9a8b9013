import os
import subprocess
import sys
from datetime import datetime

import pytest

from crmkit import (
    ActivityRecord,
    ClientData,
    ConfigurationError,
    CRMConnector,
    PluginNotFoundError,
    ProviderInfo,
    SyncOutcome,
    hookimpl,
)


class Acme:
    """
    A CRM with one client.
    """

    @hookimpl
    def crmkit_provider(self):
        return ProviderInfo(label="Acme")

    @hookimpl
    def crmkit_fetch(self, ids):
        return [ClientData(id=i, first_name="Ana", email="ana@x.example") for i in ids]

    @hookimpl
    def crmkit_sync(self, activities):
        return [SyncOutcome.synced(activity) for activity in activities]


USES = {
    "get_client_data": lambda c: c.get_client_data("7"),
    "get_clients_data": lambda c: c.get_clients_data(["7"]),
    "find_client": lambda c: c.find_client(email="a@x.example"),
    "iter_clients": lambda c: list(c.iter_clients()),
    "personalize_content": lambda c: c.personalize_content("Hi", ClientData(id="7")),
    "personalize_many": lambda c: c.personalize_many("Hi", [ClientData(id="7")]),
    "sync_activity": lambda c: c.sync_activity(ActivityRecord(type="note")),
    "batch": lambda c: c.batch_sync_activities([ActivityRecord(type="note")]),
    "flush_pending": lambda c: c.flush_pending(),
    "outcome_of": lambda c: c.outcome_of("7"),
    "outbox": lambda c: c.outbox,
    "session": lambda c: c.session(),
    "get_cache_stats": lambda c: c.get_cache_stats(),
    "clear_cache": lambda c: c.clear_cache(),
    "stats": lambda c: c.stats(),
}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """
    Return an empty home folder in which everything would be written.
    """
    for name in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_no_input_output(home):
    """
    A connector is made, asked for its cache, and closed without touching any file.
    """
    with CRMConnector(default_provider="nobody", store="sqlite:///outbox.db") as connector:
        connector.get_cache_stats()
        connector.clear_cache()
        connector.personalize_content("Hi", ClientData(id="7"), content_type="social")

    assert list(home.rglob("*")) == []


def test_store_on_first_use(home):
    """
    The store comes into being, in the user's data folder, when something is synced.
    """
    with CRMConnector(default_provider="acme", plugins={"acme": Acme()}) as connector:
        assert connector.sync_activity(ActivityRecord(type="note"))

    assert list(home.rglob("crmkit.db"))


def test_no_plugin_needed():
    """
    A template is personalized without any provider installed.
    """
    client = ClientData(id="7", first_name="Ana", email="ana@x.example")

    with CRMConnector() as connector:
        result = connector.personalize_content("Hi {{firstName}}", client_data=client)

    assert result.content == "Hi Ana"
    assert result.to == "ana@x.example"


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_closed(use):
    """
    A closed connector refuses everything, saying that it is closed.
    """
    connector = CRMConnector(plugins={"hubspot": Acme()})
    connector.close()
    connector.close()

    with pytest.raises(ConfigurationError, match="the connector is closed"):
        use(connector)


def test_closed_after_with():
    """
    Leaving the with block closes the connector.
    """
    with CRMConnector() as connector:
        connector.get_cache_stats()

    with pytest.raises(ConfigurationError, match="closed"):
        connector.get_cache_stats()


def test_positional_refused():
    """
    Settings are keywords, so that none is taken for another.
    """
    with pytest.raises(TypeError, match="positional"):
        CRMConnector("hubspot")


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"content_type": "fax"}, "unknown content type 'fax'; there are email, "),
        ({"unknown": "ignore"}, "unknown= takes 'error', 'keep' or 'blank'"),
        ({"missing": "default"}, "missing= takes 'error', 'keep' or 'blank'"),
        ({"purpose": "spam"}, "purpose is marketing or transactional"),
        ({"mode": "lax"}, "mode is permissive or strict"),
        ({"varialbes": {}}, "no argument 'varialbes'"),
        ({"variables": [("a", 1)]}, "variables= takes a mapping"),
        ({"variables": {1: "a"}}, "variables= takes a mapping of names"),
    ],
    ids=lambda value: None if isinstance(value, str) else str(value),
)
def test_request_refused(request_, message):
    """
    A wrong argument of personalize_content is named, with what it may be.
    """
    client = ClientData(id="7", email="ana@x.example")

    with (
        CRMConnector() as connector,
        pytest.raises(ConfigurationError, match=message),
    ):
        connector.personalize_content("Hi", client, **request_)


@pytest.mark.parametrize("template", [None, b"Hi", {"en": 1}, ["Hi"], 5])
def test_template_refused(template):
    """
    A template that is no text is refused by its type.
    """
    with CRMConnector() as connector, pytest.raises(ConfigurationError, match="template"):
        connector.personalize_content(template, ClientData(id="7"))


@pytest.mark.parametrize("client", [None, {"id": "7"}, "7"])
def test_client_refused(client):
    """
    A client that is no ClientData is refused by its type.
    """
    with CRMConnector() as connector, pytest.raises(ConfigurationError, match="ClientData"):
        connector.personalize_content("Hi", client)


def test_naive_since():
    """
    A time without its zone is refused before anything is asked.
    """
    with CRMConnector() as connector, pytest.raises(ConfigurationError, match="time zone"):
        list(connector.iter_clients(updated_since=datetime(2026, 5, 1)))  # noqa: DTZ001


@pytest.fixture
def configured(tmp_path, monkeypatch):
    """
    Return a function that writes crmkit.toml and makes a connector from it.
    """
    monkeypatch.chdir(tmp_path)

    def configure(text, **arguments):
        (tmp_path / "crmkit.toml").write_text(text, encoding="utf-8")
        return CRMConnector.from_config(**arguments)

    return configure


def test_from_config(configured, tmp_path):
    """
    A plugin in a file and its transformers' table come from crmkit.toml.
    """
    (tmp_path / "loud.py").write_text(
        "from crmkit import TransformerInfo, hookimpl\n\n\n"
        "@hookimpl\ndef crmkit_transformer():\n"
        "    return TransformerInfo(stage=300)\n\n\n"
        "@hookimpl\ndef crmkit_transform(document, context):\n"
        "    return document.map_text(lambda text: text + context.settings['mark'])\n"
    )
    text = '[plugins]\nloud = "./loud.py"\n[transformers.loud]\nmark = "!"\n'

    with configured(text) as connector:
        result = connector.personalize_content(
            "Hi", ClientData(id="7"), content_type="social"
        )

    assert result.content == "Hi!"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("chache_ttl = 5", "unknown key 'chache_ttl'"),
        ("credentials = 's3cret'", "tokens do not belong in a file"),
        ("[credentials.hubspot]\naccess_token = 's3cret'", "CRMKIT_<PROVIDER>_TOKEN"),
        ("cache_ttl = -1", "cache_ttl must be a number"),
        ("cache_ttl = 's3cret'", "cache_ttl must be a number"),
        ("auto_sync = 'false'", "auto_sync must be true or false"),
        ("transformers = ['s3cret']", "transformers must be a table"),
        ("settings = 5", "settings must be a table"),
        ("plugins = ['./s3cret.py']", "plugins must be a table"),
        ("[settings]\naddressbook = 's3cret'", r"settings\.addressbook must be a table"),
        ("[transformers]\nstyle = true", r"transformers\.style must be a table"),
        ("consent_max_age = 'a day'", "consent_max_age must be a number"),
    ],
)
def test_from_config_refused(configured, text, message):
    """
    A wrong key or value of the file is named; no token is taken from it, or shown.
    """
    with pytest.raises(ConfigurationError, match=message) as caught:
        configured(text)

    assert "s3cret" not in str(caught.value)


def used_provider(connector):
    """
    Return the provider that a connector turns to, by the error of one not installed.
    """
    with connector, pytest.raises(PluginNotFoundError) as caught:
        connector.get_client_data("7")
    return caught.value.plugin


def test_from_config_order(configured, monkeypatch):
    """
    A variable wins over the file, an argument over both; None is no argument.
    """
    text = 'default_provider = "filed"'
    assert used_provider(configured(text)) == "filed"
    assert used_provider(configured(text, default_provider=None)) == "filed"

    monkeypatch.setenv("CRMKIT_DEFAULT_PROVIDER", "exported")
    assert used_provider(configured(text)) == "exported"
    assert used_provider(configured(text, default_provider="given")) == "given"


def test_import_makes_nothing(tmp_path):
    """
    Importing crmkit and making a connector writes no file, in a fresh process too.
    """
    here = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    subprocess.run(
        [sys.executable, "-B", "-c", "import crmkit; crmkit.CRMConnector().close()"],
        env={**os.environ, **here, "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=tmp_path,
        check=True,
    )

    assert list(tmp_path.iterdir()) == []
