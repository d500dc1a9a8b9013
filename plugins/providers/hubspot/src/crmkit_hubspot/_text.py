"""
Plain text to HubSpot's HTML bodies and back.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

_BREAKS = re.compile("\r\n?")
_ENDS_A_LINE = frozenset({"div", "li", "p", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})
_UNSEEN = frozenset({"script", "style", "title"})


def to_html(text: str) -> str:
    """
    Return the HTML that shows this text, line by line.
    """
    return escape(_BREAKS.sub("\n", text), quote=False).replace("\n", "<br>")


def to_text(html: str) -> str:
    """
    Return the text that a body shows, without the space around it.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.texts).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._unseen = 0

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self._unseen += tag in _UNSEEN
        if tag == "br":
            self.texts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        if tag in _ENDS_A_LINE:
            self.texts.append("\n")
