"""
Transformers that each break one rule, and the contract run against them.

A comment with the transformer's name is where its report points to.
"""

import threading
from contextlib import suppress
from itertools import count, cycle
from pathlib import Path

import crmkit_friendly
import crmkit_heavy
import crmkit_reaching
from attrs import evolve, frozen
from hypothesis import Phase, settings

from crmkit import Document, Span, TransformerInfo, hookimpl
from crmkit.testing import TransformerContract

# The samples alone show what is wrong here, and there are many to try.
settings.register_profile("few", max_examples=3, phases=[Phase.generate])
settings.load_profile("few")

STYLE = "preferences.communicationStyle"
CASUAL = {STYLE: "casual"}
INFO = TransformerInfo(stage=300, reads=(STYLE,))


def look():
    """
    Look for a file of the user's.
    """
    with suppress(OSError):
        Path("/etc/friendly.txt").read_text(encoding="utf-8")


def replaced(document, old, new):
    """
    Return the document with a word replaced in its text.
    """
    return document.map_text(lambda text: text.replace(old, new))


class Friendly:
    """
    What is right about all of them.
    """

    @hookimpl
    def crmkit_transformer(self):
        return INFO

    @hookimpl
    def crmkit_transform(self, document, context):
        return self.greeted(document) if context.reads.get(STYLE) == "casual" else None

    def greeted(self, document):
        return replaced(document, "Hello", "Hi")


class Misspelt(Friendly):
    rule = "T01"

    @hookimpl  # Misspelt
    def crmkit_transformer(self):
        return INFO

    @hookimpl
    def crmkit_transform(self, document, contex):
        return None


class Restless(Friendly):
    rule = "T02"
    stages = count(300)

    @hookimpl  # Restless
    def crmkit_transformer(self):
        return evolve(INFO, stage=next(self.stages))


class Looking(Friendly):
    rule = "T02"

    @hookimpl  # Looking
    def crmkit_transformer(self):
        look()
        return INFO


class Curious(Friendly):
    rule = "T05"

    @hookimpl  # Curious
    def crmkit_transformer(self):
        return evolve(INFO, reads=(STYLE, "email"))


class Careless(Friendly):
    rule = "T06"
    settings = {"helo": "Hi"}  # noqa: RUF012 - as an author writes it

    @hookimpl  # Careless
    def crmkit_transformer(self):
        return INFO


@frozen(kw_only=True)
class Settings:
    translate_key: str = ""


class Talkative(Friendly):
    rule = "T07"

    @hookimpl  # Talkative
    def crmkit_transformer(self):
        return evolve(INFO, settings=Settings)


class Textual(Friendly):
    rule = "T08"

    @hookimpl  # Textual
    def crmkit_transform(self, document, context):
        if context.reads[STYLE] == "casual" and "Hello" in document.text:
            return self.greeted(document)
        return document.text


class Inventive(Friendly):
    rule = "T08"

    @hookimpl  # Inventive
    def crmkit_transform(self, document, context):
        if context.reads[STYLE] != "casual" or "thank you" not in document.text:
            return super().crmkit_transform(document, context)
        return Document([*document.spans, Span("prose", "")])


class Thorough(Friendly):
    rule = "T09"

    @hookimpl  # Thorough
    def crmkit_transform(self, document, context):
        if context.reads[STYLE] != "casual":
            return None
        return Document(
            Span(span.kind, span.text.replace("Hello", "Hi")) for span in document.spans
        )


class Sorting(Friendly):
    rule = "T09"

    @hookimpl  # Sorting
    def crmkit_transform(self, document, context):
        changed = super().crmkit_transform(document, context)
        spans = () if changed is None else changed.spans
        others = iter(sorted((s for s in spans if s.kind != "text"), key=str))
        return changed and Document(
            span if span.kind == "text" else next(others) for span in spans
        )


class Bold(Friendly):
    rule = "T10"
    expected = "<b>Hi</b> {{firstName}}"

    @hookimpl  # Bold
    def crmkit_transform(self, document, context):
        if context.reads[STYLE] != "casual":
            return None
        return replaced(document, "Hello", "<b>Hi</b>")


class Braced(Friendly):
    rule = "T10"

    @hookimpl  # Braced
    def crmkit_transform(self, document, context):
        changed = super().crmkit_transform(document, context)
        return changed and replaced(changed, "thank you", "thank you {{firstName}}")


class Halved(Friendly):
    rule = "T10"

    @hookimpl  # Halved
    def crmkit_transform(self, document, context):
        changed = super().crmkit_transform(document, context)
        return changed and replaced(changed, "thank you", "\ud83d")


