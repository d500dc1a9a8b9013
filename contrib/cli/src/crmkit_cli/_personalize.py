"""
The command ``crmkit personalize``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from crmkit import ConfigurationError, PersonalizedContent
from crmkit_cli import _clients
from crmkit_cli._exits import DONE, code_of, worst
from crmkit_cli._input import STDIN, read_text
from crmkit_cli._options import Chosen, common, examples
from crmkit_cli._output import described, emit, note, one_line, say
from crmkit_cli._progress import Meter
from crmkit_cli._setup import Transformers, setup, transformers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmkit import CRMConnector

_POLICY = "error|keep|blank"


class Template(NamedTuple):
    """
    A template's text, and the content type that it has unless told otherwise.
    """

    text: str
    content_type: str = "email"


@click.command(
    "personalize",
    epilog=examples(
        "crmkit personalize letter.txt --client 7 --var city=Lisbon",
        "crmkit personalize --text 'hey {{firstName}}, thanks!' --client 7 --client 8",
    ),
)
@click.argument("template", required=False)
@click.option("--text", help="The template itself, instead of a file.")
@click.option("--client", "ids", metavar="ID", multiple=True, help="For whom; repeatable.")
@click.option("--email", metavar="ADDRESS", help="The client with this address instead.")
@click.option(
    "--content-type",
    metavar="TYPE",
    help="email, email_html, subject, sms, social, push or plain; by default email, "
    "and email_html for a file that ends in .html.",
)
@click.option(
    "--var", "variables", metavar="NAME=VALUE", multiple=True, help="A value; repeatable."
)
@click.option("--unknown", metavar=_POLICY, help="What to do with an unknown variable.")
@click.option("--missing", metavar=_POLICY, help="What to do without a value.")
@click.option(
    "--purpose",
    metavar="marketing|transactional",
    help="A transactional text passes an opt-out, never a do-not-contact.",
)
@click.option("--mode", metavar="permissive|strict", help="Strict asks for an opt-in.")
@common
def command(
    chosen: Chosen,
    /,
    template: str | None,
    text: str | None,
    ids: Sequence[str],
    email: str | None,
    variables: Sequence[str],
    **request: str | None,
) -> None:
    """
    Fill in a template for clients, and print the text for each.

    TEMPLATE is a file, or - for standard input. Without a table of transformers in the
    configuration all installed local ones run. With --json one line for each client, or
    {"client_id": ..., "error": ...}.
    """
    _clients.check(ids, email, "--client ID")
    source = _template(template, text)
    asked: dict[str, Any] = {name: value for name, value in request.items() if value}
    asked = {"content_type": source.content_type, **asked}
    asked["variables"] = dict(map(_variable, variables))
    ready = setup(chosen)
    ready.need_provider()
    chain = transformers(ready)
    with (
        Meter("fetch", len(ids)) as meter,
        ready.connect(meter, transformers=chain.settings) as crm,
    ):
        found = _clients.find(crm, ids, email, chosen.user)
        made = {
            client_id: _made(crm, source.text, client, {**asked, "user_id": chosen.user})
            for client_id, client in found.items()
        }
    _show(chosen, chain, made)
    raise click.exceptions.Exit(worst(map(_code, made.values())))


Made = PersonalizedContent | Exception


def _template(file: str | None, text: str | None) -> Template:
    if (file is None) == (text is None):
        msg = "give a file with the template, - for standard input, or --text TEXT"
        raise click.UsageError(msg)
    if text is not None:
        return Template(text)
    place = Path(str(file))
    if file != STDIN and not place.exists():
        msg = f"there is no file {file!r}; a template itself is given with --text"
        raise click.UsageError(msg)
    html = place.suffix.lower() in {".html", ".htm"}
    return Template(read_text(str(file)), "email_html" if html else "email")


def _variable(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals or not name.strip():
        msg = f"--var takes NAME=VALUE, such as city=Lisbon, not {name!r}"
        raise click.UsageError(msg)
    return name.strip(), value


def _made(
    crm: CRMConnector, template: str, client: _clients.Found, asked: Mapping[str, Any]
) -> Made:
    if isinstance(client, Exception):
        return client
    return next(crm.personalize_many(template, [client], **asked))


def _code(made: Made) -> int:
    return code_of(made) if isinstance(made, Exception) else DONE


def _show(chosen: Chosen, chain: Transformers, made: Mapping[str, Made]) -> None:
    if chain.all_local and not chosen.as_json:
        names = ", ".join(chain.settings) or "none"
        note(f"Transformers: {names} (all local ones; crmkit.toml can name others)")
        for reason in chain.broken.values():
            note(f"Warning: {one_line(reason)}")
    for client_id, content in made.items():
        if chosen.as_json:
            emit({**_document(client_id, content), "transformers": chain.as_dict()})
        elif not isinstance(content, Exception):
            if len(made) > 1:
                say(f"--- {one_line(client_id)}")
            _print(content)
    _clients.complain(made)


def _document(client_id: str, made: Made) -> dict[str, Any]:
    if isinstance(made, Exception):
        return {"client_id": client_id, "error": described(made)}
    return made.as_dict()


def _print(made: PersonalizedContent) -> None:
    for warning in made.warnings:
        note(f"Warning: {one_line(warning)}")
    text = made.content
    if sys.stdout.isatty():
        text = "\n".join(map(one_line, text.split("\n")))
    encoding = sys.stdout.encoding
    if text.encode(encoding, "ignore").decode(encoding) != text:
        msg = (
            f"this output takes only {encoding}, which lacks characters of the text; "
            "set PYTHONIOENCODING=utf-8, or use --json"
        )
        raise ConfigurationError(msg)
    say(text.removesuffix("\n"))
