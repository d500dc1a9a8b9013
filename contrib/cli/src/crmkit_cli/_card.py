"""
The card of one client on the page of a preview: what the client would get, and why.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmkit import ClientData, PersonalizedContent
from crmkit_cli._highlight import facts, kind, marked
from crmkit_cli._markup import element
from crmkit_cli._output import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from xml.etree.ElementTree import Element

    from crmkit.explanations import Explanation
    from crmkit.lengths import Length
    from crmkit_cli._awkward import Shown
    from crmkit_cli._markup import Child

_SOCIAL = 280
_LINE, _LEAST, _MOST = 1.7, 9, 34  # rem: of a line of an HTML mail, of its frame
# The page's policy lets none of them load, yet a browser may connect to where they lead.
_LEADING_AWAY = re.compile(
    r"</?(?:base|embed|frame|iframe|link|object)\b[^>]*>?", re.IGNORECASE
)
_VIEWS = {"text": "Text", "html": "HTML", "source": "Source"}


def classes(each: Shown) -> str:
    """
    Return the classes by which cards are filtered.
    """
    found = []
    if each.refused:
        found.append("refused")
    if isinstance(each.made, PersonalizedContent):
        told = each.made.explain()
        found += ["warned"] * bool(told.warnings)
        found += ["defaulted"] * bool(told.names("default"))
    return " ".join(found)


def name_of(each: Shown) -> str:
    """
    Return what to call the client.
    """
    if not isinstance(each.client, ClientData):
        return "A row that is no client"
    return one_line(each.client.name.strip() or f"client {each.client.id}")


def card(each: Shown, place: str) -> Element:
    """
    Return the card; *place* is its id.
    """
    made = each.made if isinstance(each.made, PersonalizedContent) else None
    children: list[Child] = [_who(each, place)]
    if each.refused:
        reason: list[Child] = [element("strong", "Would not be sent: "), str(each.refused)]
        children.append(element("p", reason, class_="notice no"))
    if made is not None:
        told = made.explain()
        children += (element("p", warning, class_="notice") for warning in told.warnings)
        children.append(_mail(made, told, place))
        children.append(_how(told))
    return element(
        "article",
        children,
        id=place,
        class_=classes(each) or None,
        aria_labelledby=f"{place}-name",
        data_name=name_of(each).lower(),
    )


def _who(each: Shown, place: str) -> Element:
    children: list[Child] = [
        element("h2", element("bdi", name_of(each)), id=f"{place}-name")
    ]
    if isinstance(each.client, ClientData):
        children.append(_address(each.client, each.made))
    chips = [element("li", why, class_="why") for why in each.why]
    chips += [element("li", element("bdi", chip)) for chip in _chips(each)]
    children.append(element("ul", chips, class_="chips") if chips else None)
    return element("div", children, class_="who")


def _address(client: ClientData, made: object) -> Element:
    # The content of who is refused has none.
    sms = isinstance(made, PersonalizedContent) and made.content_type == "sms"
    to = client.phone if sms else client.email
    return element("p", ["to ", element("bdi", to)] if to else "no address", class_="to")


def _chips(each: Shown) -> Iterator[str]:
    if isinstance(each.client, ClientData):
        yield f"id {each.client.id}"
    if not isinstance(each.made, PersonalizedContent):
        return
    told = each.made.explain()
    if each.made.language:
        yield f"language {each.made.language}"
    if told.variant:
        yield f"variant {told.variant}"
    if told.machine_translated:
        yield "machine translated"
    yield from (f"changed by {name}" for name in told.applied)


def _mail(made: PersonalizedContent, told: Explanation, place: str) -> Element:
    children: list[Child] = []
    if made.subject is not None:
        label = element("span", "Subject", class_="label")
        subject = [label, *marked(told, "subject", place)]
        children.append(
            element("p", subject, class_="subject", dir="auto", lang=made.language)
        )
    views = dict(_views(made, told, place))
    switch = _switch(views, place) if len(views) > 1 else None
    if views:
        children.append(element("div", [switch, *views.values()], class_="views"))
    children += (
        element("p", counted, class_="length")
        for length in made.lengths.values()
        if (counted := [*_length(length)])
    )
    return element("div", children, class_=f"mail {made.content_type}")


def _views(
    made: PersonalizedContent, told: Explanation, place: str
) -> Iterator[tuple[str, Element]]:
    if made.text is not None:
        yield (
            "text",
            element(
                "div",
                marked(told, "text", place),
                class_="text of-text",
                dir="auto",
                lang=made.language,
            ),
        )
    if made.html is not None:
        yield "html", _frame(made.html)
        source = marked(told, "html", place)
        yield "source", element("div", source, class_="text source of-source", dir="auto")


def _frame(html: str) -> Element:
    lines = len(html) / 60 + sum(
        html.count(f"<{tag}") for tag in ("p", "br", "li", "h", "tr")
    )
    height = min(max(lines * _LINE, _LEAST), _MOST)
    return element(
        "iframe",
        class_="of-html",
        title="The HTML as it looks; pictures of the network are left out",
        sandbox="",
        loading="lazy",
        srcdoc=_LEADING_AWAY.sub("", html),
        style=f"height: {height:.0f}rem",
    )


def _switch(views: Iterable[str], place: str) -> Element:
    choices = [
        element(
            "label",
            [
                element(
                    "input",
                    type="radio",
                    name=f"{place}-view",
                    class_=f"at-{view}",
                    checked="" if number == 0 else None,
                ),
                element("span", _VIEWS[view]),
            ],
        )
        for number, view in enumerate(views)
    ]
    legend = element("legend", "What to show", class_="unseen")
    return element("fieldset", [legend, *choices], class_="switch")


def _length(length: Length) -> Iterator[Child]:
    if length.segments is not None:
        parts = "segment" if length.segments == 1 else "segments"
        yield element("b", f"{length.segments} {parts}")
        yield element("span", f"{length.units} units of {length.encoding}")
    if length.weighted is not None:
        over = length.weighted > _SOCIAL
        told = f"weight {length.weighted} of {_SOCIAL}{', too long' if over else ''}"
        yield element(
            "meter", max=str(_SOCIAL), value=str(length.weighted), aria_label=told
        )
        yield element("span", told, class_="over" if over else None)


def _how(told: Explanation) -> Element:
    children: list[Child] = [element("summary", "How it came about")]
    if told.tokens:
        rows = [
            element(
                "li",
                [
                    element("code", token.token, dir="ltr"),
                    element("bdi", token.text or "nothing"),
                    element("small", "; ".join(map(": ".join, facts(token)))),
                ],
                class_=kind(token),
            )
            for token in told.tokens
        ]
        children.append(element("ul", rows, class_="tokens"))
    children += (element("p", line, class_="more") for line in _more(told))
    return element("details", children)


def _more(told: Explanation) -> Iterator[str]:
    yield from (f"{name} changed the text." for name in told.applied)
    yield from (f"{name} did not: {why}" for name, why in told.skipped.items())
    if not told.tokens:
        yield "Nothing of the client is in it."
