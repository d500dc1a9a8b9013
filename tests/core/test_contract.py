"""
A plugin that breaks the contract is refused with one sentence that says what to mend.
"""

from types import SimpleNamespace

import pytest
from tests.core.plugins import provider

from crmkit import (
    ActivityRecord,
    ClientData,
    CRMCredentials,
    PluginContractError,
    ProviderInfo,
    hookimpl,
)


def refusal(connect, plugin, **arguments):
    """
    Return the error that a plugin gets when it is first named.
    """
    with pytest.raises(PluginContractError) as caught:
        connect(plugin, **arguments).get_client_data("1")
    assert "\n" not in str(caught.value)
    return caught.value


def test_names_the_plugin(connect):
    """
    The error says which plugin it is about.
    """
    error = refusal(connect, SimpleNamespace())

    assert "'acme'" in str(error)
    assert error.plugin == "acme"


def test_lacks_hooks(connect):
    """
    Required hooks that are missing are all named.
    """
    plugin = provider()
    del plugin.crmkit_fetch, plugin.crmkit_sync

    assert "lacks crmkit_fetch and crmkit_sync" in str(refusal(connect, plugin))


def test_misspelt_hook(connect):
    """
    A misspelt hook is named with the one that was meant.
    """
    error = refusal(connect, provider(histroy=lambda client_id: []))

    assert "crmkit_histroy, which is no hook; did you mean crmkit_history?" in str(error)


def test_hook_of_another_name(connect):
    """
    A marked function that resembles no hook leads to the list of hooks.
    """
    plugin = provider()
    plugin.frobnicate = hookimpl(lambda session: None)

    assert "frobnicate, which is no hook; see docs/hooks.md" in str(
        refusal(connect, plugin)
    )


def test_misspelt_argument(connect):
    """
    A misspelt argument is named with those that there are.
    """
    error = refusal(connect, provider(fetch=lambda session, client_ids: []))

    assert "asks crmkit_fetch for 'client_ids'" in str(error)
    assert "its arguments are session, ids" in str(error)


def test_forgotten_mark(connect):
    """
    A hook without @hookimpl is named, and where to put the mark.
    """
    plugin = provider()
    plugin.crmkit_history = lambda client_id: []

    assert "has crmkit_history without @hookimpl; put @hookimpl above it" in str(
        refusal(connect, plugin)
    )


def test_async_hook(connect):
    """
    An async hook is refused when the plugin is loaded, not when it is called.
    """

    async def fetch(ids):
        return []

    async def listing(cursor):
        yield

    assert "async crmkit_fetch" in str(refusal(connect, provider(fetch=fetch)))
    assert "async crmkit_list_clients" in str(
        refusal(connect, provider(list_clients=listing))
    )


@pytest.mark.parametrize("wrong", [{"label": "Acme"}, "Acme", None, ProviderInfo])
def test_wrong_information(connect, wrong):
    """
    Anything but a ProviderInfo from crmkit_provider is refused, with its type.
    """
    error = refusal(connect, provider(provider=lambda: wrong))

    assert "must return a ProviderInfo from crmkit_provider" in str(error)
    assert f"not {type(wrong).__name__}" in str(error)


def test_failing_information(connect):
    """
    A crmkit_provider that fails is a broken plugin, told with the cause.
    """
    error = refusal(connect, provider(provider=lambda: 1 / 0))

    assert "fails in crmkit_provider: ZeroDivisionError" in str(error)
    assert isinstance(error.__cause__, ZeroDivisionError)


def test_class_instead_of_object(connect):
    """
    A class is refused, and the call that makes the object is shown.
    """

    class Acme:
        pass

    assert "is a class; give an object: Acme()" in str(refusal(connect, Acme))


def test_plugin_marked_as_wrapper(connect):
    """
    A provider whose own hook is marked as a wrapper is refused.
    """
    plugin = provider()

    @hookimpl(wrapper=True)
    def crmkit_fetch(ids):
        return (yield)

    plugin.crmkit_fetch = crmkit_fetch

    assert "marks crmkit_fetch as a wrapper" in str(refusal(connect, plugin))


