"""
What a new plugin may be called.
"""

from __future__ import annotations

import re
from importlib.util import find_spec

from crmkit.plugins import COMMANDS, PROVIDERS, STORES, TRANSFORMERS, known

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_SCHEME = re.compile(r"[a-z][a-z0-9]*")
_BUILT_IN = "sqlite"


def check_name(kind: str, name: str) -> None:
    """
    Raise ValueError, with what to do, for a name that a plugin of this kind cannot have.
    """
    if kind == "store":
        _check_scheme(name)
    elif not _NAME.fullmatch(name):
        msg = (
            f"{name!r} must be lower-case letters and digits, with single underscores "
            "between words and a letter first, such as 'acme_crm': it becomes the module "
            "crmkit_acme_crm and the distribution crmkit-acme-crm"
        )
        raise ValueError(msg)
    _check_free(name)


def distribution(name: str) -> str:
    """
    Return the name of a plugin's distribution.
    """
    return f"crmkit-{name.replace('_', '-')}"


def _check_scheme(name: str) -> None:
    if not _SCHEME.fullmatch(name):
        msg = (
            f"{name!r} must be lower-case letters and digits with a letter first, such as "
            "'redis': it becomes the scheme of the store's URLs, redis://…"
        )
        raise ValueError(msg)
    if name == _BUILT_IN:
        msg = f"the store {name!r} is built into crmkit; choose another name"
        raise ValueError(msg)


def _check_free(name: str) -> None:
    own = distribution(name)
    groups = (PROVIDERS, TRANSFORMERS, STORES, COMMANDS)
    if own in {taken for group in groups for taken in known(group).values()}:
        msg = f"{own} is a plugin of crmkit's own; choose another name"
        raise ValueError(msg)
    if find_spec(f"crmkit_{name}"):
        msg = f"{own} is installed already; choose another name, or uninstall it"
        raise ValueError(msg)
