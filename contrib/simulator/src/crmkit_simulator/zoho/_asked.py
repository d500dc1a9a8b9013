"""
What a request asks for, as all endpoints read it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crmkit_simulator._wire import Answer, answer
from crmkit_simulator.zoho._errors import (
    Code,
    invalid_key,
    invalid_module,
    invalid_param,
    missing_param,
    refused,
)
from crmkit_simulator.zoho._modules import MODULES
from crmkit_simulator.zoho._values import moment

if TYPE_CHECKING:
    from datetime import datetime

    from crmkit_simulator._wire import Request
    from crmkit_simulator.zoho._tokens import Token

_FIELDS = 50
MOST_PER_PAGE = 200
_AREAS = {"org", "users", "settings", "coql"}


@dataclass
class Asked:
    """
    A request to a version of the API, by a token; *credits* are what it costs.
    """

    request: Request
    token: Token
    version: str
    parts: tuple[str, ...]
    credits: int = field(default=1)

    @property
    def method(self) -> str:
        """
        Its method.
        """
        return self.request.method

    @cached_property
    def body(self) -> dict[str, Any]:
        """
        The JSON object that it brings; raises Refused.
        """
        try:
            body = self.request.json()
        except (RecursionError, ValueError):
            body = None
        if not isinstance(body, dict):
            raise refused(Code.INVALID_DATA, "body")
        return body

    @cached_property
    def rows(self) -> list[Any]:
        """
        The rows that it brings; raises Refused.
        """
        if "data" not in self.body:
            message = "required field not found"
            raise refused(Code.MANDATORY_NOT_FOUND, message, api_name="data", json_path="$")
        rows = self.body["data"]
        if not isinstance(rows, list):
            raise invalid_key(name="data", expected_data_type="jsonarray")
        if not rows:
            raise invalid_key(name="data", minimum_length=1)
        return rows

    def param(self, name: str) -> str | None:
        """
        Return a parameter that is there and not blank.
        """
        return self.request.query.get(name) or None

    def fields(self, *, needed: bool) -> list[str] | None:
        """
        Return the names of the fields that are asked for; raises Refused.
        """
        text = self.param("fields")
        if text is None:
            if needed and self.version != "v2":
                raise missing_param(name="fields")
            return None
        names = [name.strip() for name in text.split(",") if name.strip()]
        if len(names) > _FIELDS:
            message = "maximum limit of fields exceeded"
            raise refused(Code.LIMIT_EXCEEDED, message, limit=_FIELDS, param_name="fields")
        return names

    def number(self, name: str, default: int, most: int | None = None) -> int:
        """
        Return a parameter that is a number from 1 on; raises Refused.
        """
        text = self.param(name)
        if text is None:
            return default
        if not text.isdecimal() or not int(text):
            raise invalid_param(name, expected_data_type="integer")
        if most is not None and int(text) > most:
            raise invalid_param(name, maximum_value=most)
        return int(text)

    def one_of(self, name: str, *values: str) -> str:
        """
        Return a parameter that is one of these, the first by default; raises Refused.
        """
        text = self.param(name) or values[0]
        if text not in values:
            raise invalid_param(name, supported_values=list(values))
        return text

    def since(self) -> datetime | None:
        """
        Return the moment after which something must have changed; raises Refused.
        """
        text = self.request.headers.get("If-Modified-Since")
        if text is None:
            return None
        found = moment(text)
        if found is None:
            raise invalid_param(name="If-Modified-Since", expected_data_type="datetime")
        return found


def module_of(name: str) -> str:
    """
    Return the module of a path; raises Refused.
    """
    if name not in MODULES:
        raise invalid_module(resource_path_index=0)
    return name


def nothing() -> Answer:
    """
    Return what Zoho answers where there is nothing: no list, no JSON.
    """
    return Answer(204)


def found(data: list[dict[str, Any]], **info: Any) -> Answer:
    """
    Return records, or nothing at all if there are none.
    """
    return answer(200, {"data": data, "info": info}) if data else nothing()