def test_wrapper_not_marked(connect):
    """
    A wrapper without wrapper=True would replace the plugin, so it is refused.
    """
    wrapper = SimpleNamespace(crmkit_fetch=hookimpl(lambda ids: []))
    error = refusal(connect, provider(), wrappers=[wrapper])

    assert "has crmkit_fetch that is no wrapper" in str(error)


def test_wrapper_without_yield(connect):
    """
    A function that says it is a wrapper but does not yield is refused.
    """
    wrapper = SimpleNamespace(crmkit_fetch=hookimpl(wrapper=True)(lambda ids: []))
    error = refusal(connect, provider(), wrappers=[wrapper])

    assert "has crmkit_fetch without a yield" in str(error)
    assert "'acme'" not in str(error)


def test_wrapper_of_nothing(connect):
    """
    An object without any hook is no wrapper.
    """
    error = refusal(connect, provider(), wrappers=[object()])

    assert "'object'" in str(error)
    assert "no function marked @hookimpl(wrapper=True)" in str(error)


def test_wrapper_with_misspelt_hook(connect):
    """
    A wrapper of a hook that does not exist is refused like a plugin's.
    """

    class Audit:
        @hookimpl(wrapper=True)
        def crmkit_synk(self):
            return (yield)

    assert "did you mean crmkit_sync?" in str(
        refusal(connect, provider(), wrappers=[Audit()])
    )


ITERABLES = {
    "fetch": lambda c: c.get_client_data("1"),
    "find_clients": lambda c: c.find_client(email="ada@example.com"),
    "history": lambda c: c.get_client_data("1", include=["history"]),
    "list_clients": lambda c: list(c.iter_clients()),
    "fields": lambda c: c.session().fields(),
}


@pytest.mark.parametrize("hook", ITERABLES)
def test_none(connect, hook):
    """
    None where an iterable (or a page) is due is an error that asks for the return.
    """
    hooks = {"fetch": lambda ids: map(_client, ids), hook: lambda: None}
    connector = connect(provider(**hooks))

    with pytest.raises(PluginContractError) as caught:
        ITERABLES[hook](connector)

    assert f"crmkit_{hook} must give" in str(caught.value)
    assert "not None (is a return missing?)" in str(caught.value)
    assert caught.value.plugin == "acme"


@pytest.mark.parametrize("hook", ITERABLES)
def test_wrong_items(connect, hook):
    """
    Items of a wrong type are an error that names the hook and both types.
    """
    hooks = {"fetch": lambda ids: map(_client, ids), hook: lambda: [{"id": "1"}]}

    with pytest.raises(PluginContractError, match=f"crmkit_{hook} must give a .*not "):
        ITERABLES[hook](connect(provider(**hooks)))


def test_sync_returns_none(connect):
    """
    A crmkit_sync without return leaves its activities uncertain, and says why.
    """
    outcome = connect(provider(sync=lambda: None)).sync_activity(ActivityRecord(type="n"))

    assert outcome.status == "uncertain"
    assert "is a return missing?" in str(outcome.error)


def test_refresh_returns_something_else(connect):
    """
    A crmkit_refresh that returns no CRMCredentials is refused.
    """
    plugin = provider(refresh=lambda session: "token", info={"auth": lambda session: {}})
    given = CRMCredentials(provider="acme")

    with pytest.raises(PluginContractError, match="must return CRMCredentials"):
        connect(plugin, credentials=given).get_client_data("1")


def test_an_error_of_load_is_repeated(connect):
    """
    A plugin that was refused once is refused again, never half loaded.
    """
    connector = connect(provider(provider=lambda: None))

    for _ in range(2):
        with pytest.raises(PluginContractError, match="must return a ProviderInfo"):
            connector.get_client_data("1")


def test_generators_and_lists(connect):
    """
    Any iterable will do: a list, a generator, a map.
    """

    def generator(ids):
        yield from map(_client, ids)

    for fetch in (generator, lambda ids: map(_client, ids), lambda ids: [_client(*ids)]):
        assert connect(provider(fetch=fetch)).get_client_data("1").id == "1"


def _client(client_id):
    return ClientData(id=client_id)
