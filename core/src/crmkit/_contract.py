"""
Whether a plugin keeps the hook contract, checked once when it is loaded.
"""

from __future__ import annotations

import inspect
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from crmkit import _registry, hookspecs
from crmkit.errors import PluginContractError
from crmkit.infos import ProviderInfo, TransformerInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pluggy import PluginManager

REQUIRED = {
    _registry.PROVIDERS: ("crmkit_provider", "crmkit_fetch", "crmkit_sync"),
    _registry.TRANSFORMERS: ("crmkit_transformer", "crmkit_transform"),
}
_DESCRIBED = {
    _registry.PROVIDERS: ("crmkit_provider", ProviderInfo),
    _registry.TRANSFORMERS: ("crmkit_transformer", TransformerInfo),
}
_PREFIX = "crmkit_"
_MARK = f"{hookspecs.NAME}_impl"
HOOKS = {
    name: tuple(inspect.signature(function).parameters)
    for name, function in vars(hookspecs).items()
    if name.startswith(_PREFIX)
}


def hooks_of(plugin: object) -> dict[str, Callable[..., Any]]:
    """
    Return a plugin's functions that are marked as hook implementations.
    """
    return {
        name: function
        for name, function in _functions(plugin)
        if getattr(function, _MARK, None) is not None
    }


def check_plugin(plugin: object, name: str, group: str) -> None:
    """
    Refuse a plugin that breaks the contract: PluginContractError, with the remedy.
    """
    if inspect.isclass(plugin):
        _refuse(name, f"is a class; give an object: {plugin.__name__}()")
    hooks = hooks_of(plugin)
    for hook, _function in _functions(plugin):
        if hook.startswith(_PREFIX) and hook not in hooks:
            _refuse(name, f"has {hook} without @hookimpl; put @hookimpl above it")
    for hook, function in hooks.items():
        _check_hook(name, hook, function)
        if getattr(function, _MARK)["wrapper"]:
            _refuse(name, f"marks {hook} as a wrapper; write plain @hookimpl above it")
    absent = [hook for hook in REQUIRED[group] if hook not in hooks]
    if absent:
        _refuse(name, f"lacks {' and '.join(absent)}; see docs/hooks.md")


def check_wrapper(wrapper: object) -> None:
    """
    Refuse a wrapper that would stand in for a plugin instead of looking on.
    """
    hooks = hooks_of(wrapper)
    name = getattr(wrapper, "__name__", type(wrapper).__name__)
    for hook, function in hooks.items():
        if not getattr(function, _MARK)["wrapper"]:
            _refuse(name, f"has {hook} that is no wrapper; mark it @hookimpl(wrapper=True)")
        _check_hook(name, hook, function)
        if not inspect.isgeneratorfunction(function):
            _refuse(name, f"has {hook} without a yield; return what one yield gives")
    if not hooks:
        _refuse(name, "has no function marked @hookimpl(wrapper=True)")


def described(manager: PluginManager, group: str, name: str) -> Any:
    """
    Return what a plugin says of itself; PluginContractError if that is something else.
    """
    hook, kind = _DESCRIBED[group]
    try:
        info = getattr(manager.hook, hook)()
    except Exception as error:
        msg = f"the plugin {name!r} fails in {hook}: {type(error).__name__}: {error}"
        raise PluginContractError(msg, plugin=name) from error
    if not isinstance(info, kind):
        given = type(info).__name__
        _refuse(name, f"must return a {kind.__name__} from {hook}, not {given}")
    return info


def _functions(plugin: object) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in dir(plugin):
        value = getattr(plugin, name, None)
        if inspect.isroutine(value):
            yield name, value


def _check_hook(plugin: str, hook: str, function: Callable[..., Any]) -> None:
    if hook not in HOOKS:
        close = get_close_matches(hook, HOOKS, n=1)
        hint = f"; did you mean {close[0]}?" if close else "; see docs/hooks.md"
        _refuse(plugin, f"implements {hook}, which is no hook{hint}")
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        _refuse(plugin, f"has an async {hook}; crmkit calls plain functions")
    known = HOOKS[hook]
    for argument in inspect.signature(function).parameters:
        if argument not in known:
            _refuse(
                plugin,
                f"asks {hook} for {argument!r}; its arguments are {', '.join(known)}",
            )


def _refuse(plugin: str, problem: str) -> None:
    msg = f"the plugin {plugin!r} {problem}"
    raise PluginContractError(msg, plugin=plugin)
