"""
gettext's catalogues in a folder: one for each language, and style, that has one.
"""

from __future__ import annotations

from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from crmkit_localize._match import match

if TYPE_CHECKING:
    from crmkit_localize._settings import Settings

DOMAIN = "crmkit"
_ENDINGS = (".po", ".mo")  # what people edit goes before what was made of it


class _Untranslated(NullTranslations):
    """
    The texts of no catalogue: empty, so that they can be told from others.
    """

    def gettext(self, message: str) -> str:  # noqa: ARG002 - gettext's own signature
        return ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:  # noqa: ARG002 - likewise
        return ""


def names(settings: Settings) -> list[str]:
    """
    Return the names of all catalogues: those of their folders, such as es or es+formal.
    """
    return sorted(_files(settings))


def choice(settings: Settings, language: str, style: str | None) -> str | None:
    """
    Return the name of the catalogue for a language and style, or the source's; or None.
    """
    return match({settings.source, *_files(settings)}, language, style)


def texts(settings: Settings, name: str) -> NullTranslations:
    """
    Return a catalogue's texts, read again only when its file changed.

    What is missing in it or marked as fuzzy is an empty text. Raises ValueError for a file
    that is no catalogue.
    """
    path = _files(settings)[name]
    return _read(path, path.stat().st_mtime_ns)


def _files(settings: Settings) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for ending in reversed(_ENDINGS):
        for path in Path(settings.catalogs or "").glob(f"*/LC_MESSAGES/{DOMAIN}{ending}"):
            found[path.parents[1].name] = path
    return found


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int) -> NullTranslations:
    from babel.messages.pofile import PoFileError

    try:
        found = GNUTranslations(BytesIO(_compiled(path)))
    except (PoFileError, ValueError, LookupError, OSError, SyntaxError) as error:
        msg = f"{path} is no catalogue ({type(error).__name__}: {error})"
        raise ValueError(msg) from error
    found.add_fallback(_Untranslated())
    return found


def _compiled(path: Path) -> bytes:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    data = path.read_bytes()
    if path.suffix == ".mo":
        return data
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(data), abort_invalid=True))
    return compiled.getvalue()
