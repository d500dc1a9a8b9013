"""
Plugins made on the spot, for tests that need but one hook.
"""

from types import SimpleNamespace

from crmkit import ProviderInfo, hookimpl


def provider(*, info=None, label="Acme", **hooks):
    """
    Return a provider with these hooks: ``fetch=function`` becomes crmkit_fetch.

    Fetch and sync bring nothing unless they are given; *info* are ProviderInfo's
    arguments, by default without a base URL and without credentials.
    """
    described = ProviderInfo(label=label, **(info or {}))
    functions = {
        "provider": lambda: described,
        "fetch": lambda ids: [],
        "sync": lambda activities: [],
        **hooks,
    }
    marked = {f"crmkit_{name}": hookimpl(hook) for name, hook in functions.items()}
    return SimpleNamespace(**marked)
