"""
Zoho's refusals: a code, details, a message.
"""

from __future__ import annotations

from enum import StrEnum, auto
from typing import Any

from crmkit_simulator._wire import Answer, answer

_INVALID = "invalid data"


class Code(StrEnum):
    """
    What refusals are told apart by; messages change.
    """

    @staticmethod
    def _generate_next_value_(name: str, *_: object) -> str:
        return name

    AMBIGUITY_DURING_PROCESSING = auto()
    AUTHENTICATION_FAILURE = auto()
    BAD_REQUEST = auto()
    DEPENDENT_FIELD_MISSING = auto()
    DISCRETE_PAGINATION_LIMIT_EXCEEDED = auto()
    DUPLICATE_DATA = auto()
    EXPECTED_FIELD_MISSING = auto()
    EXPIRED_VALUE = auto()
    INVALID_DATA = auto()
    INVALID_MODULE = auto()
    INVALID_QUERY = auto()
    INVALID_REQUEST_METHOD = auto()
    INVALID_TOKEN = auto()
    INVALID_URL_PATTERN = auto()
    LIMIT_EXCEEDED = auto()
    LIMIT_REACHED = auto()
    MANDATORY_NOT_FOUND = auto()
    MULTIPLE_OR_MULTI_ERRORS = auto()
    NOT_ALLOWED = auto()
    NO_PERMISSION = auto()
    OAUTH_SCOPE_MISMATCH = auto()
    PAGINATION_LIMIT_EXCEEDED = auto()
    RECORD_LOCKED = auto()
    REQUIRED_PARAM_MISSING = auto()
    SYNTAX_ERROR = auto()
    TOKEN_BOUND_DATA_MISMATCH = auto()
    TOO_MANY_REQUESTS = auto()


def problem(code: str, message: str, **details: Any) -> dict[str, Any]:
    """
    Return what is wrong, as Zoho says it of a request and of a row.
    """
    return {"code": code, "details": details, "message": message, "status": "error"}


class Refused(Exception):  # noqa: N818 - it is Zoho's answer, not a mistake of ours
    """
    A request that is refused; *within* is the list that Zoho puts the body into.
    """

    def __init__(
        self, status: int, body: dict[str, Any], *, within: str | None = None
    ) -> None:
        super().__init__(body["code"])
        self.status = status
        self.body = body
        self.within = within

    def answer(self) -> Answer:
        """
        Return it as an answer.
        """
        body = {self.within: [self.body]} if self.within else self.body
        return answer(self.status, body)


def refused(code: str, message: str, **details: Any) -> Refused:
    """
    Return the refusal of a request with status 400.
    """
    return Refused(400, problem(code, message, **details))


def invalid_url() -> Refused:
    """
    Return the refusal of a path that there is not.
    """
    message = "Please check if the URL trying to access is a correct one"
    return Refused(404, problem(Code.INVALID_URL_PATTERN, message))


def wrong_method() -> Refused:
    """
    Return the refusal of a method that a path does not have.
    """
    message = "The http request method type is not a valid one"
    return Refused(405, problem(Code.INVALID_REQUEST_METHOD, message))


def invalid_module(**details: Any) -> Refused:
    """
    Return the refusal of a module that there is not.
    """
    message = "the module name given seems to be invalid"
    return refused(Code.INVALID_MODULE, message, **details)


def invalid_id(index: int = 1) -> Refused:
    """
    Return the refusal of an id in the path that is none, or of nothing.
    """
    message = "the id given seems to be invalid"
    return refused(Code.INVALID_DATA, message, resource_path_index=index)


def missing_param(name: str) -> Refused:
    """
    Return the refusal of a request without a parameter.
    """
    message = "One of the expected parameter is missing"
    return refused(Code.REQUIRED_PARAM_MISSING, message, param_name=name)


def invalid_param(name: str, **details: Any) -> Refused:
    """
    Return the refusal of a parameter's value.
    """
    return refused(Code.INVALID_DATA, _INVALID, param_name=name, **details)


def invalid_key(name: str, **details: Any) -> Refused:
    """
    Return the refusal of a key of the body.
    """
    return refused(
        Code.INVALID_DATA, _INVALID, api_name=name, json_path=f"$.{name}", **details
    )


def invalid_value(name: str, path: str, **details: Any) -> dict[str, Any]:
    """
    Return what is wrong with the value of a field.
    """
    return problem(Code.INVALID_DATA, _INVALID, api_name=name, json_path=path, **details)
