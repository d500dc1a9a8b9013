"""
Notes, which only version 1 has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.pipedrive import _loose
from crmkit_simulator.pipedrive._account import Record
from crmkit_simulator.pipedrive._asked import Asked, said
from crmkit_simulator.pipedrive._checks import body_of
from crmkit_simulator.pipedrive._errors import BAD, FORBIDDEN, NOT_FOUND, Refused
from crmkit_simulator.pipedrive._paging import chosen, integer_in, old_page
from crmkit_simulator.pipedrive._sanitized import sanitized
from crmkit_simulator.pipedrive._times import as_old, is_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.pipedrive._account import Account

_NUMBERED = ("deal_id", "person_id", "org_id", "project_id", "task_id")
_LINKS = (*_NUMBERED, "lead_id")
_PINS = {
    "deal_id": "pinned_to_deal_flag",
    "person_id": "pinned_to_person_flag",
    "org_id": "pinned_to_organization_flag",
    "lead_id": "pinned_to_lead_flag",
    "project_id": "pinned_to_project_flag",
}
_SORTED = (
    *("id", "user_id", "deal_id", "person_id", "org_id", "content", "add_time"),
    "update_time",
)
_DIRECTIONS = ("", "ASC", "DESC")


def create(asked: Asked) -> dict[str, Any]:
    """
    Make a note; its HTML is sanitized.
    """
    account, body = asked.account, body_of(asked.request)
    content = sanitized(_loose.needed(body, "content"))
    links = _links(account, body)
    if not any(links.values()):
        names = ", ".join(_LINKS)
        raise Refused(BAD, f"One of the following must be given: {names}")
    now = account.now()
    values = {
        "id": account.new_id(account.notes),
        "user_id": _author(asked, body),
        **links,
        "content": content,
        "add_time": _loose.moment(body, "add_time") or now,
        "update_time": now,
        **_pins(body, links),
        "last_update_user_id": None,
    }
    record = account.notes[values["id"]] = Record(values["id"], values)
    return said(_as_wire(asked, record))


def _links(account: Account, body: Mapping[str, Any]) -> dict[str, Any]:
    links: dict[str, Any] = {name: _loose.integer(body, name) for name in _NUMBERED}
    links["lead_id"] = _loose.text(body, "lead_id")
    if links["person_id"] is not None:
        account.persons.live(links["person_id"])
    if links["org_id"] is not None and links["org_id"] not in account.organizations:
        raise Refused(NOT_FOUND, "Organization not found")
    if links["deal_id"] is not None and links["deal_id"] not in account.deals:
        raise Refused(NOT_FOUND, "Deal not found")
    return links


def _author(asked: Asked, body: Mapping[str, Any]) -> int:
    mine = asked.token.user_id
    author = _loose.integer(body, "user_id")
    if author in (None, mine):
        return mine
    if not asked.account.users[mine].get("is_admin"):
        raise Refused(FORBIDDEN, "Only an admin can change the author of a note")
    return int(asked.account.user(author or mine)["id"])


def _pins(body: Mapping[str, Any], links: Mapping[str, Any]) -> dict[str, bool]:
    pins = {pin: _loose.flag(body, pin) for pin in _PINS.values()}
    for link, pin in _PINS.items():
        if pins[pin] and not links[link]:
            raise Refused(BAD, f"{pin} needs {link}")
    return pins


def change(asked: Asked) -> dict[str, Any]:
    """
    Change a note.
    """
    account, body = asked.account, body_of(asked.request)
    record = account.notes.open(asked.id)
    new = {name: value for name, value in _links(account, body).items() if name in body}
    if "content" in body:
        new["content"] = sanitized(_loose.needed(body, "content"))
    if moved := _loose.moment(body, "add_time"):
        new["add_time"] = moved
    links = record.values | new
    given = {pin: links[pin] for pin in _PINS.values()} | dict(body)
    new |= _pins(given, links)
    new |= {"update_time": account.now(), "last_update_user_id": asked.token.user_id}
    record.values = record.values | new
    return said(_as_wire(asked, record))


def delete(asked: Asked) -> dict[str, Any]:
    """
    Delete a note.
    """
    notes = asked.account.notes
    asked.account.delete(notes, notes.open(asked.id))
    return said(data=True)


def get(asked: Asked) -> dict[str, Any]:
    """
    Return a note.
    """
    return said(_as_wire(asked, asked.account.notes.live(asked.id)))


def listing(asked: Asked) -> dict[str, Any]:
    """
    Return a page of notes; without any, data is null.
    """
    query = asked.query
    wanted: dict[str, Any] = {
        name: integer_in(query, name) for name in ("user_id", *_NUMBERED) if name in query
    }
    if "lead_id" in query:
        wanted["lead_id"] = query["lead_id"]
    records = [
        record
        for record in chosen(asked.account.notes.values(), query)
        if record.deleted_at is None
        and all(record.values[name] == value for name, value in wanted.items())
        and _between(record, query)
        and _pinned(record, query)
    ]
    found, told = old_page(_in_order(records, query.get("sort", "id ASC")), query)
    data = [_as_wire(asked, record) for record in found]
    return said(data or None, additional_data=told)


def _between(record: Record, query: Mapping[str, str]) -> bool:
    first, last = query.get("start_date", "0000-01-01"), query.get("end_date", "9999-12-31")
    if not all(map(is_date, (first.replace("0000", "0001"), last))):
        raise Refused(BAD, "start_date and end_date must be in the format YYYY-MM-DD")
    day: str = record.values["add_time"][:10]
    return first <= day <= last


def _pinned(record: Record, query: Mapping[str, str]) -> bool:
    wanted = {pin: _loose.flag(query, pin) for pin in _PINS.values() if pin in query}
    return all(bool(record.values[pin]) is value for pin, value in wanted.items())


def _in_order(records: list[Record], sort: str) -> list[Record]:
    for part in reversed(sort.split(",")):
        name, _, direction = part.strip().partition(" ")
        if name not in _SORTED or direction.upper() not in _DIRECTIONS:
            raise Refused(BAD, f"Notes cannot be sorted by {part.strip()}")
        records = sorted(
            records,
            key=lambda record: (record.values[name] is not None, record.values[name]),
            reverse=direction.upper() == "DESC",
        )
    return records


def _as_wire(asked: Asked, record: Record) -> dict[str, Any]:
    account, values = asked.account, record.values
    person = account.persons.get(values["person_id"])
    org = account.organizations.get(values["org_id"])
    author = account.users[values["user_id"]]
    return {
        **{name: value for name, value in values.items() if name != "task_id"},
        "add_time": as_old(values["add_time"]),
        "update_time": as_old(values["update_time"]),
        "active_flag": record.deleted_at is None,
        "organization": org and {"name": org["name"]},
        "person": person and {"name": person.values["name"]},
        "deal": None if values["deal_id"] is None else {"title": "Deal"},
        "lead": None,
        "user": {
            "email": author["email"],
            "name": author["name"],
            "icon_url": None,
            "is_you": author["id"] == asked.token.user_id,
        },
    }
