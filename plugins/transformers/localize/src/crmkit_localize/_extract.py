"""
The texts of a template that a translator must translate.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import define, frozen

from crmkit import (
    ClientData,
    CRMConnector,
    Document,
    PersonalizationError,
    TemplateError,
    TransformerInfo,
    hookimpl,
)
from crmkit_localize._units import units

if TYPE_CHECKING:
    from collections.abc import Iterator

_ARGUMENT = r"""(?:"([^"\n]*)"|'([^'\n]*)')"""
_PLURAL = re.compile(rf"\|\s*plural\s*[:(]\s*{_ARGUMENT}\s*,\s*{_ARGUMENT}\s*[)|}}]")


@frozen
class Text:
    """
    A text to translate, with its *plural* where it is counted, and its line from 1.
    """

    text: str
    plural: str | None
    line: int


def extract(template: str, content_type: str = "email") -> tuple[Text, ...]:
    """
    Return what there is to translate in a template, in order.

    Paragraphs, in HTML the texts of blocks, with their variables as they are written; then
    the two forms of each plural. Raises TemplateError for a template that cannot be used.
    """
    html = content_type.endswith("html")
    return tuple(_texts(_parsed(template, content_type), html=html))


def counted(slot: str) -> tuple[str, str] | None:
    """
    Return the two forms of a slot's plural, None if it has no such filter.
    """
    found = _PLURAL.search(slot)
    if found is None:
        return None
    one, other = found[1] or found[2] or "", found[3] or found[4] or ""
    return (one, other)


def _texts(document: Document, *, html: bool) -> Iterator[Text]:
    line = 1
    for unit in units(document, html=html):
        written = "".join(span.text for span in unit.spans)
        start = line + written[: len(written) - len(written.lstrip())].count("\n")
        if unit.translatable:
            yield Text(unit.text, None, start)
        for span in unit.spans:
            if span.kind == "slot" and (forms := counted(span.text)):
                yield Text(*forms, start)
        line += written.count("\n")


def _parsed(template: str, content_type: str) -> Document:
    """
    Return a template as transformers see it: one is asked to look on.
    """
    import crmkit_localize

    onlooker = _Onlooker()
    nobody = ClientData(id="0", email="nobody@example.com", phone="0")
    plugins = {"localize": crmkit_localize, "onlooker": onlooker}
    with CRMConnector(plugins=plugins, transformers={name: {} for name in plugins}) as crm:
        try:
            crm.personalize_content(
                template, nobody, content_type=content_type, unknown="keep", missing="keep"
            )
        except PersonalizationError:  # of a client without values, after all was seen
            if onlooker.seen is None:
                raise
    if onlooker.seen is None:
        msg = "the template cannot be read"
        raise TemplateError(msg)
    return onlooker.seen


@define
class _Onlooker:
    """
    A transformer that changes nothing.
    """

    seen: Document | None = None

    @hookimpl
    def crmkit_transformer(self) -> TransformerInfo:
        """
        Describe it: before all others.
        """
        return TransformerInfo(stage=100)

    @hookimpl
    def crmkit_transform(self, document: Document) -> None:
        """
        Keep the document.
        """
        self.seen = document
