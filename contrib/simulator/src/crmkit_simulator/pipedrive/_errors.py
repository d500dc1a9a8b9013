"""
Pipedrive's errors: what it says when it refuses.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from crmkit_simulator._wire import Answer, answer

V1, V2 = "v1", "v2"
INFO = "Please check developers.pipedrive.com for more information about Pipedrive API."


class Reason(NamedTuple):
    """
    Why a request is refused: the status, and the code that version 2 adds.
    """

    status: int
    code: str | None = None


BAD = Reason(400, "ERR_BAD_REQUEST")
INVALID = Reason(400, "ERR_SCHEMA_VALIDATION_FAILED")
FORBIDDEN = Reason(403, "ERR_FORBIDDEN")
NOT_FOUND = Reason(404, "ERR_NOT_FOUND")
GONE = Reason(410, "ERR_GONE")


class Refused(Exception):  # noqa: N818 - it is Pipedrive's answer, not a mistake of ours
    """
    A request that Pipedrive does not carry out.

    *at* is the parameter that is wrong. A refusal of the gateway, before any version is
    asked, has a *gateway* body of its own.
    """

    def __init__(
        self,
        reason: Reason,
        message: str,
        *,
        at: str | None = None,
        gateway: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = f"Validation failed: {at}: {message}" if at else message
        self.gateway = gateway

    def answer(self, version: str = V1) -> Answer:
        """
        Return it as a version of the API words it.
        """
        body: dict[str, Any] = {"success": False, "error": self.message}
        if self.gateway is not None:
            return answer(self.reason.status, body | self.gateway)
        if version == V1:
            body |= {"error_info": INFO, "data": None, "additional_data": None}
        elif self.reason.code:
            body["code"] = self.reason.code
        if version == V2 and self.reason == NOT_FOUND:
            body["additional_data"] = None
        return answer(self.reason.status, body)


def unauthorized(message: str = "unauthorized access") -> Refused:
    """
    Return the refusal of a request without a good token.
    """
    more = {"errorCode": 401, "error_info": "Please check developers.pipedrive.com"}
    return Refused(Reason(401), message, gateway=more)


def out_of_scope() -> Refused:
    """
    Return the refusal of a token without the scope; which one is not said.
    """
    return Refused(Reason(403), "Scope and URL mismatch", gateway={"errorCode": 403})


def closed() -> Refused:
    """
    Return what a company gets that does not pay.
    """
    return Refused(Reason(402), "Company account is not open", gateway={})


def invalid(place: str, message: str) -> Refused:
    """
    Return the refusal of a value that is not what the API's description says.
    """
    return Refused(INVALID, message, at=place)


def not_allowed(name: str) -> Refused:
    """
    Return the refusal of a parameter that there is not.
    """
    return invalid(name, f"Parameter '{name}' is not allowed for this request")


def not_found(kind: str) -> Refused:
    """
    Return what is said of a record that is not there.
    """
    return Refused(NOT_FOUND, f"{kind} not found")


def gone(kind: str) -> Refused:
    """
    Return what is said of a record that was deleted before.
    """
    return Refused(GONE, f"{kind} was deleted")


def unknown_path() -> Refused:
    """
    Return what is said of a path that there is not.
    """
    return Refused(NOT_FOUND, "Unknown method .")


def wrong_method(method: str) -> Refused:
    """
    Return the refusal of a method that a path does not have.
    """
    return Refused(Reason(405), f"Method {method} is not allowed")
