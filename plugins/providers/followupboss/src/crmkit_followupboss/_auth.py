"""
How requests are signed: by API key or by token, and in the name of a system.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import basic, bearer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit import Session


def auth(session: Session) -> Mapping[str, str]:
    """
    Sign a request: by Basic with an API key, by Bearer with a token of OAuth.

    Follow Up Boss refuses one in place of the other. Which it is, a refresh token tells, or
    the token_type in the metadata.
    """
    held = session.credentials
    oauth = held.refresh_token is not None or "token_type" in held.metadata
    return {**(bearer if oauth else basic)(session), **_system(session)}


def is_registered(session: Session) -> bool:
    """
    Tell whether requests name a registered system.
    """
    return bool(_system(session))


def _system(session: Session) -> dict[str, str]:
    name = session.settings.system
    key = session.credentials.metadata.get("system_key") or session.settings.system_key
    return {"X-System": name, "X-System-Key": str(key)} if name and key else {}
