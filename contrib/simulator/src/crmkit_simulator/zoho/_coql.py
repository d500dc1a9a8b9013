"""
COQL: a query is read, and answered from the records themselves, without a lag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator._wire import Answer, answer
from crmkit_simulator.zoho._asked import nothing
from crmkit_simulator.zoho._comparing import comparable
from crmkit_simulator.zoho._conditions import Columns, invalid, test_of
from crmkit_simulator.zoho._errors import (
    Code,
    Refused,
    invalid_module,
    refused,
    wrong_method,
)
from crmkit_simulator.zoho._modules import MODULES
from crmkit_simulator.zoho._query import Query, parse
from crmkit_simulator.zoho._tokens import permit, require

if TYPE_CHECKING:
    from crmkit_simulator.zoho._asked import Asked
    from crmkit_simulator.zoho._org import Org
    from crmkit_simulator.zoho._records import Record

_COLUMNS, _ORDERS = 50, 10
_A_CALL, _IN_ALL = 2_000, 100_000
_SCALE = ((200, 1), (1_000, 2), (_A_CALL, 3))
_UNSUPPORTED = {"Notes"}


def coql(org: Org, asked: Asked) -> Answer:
    """
    Answer a query; raises Refused.
    """
    if asked.method != "POST":
        raise wrong_method()
    require(asked.token, "ZohoCRM.coql.READ")
    text = asked.body.get("select_query")
    if not isinstance(text, str):
        message = "mandatory key not found"
        raise refused(Code.MANDATORY_NOT_FOUND, message, api_name="select_query")
    query = parse(text)
    _check(query)
    require(asked.token, f"ZohoCRM.modules.{query.module}.READ")
    permit(asked.token, f"Crm_Implied_View_{query.module}")
    asked.credits = next(cost for most, cost in _SCALE if query.limit <= most)
    rows, more = _rows(org, query)
    info = {"count": len(rows), "more_records": more}
    return answer(200, {"data": rows, "info": info}) if rows else nothing()


def _check(query: Query) -> None:
    if query.module not in MODULES or query.module in _UNSUPPORTED:
        raise invalid_module()
    for name in query.columns:
        if query.columns.count(name) > 1:
            message = "duplicate select column"
            raise refused(Code.DUPLICATE_DATA, message, column_name=name)
    if len(query.columns) > _COLUMNS:
        raise _exceeded(what="column", limit=_COLUMNS)
    if len(query.orders) > _ORDERS:
        raise _exceeded(what="order by", limit=_ORDERS)
    if query.limit > _A_CALL:
        raise _exceeded(what="limit", limit=_A_CALL)
    if query.limit < 1:
        raise refused(Code.INVALID_DATA, "limit should be greater than 0")
    if query.offset + query.limit > _IN_ALL:
        raise _exceeded(what="offset", limit=_IN_ALL)


def _exceeded(what: str, limit: int) -> Refused:
    message = f"{what} limit exceeded"
    return refused(Code.LIMIT_EXCEEDED, message, limit=limit)


def _rows(org: Org, query: Query) -> tuple[list[dict[str, Any]], bool]:
    columns = Columns(org, query.module)
    for name in query.columns:
        columns.checked(name)
    test = test_of(columns, query.where)
    found = [item[2] for item in org.shelves[query.module].ordered("id") if test(item[2])]
    for name, down in reversed(query.orders):
        _sort(columns, found, name, down=down)
    chosen = found[query.offset : query.offset + query.limit]
    rows = [{name: columns.shown(one, name) for name in query.columns} for one in chosen]
    return rows, len(found) > query.offset + query.limit


def _sort(columns: Columns, found: list[Record], name: str, *, down: bool) -> None:
    field = columns.checked(name)

    def key(record: Record) -> tuple[bool, Any]:
        value = columns.value(record, name)
        return (False, 0) if value is None else (True, comparable(field, value))

    try:
        found.sort(key=key, reverse=down)
    except (TypeError, ValueError):
        message = "unsupported column"
        raise invalid(message, column_name=name) from None
