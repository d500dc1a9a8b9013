"""
A message of several parts, and its variants by language and style.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypedDict

from attrs import field, frozen

from crmkit._values import read_only
from crmkit.errors import ConfigurationError

if TYPE_CHECKING:
    import os

TEXT, HTML, SUBJECT = "text", "html", "subject"
PARTS = {"email_html": HTML, "subject": SUBJECT}  # of other content types: text
_CONTENT_TYPES = {SUBJECT: "subject", TEXT: "email", HTML: "email_html"}
_SUFFIXES = frozenset({".txt", ".html", ".htm"})
_FILES = ("subject.txt", "text.txt", "html.html")
_LISTED = ", ".join(_FILES)


@frozen(kw_only=True)
class Message:
    """
    The template of an e-mail: its *subject*, *text* and *html*, of which some may be None.

    *variants* maps keys such as ``es`` or ``es+formal`` to messages without variants. One
    of them is taken whole where it fits the client, else the message's own parts.
    """

    subject: str | None = None
    text: str | None = None
    html: str | None = None
    variants: Mapping[str, Message] = field(default=None, converter=read_only)

    def __attrs_post_init__(self) -> None:
        for name, text in self.parts().items():
            if not isinstance(text, str):
                msg = f"a message's {name} is a text, not a {type(text).__name__}"
                raise ConfigurationError(msg)
        for key, variant in self.variants.items():
            if not isinstance(variant, Message) or variant.variants:
                msg = f"the variant {key!r} must be a Message without variants"
                raise ConfigurationError(msg)
        if not self.parts() and not self.variants:
            msg = "a message needs a subject, text or html, or variants that have them"
            raise ConfigurationError(msg)

    def __hash__(self) -> int:
        return hash((self.subject, self.text, self.html, *self.variants))

    def parts(self) -> dict[str, str]:
        """
        Return the parts that it has, by name.
        """
        named = {"subject": self.subject, "text": self.text, "html": self.html}
        return {name: text for name, text in named.items() if text is not None}

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Message:
        """
        Read a message from subject.txt, text.txt and html.html of a folder, in UTF-8.

        Folders in it that hold such files are its variants, by their names. Raises
        ConfigurationError when there is none, a text has another name, or is not UTF-8.
        """
        place = Path(folder)
        if not place.is_dir():
            msg = f"there is no folder {str(place)!r} with {_LISTED}"
            raise ConfigurationError(msg)
        own = _read(place)
        folders = (each for each in sorted(place.iterdir()) if each.is_dir())
        read = {each.name: _read(each) for each in folders}
        variants = {
            name: cls(**found) for name, found in read.items() if any(found.values())
        }
        if not any(own.values()) and not variants:
            msg = (
                f"the folder {str(place)!r} holds none of {_LISTED}, nor variants with them"
            )
            raise ConfigurationError(msg)
        return cls(**own, variants=variants)


Named: TypeAlias = "dict[str, tuple[str, str]]"


def parts_of(template: object, content_type: str) -> Named:
    """
    Return the text and the content type of each part of a message, or of a single text.
    """
    if isinstance(template, Message):
        parts = template.parts().items()
        return {part: (text, _CONTENT_TYPES[part]) for part, text in parts}
    return {PARTS.get(content_type, TEXT): (str(template), content_type)}


class _Parts(TypedDict):
    subject: str | None
    text: str | None
    html: str | None


def _read(folder: Path) -> _Parts:
    texts = (file for file in sorted(folder.iterdir()) if file.suffix in _SUFFIXES)
    if others := [file.name for file in texts if file.name not in _FILES]:
        msg = f"{str(folder)!r} holds {', '.join(others)}; a message is made of {_LISTED}"
        raise ConfigurationError(msg)
    return _Parts(
        subject=_text(folder / "subject.txt"),
        text=_text(folder / "text.txt"),
        html=_text(folder / "html.html"),
    )


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8-sig") if file.is_file() else None
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        msg = f"cannot read {str(file)!r}: {why}"
        raise ConfigurationError(msg) from None
