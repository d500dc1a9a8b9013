"""
What a hook finds in its session: settings of its own, memory, and its fields.
"""

from threading import Barrier

import pytest
from attrs import frozen
from tests.core.plugins import provider
from tests.core.waiting import in_threads

from crmkit import ConfigurationError, CRMCredentials, CustomField, bearer


@frozen
class Settings:
    path: str
    size: int = 3


class TestSettings:
    def test_mapping(self, connect):
        """
        Without a class of its own a plugin gets its settings as a read-only mapping.
        """
        settings = connect(provider(), settings={"acme": {"a": 1}}).session().settings

        assert settings == {"a": 1}
        with pytest.raises(TypeError, match="read-only"):
            settings["a"] = 2

    def test_without_those_of_the_core(self, connect):
        """
        The core's own settings are taken out before the plugin sees the rest.
        """
        own = {
            "path": "x",
            "base_url": "https://x",
            "activity_types": {"a": "b"},
            "preferences": {"language": "l"},
        }
        plugin = provider(info={"settings": Settings})

        assert connect(plugin, settings={"acme": own}).session().settings == Settings("x")

    @pytest.mark.parametrize(
        ("own", "told"),
        [
            ({"path": "x", "sice": 4}, ["settings of 'acme'", "'sice'", "'path', 'size'"]),
            ({}, ["settings of 'acme'", "path"]),
            ({"path": "x", "size": "many"}, ["settings of 'acme'", "size"]),
        ],
    )
    def test_wrong(self, connect, own, told):
        """
        Unknown, missing and wrong settings are named, their values are not.
        """
        plugin = provider(info={"settings": Settings})

        with pytest.raises(ConfigurationError) as caught:
            connect(plugin, settings={"acme": own}).get_client_data("1")

        assert not [text for text in told if text not in str(caught.value)]
        assert "many" not in str(caught.value)

    def test_of_others(self, connect):
        """
        A plugin sees nothing of another plugin's settings.
        """
        settings = {"acme": {"a": 1}, "other": {"b": 2}}
        plugins = {"acme": provider(), "other": provider()}
        connector = connect(plugins=plugins, settings=settings)

        assert connector.session(provider="other").settings == {"b": 2}


class TestFields:
    def test_once_for_each_account(self, connect):
        """
        Custom fields are read once for each account.
        """
        read = []

        def fields(session):
            read.append(session.user_id)
            return [CustomField(key="cf_1", name="Level")]

        def credentials(name, user_id):
            account = {"bob": "A", "eve": "A", "mallory": "B"}[user_id]
            return CRMCredentials(
                provider=name, access_token="t", metadata={"account": account}
            )

        plugin = provider(fields=fields, info={"auth": bearer})
        connector = connect(plugin, credentials=credentials)

        for user in ("bob", "eve", "bob", "mallory"):
            assert connector.session(user).fields()[0].name == "Level"

        assert read == ["bob", "mallory"]

    def test_error(self, connect):
        """
        Fields that cannot be read are an error, and read again the next time.
        """
        answers = [KeyError("x"), [CustomField(key="k", name="n")]]

        def fields():
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        session = connect(provider(fields=fields)).session()

        with pytest.raises(KeyError):
            session.fields()
        assert [field.key for field in session.fields()] == ["k"]


class TestMemory:
    def test_mapping(self, connect):
        """
        It is a mapping like any other.
        """
        memory = connect(provider()).session().memory

        memory["a"] = 1
        memory.update(b=2)
        del memory["a"]

        assert memory.setdefault("b", 3) == 2
        assert (dict(memory), len(memory), "a" in memory) == ({"b": 2}, 1, False)

    def test_threads(self, connect):
        """
        Of threads that set a value at one moment all get the same one.
        """
        connector, together = connect(provider()), Barrier(8, timeout=30)

        def remember(_index):
            mine = object()
            together.wait()
            return connector.session().memory.setdefault("pool", mine)

        assert len(set(map(id, in_threads(8, remember)()))) == 1

    def test_until_closed(self, connect):
        """
        A connector that is closed forgets it.
        """
        connector = connect(provider())
        sessions = connector._open.sessions
        connector.session().memory["a"] = 1

        connector.close()

        assert not sessions._memories
