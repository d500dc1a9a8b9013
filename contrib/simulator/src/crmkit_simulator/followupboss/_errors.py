"""
Follow Up Boss's errors: one sentence for people, no code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit_simulator._wire import Answer, answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Refused(Exception):  # noqa: N818 - it is Follow Up Boss's answer, not a mistake of ours
    """
    A request that Follow Up Boss does not carry out.
    """

    def __init__(
        self, status: int, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})

    def answer(self) -> Answer:
        """
        Return it as the answer to a request.
        """
        return answer(self.status, {"errorMessage": self.message}, self.headers)


def unauthorized(message: str | None = None) -> Refused:
    """
    Return the refusal of a request that is not signed, or signed with what is not good.
    """
    text = message or (
        "Authentication is required. Use Basic HTTP Authentication with API Key as "
        "username and blank password, or use Bearer token authentication."
    )
    realm = {"WWW-Authenticate": 'Basic realm="Follow Up Boss API"'}
    return Refused(401, text, realm)


def forbidden(message: str = "You do not have access to this resource.") -> Refused:
    """
    Return the refusal of what this user, or this system, may not do.
    """
    return Refused(403, message)


def no_collection(name: str) -> Refused:
    """
    Return the refusal of a path that names no collection.
    """
    message = (
        f"Collection name '{name[:1].upper()}{name[1:]}' in the URL is not valid. Please "
        "use a correct collection name, for example 'people'."
    )
    return Refused(404, message)


def not_found(what: str) -> Refused:
    """
    Return the refusal of a record that is not there, or not shown.
    """
    return Refused(404, f"{what} not found.")


def invalid(message: str) -> Refused:
    """
    Return the refusal of a request that is wrong.
    """
    return Refused(400, message)


def unknown_fields(names: Iterable[str]) -> Refused:
    """
    Return the refusal of a body with fields that are not known.
    """
    return invalid(f"Invalid fields in the request body: {', '.join(names)}.")
