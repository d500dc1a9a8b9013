"""
Plain text to the HTML of a CRM's bodies, and back.
"""

from __future__ import annotations

import re
from html import escape, unescape

_BREAKS = re.compile("\r\n?")
# Strangers' e-mails are among the bodies, and the parser of the standard library takes
# a minute for some of 64 KiB; here no pattern looks at anything twice.
_MARKUP = re.compile(
    r"""
    <!--(?:(?!-->).)*+(?:-->)?
    | <(?:script|style|title)\b(?:(?!</(?:script|style|title)).)*+
    | <([/!]?[a-z][^\s/<>]*+)(?:"[^"]*+"|'[^']*+'|[^"'<>])*+>(\s*+)
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_CELL_ENDS = frozenset({"/td", "/th"})
_LINES = frozenset(
    {"article", "blockquote", "body", "dd", "div", "dl", "dt", "footer", "form", "h1"}
    | {"h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "li", "ol", "p"}
    | {"pre", "section", "table", "tbody", "thead", "tr", "ul"}
)


def to_html(text: str) -> str:
    """
    Return the HTML that shows this text, line by line.
    """
    return escape(_BREAKS.sub("\n", text), quote=False).replace("\n", "<br>")


def to_text(html: str) -> str:
    """
    Return the text that a body shows, without the space around it.
    """
    shown: list[str] = []
    at = 0
    for markup in _MARKUP.finditer(html):
        shown.append(unescape(html[at : markup.start()]))
        _apply((markup[1] or "").lower(), markup[2] or "", shown)
        at = markup.end()
    return "".join((*shown, unescape(html[at:]))).strip()


def _apply(tag: str, space: str, shown: list[str]) -> None:
    if tag == "br":
        shown.append("\n" if "\n" in space else f"\n{space}")
    elif tag in _CELL_ENDS:
        shown.append(" ")
    elif tag.lstrip("/") in _LINES:
        _end_line(shown)
    else:
        shown.append(space)


def _end_line(shown: list[str]) -> None:
    while shown and not shown[-1].strip(" \t"):
        shown.pop()
    if shown:
        shown[-1] = shown[-1].rstrip(" \t")
        if not shown[-1].endswith("\n"):
            shown.append("\n")