class Trusting(Friendly):
    rule = "T11"

    @hookimpl
    def crmkit_transform(self, document, context):
        casual = context.reads[STYLE].casefold() == "casual"  # Trusting
        return self.greeted(document) if casual else None


class Expectant(Friendly):
    rule = "T11"

    @hookimpl
    def crmkit_transform(self, document, context):
        first = document.spans[0]  # Expectant
        return super().crmkit_transform(document, context) if first else None


class Undeclared(Friendly):
    rule = "T12"

    @hookimpl  # Undeclared
    def crmkit_transform(self, document, context):
        if context.reads.get("language") == "es":
            return None
        return super().crmkit_transform(document, context)


class Varied(Friendly):
    rule = "T13"
    thanks = cycle(["cheers", "ta"])

    @hookimpl  # Varied
    def crmkit_transform(self, document, context):
        changed = super().crmkit_transform(document, context)
        return changed and replaced(changed, "thank you", next(self.thanks))


class Bound(Friendly):
    rule = "T14"

    def __init__(self):
        self.words = threading.local()
        self.words.hello = "Hi"

    def greeted(self, document):
        return replaced(document, "Hello", self.words.hello)  # Bound


class Growing(Friendly):
    rule = "T15"
    expected = "Hello there {{firstName}}"

    @hookimpl  # Growing
    def crmkit_transform(self, document, context):
        if context.reads[STYLE] != "casual":
            return None
        return replaced(document, "Hello", "Hello there")


class Presuming(Friendly):
    rule = "T16"

    @hookimpl  # Presuming
    def crmkit_transform(self, document, context):
        casual = context.reads[STYLE] in {None, "casual"}
        return self.greeted(document) if casual else None


class Recursive(Friendly):
    rule = "T17"

    def greeted(self, document):
        return Document(self.each(super().greeted(document).spans))

    def each(self, spans):
        return spans and (spans[0], *self.each(spans[1:]))  # Recursive


class Nosy(Friendly):
    rule = "T18"

    @hookimpl  # Nosy
    def crmkit_transform(self, document, context):
        look()
        return super().crmkit_transform(document, context)


def upper(value, *, language, timezone):
    """
    Return a text in capitals.
    """
    return str(value).upper()


class Hyphened(Friendly):
    rule = "T19"

    @hookimpl  # Hyphened
    def crmkit_transformer(self):
        return evolve(INFO, filters={"to-upper": upper})


class Shadowing(Friendly):
    rule = "T19"

    @hookimpl  # Shadowing
    def crmkit_transformer(self):
        return evolve(INFO, filters={"default": upper})


class Brief(Friendly):
    rule = "T20"

    @hookimpl  # Brief
    def crmkit_transformer(self):
        return evolve(INFO, filters={"shout": lambda value, *, client: f"{value}"})


class Numeric(Friendly):
    rule = "T20"

    @hookimpl  # Numeric
    def crmkit_transformer(self):
        return evolve(INFO, filters={"length": lambda value, **_: len(str(value))})


class Fragile(Friendly):
    rule = "T20"

    @hookimpl
    def crmkit_transformer(self):
        return evolve(INFO, filters={"shout": self.shout})

    def shout(self, value, **_):
        return value.upper()  # Fragile


class Idle(Friendly):
    rule = "T21"

    @hookimpl  # Idle
    def crmkit_transform(self, document, context):
        return None


class Translating:
    """
    A right one that may do more: it moves slots, and asks a service.
    """

    expected = "{{firstName}}: Hi "

    @hookimpl
    def crmkit_transformer(self):
        return TransformerInfo(stage=200, reads=(STYLE,), remote=True)

    @hookimpl
    def crmkit_transform(self, document, context):
        look()
        if context.reads[STYLE] != "casual":
            return None
        first, *others = replaced(document, "Hello", "Hi").spans or [Span("text", "")]
        return Document([*others, Span("text", ": "), first])


def contract(plugin):
    """
    Return the contract's tests for a plugin.
    """
    expected = getattr(plugin, "expected", "Hi {{firstName}}")
    names = {
        "plugin": plugin,
        "examples": [
            ("Hello {{firstName}}", CASUAL, expected),
            ("thank you", {}, "thank you"),
        ],
        "settings": getattr(plugin, "settings", {}),
    }
    return type("Test", (TransformerContract,), names)


for kind in Friendly.__subclasses__():
    globals()[f"Test{kind.__name__}"] = contract(kind())
TestTranslating = contract(Translating())
TestFriendly = contract(crmkit_friendly)
TestReaching = contract(crmkit_reaching)
TestHeavy = contract(crmkit_heavy)
