"""
Links taken apart as far as needed: which part of one a slot stands in.

Scheme and host are the template's, or all of the link is one value's; what else a value
brings is percent-encoded, so that it cannot leave its part.
"""

from __future__ import annotations

import re
from functools import partial
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import quote

from attrs import field, frozen

from crmkit.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable

_ATTRIBUTES = frozenset(
    {"href", "src", "action", "formaction", "poster", "background", "cite", "data"}
    | {"xlink:href", "longdesc", "lowsrc", "dynsrc"}
)

_TEXT = "text"  # it is no link
# Nothing yet that tells its scheme: no value, a value first, a value within.
_HEAD, _WHOLE, _SEGMENT = "head", "whole", "segment"
_CODE, _ADDRESS, _AUTHORITY, _HOST = "code", "address", "authority", "host"
# Root is behind a first slash: with another one a host begins.
_ROOT, _PATH, _QUERY, _FRAGMENT = "root", "path", "query", "fragment"

_SCHEME = re.compile(r"([\w.+-]*+):")
_SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms"})
_WITH_HOST = frozenset({"http", "https", "ftp", "file", "ws", "wss"})
_CODE_SCHEMES = frozenset({"javascript", "vbscript", "data"})
_SLASHES = "/\\"  # browsers take either
_IGNORED = re.compile(r"[\t\n\r]")  # by browsers, wherever they stand
_LEADING = "".join(map(chr, range(33)))
_SETTLED = re.compile(r"[^:/?#\\]*+[/?#]")
_NO_HOST = re.compile(r"(?:https?:)?[/\\]*+", re.IGNORECASE)
_HOST_ONLY = re.compile(r"(?:https?:[/\\]*+|[/\\]{2,}+)[^/\\?#]*+", re.IGNORECASE)
_PARTS = {
    _AUTHORITY: re.compile(r"[/\\?#]"),
    _HOST: re.compile(r"[/\\?#]"),
    _WHOLE: re.compile(r"[/\\?#]"),
    _SEGMENT: re.compile(r"[/\\?#]"),
    _PATH: re.compile(r"[?#]"),
    _ADDRESS: re.compile(r"[?#]"),
    _QUERY: re.compile(r"#"),
}
_NEXT = {"/": _PATH, "\\": _PATH, "?": _QUERY, "#": _FRAGMENT}
_RESERVED = "%/:?#[]@!$&'()*+,;="
_BEHIND_HOST = frozenset({_WHOLE, _PATH, _QUERY, _FRAGMENT, _ADDRESS})
_DOTS = frozenset({".", ".."})


def _kind(part: str) -> str:
    return _PATH if part in _BEHIND_HOST else part


@frozen
class Link:
    """
    A link as far as it was read; *head* is what its scheme may yet come of.

    Two are equal where a value that is safe in one is so in the other.
    """

    part: str = field(default=_HEAD, eq=_kind)
    head: str = ""


def begin(attribute: str) -> Link:
    """
    Return the link that an attribute's value is; of most attributes it is but text.
    """
    return Link() if attribute in _ATTRIBUTES else Link(_TEXT)


def read(link: Link, text: str) -> Link:
    """
    Return the link after what the template says next.
    """
    if link.part in {_TEXT, _CODE}:
        return link
    known = _IGNORED.sub("", unescape(text))
    if link.part == _HEAD:
        return _begun((link.head + known).lstrip(_LEADING))
    return _within(link.part, known)


def after_value(link: Link) -> Link:
    """
    Return the link after a slot.
    """
    if link.part == _HEAD:
        return Link(_SEGMENT if link.head else _WHOLE)
    return Link(_PATH) if link.part == _ROOT else link


