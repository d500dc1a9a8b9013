"""
HubSpot's errors: what it says when it refuses.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from crmkit_simulator._wire import Answer, answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PORTAL = 1234567
VALIDATION, NOT_FOUND, CONFLICT = "VALIDATION_ERROR", "OBJECT_NOT_FOUND", "CONFLICT"


class Refused(Exception):  # noqa: N818 - it is HubSpot's answer, not a mistake of ours
    """
    A request, or one input of a batch, that HubSpot does not carry out.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        category: str | None = VALIDATION,
        errors: Iterable[Mapping[str, Any]] = (),
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.category = category
        self.errors = list(errors)
        self.more = more

    def answer(self) -> Answer:
        """
        Return it as the answer to a request.
        """
        body: dict[str, Any] = {"status": "error", "message": self.message}
        body["correlationId"] = str(uuid4())
        if self.errors:
            body["errors"] = self.errors
        if self.category:
            body["category"] = self.category
        return answer(self.status, body | self.more)

    def in_batch(self, context: Mapping[str, list[str]]) -> dict[str, Any]:
        """
        Return it as one of the errors of a batch.
        """
        return {
            "status": "error",
            "category": self.category,
            "message": self.message,
            "context": {**context},
        }


class Problem(NamedTuple):
    """
    What is wrong with the value of a property.
    """

    name: str
    code: str
    message: str


def invalid_properties(problems: Iterable[Problem]) -> Refused:
    """
    Return the refusal of an object with these problems.
    """
    problems = list(problems)
    listed = [
        {
            "isValid": False,
            "message": problem.message,
            "error": problem.code,
            "name": problem.name,
            "localizedErrorMessage": problem.message,
            "portalId": PORTAL,
        }
        for problem in problems
    ]
    errors = [
        {
            "message": problem.message,
            "code": problem.code,
            "context": {"propertyName": [problem.name]},
        }
        for problem in problems
    ]
    text = json.dumps(listed, separators=(",", ":"))
    return Refused(400, f"Property values were not valid: {text}", errors=errors)


def invalid_json(detail: str) -> Refused:
    """
    Return the refusal of a body that cannot be read.
    """
    return Refused(400, f"Invalid input JSON on line 1, column 1: {detail}")


def missing(name: str) -> Refused:
    """
    Return the refusal of a body without a field that it needs.
    """
    return invalid_json(f"Some required fields were not set: [{name}]")


def not_found() -> Refused:
    """
    Return what a read of an object that is not there gets.
    """
    return Refused(404, "resource not found", category=None)


def object_not_found() -> Refused:
    """
    Return what a change of an object that is not there gets.
    """
    message = "Object not found.  objectId are usually numeric."
    sub = "crm.objects.OBJECT_NOT_FOUND"
    return Refused(404, message, category=NOT_FOUND, subCategory=sub)
