"""
A template in a client's language, from a catalogue that people wrote: all of it, or none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from crmkit import Document
from crmkit_localize._catalogues import choice, names, texts
from crmkit_localize._extract import counted
from crmkit_localize._tags import tag_of
from crmkit_localize._units import units

if TYPE_CHECKING:
    from collections.abc import Iterator
    from gettext import NullTranslations

    from crmkit import Context, Span
    from crmkit_localize._settings import Settings
    from crmkit_localize._units import Unit

_SHOWN, _LISTED = 40, 3


def translated(
    document: Document, language: str, style: str | None, context: Context
) -> Document | None:
    """
    Return the document in the client's language, None where it is in that already.

    Without a catalogue, or with one that lacks a text, the context warns, and the document
    stays as it is: in the language of the source.
    """
    settings: Settings = context.settings
    source = tag_of(settings.source)
    name = choice(settings, language, style)
    written_in_another = document.language and tag_of(document.language) != source
    if written_in_another or name == settings.source:
        return None
    spans, problem = _translation(document, name, context)
    if problem:
        context.warn(f"the template was not translated: {problem}")
        return evolve(document, language=source)
    return Document(spans, language=tag_of(str(name).partition("+")[0]))


def _translation(
    document: Document, name: str | None, context: Context
) -> tuple[list[Span], str]:
    """
    Return the translated spans, and what forbids to use them, if anything does.
    """
    settings: Settings = context.settings
    if name is None:
        there = ", ".join(names(settings)) or "none"
        return [], f"no catalogue is in the client's language; there are {there}"
    try:
        found = texts(settings, name)
    except (OSError, ValueError) as error:
        return [], str(error)
    spans, lacking = _filled(document, found, html=context.content_type == "email_html")
    if not lacking:
        return spans, ""
    shown = ", ".join(lacking[:_LISTED]) + (", …" if lacking[_LISTED:] else "")
    return spans, (
        f"the catalogue {name} lacks {len(lacking)} of its texts, or has other variables or"
        f" markup in them: {shown}"
    )


def _filled(
    document: Document, known: NullTranslations, *, html: bool
) -> tuple[list[Span], list[str]]:
    """
    Return the translated spans, and how each text begins that has no translation.
    """
    spans: list[Span] = []
    lacking: list[str] = []
    for unit in units(document, html=html):
        translation = known.gettext(unit.text) if unit.translatable else ""
        changed = unit.translated(translation) if translation else None
        if unit.translatable and changed is None:
            lacking.append(f"{unit.text[:_SHOWN]!r}")
        lacking += (repr(one) for one in _uncounted(unit, known))
        spans += unit.spans if changed is None else changed
    return spans, lacking


def _uncounted(unit: Unit, known: NullTranslations) -> Iterator[str]:
    for span in unit.spans:
        forms = counted(span.text) if span.kind == "slot" else None
        if forms and not known.ngettext(*forms, 1):
            yield forms[0]
