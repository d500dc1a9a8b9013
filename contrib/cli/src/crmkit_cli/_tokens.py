"""
Where the commands of credentials take tokens from: a prompt, standard input, JSON.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from crmkit import ConfigurationError, CRMCredentials
from crmkit_cli._input import STDIN, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator


def asked_for(*, refresh: bool) -> dict[str, Any]:
    """
    Return what is typed unseen or, without a terminal, read line by line.
    """
    answers = _typed(refresh=refresh) if sys.stdin.isatty() else _lines()
    token = next(answers, "")
    if not refresh:
        return {"access_token": token}
    again, *app = (next(answers, "") for _ in range(3))
    named = zip(("client_id", "client_secret"), app, strict=True)
    metadata = {key: value for key, value in named if value}
    return {"access_token": token, "refresh_token": again, "metadata": metadata}


def _typed(*, refresh: bool) -> Iterator[str]:
    yield prompt("Access token" + (" (empty for none)" if refresh else ""))
    yield prompt("Refresh token")
    yield click.prompt("Client id", err=True)
    yield prompt("Client secret (empty for none)")


def prompt(text: str) -> str:
    """
    Return what is typed, which nobody sees.
    """
    typed: str = click.prompt(
        text, hide_input=True, default="", show_default=False, err=True
    )
    return typed.strip()


def _lines() -> Iterator[str]:
    yield from (line.strip() for line in read_text(STDIN).splitlines())


def given_as_json(file: str) -> dict[str, Any]:
    """
    Return what a file, or standard input, holds; ConfigurationError if it is no object.
    """
    from crmkit.codec import from_json

    try:
        given = from_json(read_text(file))
    except ValueError:
        given = None
    if not isinstance(given, dict):
        msg = f"{file} must hold a JSON object"
        raise ConfigurationError(msg)
    return given


def made_of(provider: str, given: dict[str, Any]) -> CRMCredentials:
    """
    Return the credentials; ConfigurationError, which shows no value, for what is none.
    """
    if not given.get("access_token") and not given.get("refresh_token"):
        msg = "there is neither an access token nor a refresh token"
        raise ConfigurationError(msg)
    texts = [given.get(name) for name in ("access_token", "refresh_token", "expires_at")]
    try:
        if all(isinstance(text, str | None) for text in texts):
            return CRMCredentials(provider=provider, **given)
    except (TypeError, ValueError):
        pass
    msg = (
        "credentials are access_token, refresh_token and expires_at (with its UTC offset), "
        "each a text, and metadata, an object"
    )
    raise ConfigurationError(msg)
