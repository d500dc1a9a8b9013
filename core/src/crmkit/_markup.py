"""
The grammar of HTML: where tags, comments and raw elements end, and where values may be.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import NamedTuple

CODE = frozenset({"script", "style"})
# Neither tags nor entities mean anything in these; in the last two entities do.
RAW = CODE | {"xmp", "iframe", "noembed", "noframes", "noscript"}
TAGLESS = RAW | {"title", "textarea"}
_KEPT = TAGLESS | {"code", "pre"}

# What these say is code, or where code, styles or all links come from.
_WITHOUT = CODE | frozenset(
    {"base", "link", "meta", "object", "embed", "applet", "param"}
    | {"animate", "animatetransform", "animatemotion", "set"}
)
_ORDINARY = re.compile(r"(?!on|data-amp-bind)[a-z_][\w.:-]*+")
_OTHERS = frozenset(
    {"style", "srcdoc", "srcset", "imagesrcset", "ping", "attributionsrc", "archive"}
    | {"codebase", "classid", "manifest", "xml:base"}
)

# Within these some browsers read as markup what others, or older ones, do not.
FOREIGN = frozenset({"svg", "math", "select", "frameset"})

MARKUP = re.compile(r"<(?=[A-Za-z/!?])")
_SPACE = r"\t\n\f\r "  # Python's \s has more, and where these end a name others do not
TAG = re.compile(rf"<(/?)([A-Za-z][^{_SPACE}/>]*+)")
_ATTRIBUTE = re.compile(
    rf"[{_SPACE}/]*+([^{_SPACE}/>][^{_SPACE}/>=]*+)"
    rf"(?:[{_SPACE}]*+=[{_SPACE}]*+(?:([\"'])|([^{_SPACE}>]*+)))?+"
)
_REST = re.compile(rf"([{_SPACE}/]*+)(>?)")
_COMMENT_END = re.compile(r"--!?>")


class Tag(NamedTuple):
    """
    How far a tag was read: to its *end*, into a value, or *between* two attributes.

    A value that is open has a *name* and a *quote*, and begins at *start*.
    """

    end: int | None = None
    between: bool = False
    name: str = ""
    quote: str = ""
    start: int = 0


def read_tag(text: str, at: int, *, between: bool = False) -> Tag:
    """
    Read the tag that *at* is within: behind its name, or *between* two attributes.
    """
    bare = False
    while found := _ATTRIBUTE.match(text, at):
        at = found.end()
        between, bare = bool(found[2]), not (found[2] or found[3])
        if quote := found[2]:
            end = text.find(quote, at)
            if end < 0:
                return Tag(name=found[1].lower(), quote=quote, start=at)
            at = end + 1
    rest = _REST.match(text, at)
    if rest is None or rest[2]:
        return Tag(end=rest and rest.end())
    # An equals sign could follow what has no value yet, and a letter what has no space.
    parted = not bare and "/" not in rest[1] and (between or rest[1] != "")
    return Tag(between=parted)


def end_of_mark(text: str, at: int) -> int | None:
    """
    Return where what begins with ``<!``, ``<?`` or ``</`` and is no tag ends, if it does.
    """
    if not text.startswith("<!--", at):
        return text.find(">", at) + 1 or None
    for whole in ("<!-->", "<!--->"):
        if text.startswith(whole, at):
            return at + len(whole)
    found = _COMMENT_END.search(text, at + 4)
    return found.end() if found else None


def escaped(value: str) -> str:
    """
    Return a value as text among tags.

    In Unicode's form NFC the long stroke would make one sign of itself and a > before it.
    """
    return escape(value).replace("\u0338", "&#824;")


def takes_values(tag: str, attribute: str) -> bool:
    """
    Tell whether a value may stand in an attribute: not in code, or in a list of links.
    """
    ordinary = _ORDINARY.fullmatch(attribute) is not None and attribute not in _OTHERS
    return ordinary and tag not in _WITHOUT


def end_of_markup(text: str, at: int) -> int:
    """
    Return where a comment, a tag, or an element that is no prose ends, at worst with all.
    """
    tag = TAG.match(text, at)
    if tag is None:
        return end_of_mark(text, at) or len(text)
    end = read_tag(text, tag.end()).end
    name = tag[2].lower()
    if end is not None and name in _KEPT and not tag[1]:
        found = closing(name).search(text, end)
        end = read_tag(text, found.end()).end if found else None
    return len(text) if end is None else end


@cache
def closing(name: str) -> re.Pattern[str]:
    """
    Return what finds the end tag of an element that no other tag ends.
    """
    return re.compile(rf"</{name}(?=[{_SPACE}/>])", re.IGNORECASE | re.ASCII)
