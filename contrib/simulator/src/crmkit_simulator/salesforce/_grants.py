"""
What a user allowed an app.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Grant:
    """
    A consent; the code that stands for it is good once. *sessions* are all that came of it.
    """

    scopes: frozenset[str]
    redirect_uri: str = ""
    challenge: str | None = None
    method: str = "plain"
    expires: float = 0
    sessions: list[str] = field(default_factory=list)


class OAuthError(Exception):
    """
    A refusal in the form of RFC 6749: an object, unlike all other errors.
    """

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.body = {"error": error, "error_description": description}
