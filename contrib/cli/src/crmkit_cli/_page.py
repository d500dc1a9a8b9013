"""
The page of a preview: clients side by side, on their own without any network.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from crmkit_cli._card import card, classes, name_of
from crmkit_cli._highlight import LEGEND
from crmkit_cli._markup import document, element

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from xml.etree.ElementTree import Element

    from crmkit_cli._awkward import Selection, Shown
    from crmkit_cli._markup import Child

_FILTERS = {
    "all": "All",
    "refused": "Would not be sent",
    "warned": "Warnings",
    "defaults": "Defaults",
}


class About(NamedTuple):
    """
    What the page says of itself: of which template, which transformers run.
    """

    template: str
    transformers: Sequence[str]


def page(selection: Selection, about: About) -> str:
    """
    Return the page: HTML that needs nothing else and may load nothing.
    """
    return document(element("html", [_head(about), _body(selection, about)], lang="en"))


def _head(about: About) -> Element:
    digest = hashlib.sha256(_file("page.js").encode()).digest()
    script = base64.b64encode(digest).decode()
    policy = (
        # A mail's own styles stand in its elements; whatever else there is loads nothing.
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        f"script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
    )
    return element(
        "head",
        [
            element("meta", charset="utf-8"),
            element("meta", http_equiv="Content-Security-Policy", content=policy),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            element("meta", name="referrer", content="no-referrer"),
            element("title", f"Preview of {about.template}"),
            element("style", _file("page.css")),
        ],
    )


def _body(selection: Selection, about: About) -> Element:
    shown = [(f"client-{number}", each) for number, each in enumerate(selection.shown, 1)]
    cards: list[Child] = [card(each, place) for place, each in shown]
    none = element("p", "Nobody of those shown here.", class_="none")
    return element(
        "body",
        [
            element("a", "To the clients", href="#clients", class_="skip"),
            _header(selection, about),
            element(
                "div",
                [
                    _index(shown),
                    element("main", [*cards, none], id="clients", tabindex="-1"),
                ],
                class_="desk",
            ),
            element("footer", element("p", _ending(about))),
            element("script", _file("page.js")),
        ],
    )


def _header(selection: Selection, about: About) -> Element:
    legend = [
        element("li", [element("mark", name, class_=kind), meaning])
        for kind, (name, meaning) in LEGEND.items()
    ]
    return element(
        "header",
        [
            element("p", "crmkit preview", class_="eyebrow"),
            element("h1", element("bdi", about.template)),
            _summary(selection),
            element("ul", list(_counts(selection)), class_="counts"),
            element("ul", legend, class_="legend", aria_label="Where a text is from"),
            _tools(),
        ],
    )


def _summary(selection: Selection) -> Element:
    total, shown = selection.total, len(selection.shown)
    refused = sum(selection.refused.values())
    told: list[Child] = [
        element("strong", f"{total - refused:,} of {total:,}"),
        " would get it. Nothing was sent.",
    ]
    if shown < total:
        told.append(f" Here are {shown}: the first ones, and some of each awkward kind.")
    return element("p", told, class_="summary")


def _counts(selection: Selection) -> Iterator[Element]:
    good = selection.total - sum(selection.refused.values())
    yield element("li", [element("b", f"{good:,}"), " would get it"], class_="good")
    for why, count in selection.refused.items():
        yield element("li", [element("b", f"{count:,}"), f" {why}"])


def _tools() -> Element:
    choices = [
        element(
            "label",
            [
                element(
                    "input",
                    type="radio",
                    name="only",
                    id=f"only-{name}",
                    checked="" if name == "all" else None,
                ),
                element("span", label),
            ],
        )
        for name, label in _FILTERS.items()
    ]
    legend = element("legend", "Which clients to show", class_="unseen")
    # The script shows it: without one there is nothing that searches.
    field = element("input", type="search", placeholder="Name", aria_label="Search by name")
    return element(
        "div",
        [
            element("fieldset", [legend, *choices], class_="switch"),
            element("div", field, class_="search", hidden=""),
        ],
        class_="tools",
    )


def _index(shown: Sequence[tuple[str, Shown]]) -> Element:
    links = [
        element(
            "li",
            element("a", [_dot(each), element("bdi", name_of(each))], href=f"#{place}"),
            class_=classes(each) or None,
            data_name=name_of(each).lower(),
        )
        for place, each in shown
    ]
    return element("nav", element("ol", links), aria_label="Clients")


def _dot(each: Shown) -> Element:
    told = "would not be sent: " if each.refused else ""
    return element("span", element("span", told, class_="unseen"), class_="dot")


def _ending(about: About) -> str:
    names = ", ".join(about.transformers) or "none"
    return (
        f"Transformers: {names}. This page loads nothing, runs nothing of a client's, and "
        "holds personal data: mind who gets it."
    )


def _file(name: str) -> str:
    return (files("crmkit_cli") / "page" / name).read_text("utf-8")
