"""
Search: over an index that lags behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.zoho._asked import MOST_PER_PAGE, found
from crmkit_simulator.zoho._criteria import criteria
from crmkit_simulator.zoho._errors import Code, invalid_param, missing_param, refused
from crmkit_simulator.zoho._modules import Field
from crmkit_simulator.zoho._shown import shown
from crmkit_simulator.zoho._tokens import require
from crmkit_simulator.zoho._values import is_email

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmkit_simulator._wire import Answer
    from crmkit_simulator.zoho._asked import Asked
    from crmkit_simulator.zoho._org import Org

    Test = Callable[[Mapping[str, Any]], bool]

_REACH = 2_000
_ID = Field(name="id", type="id")


def search(org: Org, asked: Asked, module: str) -> Answer:
    """
    Return one page of what is found, the newest first; raises Refused.
    """
    require(asked.token, "ZohoSearch.securesearch.READ")
    fields = asked.fields(needed=False)
    test = _test(org, asked, module)
    page = asked.number("page", 1)
    per_page = asked.number("per_page", MOST_PER_PAGE, MOST_PER_PAGE)
    if page * per_page > _REACH:
        message = f"a search reaches the first {_REACH} records only"
        raise refused(Code.LIMIT_REACHED, message, limit=_REACH)
    index = org.shelves[module].index(org.clock.monotonic())
    ids = [id_ for id_, values in index.items() if test({"id": id_, **values})]
    ids.sort(key=int, reverse=True)
    start = (page - 1) * per_page
    records = [org.get(module, id_) for id_ in ids[start : start + per_page]]
    data = [shown(org, record, fields) for record in records if record]
    more = len(ids) > start + per_page
    info = {"per_page": per_page, "count": len(data), "page": page, "more_records": more}
    return found(data, **info, sort_by="id", sort_order="desc")


def _test(org: Org, asked: Asked, module: str) -> Test:
    fields = org.shelves[module].fields
    if text := asked.param("criteria"):
        return criteria(text, {"id": _ID, **fields})
    if email := asked.param("email"):
        if not is_email(email):
            raise invalid_param(name="email", expected_data_type="email")
        return _any_of(fields, "email", email)
    if phone := asked.param("phone"):
        return _any_of(fields, "phone", phone)
    if word := asked.param("word"):
        return _word(word)
    name = "criteria"
    raise missing_param(name)


def _any_of(fields: Mapping[str, Field], type_: str, text: str) -> Test:
    names = [name for name, field in fields.items() if field.type == type_]
    wanted = text.casefold()
    return lambda values: any(
        str(values.get(name) or "").casefold() == wanted for name in names
    )


def _word(word: str) -> Test:
    wanted = word.casefold()
    return lambda values: any(
        wanted in value.casefold().split()
        for value in values.values()
        if isinstance(value, str)
    )
