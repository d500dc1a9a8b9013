"""
What is wrong with a template, told before any client is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from attrs import asdict, field, frozen

from crmkit._values import items

ERROR, WARNING = "error", "warning"


@frozen(kw_only=True)
class Problem:
    """
    One thing that is wrong: its *severity*, error or warning, and where it stands.

    *code* names the rule, *part* is subject, text or html, *variant* a key or None; *line*
    and *column* count from 1, 0 for the whole part. *token* is the variable, if it is one.
    """

    severity: str
    code: str
    message: str
    line: int = 0
    column: int = 0
    token: str = ""
    part: str = ""
    variant: str | None = None

    def __str__(self) -> str:
        where = " ".join(filter(None, (self.variant, self.part)))
        place = f":{self.line}:{self.column}" if self.line else ""
        return f"{where}{place}: {self.severity}: {self.message} [{self.code}]"


@frozen(kw_only=True)
class LintReport(Sequence[Problem]):
    """
    The problems of a template, in the order of its parts; *ok* when none is an error.
    """

    problems: tuple[Problem, ...] = field(default=(), converter=items)

    @overload
    def __getitem__(self, index: int) -> Problem: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Problem]: ...
    def __getitem__(self, index: int | slice) -> Problem | Sequence[Problem]:
        return self.problems[index]

    def __len__(self) -> int:
        return len(self.problems)

    @property
    def ok(self) -> bool:
        """
        Whether there is no error; there may be warnings.
        """
        return all(problem.severity != ERROR for problem in self.problems)

    def as_dict(self) -> dict[str, Any]:
        """
        Return it as JSON values.
        """
        return {"ok": self.ok, "problems": [asdict(problem) for problem in self.problems]}
