"""
The template that a command is about, and what else is asked of each text.
"""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import click

from crmkit import Message, stable_id
from crmkit_cli._input import STDIN, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
_POLICY = "error|keep|blank"
_ASKED = (
    *("content_type", "unknown", "missing", "purpose", "mode"),
    *("default_variant", "language", "isolate"),
)
_EMAIL, _HTML = "email", "email_html"

Source: TypeAlias = "str | Message"


class Template(NamedTuple):
    """
    A template, its file if it has one, and the arguments of personalize_content for it.
    """

    source: Source
    file: str | None
    asked: Mapping[str, Any]

    @property
    def name(self) -> str:
        """
        What to call it.
        """
        return "a text" if self.file in {None, STDIN} else Path(str(self.file)).name

    @property
    def campaign(self) -> str:
        """
        A name that is the same as long as the template, its type and the variables are.
        """
        variables = sorted(self.asked["variables"].items())
        texts = _texts(self.source)
        return stable_id("template", self.asked["content_type"], texts, variables)


_BARE = (
    click.argument("template", required=False),
    click.option("--text", help="The template itself, instead of a file."),
    click.option(
        "--content-type",
        metavar="TYPE",
        help="email, email_html, subject, sms, social, push or plain; by default email, "
        "and email_html for a file that ends in .html.",
    ),
    click.option(
        "--var",
        "variables",
        metavar="NAME=VALUE",
        multiple=True,
        help="A value; repeatable.",
    ),
    click.option(
        "--purpose",
        metavar="marketing|transactional",
        help="A transactional text passes an opt-out, never a do-not-contact.",
    ),
)
_FOR_CLIENTS = (
    click.option("--unknown", metavar=_POLICY, help="What to do with an unknown variable."),
    click.option("--missing", metavar=_POLICY, help="What to do without a value."),
    click.option("--mode", metavar="permissive|strict", help="Strict asks for an opt-in."),
    click.option(
        "--default-variant",
        metavar="KEY",
        help="The variant, such as en, for clients whom none fits.",
    ),
    click.option(
        "--language",
        metavar="TAG",
        help="The language, such as en, of a template without variants.",
    ),
    click.option(
        "--isolate",
        is_flag=True,
        help="Keep values that read from right to left apart from the text around.",
    ),
)


def with_bare_template(function: Callable[..., None]) -> Callable[..., None]:
    """
    Give a command a template, and the options that say what it is for.
    """

    @wraps(function)
    def command(**kwargs: Any) -> None:
        request = {name: kwargs.pop(name) for name in _ASKED if name in kwargs}
        variables = dict(map(_variable, kwargs.pop("variables")))
        file = kwargs.pop("template")
        source, content_type = _read(file, kwargs.pop("text"))
        asked = {name: value for name, value in request.items() if value}
        asked = {"content_type": content_type, **asked, "variables": variables}
        function(template=Template(source, file, asked), **kwargs)

    for option in reversed(_BARE):
        command = option(command)
    return command


def with_template(function: Callable[..., None]) -> Callable[..., None]:
    """
    Give a command a template, and the options that ask something of clients' texts, too.
    """
    command = with_bare_template(function)
    for option in reversed(_FOR_CLIENTS):
        command = option(command)
    return command


def _texts(source: Source) -> object:
    if isinstance(source, str):
        return source
    variants = {key: _texts(source.variants[key]) for key in sorted(source.variants)}
    return [source.subject, source.text, source.html, variants]


def _read(file: str | None, text: str | None) -> tuple[Source, str]:
    if (file is None) == (text is None):
        msg = (
            "give a file or folder with the template, - for standard input, or --text TEXT"
        )
        raise click.UsageError(msg)
    if file is None:
        return str(text), _EMAIL
    place = Path(file)
    if file != STDIN and not place.exists():
        msg = f"there is no file {file!r}; a template itself is given with --text"
        raise click.UsageError(msg)
    if place.is_dir():
        return Message.load(place), _EMAIL
    html = place.suffix.lower() in {".html", ".htm"}
    return read_text(file), _HTML if html else _EMAIL


def _variable(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals or not name.strip():
        msg = f"--var takes NAME=VALUE, such as city=Lisbon, not {name!r}"
        raise click.UsageError(msg)
    return name.strip(), value
