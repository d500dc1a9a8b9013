"""
A copy of a model in which some fields are others.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T", bound=attrs.AttrsInstance)


def replaced(value: T, changes: Mapping[str, Any]) -> T:
    """
    Return a copy of a model with these fields replaced by values that are checked already.

    attrs.evolve would check and convert all the others once more.
    """
    copy = object.__new__(type(value))
    put = object.__setattr__.__get__(copy)
    for name in _names(type(value)):
        put(name, changes[name] if name in changes else getattr(value, name))
    return copy


@cache
def _names(kind: type[attrs.AttrsInstance]) -> tuple[str, ...]:
    return tuple(attribute.name for attribute in attrs.fields(kind))
