"""
Values of fields: what may be written, and how they are stored.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crmkit_simulator.zoho._errors import Code, invalid_value, problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit_simulator.zoho._modules import Field
    from crmkit_simulator.zoho._org import Org

    Check = Callable[[Org, Field, Any], Any]

_EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>.]{2,}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")
_TAGS, _TAG = 10, 25
_PARTICIPANTS = ("contact", "lead", "user", "email")


class MisfitError(Exception):
    """
    A value that a field does not take; *details* are what Zoho tells of it.
    """

    def __init__(self, **details: Any) -> None:
        super().__init__()
        self.details = details


class UnrelatedError(Exception):
    """
    A value that leads to nothing.
    """


def checked(org: Org, field: Field, value: Any, path: str) -> tuple[Any, Any]:
    """
    Return a value as it is stored, and what is wrong with it or None.
    """
    if value is None:
        return None, None
    check: Check = _CHECKS.get(field.type, _text)
    try:
        return check(org, field, value), None
    except MisfitError as misfit:
        return None, invalid_value(field.name, path, **misfit.details)
    except UnrelatedError:
        message = "the related id given seems to be invalid"
        return None, problem(
            Code.INVALID_DATA, message, api_name=field.name, json_path=path
        )


def moment(text: Any) -> datetime | None:
    """
    Read a moment as Zoho takes it, with its offset and without fractions; None if not so.
    """
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def is_email(text: str) -> bool:
    """
    Tell whether a text is an e-mail address.
    """
    return bool(_EMAIL.fullmatch(text))


def id_in(value: Any) -> str:
    """
    Return the id that a lookup is given, alone or in an object; raises MisfitError.
    """
    given = value.get("id") if isinstance(value, dict) else value
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if not isinstance(given, str) or not given.isdecimal():
        raise MisfitError(expected_data_type="bigint")
    return given


def tag_names(value: Any) -> list[str]:
    """
    Return the names of the tags that a list gives, each once; raises MisfitError.
    """
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise MisfitError(expected_data_type="jsonarray")
    names = [one.get("name") for one in value]
    if any(not isinstance(name, str) or not name for name in names):
        raise MisfitError(expected_data_type="text")
    unique = list(dict.fromkeys(map(str, names)))
    if len(unique) > _TAGS:
        raise MisfitError(maximum_length=_TAGS)
    if any(len(name) > _TAG for name in unique):
        raise MisfitError(maximum_length=_TAG)
    return unique


def _text(_: Org, field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise MisfitError(expected_data_type="text")
    if len(value) > field.most:
        raise MisfitError(maximum_length=field.most)
    return value


def _email(org: Org, field: Field, value: Any) -> str | None:
    text = _text(org, field, value)
    if text and not _EMAIL.fullmatch(text):
        raise MisfitError(expected_data_type="email")
    return text or None


def _choice(_: Org, field: Field, value: Any) -> str:
    if not isinstance(value, str) or value not in dict(field.options).values():
        raise MisfitError(expected_data_type="picklist")
    return value


def _choices(org: Org, field: Field, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise MisfitError(expected_data_type="jsonarray")
    return [_choice(org, field, one) for one in value]


def _boolean(_: Org, __: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise MisfitError(expected_data_type="boolean")
    return value


def _integer(_: Org, field: Field, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise MisfitError(expected_data_type="integer")
    if len(str(abs(value))) > field.most:
        raise MisfitError(maximum_length=field.most)
    return value


def _number(_: Org, field: Field, value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise MisfitError(expected_data_type="double")
    if len(str(abs(int(value)))) > field.most:
        raise MisfitError(maximum_length=field.most)
    return value


def _date(_: Org, __: Field, value: Any) -> str:
    try:
        if isinstance(value, str) and len(value) == len("2026-01-31"):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise MisfitError(expected_data_type="date")


def _datetime(_: Org, __: Field, value: Any) -> datetime:
    found = moment(value)
    if found is None:
        raise MisfitError(expected_data_type="datetime")
    return found


def _lookup(org: Org, field: Field, value: Any) -> str:
    id_ = id_in(value)
    # Which module What_Id leads to is said by another key of the row.
    if field.to != "se_module" and org.get(field.to, id_) is None:
        raise UnrelatedError
    return id_


def _user(org: Org, _: Field, value: Any) -> str:
    id_ = id_in(value)
    if id_ not in org.users:
        raise UnrelatedError
    return id_


def _tags(_: Org, __: Field, value: Any) -> list[str]:
    return tag_names(value)


def _participants(org: Org, _: Field, value: Any) -> list[dict[str, str]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise MisfitError(expected_data_type="jsonarray")
    return [_participant(org, one) for one in value]


def _participant(org: Org, given: dict[str, Any]) -> dict[str, str]:
    type_, who = given.get("type"), given.get("participant")
    if type_ not in _PARTICIPANTS or not isinstance(who, str):
        raise MisfitError(supported_values=list(_PARTICIPANTS))
    modules = {"contact": "Contacts", "lead": "Leads"}
    if type_ in modules and org.get(modules[type_], who) is None:
        raise UnrelatedError
    if type_ == "user" and who not in org.users:
        raise UnrelatedError
    if type_ == "email" and not is_email(who):
        raise MisfitError(expected_data_type="email")
    return {"type": type_, "participant": who}


_CHECKS: dict[str, Check] = {
    "email": _email,
    "picklist": _choice,
    "multiselectpicklist": _choices,
    "boolean": _boolean,
    "integer": _integer,
    "bigint": _integer,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "date": _date,
    "datetime": _datetime,
    "lookup": _lookup,
    "ownerlookup": _user,
    "tags": _tags,
    "participants": _participants,
}
