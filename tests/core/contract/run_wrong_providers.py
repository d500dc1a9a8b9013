"""
The contract's tests of all wrong providers; test_wrong_providers.py runs them elsewhere.
"""

from types import SimpleNamespace

import right_provider
import wrong_import
import wrong_load
import wrong_providers
from fake import FakeAcme

from crmkit import hookimpl
from crmkit.testing import ProviderContract

RIGHT = {name: hook for name, hook in vars(right_provider).items() if "crmkit_" in name}
MAKERS = {name: make for name, make in vars(wrong_providers).items() if name[1:].isdigit()}


def spoilt(made):
    """
    Return the right provider with other hooks.
    """
    hooks = made if isinstance(made, tuple) else (made,)
    marked = {hook.__name__: hookimpl(hook) for hook in hooks}
    return SimpleNamespace(**{**RIGHT, **marked})


PLUGINS = {
    "l02": wrong_import,
    "l03": wrong_load,
    **{name: spoilt(make()) for name, make in MAKERS.items()},
}
for name, plugin in PLUGINS.items():
    kept = {"plugin": plugin, "api": FakeAcme, "provider": "acme"}
    globals()[f"Test_{name}"] = type(f"Test_{name}", (ProviderContract,), kept)
