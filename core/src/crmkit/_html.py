"""
HTML taken apart as far as needed: what is markup, and where in it a slot stands.

Tags, attributes and comments end where the HTML standard has them end, so that a value is
judged by the place where a browser will find it.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape, unescape
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from crmkit.documents import TEXT
from crmkit.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MARKUP, OPAQUE = "markup", "opaque"

_START = re.compile(r"<(?=[A-Za-z/!?])|&")
_MARKUP = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&#?\w{1,32};")
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*+)")
_ATTRIBUTE = re.compile(r"""[\s/]*+([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:(["'])|[^\s>]*+))?+""")
_TAG_END = re.compile(r"[\s/]*+>")
_CODE = frozenset({"script", "style"})
_TAGLESS = _CODE | {"title", "textarea"}
_KEPT = _TAGLESS | {"code", "pre"}
_UNFINISHED = re.compile(r"(?:</?\w*|&#?\w{0,32})$")
_NOT_FOR_VALUES = frozenset({"style", "srcdoc"})
_LINKS = frozenset(
    {"href", "src", "action", "formaction", "poster", "background", "cite", "data"}
    | {"xlink:href"}
)
_SCHEME = re.compile(r"([\w.+-]*+):")
_SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms"})
_CODE_SCHEMES = frozenset({"javascript", "vbscript", "data"})
_AFTER_SCHEME = re.compile(r"[:/?#]")
_IGNORED = re.compile(r"[\t\n\r]")


class _Value(NamedTuple):
    """
    An attribute's value that is open; *settled* when its scheme, if it has one, is known.
    """

    name: str
    quote: str
    begun: bool = False
    settled: bool = False
    scheme: str | None = None


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """
    Yield (kind, piece): ``text`` is prose, ``markup`` may hold slots, ``opaque`` may not.
    """
    at = held = 0
    while found := _START.search(text, at):
        start = found.start()
        kind, at = _piece(text, start)
        if kind == TEXT:
            continue
        if start > held:
            yield TEXT, text[held:start]
        yield kind, text[start:at]
        held = at
    if held < len(text):
        yield TEXT, text[held:]


def tags(text: str) -> list[str]:
    """
    Return the tags and comments of a text, in order.
    """
    return [piece for kind, piece in pieces(text) if kind != TEXT and piece[0] == "<"]


State: TypeAlias = "tuple[str, str, _Value | None, bool]"


class Context:
    """
    Where in the markup the next slot stands, after all that was fed so far.
    """

    def __init__(self) -> None:
        self._fed: list[str] = []
        self._tag = ""
        self._tagless = ""
        self._value: _Value | None = None
        self._refused = False

    def feed(self, literal: str) -> None:
        """
        Take in what the template itself says.
        """
        self._fed.append(literal)

    def state(self) -> State:
        self._settle()
        return self._tag, self._tagless, self._value, self._refused

    def restore(self, state: State) -> None:
        self._settle()
        self._tag, self._tagless, self._value, self._refused = state

    def bare(self) -> bool:
        return self._value is None and not self._tagless

    def _settle(self) -> str:
        text = "".join(self._fed)
        self._fed.clear()
        self._read(text)
        return text

    def encoder(self, following: str, *, encoded: bool) -> Callable[[str], str]:
        """
        Return how a value is encoded here; *following* is what the template says next.

        Raises TemplateError where none is safe: scripts, styles, event handlers, tag and
        attribute names, attributes without quotes.
        """
        text = self._settle()
        if self._refused or self._tagless in _CODE:
            msg = "a slot may stand in text or in a quoted attribute, not here"
            raise TemplateError(msg)
        if _UNFINISHED.search(text[-64:]):
            msg = "a slot may not follow < or &: write &lt; or &amp;"
            raise TemplateError(msg)
        value = self._value
        if value is None:
            return escape
        self._value = value._replace(begun=True)
        return _in_attribute(value, following)

    def _read(self, text: str) -> None:
        at = 0
        if self._value is not None:
            end = text.find(self._value.quote)
            if end < 0:
                self._value = _continued(self._value, text)
                return
            at = self._in_tag(text, end + 1)
        while at < len(text):
            at = self._next(text, at)

    def _next(self, text: str, at: int) -> int:
        if self._tagless:
            closing = _closing(self._tagless).search(text, at)
            if closing is None:
                self._refused = "<" in text[at:]  # within <svg> it would open a tag
                return len(text)
            self._tagless = ""
            return closing.end()
        found = _MARKUP.search(text, at)
        if found is None:
            return len(text)
        at = found.start()
        if tag := _TAG.match(text, at):
            self._tag = "" if tag[1] else tag[2].lower()
            return self._in_tag(text, tag.end())
        mark = "-->" if text.startswith("<!--", at) else ">"
        self._refused = text.find(mark, at) < 0
        return _after(mark, text, at)

    def _in_tag(self, text: str, at: int) -> int:
        end, self._value = _end_of_tag(text, at)
        if end is None:
            self._refused = self._value is None
            return len(text)
        self._tagless = self._tag if self._tag in _TAGLESS else ""
        return end


def _piece(text: str, start: int) -> tuple[str, int]:
    if text[start] == "&":
        entity = _ENTITY.match(text, start)
        return (OPAQUE, entity.end()) if entity else (TEXT, start + 1)
    if text.startswith("<!--", start):
        return OPAQUE, _after("-->", text, start)
    tag = _TAG.match(text, start)
    if tag is None:
        return MARKUP, _after(">", text, start)
    end, _ = _end_of_tag(text, tag.end())
    if end is None:
        return MARKUP, len(text)
    name = tag[2].lower()
    if name in _KEPT and not tag[1]:
        closing = _closing(name).search(text, end)
        end = closing.end() if closing else len(text)
    return MARKUP, end


def _after(mark: str, text: str, at: int) -> int:
    found = text.find(mark, at)
    return len(text) if found < 0 else found + len(mark)


@cache
def _closing(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}(?=[\s/>])[^>]*+>", re.IGNORECASE)


def _end_of_tag(text: str, at: int) -> tuple[int | None, _Value | None]:
    """
    Return where the tag ends that *at* is within; None, and its open value, if nowhere.
    """
    while found := _ATTRIBUTE.match(text, at):
        at = found.end()
        if quote := found[2]:
            end = text.find(quote, at)
            if end < 0:
                return None, _continued(_Value(found[1].lower(), quote), text[at:])
            at = end + 1
    closed = _TAG_END.match(text, at)
    return closed.end() if closed else None, None


def _continued(value: _Value, text: str) -> _Value:
    if value.settled or not text.strip():
        return value
    known = unescape(text)
    settled = _AFTER_SCHEME.search(known) is not None
    scheme = None if value.begun else _scheme(known)
    return value._replace(begun=True, settled=settled, scheme=scheme)


def _in_attribute(value: _Value, following: str) -> Callable[[str], str]:
    if value.name.startswith("on") or value.name in _NOT_FOR_VALUES:
        msg = f"a slot may not stand in the attribute {value.name}"
        raise TemplateError(msg)
    if value.name not in _LINKS:
        return escape
    if value.scheme in _CODE_SCHEMES:
        msg = f"a slot may not stand in a {value.scheme}: link"
        raise TemplateError(msg)
    if value.settled:
        return escape
    if _SCHEME.match(unescape(following)):
        msg = "a link's scheme must be written out, as in https://, not come from a slot"
        raise TemplateError(msg)
    return _rest_of_link if value.begun else _link


def _link(value: str) -> str:
    scheme = _scheme(value)
    return escape(value) if scheme is None or scheme in _SCHEMES else "#"


def _rest_of_link(value: str) -> str:
    return escape(value if _scheme(value) is None else value.replace(":", "%3A", 1))


def _scheme(url: str) -> str | None:
    found = _SCHEME.match(_IGNORED.sub("", url).strip())
    return found[1].lower() if found else None
