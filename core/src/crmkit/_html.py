"""
HTML taken apart as far as needed: what is markup, and where in it a slot stands.

All ends where the HTML standard has it end: a value is judged as a browser will find it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from crmkit import _links
from crmkit import _markup as grammar
from crmkit.documents import TEXT
from crmkit.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MARKUP, OPAQUE = "markup", "opaque"

_START = re.compile(rf"{grammar.MARKUP.pattern}|&")
_ENTITY = re.compile(r"&#?\w{1,32};")
_UNFINISHED = re.compile(r"(?:</?\w*|&#?\w*)$")
_NOT_HERE = "variables and conditions stand in text or in quoted attributes, not here"
_IN_DOUBT = "variables stand where all browsers read the markup before them alike, not here"
_AFTER_SIGN = "variables and conditions may not follow < or &: write &lt; or &amp;"


class _Value(NamedTuple):
    """
    An attribute's value that is open, and how far it was read.
    """

    name: str
    quote: str
    link: _links.Link


class State(NamedTuple):
    """
    A place in markup: *value* or *between* two attributes of *tag*, or in *raw* text.

    *foreign* has elements of its own; *other* is the place if nothing were raw.
    """

    tag: str
    between: bool
    value: _Value | None
    raw: str
    foreign: str
    other: State | None


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


class Context:
    """
    Where in the markup the next slot stands, after all that was fed so far.
    """

    def __init__(self, *, odd: bool = False, second: bool = False) -> None:
        self._fed: list[str] = []
        self._tag = ""
        self._between = False  # two attributes of that tag
        self._value: _Value | None = None
        self._raw = ""
        self._as_markup: Context | None = None  # what a browser reads that sees none raw
        self._foreign = ""
        self._odd = odd
        self._second = second  # itself what another reads that sees no raw element
        self._lost = ""

    def feed(self, literal: str) -> None:
        """
        Take in what the template itself says.
        """
        self._fed.append(literal)

    def encoder(self, following: str, *, encoded: bool = False) -> Callable[[str], str]:
        """
        Return how a value is encoded here; *following* is what the template says next.

        *encoded* says that a filter percent-encoded it. Raises TemplateError where nothing
        is safe: scripts, styles, event handlers, names, values without quotes, hosts.
        """
        self._catch_up()
        if self._between or self._raw in grammar.RAW or not self._reads_alike():
            raise TemplateError(_NOT_HERE)
        value = self._value
        if value is None:
            return grammar.escaped
        if not grammar.takes_values(self._tag, value.name):
            msg = f"variables may not stand in the attribute {value.name} of {self._tag}"
            raise TemplateError(msg)
        rest, last = following.partition(value.quote)[0], following.startswith(value.quote)
        encode = _links.encoder(value.link, rest, last=last, encoded=encoded)
        self._value = value._replace(link=_links.after_value(value.link))
        return encode

    def bare(self) -> bool:
        """
        Tell whether this is text among elements, where one more may stand.
        """
        self._catch_up()
        return not (self._value or self._between or self._raw or self._foreign)

    def state(self) -> State:
        """
        Return where this is; where it is equal, all that follows is read alike.

        Raises TemplateError where a template may not branch: within a script, a name, a
        value without quotes, or the scheme of a link.
        """
        self._catch_up()
        value = self._value
        if self._raw == "script" or (value is not None and _links.torn(value.link)):
            raise TemplateError(_NOT_HERE)
        tag = self._tag if value or self._between else ""
        other = None if self._as_markup is None else self._as_markup.state()
        return State(tag, self._between, value, self._raw, self._foreign, other)

    def restore(self, state: State) -> None:
        """
        Go back to where *state* was taken; what browsers differ on stays in mind.
        """
        self._fed.clear()
        self._tag, self._between, self._value = state.tag, state.between, state.value
        self._raw, self._foreign = state.raw, state.foreign
        self._as_markup = Context(odd=self._odd, second=True) if state.other else None
        if self._as_markup and state.other:
            self._as_markup.restore(state.other)

    def _catch_up(self) -> None:
        text = "".join(self._fed)
        self._fed.clear()
        self._read(text)
        if self._lost:
            raise TemplateError(self._lost)
        if _UNFINISHED.search(text):
            raise TemplateError(_AFTER_SIGN)

    def _read(self, text: str) -> None:
        at = 0
        if self._value:
            end = text.find(self._value.quote)
            if end < 0:
                link = _links.read(self._value.link, text)
                self._value = self._value._replace(link=link)
                return
            at = self._in_tag(text, end + 1, between=True)
        elif self._between:
            at = self._in_tag(text, 0, between=True)
        while at < len(text):
            at = self._in_raw(text, at) if self._raw else self._next(text, at)

    def _next(self, text: str, at: int) -> int:
        found = grammar.MARKUP.search(text, at)
        if found is None:
            return len(text)
        at = found.start()
        if tag := grammar.TAG.match(text, at):
            self._tag = tag[1] + tag[2].lower()
            return self._in_tag(text, tag.end(), between=False)
        if text.startswith("<![CDATA[", at):
            self._lost = _IN_DOUBT
        end = grammar.end_of_mark(text, at)
        self._lost = self._lost if end else _NOT_HERE
        return end or len(text)

    def _in_tag(self, text: str, at: int, *, between: bool) -> int:
        tag = grammar.read_tag(text, at, between=between)
        self._value, self._between = None, tag.between
        if tag.end is not None:
            self._entered(self._tag)
            return tag.end
        if tag.quote:
            link = _links.read(_links.begin(tag.name), text[tag.start :])
            self._value = _Value(tag.name, tag.quote, link)
        elif not tag.between:
            self._lost = _NOT_HERE
        return len(text)

    def _entered(self, tag: str) -> None:
        if tag in grammar.FOREIGN:
            self._odd = True
            self._foreign = self._foreign or tag
        elif tag == f"/{self._foreign}":
            self._foreign = ""
        elif tag == "plaintext":
            self._lost = _NOT_HERE
        elif tag in grammar.TAGLESS:
            self._raw = tag
            if self._odd or tag not in grammar.CODE:
                self._lost = _IN_DOUBT if self._second else self._lost
                other = Context(odd=self._odd, second=True)
                self._as_markup = None if self._second else other

    def _in_raw(self, text: str, at: int) -> int:
        closing = grammar.closing(self._raw).search(text, at)
        content = text[at : closing.start() if closing else len(text)]
        if self._as_markup is not None:
            self._as_markup.feed(content)
        if closing is None:
            return len(text)
        again = self._raw == "script" and "<!--" in content and "<script" in content.lower()
        if again or not self._reads_alike():
            self._lost = _IN_DOUBT
        self._tag, self._raw, self._as_markup = f"/{self._raw}", "", None
        return self._in_tag(text, closing.end(), between=False)

    def _reads_alike(self) -> bool:
        """
        Tell whether a browser that takes nothing for raw would be in text here, too.
        """
        with suppress(TemplateError):
            return self._as_markup is None or self._as_markup.bare()
        return False


def _piece(text: str, start: int) -> tuple[str, int]:
    if text[start] != "&":
        kind = OPAQUE if text.startswith("<!--", start) else MARKUP
        return kind, grammar.end_of_markup(text, start)
    entity = _ENTITY.match(text, start)
    return (OPAQUE, entity.end()) if entity else (TEXT, start + 1)