def encoder(
    link: Link, following: str, *, last: bool = False, encoded: bool = False
) -> Callable[[str], str]:
    """
    Return how a value is encoded here.

    *following* is what the template says next, and *last* that the link ends here. Of
    what a filter has *encoded* the reserved signs stay.

    Raises TemplateError where a value would be the scheme, or choose the host.
    """
    if link.part == _TEXT:
        return escape
    if link.part == _CODE:
        msg = f"variables may not stand in a {link.head}: link"
        raise TemplateError(msg)
    if link.part in {_AUTHORITY, _HOST}:
        msg = (
            "a link's host must be written out, as in https://shop.example/, "
            "or the whole link be one variable"
        )
        raise TemplateError(msg)
    after = _IGNORED.sub("", unescape(following))
    if link.part in {_HEAD, _WHOLE, _SEGMENT} and _SCHEME.match(after):
        msg = "a link's scheme must be written out, as in https://, not be a variable's"
        raise TemplateError(msg)
    if link == Link():
        if last:
            return _link
        return partial(_base, parted=after.startswith(("/", "?", "#")))
    return partial(_ENCODERS.get(link.part, _anything), encoded=encoded)


def torn(link: Link) -> bool:
    """
    Tell whether the template could still make a scheme of a value that it holds.
    """
    return link.part == _SEGMENT


def _begun(known: str) -> Link:
    found = _SCHEME.match(known)
    if found is None:
        return _relative(known)
    scheme, rest = found[1].lower(), known[found.end() :]
    if scheme in _CODE_SCHEMES:
        return Link(_CODE, scheme)
    if scheme in _WITH_HOST:
        return _within(_AUTHORITY, rest)
    return _relative(rest) if rest.startswith("/") else _within(_ADDRESS, rest)


def _relative(known: str) -> Link:
    found = _PARTS[_WHOLE].search(known)
    if found is None:
        return Link(_HEAD, known)
    if found.start() == 0 and known[0] in _SLASHES:
        return _within(_ROOT, known[1:])
    return _within(_NEXT[found[0]], known[found.end() :])


def _within(part: str, text: str) -> Link:
    while text:
        if part == _ROOT:
            part = _AUTHORITY if text[0] in _SLASHES else _PATH
        if part == _AUTHORITY:
            text = text.lstrip(_SLASHES)
            part = _HOST if text else part
        ends = _PARTS[part].search(text) if part in _PARTS else None
        if ends is None:
            break
        text = text[ends.end() :]
        part = _ROOT if part == _WHOLE and ends[0] in _SLASHES else _NEXT[ends[0]]
    return Link(part)


def _link(value: str) -> str:
    scheme = _scheme(value)
    return escape(value) if scheme is None or scheme in _SCHEMES else "#"


def _base(value: str, *, parted: bool) -> str:
    """
    Encode a value that the link goes on after, so that what follows is no host or scheme.

    *parted* is what begins with a path, a query or a fragment of its own.
    """
    link, bare = _link(value), _IGNORED.sub("", value).strip(_LEADING)
    if _NO_HOST.fullmatch(bare) and (bare or not parted):
        return "#"
    if parted or link == "#":
        return link
    if _HOST_ONLY.fullmatch(bare):
        return f"{link}/"
    relative = _scheme(value) is None and _SETTLED.match(bare) is None
    return f"./{link}" if relative else link


def _scheme(url: str) -> str | None:
    found = _SCHEME.match(_IGNORED.sub("", url).strip())
    return found[1].lower() if found else None


def _quoted(value: str, safe: str, *, encoded: bool) -> str:
    return escape(quote(value, safe=_RESERVED if encoded else safe))


def _anything(value: str, *, encoded: bool) -> str:
    return _quoted(value, "", encoded=encoded)


def _address(value: str, *, encoded: bool) -> str:
    return _quoted(value, "@+", encoded=encoded)


def _path(value: str, *, encoded: bool) -> str:
    steps = [step for step in value.split("/") if step not in _DOTS]
    return _quoted("/".join(steps), "/:@", encoded=encoded)


def _rooted(value: str, *, encoded: bool) -> str:
    """
    Encode a value behind the first slash, so that no second one follows that at once.
    """
    path = _path(value, encoded=encoded)
    rest = path.lstrip("/")
    return "%2F" * (len(path) - len(rest)) + rest or "."


def _segment(value: str, *, encoded: bool) -> str:
    first, slash, rest = _path(value, encoded=encoded).partition("/")
    return first.replace(":", "%3A") + slash + rest


_ENCODERS: dict[str, Callable[..., str]] = {
    _HEAD: _segment,
    _SEGMENT: _segment,
    _ROOT: _rooted,
    _PATH: _path,
    _ADDRESS: _address,
}
