"""
The locale in which something is shown to a client.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from crmkit_localize._tags import script, tag_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel import Locale


@lru_cache(maxsize=1024)
def locale_for(language: str | None, default: str) -> Locale:
    """
    Return the locale nearest to a language, that of *default* where nothing is known of it.
    """
    found = (known_locale(language) if language else None) or known_locale(default)
    if found is None:
        msg = f"nothing is known of the locale {default!r}"
        raise ValueError(msg)
    return found


def known_locale(language: str) -> Locale | None:
    """
    Return what Babel knows of a language: of its region, else of it alone.

    Never of another script than the language is asked for in.
    """
    from babel import Locale, UnknownLocaleError

    tag = tag_of(language)
    if tag is None:
        return None
    for identifier in _identifiers(tag):
        try:
            found = Locale.parse(identifier)
        except (UnknownLocaleError, ValueError):
            continue
        if script(str(found)) == script(tag):
            return found
    return None


def _identifiers(tag: str) -> Iterator[str]:
    import langcodes

    asked = langcodes.Language.get(tag)
    for parts in (
        (asked.language, asked.script, asked.territory),
        (asked.language, asked.script),
        (asked.language, asked.territory),
        (asked.language,),
    ):
        if asked.language:
            yield "_".join(part for part in parts if part)
