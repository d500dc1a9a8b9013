"""
The command ``crmkit doctor``.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from importlib.metadata import version
from platform import python_version
from typing import TYPE_CHECKING

import click

from crmkit import ConfigurationError, Finding
from crmkit import plugins as installed
from crmkit_cli._exits import DONE, RETRY, SIGN_IN, USAGE
from crmkit_cli._options import Chosen, common, examples
from crmkit_cli._output import emit, one_line, say
from crmkit_cli._setup import Setup, setup
from crmkit_cli._table import folded, screen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PROBLEM = "problem"
_DEFAULT = "crmkit/crmkit.db in the user's data folder"
_SECRET = re.compile("//[^/@]*@")
_COLOURS = {"ok": "green", "warning": "yellow", _PROBLEM: "red"}
_CODES = {  # all other subjects are about the account: token, scopes, rights
    "configuration": USAGE,
    "plugin": USAGE,
    "settings": USAGE,
    "credentials": SIGN_IN,
    "host": RETRY,
    "clock": USAGE,
    "store": USAGE,
}
_UNTRIED = Finding(
    subject="account",
    status="warning",
    detail="the plugin does not look at it, so nobody knows whether the token is good",
    remedy="crmkit fetch tells",
)


@click.command(
    "doctor",
    epilog=examples(
        "crmkit doctor",
        "crmkit doctor --provider hubspot --user ana",
        "crmkit doctor --provider hubspot --trace --json",
    ),
)
@common
def command(chosen: Chosen) -> None:
    """
    Look for what is wrong, and say what to do about it.

    Looks at versions, configuration, plugin, credentials, host, clock, account and
    outbox; writes nothing to the CRM. With --json one line for each finding. Exits with 0
    if there is no problem, else as the first one asks for: 2 configuration or plugin, 4
    the host is away, 5 token and rights.
    """
    found = list(_findings(chosen))
    if chosen.as_json:
        for finding in found:
            emit(finding)
    else:
        _show(found)
    problems = (finding.subject for finding in found if finding.status == _PROBLEM)
    first = next(problems, None)  # those after it may be its consequences
    code = DONE if first is None else _CODES.get(first, SIGN_IN)
    raise click.exceptions.Exit(code)


def _findings(chosen: Chosen) -> Iterator[Finding]:
    try:
        ready = setup(chosen)
    except ConfigurationError as error:
        yield _versions()
        yield _unusable(error)
        return
    yield _versions(*_sources(ready))
    yield _fine("configuration", f"{ready.file or 'no file'}; store {_place(ready)}")
    try:
        ready.need_provider()
        # Waiting for what is away would not tell more.
        with ready.connect(max_retries=0) as crm:
            found = crm.check(chosen.user)
    except ConfigurationError as error:
        yield _unusable(error)
        return
    yield from found
    if all(one.subject in _CODES and one.status != _PROBLEM for one in found):
        yield from (_UNTRIED for one in found if one.subject == "credentials")


def _versions(*sources: str) -> Finding:
    own = (f"{name} {version(name)}" for name in ("crmkit", "crmkit-cli"))
    return _fine("versions", ", ".join((f"Python {python_version()}", *own, *sources)))


def _sources(ready: Setup) -> Iterator[str]:
    for plugin in installed.survey(ready.plugins, ready.prefer):
        if plugin[:2] == ("provider", ready.provider) and plugin.source:
            by_hand = f"{plugin.name} given by hand"
            yield by_hand if plugin.source == "given" else plugin.source


def _place(ready: Setup) -> str:
    return _SECRET.sub("//…@", str(ready.store)) if ready.store else _DEFAULT


def _unusable(error: ConfigurationError) -> Finding:
    return Finding(subject="configuration", status=_PROBLEM, detail=str(error))


def _fine(subject: str, detail: str) -> Finding:
    return Finding(subject=subject, status="ok", detail=detail)


def _show(found: Sequence[Finding]) -> None:
    bright = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    rows = [(f.status, one_line(f.subject), one_line(_told(f))) for f in found]
    for line in folded(rows, screen()):
        status = line.partition(" ")[0]
        colour = _COLOURS.get(status) if bright else None
        say(click.style(status, fg=colour) + line[len(status) :] if colour else line)
    counts = Counter(finding.status for finding in found)
    told = [
        f"{counts[s]} {s}{'s' * (counts[s] > 1)}"
        for s in (_PROBLEM, "warning")
        if counts[s]
    ]
    say(", ".join(told) or "no problem")


def _told(finding: Finding) -> str:
    return " -> ".join(filter(None, (finding.detail, finding.remedy)))
