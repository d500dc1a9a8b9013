"""
SOQL: literals that end no text, and rows page by page.

The REST API binds no parameters. Names come from describes or from checked settings;
values are quoted here, as Salesforce's page on quoted string escapes has it.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crmkit import ProtocolError, asking
from crmkit.reading import content, field_value, records
from crmkit.writing import wire_time
from crmkit_salesforce._settings import LABEL, path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmkit import CustomField, Session

PAGE = 2000
AN_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?")
_TYPED = {"number", "boolean", "date", "datetime"}
_ESCAPES = str.maketrans(
    {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    | {"\b": "\\b", "\f": "\\f"}
)


def quoted(text: str) -> str:
    """
    Return a text as a literal.
    """
    return f"'{text.translate(_ESCAPES)}'"


def any_of(texts: Iterable[str]) -> str:
    """
    Return the right side of ``IN``.
    """
    return f"({','.join(map(quoted, texts))})"


def equal(field: CustomField, value: str) -> str | None:
    """
    Return the condition that a field has this value; None if none of its type is that.
    """
    wire = next((code for code, label in field.options.items() if label == value), value)
    typed = field_value(wire, field)
    if field.type == "choices":
        return f"{field.key} INCLUDES ({quoted(wire)})"
    if isinstance(typed, str):
        return None if field.type in _TYPED else f"{field.key} = {quoted(typed)}"
    literal = wire_time(typed) if isinstance(typed, datetime) else str(typed).lower()
    return f"{field.key} = {literal}"


def query(session: Session, soql: str, *, deleted: bool = False) -> dict[str, Any]:
    """
    Return the answer to a query; with *deleted* of deleted and archived rows too.
    """
    target = path(session, "queryAll" if deleted else "query")
    return content(session.http.get(target, params={"q": soql}), LABEL)


def rows(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """
    Return the rows of an answer.
    """
    return records(answer, "records", LABEL)


def last_id(answer: dict[str, Any]) -> str | None:
    """
    Return the id after which a query by id goes on, None after its last page.

    So no cursor of Salesforce's is followed, which may expire or lead elsewhere; and a
    page that Salesforce cuts short is no end.
    """
    found = [str(row.get("Id")) for row in rows(answer)]
    if not found or (answer.get("done") is not False and len(found) < PAGE):
        return None
    last = next(filter(AN_ID.fullmatch, reversed(found)), None)
    if last is None:
        msg = f"{LABEL}'s page of records shows no id to go on from"
        raise ProtocolError(msg)
    return last


def every(session: Session, columns: str, source: str, where: str) -> Iterator[Any]:
    """
    Yield all rows of an object that meet a condition, archived ones too.
    """

    def page(last: str | None) -> tuple[list[dict[str, Any]], str | None]:
        after = f"AND Id > {quoted(last)} " if last else ""
        soql = (
            f"SELECT {columns} FROM {source} WHERE {where} AND IsDeleted = false "  # noqa: S608
            f"{after}ORDER BY Id LIMIT {PAGE}"
        )
        answer = query(session, soql, deleted=True)
        return rows(answer), last_id(answer)

    return asking.every(page, LABEL)
