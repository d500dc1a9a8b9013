"""
How the demo is told: lines that fit a terminal, and claims that are checked.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from crmkit_cli._output import one_line, say
from crmkit_cli._table import pad, table, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmkit import SyncReport

COLUMNS = 78
_INDENT = "  "


class Stage:
    """
    Prints the demo unless it is *silent*, and remembers whether what it claims is so.
    """

    def __init__(self, *, silent: bool) -> None:
        self.claims: dict[str, bool] = {}
        self._silent = silent
        self._encoding = sys.stdout.encoding or "ascii"
        rich = "─│".encode(self._encoding, "replace").decode(self._encoding) == "─│"
        self._rule, self._bar = "─│" if rich else "-|"
        self._bold = sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    def title(self, text: str) -> None:
        """
        Begin a scene.
        """
        self.line()
        self._print(click.style(text, bold=True) if self._bold else text)
        self._print(self._rule * COLUMNS)

    def line(self, text: str = "") -> None:
        """
        Print one line, indented.
        """
        self._print(f"{_INDENT}{self._shown(text)}" if text else "")

    def text(self, text: str) -> None:
        """
        Print a paragraph.
        """
        for line in wrap(text, COLUMNS - len(_INDENT)):
            self.line(line)

    def paragraphs(self, text: str) -> None:
        """
        Print a text of several paragraphs.
        """
        for paragraph in text.splitlines():
            self.text(paragraph) if paragraph else self.line()

    def table(self, rows: Iterable[Sequence[str]], limits: Sequence[int] = ()) -> None:
        """
        Print rows in columns.
        """
        shown = [[self._shown(cell) for cell in row] for row in rows]
        for line in table(shown, limits):
            self.line(line)

    def pair(self, left: str, right: str) -> None:
        """
        Print two texts side by side.
        """
        half = (COLUMNS - len(_INDENT) - 3) // 2
        lines = [list(wrap(self._shown_lines(text), half)) for text in (left, right)]
        for row in range(max(map(len, lines))):
            cells = [
                pad(column[row] if row < len(column) else "", half) for column in lines
            ]
            self.line(f" {self._bar} ".join(cells).rstrip())

    def command(self, text: str) -> None:
        """
        Print a command as it can be typed, however long it is.
        """
        self._print(f"{_INDENT}{text}")

    def claim(self, text: str, *, holds: bool) -> None:
        """
        Say what is so, and check it.
        """
        self.line(text)
        self.check(text, holds=holds)

    def report(self, what: str, report: SyncReport, **expected: int) -> None:
        """
        Say how many became what, and check it.
        """
        counts = {status: count for status, count in report.counts.items() if count}
        told = ", ".join(f"{count} {status}" for status, count in counts.items())
        self.claim(f"{what}: {told or 'nothing'}", holds=counts == expected)

    def check(self, text: str, *, holds: bool) -> None:
        """
        Remember whether something is so; say it only if it is not.
        """
        self.claims[text] = holds and self.claims.get(text, True)
        if not holds:
            self.line(f"NOT SO: {text}")

    def _shown_lines(self, text: str) -> str:
        return "\n".join(map(self._shown, text.split("\n")))

    def _shown(self, text: str) -> str:
        plain = one_line(text)
        return plain.encode(self._encoding, "replace").decode(self._encoding)

    def _print(self, text: str) -> None:
        if not self._silent:
            say(text.rstrip())
