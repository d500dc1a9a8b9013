"""
The command ``crmkit personalize``.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from crmkit import ConfigurationError, PersonalizedContent
from crmkit_cli import _clients, _mailing
from crmkit_cli._client_file import clients_in
from crmkit_cli._complete import check_apart
from crmkit_cli._exits import DONE, code_of, worst
from crmkit_cli._input import STDIN
from crmkit_cli._options import Chosen, common, examples
from crmkit_cli._output import described, emit, note, one_line, say
from crmkit_cli._progress import Meter
from crmkit_cli._setup import Transformers, setup, tell, transformers
from crmkit_cli._template import Source, Template, with_template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmkit import CRMConnector


@click.command(
    "personalize",
    epilog=examples(
        "crmkit personalize letter.txt --client 7 --var city=Lisbon",
        "crmkit personalize --text 'hey {{firstName}}, thanks!' --client 7 --client 8",
        "crmkit personalize letter.txt --clients list.csv --out mails.jsonl "
        "--refused no.csv",
    ),
)
@click.option("--client", "ids", metavar="ID", multiple=True, help="For whom; repeatable.")
@click.option("--email", metavar="ADDRESS", help="The client with this address instead.")
@click.option(
    "--clients",
    "listed",
    metavar="FILE",
    help="All clients of a file instead: CSV, JSON lines or a JSON array; - is standard "
    "input.",
)
@click.option(
    "--out",
    metavar="FILE",
    help="Where their texts go, as JSON lines; - is standard output.",
)
@click.option("--refused", metavar="FILE", help="Where those go who get none, as CSV.")
@click.option(
    "--campaign", metavar="NAME", help="What the keys are made of, beside the clients' ids."
)
@with_template
@common
def command(
    chosen: Chosen,
    /,
    template: Template,
    ids: Sequence[str],
    email: str | None,
    listed: str | None,
    **files: str | None,
) -> None:
    """
    Fill in a template for clients, and print the text for each.

    TEMPLATE is a file, a folder with subject.txt, text.txt and html.html, or - for
    standard input. Without a table of transformers in the
    configuration all installed local ones run. With --json one line for each client, or
    {"client_id": ..., "error": ...}.

    With --clients and --out no CRM is needed. Each line of --out has what a mail service
    takes, and a key that is the same in every run: the id of the activity to sync.
    """
    asked = {name: value for name, value in files.items() if value is not None}
    if listed is None:
        if asked:
            msg = f"--{' and --'.join(asked)} are for --clients FILE"
            raise click.UsageError(msg)
        _clients.check(ids, email, "--client ID, --clients FILE")
        code = _one_by_one(chosen, template, ids, email)
    else:
        if ids or email is not None:
            msg = "give --clients FILE, or --client ID, or --email ADDRESS"
            raise click.UsageError(msg)
        code = _all(chosen, template, listed, asked)
    raise click.exceptions.Exit(code)


def _one_by_one(
    chosen: Chosen, template: Template, ids: Sequence[str], email: str | None
) -> int:
    ready = setup(chosen)
    ready.need_provider()
    chain = transformers(ready)
    with (
        Meter("fetch", len(ids)) as meter,
        ready.connect(meter, transformers=chain.settings) as crm,
    ):
        found = _clients.find(crm, ids, email, chosen.user)
        asked = {**template.asked, "user_id": chosen.user}
        made = {
            client_id: _made(crm, template.source, client, asked)
            for client_id, client in found.items()
        }
    _show(chosen, chain, made)
    return worst(map(_code, made.values()))


def _all(chosen: Chosen, template: Template, listed: str, files: Mapping[str, str]) -> int:
    out, refused = files.get("out"), files.get("refused")
    if out is None:
        msg = "where do the texts go? give --out FILE, or --out - for standard output"
        raise click.UsageError(msg)
    check_apart((template.file, listed), (out, refused))
    ready = setup(chosen)
    chain = transformers(ready)
    tell(chain, chosen)
    asked = {**template.asked, "user_id": chosen.user}
    campaign = files.get("campaign") or template.campaign
    with (
        Meter("personalize", None) as meter,
        ready.connect(transformers=chain.settings) as crm,
    ):
        _check(crm, template)
        results = crm.personalize_many(template.source, clients_in(listed), **asked)
        mailed = _mailing.mail(meter.counted(results), campaign, out, refused)
    _mailing.show(mailed, refused)
    if chosen.as_json and out != STDIN:
        emit({**mailed.as_dict(), "campaign": campaign, "transformers": chain.as_dict()})
    return mailed.code


def _check(crm: CRMConnector, template: Template) -> None:
    """
    Refuse a template that is wrong for everybody, before any client is read.
    """
    kind = template.asked["content_type"]
    wrong = [
        each
        for each in crm.lint(template.source, content_type=kind)
        if each.code == "template"
    ]
    if wrong:
        msg = "; ".join(map(str, wrong))
        raise ConfigurationError(msg)


Made = PersonalizedContent | Exception


def _made(
    crm: CRMConnector, template: Source, client: _clients.Found, asked: Mapping[str, Any]
) -> Made:
    if isinstance(client, Exception):
        return client
    return next(crm.personalize_many(template, [client], **asked))


def _code(made: Made) -> int:
    return code_of(made) if isinstance(made, Exception) else DONE


def _show(chosen: Chosen, chain: Transformers, made: Mapping[str, Made]) -> None:
    tell(chain, chosen)
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
