"""
Which variant of a template fits a client: by its language, then by its style.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from crmkit.errors import ConfigurationError, TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Match = Callable[[Sequence[str], str | None, str | None], str | None]

_KEY = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*(?:\+[\w-]+)?")


class Choice(NamedTuple):
    """
    The key of a variant, None for a message's own parts, and what to warn of.
    """

    key: str | None
    warning: str | None = None

    @property
    def language(self) -> str | None:
        """
        The language of the variant, where its key tells.
        """
        return None if self.key is None else self.key.partition("+")[0]


def choose(
    available: Sequence[str],
    language: str | None,
    style: str | None,
    default: str | None,
    matches: Sequence[Match],
    *,
    own: bool = False,
) -> Choice:
    """
    Return the variant for a language tag and style; *own*: the template has parts itself.

    The first of *matches* that knows one decides, else the tag as it is, then cut from the
    right. Without any the *default*, else the template's own. Raises TemplateError. One
    that fails is left out.
    """
    available = sorted(available)
    warning, decided = None, False
    for match in matches:
        try:
            found = match(available, language, style)
        except Exception as error:  # noqa: BLE001 - like a transformer, it is left out
            warning = f"a transformer's match failed with {type(error).__name__}"
            continue
        if found is not None and found in available:
            return Choice(found, warning)
        decided = decided or found is None
    found = None if decided else _nearest(available, language, style)
    if found is not None:
        return Choice(found, warning)
    if default is not None or own:
        instead = None if language is None else _instead(default or "the message's own")
        return Choice(default, warning or instead)
    msg = (
        f"no variant fits the client's language, and there is no default_variant; there "
        f"are {', '.join(available)}"
    )
    raise TemplateError(msg)


def check_keys(available: Sequence[str], default: str | None) -> None:
    """
    Refuse keys that are no language tags, and a default that is none of them.
    """
    for key in available:
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            msg = f"the variant {key!r} must be a language tag such as es or es-MX+formal"
            raise ConfigurationError(msg)
    if default is not None and default not in available:
        known = ", ".join(available)
        msg = f"there is no variant {default!r} for default_variant; there are {known}"
        raise ConfigurationError(msg)


def _nearest(
    available: Sequence[str], language: str | None, style: str | None
) -> str | None:
    by_tag: dict[tuple[str, str], str] = {}
    for key in available:
        tag, _, register = key.partition("+")
        by_tag.setdefault((_folded(tag), register.casefold()), key)
    for tag in _shorter(_folded(language or "")):
        registers = [(style or "").strip().casefold(), ""]
        registers += (register for found, register in by_tag if found == tag)
        for register in registers:
            if (tag, register) in by_tag:
                return by_tag[tag, register]
    return None


def _shorter(tag: str) -> Iterator[str]:
    """
    Yield a tag, then what is left of it without its last part, and so on (RFC 4647).
    """
    parts = tag.split("-") if tag else []
    while parts:
        yield "-".join(parts)
        parts.pop()


def _folded(tag: str) -> str:
    return tag.strip().replace("_", "-").casefold()


def _instead(default: str) -> str:
    return f"no variant is in the client's language; {default} was taken"
