"""
A text for each client of a list, for a mail service; who gets none, in another file.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NamedTuple

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
_TOLD = 10
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet runs


class Mailed(NamedTuple):
    """
    How many texts were *made*; how many clients were *refused* by the type of the error.

    *examples* has the first error of each type, *warned* how often there was a warning,
    *segments* how many SMS the texts are, if they are some.
    """

    made: int
    refused: Mapping[str, int]
    examples: Mapping[str, CrmkitError]
    warned: Mapping[str, int]
    segments: int

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
            "warnings": dict(self.warned),
            "segments": self.segments,
            "exit_code": self.code,
        }


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
    made, segments = 0, 0
    counts, warned = Counter[str](), Counter[str]()
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
                segments += result.length.segments or 0
                warned.update(result.warnings)
                sink.write(to_json(document(result, campaign)) + "\n")
                continue
            kind = type(result).__name__
            counts[kind] += 1
            examples.setdefault(kind, result)
            if no is not None:
                no.writerow(_refusal(result))
    return Mailed(made, counts, examples, warned, segments)


def document(made: PersonalizedContent, campaign: str) -> dict[str, Any]:
    """
    Return what a mail service takes; *key* is the id of the activity to be.
    """
    return {
        "key": stable_id(campaign, made.client_id),
        "client_id": made.client_id,
        "to": made.to,
        "subject": made.subject,
        "text": made.text,
        "html": made.html,
        "content_type": made.content_type,
        "language": made.language,
        "variant": made.variant,
        "segments": made.length.segments,
        "machine_translated": made.machine_translated,
        "defaults_used": made.defaults_used,
        "missing": made.missing,
        "warnings": made.warnings,
    }


def show(mailed: Mailed, refused: str | None) -> None:
    """
    Print the counts, and what ails those who get no text.
    """
    note(f"personalized: {mailed.made:,}")
    for kind, count in mailed.refused.items():
        note(f"{kind}: {count:,}, such as: {told(mailed.examples[kind])}")
    if mailed.segments:
        note(f"segments: {mailed.segments:,}")
    for warning, count in Counter(mailed.warned).most_common(_TOLD):
        note(f"warning ({count:,}): {one_line(warning)}")
    if mailed.refused and refused is None:
        note("--refused FILE lists them all.")


def _refusal(error: CrmkitError) -> Iterator[str]:
    client_id = getattr(error, "client_id", None) or ""
    for cell in (client_id, type(error).__name__, str(error)):
        yield f"'{cell}" if cell.startswith(_FORMULA) else one_line(cell)
