"""
HTML taken apart as far as needed: what is markup, and where in it a slot stands.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crmkit.documents import TEXT
from crmkit.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MARKUP, OPAQUE = "markup", "opaque"

_TAG = re.compile(r"""<[A-Za-z/!?](?:[^<>"']|"[^"]*"|'[^']*')*+>""")
_ENTITY = re.compile(r"&#?\w{1,32};")
_RAW = re.compile(r"<(script|style|title|textarea)\b", re.IGNORECASE)
_NEXT = re.compile(r"<|&")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)\s*=\s*(["'])([^"']*)$""")
_LINKS = frozenset({"href", "src", "action", "formaction", "poster", "background", "cite"})
_SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms", ""})


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """
    Yield (kind, piece): ``text`` is prose, ``markup`` may hold slots, ``opaque`` may not.
    """
    at, length = 0, len(text)
    held = 0
    while found := _NEXT.search(text, at):
        start = found.start()
        kind, end = _markup(text, start)
        if end == start:
            at = start + 1
            continue
        if start > held:
            yield TEXT, text[held:start]
        yield kind, text[start:end]
        at = held = end
    if held < length:
        yield TEXT, text[held:]


def _markup(text: str, start: int) -> tuple[str, int]:
    if text.startswith("<!--", start):
        end = text.find("-->", start)
        return OPAQUE, len(text) if end < 0 else end + 3
    if entity := _ENTITY.match(text, start):
        return OPAQUE, entity.end()
    tag = _TAG.match(text, start)
    if tag is None:
        return MARKUP, start
    raw = _RAW.match(tag[0])
    if raw is None:
        return MARKUP, tag.end()
    closing = re.compile(rf"</{raw[1]}\s*>", re.IGNORECASE).search(text, tag.end())
    return MARKUP, closing.end() if closing else len(text)


class Context:
    """
    Where in the markup the next slot stands, after all fixed spans fed so far.
    """

    def __init__(self) -> None:
        self._open = ""

    def feed(self, fixed: str) -> None:
        """
        Take in a fixed span.
        """
        if not self._open and not fixed.startswith("<"):
            return
        self._open += fixed
        if _closed(self._open):
            self._open = ""

    def fill(self) -> None:
        """
        Take in a slot.
        """
        if self._open:
            self._open += "{}"

    def encoder(self) -> Callable[[str], str]:
        """
        Return how a value is encoded here.

        Raises TemplateError where none is safe: scripts, styles, event handlers, tag and
        attribute names, attributes without quotes.
        """
        if not self._open:
            return escape
        attribute = _ATTRIBUTE.search(self._open)
        if _RAW.match(self._open) or attribute is None:
            msg = "a slot may stand in text or in a quoted attribute, not here"
            raise TemplateError(msg)
        name, value = attribute[1].lower(), attribute[3]
        if name.startswith("on") or name in {"style", "srcdoc"}:
            msg = f"a slot may not stand in the attribute {name}"
            raise TemplateError(msg)
        return _link if name in _LINKS and not value.strip() else escape


def _closed(markup: str) -> bool:
    if _RAW.match(markup):
        return bool(re.search(r"</\w+\s*>$", markup))
    return _TAG.fullmatch(markup) is not None


def _link(value: str) -> str:
    scheme = urlsplit(value.strip()).scheme.lower()
    return escape(value) if scheme in _SCHEMES else "#"
