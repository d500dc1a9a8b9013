"""
HTML made of elements, so that nothing that is filled in can be markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, tostring

if TYPE_CHECKING:
    from collections.abc import Iterable

Child = Element | str | None


def element(
    tag: str, children: Iterable[Child] | Child = (), **attributes: str | None
) -> Element:
    """
    Return an element with these texts and elements in it; a None is left out.

    ``aria_label`` is the attribute aria-label, ``class_`` is class.
    """
    named = {
        name.rstrip("_").replace("_", "-"): value
        for name, value in attributes.items()
        if value is not None
    }
    made = Element(tag, named)
    if children is None or isinstance(children, str | Element):
        children = (children,)
    for child in children:
        _append(made, child)
    return made


def document(html: Element) -> str:
    """
    Return the text of a whole page.
    """
    return f"<!DOCTYPE html>\n{tostring(html, encoding='unicode', method='html')}\n"


def _append(parent: Element, child: Child) -> None:
    if isinstance(child, Element):
        parent.append(child)
    elif child and len(parent):
        parent[-1].tail = (parent[-1].tail or "") + child
    elif child:
        parent.text = (parent.text or "") + child
