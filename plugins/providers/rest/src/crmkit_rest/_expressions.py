"""
JMESPath, by which a file finds values: compiled once, never an error on odd JSON.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import jmespath
from attrs import field, frozen
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions
from jmespath.parser import ParsedResult

if TYPE_CHECKING:
    from collections.abc import Iterator

_FUNCTIONS = Functions.FUNCTION_TABLE
_A_NAME = re.compile(r"[\w -]+")
_NO = frozenset({"", "0", "false", "n", "no", "none", "null", "off"})
_YES = frozenset({"1", "on", "true", "y", "yes"})
# What a function may raise when it is given something else than it was made for.
_ODD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


@frozen
class Expression:
    """
    A JMESPath. ValueError, in one sentence, for what is none, or names no function.
    """

    text: str
    _compiled: ParsedResult = field(init=False, repr=False, eq=False)

    @_compiled.default
    def _compile(self) -> ParsedResult:
        try:
            compiled = jmespath.compile(self.text)
            wrong = next(_wrong_calls(compiled.parsed), None)
        except (JMESPathError, RecursionError) as error:
            wrong = str(error).partition(", for expression")[0].strip().splitlines()[0]
            wrong = wrong.rpartition("expression: ")[2].rstrip(":")
            if _A_NAME.fullmatch(self.text):
                wrong += f"; write '\"{self.text}\"' for a key of that name"
        if wrong is not None:
            msg = f"{self.text!r} is no JMESPath: {wrong}"
            raise ValueError(msg)
        return compiled

    def __bool__(self) -> bool:
        return self.text != "`null`"

    def of(self, value: Any) -> Any:
        """
        Return what is there in a JSON value, None if nothing is, or if it is odd.
        """
        try:
            return self._compiled.search(value)
        except _ODD:
            return None

    def several_of(self, value: Any) -> list[Any]:
        """
        Return what is there as a list, empty for nothing.
        """
        said = self.of(value)
        return said if isinstance(said, list) else [] if said is None else [said]

    def text_of(self, value: Any) -> str | None:
        """
        Return the text, or the number as text, that is there; None for anything else.
        """
        return as_text(self.of(value))

    def holds(self, value: Any) -> bool:
        """
        Tell whether what is there says yes, or is anything but a way to say no.
        """
        said = self.of(value)
        if isinstance(said, str):
            return said.strip().lower() not in _NO
        return bool(said)

    def affirms(self, value: Any) -> bool:
        """
        Tell whether what is there says yes, and nothing else.
        """
        said = self.of(value)
        return said is True or str(said).strip().lower() in _YES


def as_text(value: Any) -> str | None:
    """
    Return a text or a number as text, None for anything else and for no text at all.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def _wrong_calls(node: Any) -> Iterator[str]:
    # JMESPath finds these only once it is asked, and then in each record.
    children = [child for child in node["children"] if isinstance(child, dict)]
    if node["type"] == "function_expression":
        known = _FUNCTIONS.get(name := node["value"])
        if known is None:
            close = get_close_matches(name, _FUNCTIONS, n=1)
            yield f"no function {name}()" + (
                f"; did you mean {close[0]}()?" if close else ""
            )
        else:
            takes = known["signature"]
            more = bool(takes) and takes[-1].get("variadic", False)
            if len(children) < len(takes) or (len(children) > len(takes) and not more):
                yield f"{name}() takes {len(takes)} arguments, not {len(children)}"
    for child in children:
        yield from _wrong_calls(child)


NOTHING = Expression("`null`")  # what a file leaves out
WHOLE, ID, KEY = Expression("@"), Expression("id"), Expression("key")
NAME, VALUE, LABEL = Expression("name"), Expression("value"), Expression("label")
