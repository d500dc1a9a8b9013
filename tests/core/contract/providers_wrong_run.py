"""
The contract's tests of all wrong providers; they are run by test_providers_wrong.py alone.
"""

from types import SimpleNamespace

from hypothesis import settings
from tests.core.contract import (
    providers_right,
    providers_wrong,
    providers_wrong_import,
    providers_wrong_load,
)
from tests.core.contract.providers_fake import FakeAcme

from crmkit import hookimpl
from crmkit.testing import ProviderContract

settings.register_profile("few", max_examples=10, derandomize=True)
settings.load_profile("few")

RIGHT = {name: hook for name, hook in vars(providers_right).items() if "crmkit_" in name}
MAKERS = {name: make for name, make in vars(providers_wrong).items() if name[1:].isdigit()}


def spoilt(made):
    """
    Return the right provider with other hooks.
    """
    hooks = made if isinstance(made, tuple) else (made,)
    marked = {hook.__name__: hookimpl(hook) for hook in hooks}
    return SimpleNamespace(**{**RIGHT, **marked})


PLUGINS = {
    "right": providers_right,
    "l02": providers_wrong_import,
    "l03": providers_wrong_load,
    **{name: spoilt(make()) for name, make in MAKERS.items()},
}
for name, plugin in PLUGINS.items():
    kept = {"plugin": plugin, "api": FakeAcme, "provider": "acme"}
    globals()[f"Test_{name}"] = type(f"Test_{name}", (ProviderContract,), kept)
