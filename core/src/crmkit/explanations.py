"""
How a personalized content came about, token by token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import asdict, field, frozen

from crmkit._values import items, read_only


@frozen(kw_only=True)
class Token:
    """
    What became of one ``{{ token }}``: where it stands, and where its text is from.

    *source* is variables, client or custom_fields, None without a value; *status* is
    value, default, missing, unknown or failed. *value* is the value as text before the
    *filters*, *text* what the client reads.
    """

    part: str
    token: str
    name: str
    line: int
    column: int
    source: str | None = None
    value: str | None = field(default=None, repr=False)
    filters: tuple[str, ...] = field(default=(), converter=items)
    text: str = field(default="", repr=False)
    status: str = "value"

    def as_dict(self) -> dict[str, Any]:
        """
        Return it as JSON values.
        """
        return {**asdict(self), "filters": list(self.filters)}


@frozen(kw_only=True)
class Explanation:
    """
    How a content came about; it holds what is known of the client.

    *segments* maps each part to its (text, number of the token or None), which joined are
    the part as it is sent. The rest is what PersonalizedContent says.
    """

    tokens: tuple[Token, ...] = field(default=(), converter=items)
    segments: Mapping[str, tuple[tuple[str, int | None], ...]] = field(
        default=None, converter=read_only, repr=False
    )
    applied: tuple[str, ...] = field(default=(), converter=items)
    skipped: Mapping[str, str] = field(default=None, converter=read_only)
    warnings: tuple[str, ...] = field(default=(), converter=items)
    language: str | None = None
    variant: str | None = None
    machine_translated: bool = False

    @property
    def variables(self) -> dict[str, str]:
        """
        What was filled in, by the names in the template.
        """
        return {t.name: t.text for t in self.tokens if t.status == "value"}

    def names(self, *statuses: str) -> tuple[str, ...]:
        """
        Return the names of the tokens of these statuses, once each.
        """
        found = (token.name for token in self.tokens if token.status in statuses)
        return tuple(dict.fromkeys(found))

    def as_dict(self) -> dict[str, Any]:
        """
        Return it as JSON values.
        """
        return {
            "tokens": [token.as_dict() for token in self.tokens],
            "segments": {part: [*map(list, told)] for part, told in self.segments.items()},
            "applied": list(self.applied),
            "skipped": dict(self.skipped),
            "warnings": list(self.warnings),
            "language": self.language,
            "variant": self.variant,
            "machine_translated": self.machine_translated,
        }

    def __str__(self) -> str:
        from crmkit._telling import table

        return table(self)
