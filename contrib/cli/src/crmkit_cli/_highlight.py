"""
A text with its substitutions marked, each with where it is from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit_cli._markup import Child, element

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from xml.etree.ElementTree import Element

    from crmkit.explanations import Explanation, Token

# By class of the mark: what the legend calls it, and what it means.
LEGEND = {
    "client": ("client", "a field that every client has"),
    "custom": ("custom field", "a field of this CRM or list"),
    "variable": ("variable", "given for all clients"),
    "default": ("default", "the template's own, without a value"),
    "missing": ("missing", "no value: it stays, or is blank"),
}
_SOURCES = {"client": "client", "custom_fields": "custom", "variables": "variable"}


def kind(token: Token) -> str:
    """
    Return the class of a token's mark, a key of LEGEND.
    """
    if token.status == "value":
        return _SOURCES.get(token.source or "", "custom")
    return "default" if token.status == "default" else "missing"


def marked(told: Explanation, part: str, where: str) -> Iterator[Child]:
    """
    Yield the text of a part, and a mark for each token; *where* makes its ids unique.
    """
    for text, number in told.segments.get(part, ()):
        if number is None:
            yield text
        else:
            yield _mark(text, told.tokens[number], f"{where}-{part}-{number}")


def facts(token: Token) -> Iterator[tuple[str, str]]:
    """
    Yield what is known of a token: name and text.
    """
    what = LEGEND[kind(token)][0] if token.status != "unknown" else "unknown to everybody"
    yield "from", what
    if token.value is not None and token.value != token.text:
        yield "value", token.value
    if token.filters:
        yield "filters", " → ".join(token.filters)
    yield "place", f"line {token.line}, column {token.column}"


def _mark(text: str, token: Token, tip: str) -> Element:
    return element(
        "mark",
        [element("bdi", text), _tip(token, tip)],
        class_=kind(token) + ("" if text.strip() else " blank"),
        tabindex="0",
        aria_describedby=tip,
    )


def _tip(token: Token, name: str) -> Element:
    rows: Iterable[Child] = (
        element("span", [element("b", what), " ", element("bdi", told)])
        for what, told in facts(token)
    )
    code = element("code", token.token, dir="ltr")
    return element("span", [code, *rows], class_="tip", role="tooltip", id=name, dir="ltr")
