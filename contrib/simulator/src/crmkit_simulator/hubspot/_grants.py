"""
What a user allowed an app.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Grant:
    """
    A consent; the code that stands for it is good once, for ten minutes.

    *tokens* are all that came of it.
    """

    scopes: frozenset[str]
    redirect_uri: str = ""
    challenge: str | None = None
    method: str = "plain"
    expires: float = 0
    tokens: list[str] = field(default_factory=list)
