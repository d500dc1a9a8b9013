"""
Salesforce's errors: what it says when it refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator._wire import Answer, answer

if TYPE_CHECKING:
    from collections.abc import Sequence

_REST, _ITEM = "errorCode", "statusCode"


class Refused(Exception):  # noqa: N818 - it is Salesforce's answer, not a mistake of ours
    """
    A request, or one record of a collection, that Salesforce does not carry out.

    *fields* of None are left out of the answer to a request.
    """

    def __init__(
        self, status: int, code: str, message: str, fields: Sequence[str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.fields = fields

    def answer(self) -> Answer:
        """
        Return it as the answer to a request: a list of errors.
        """
        error: dict[str, Any] = {"message": self.message, _REST: self.code}
        if self.fields is not None:
            error["fields"] = list(self.fields)
        return answer(self.status, [error])

    def item(self) -> dict[str, Any]:
        """
        Return it as the result of one record, where the code has another name.
        """
        error = {
            _ITEM: self.code,
            "message": self.message,
            "fields": [*(self.fields or ())],
        }
        return {"success": False, "errors": [error]}


class Ambiguous(Exception):  # noqa: N818 - likewise
    """
    An external id that several records have; *urls* are theirs.
    """

    def __init__(self, urls: Sequence[str]) -> None:
        super().__init__("the external id has several records")
        self.urls = urls

    def answer(self) -> Answer:
        """
        Return it as the answer to a request.
        """
        return answer(300, list(self.urls))


def not_found() -> Refused:
    """
    Return the refusal of what is not there, or not for this user.
    """
    return Refused(404, "NOT_FOUND", "The requested resource does not exist")


def no_external_id(name: str) -> Refused:
    """
    Return the refusal of a field by which no record can be found.
    """
    text = f"Provided external ID field does not exist or is not accessible: {name}"
    return Refused(404, "NOT_FOUND", text)


def deleted() -> Refused:
    """
    Return the refusal of a record that was deleted, or merged into another.
    """
    return Refused(404, "ENTITY_IS_DELETED", "entity is deleted", ())


def unparsed(message: str) -> Refused:
    """
    Return the refusal of a body that cannot be read as what it should be.
    """
    return Refused(400, "JSON_PARSER_ERROR", f"{message} at [line:1, column:1]")


def wrong_method(method: str, *allowed: str) -> Refused:
    """
    Return the refusal of a method that a path does not have.
    """
    text = f"HTTP Method '{method}' not allowed. Allowed are {','.join(allowed)}"
    return Refused(405, "METHOD_NOT_ALLOWED", text)


def invalid_field(message: str) -> Refused:
    """
    Return the refusal of a field that there is not, or that cannot be used so.
    """
    return Refused(400, "INVALID_FIELD", message)
