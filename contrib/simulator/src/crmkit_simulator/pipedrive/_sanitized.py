"""
HTML as Pipedrive keeps it: what is not plain formatting is taken out.
"""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

_KEPT = (
    *("a", "b", "strong", "i", "em", "u", "s", "p", "br", "div", "span", "ul", "ol", "li"),
    *("blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "pre", "code"),
    *("table", "thead", "tbody", "tr", "td", "th"),
)
_ATTRIBUTES = ("href", "src", "alt", "title", "target")
_SILENT = ("script", "style")


class _Sanitizer(HTMLParser):
    """
    Writes again what may stay; comments, scripts and styles do not.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _KEPT and not self._silent:
            kept = "".join(
                f' {name}="{escape(value)}"'
                for name, value in attrs
                if name in _ATTRIBUTES and value and not value.startswith("javascript:")
            )
            self.parts.append(f"<{tag}{kept}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _KEPT and not self._silent:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(escape(data, quote=False))


def sanitized(html: str) -> str:
    """
    Return HTML without comments, scripts, and attributes other than links and pictures.
    """
    if "<" not in html:
        return html
    sanitizer = _Sanitizer()
    sanitizer.feed(html)
    sanitizer.close()
    return "".join(sanitizer.parts)
