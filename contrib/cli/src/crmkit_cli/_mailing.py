"""
A text for each client of a list, for a mail service; who gets none, in another file.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from crmkit import PersonalizedContent, stable_id
from crmkit.codec import to_json
from crmkit_cli._complete import complete
from crmkit_cli._exits import code_of, worst
from crmkit_cli._input import STDIN
from crmkit_cli._output import note, one_line, told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmkit import CrmkitError

_HEADER = ("client_id", "error", "message")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet runs


class Mailed(NamedTuple):
    """
    How many texts were *made*; how many clients were *refused* by the type of the error.

    *examples* has the first error of each type.
    """

    made: int
    refused: Mapping[str, int]
    examples: Mapping[str, CrmkitError]

    @property
    def code(self) -> int:
        """
        The exit code.
        """
        return worst(map(code_of, self.examples.values()))

    def as_dict(self) -> dict[str, Any]:
        """
        Return it as JSON values.
        """
        return {
            "personalized": self.made,
            "refused": dict(self.refused),
            "exit_code": self.code,
        }


def check_apart(template: str | None, clients: str, out: str, refused: str | None) -> None:
    """
    Refuse one file, or standard input, for two things.
    """
    if template == clients == STDIN:
        msg = "standard input cannot be both the template and the clients"
        raise click.UsageError(msg)
    read = {
        Path(file).resolve() for file in (template, clients) if file not in {None, STDIN}
    }
    written = [Path(file).resolve() for file in (out, refused) if file not in {None, STDIN}]
    if read.intersection(written) or len(set(written)) < len(written):
        msg = "--out, --refused, --clients and the template must be different files"
        raise click.UsageError(msg)


def mail(
    results: Iterable[PersonalizedContent | CrmkitError],
    campaign: str,
    out: str,
    refused: str | None,
) -> Mailed:
    """
    Write a JSON line for each content to *out*, a CSV row for each error to *refused*.

    Both files appear when all is written. Raises ConfigurationError if that fails.
    """
    made, counts = 0, Counter[str]()
    examples: dict[str, CrmkitError] = {}
    with ExitStack() as files:
        # The one opened first gets its name last: it is there when all is.
        sink = sys.stdout if out == STDIN else files.enter_context(complete(out))
        no = csv.writer(files.enter_context(complete(refused))) if refused else None
        if no is not None:
            no.writerow(_HEADER)
        for result in results:
            if isinstance(result, PersonalizedContent):
                made += 1
                sink.write(to_json(document(result, campaign)) + "\n")
                continue
            kind = type(result).__name__
            counts[kind] += 1
            examples.setdefault(kind, result)
            if no is not None:
                no.writerow(_refusal(result))
    return Mailed(made, counts, examples)


def document(made: PersonalizedContent, campaign: str) -> dict[str, Any]:
    """
    Return what a mail service takes; *key* is the id of the activity to be.
    """
    return {
        "key": stable_id(campaign, made.client_id),
        "client_id": made.client_id,
        "to": made.to,
        **dict.fromkeys(("subject", "text", "html")),
        **_parts(made),
        "content_type": made.content_type,
        "language": made.language,
        "warnings": made.warnings,
    }


def show(mailed: Mailed, refused: str | None) -> None:
    """
    Print the counts, and what ails those who get no text.
    """
    note(f"personalized: {mailed.made:,}")
    for kind, count in mailed.refused.items():
        note(f"{kind}: {count:,}, such as: {told(mailed.examples[kind])}")
    if mailed.refused and refused is None:
        note("--refused FILE lists them all.")


def _parts(made: PersonalizedContent) -> Mapping[str, str]:
    named = {"subject": "subject", "email_html": "html"}
    return {named.get(made.content_type, "text"): made.content}


def _refusal(error: CrmkitError) -> Iterator[str]:
    client_id = getattr(error, "client_id", None) or ""
    for cell in (client_id, type(error).__name__, str(error)):
        yield f"'{cell}" if cell.startswith(_FORMULA) else one_line(cell)
