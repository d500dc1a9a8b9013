"""
People: by id, by a field, page by page.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from crmkit import ClientNotFoundError, ClientPage, NotSupportedError, ProtocolError
from crmkit.reading import content, dicts, numeric_ids
from crmkit.writing import wire_time
from crmkit_followupboss._fields import asked as fields_asked
from crmkit_followupboss._mapping import to_client
from crmkit_followupboss._pages import BATCH, listed, page
from crmkit_followupboss._settings import LABEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from crmkit import ClientData, Session

Person = dict[str, Any]
_TWO = 2  # are enough to be ambiguous
_SEARCHED = {"stage": "stage", "source": "source", "owner_name": "assignedTo"}
_SHORTEST_NUMBER = 7  # digits that a number has without the code of its country


def fetch(session: Session, ids: Iterable[str]) -> Iterator[ClientData]:
    """
    Return the people with these ids.
    """
    found = people(session, ids, fields_asked(session))
    return map(_converter(session), found.values(), found)


def find(session: Session, field: str, value: str) -> Iterable[ClientData]:
    """
    Return up to two people with this e-mail address, phone number or value of a field.

    What the list shows is looked at again: it may take the value for a pattern.
    """
    value = value.strip()
    name, meets = _filter(session, field, value)
    if not value:
        return []
    shown = listed(session, "people", **{name: value, "fields": fields_asked(session)})
    return map(_converter(session), islice(filter(meets, shown), _TWO))


def list_page(session: Session, since: datetime | None, cursor: str | None) -> ClientPage:
    """
    Return one page of all people, or of those changed *since* then; these tell who is gone.
    """
    params: dict[str, Any] = {"fields": fields_asked(session)}
    if since is not None:
        # Times are whole seconds, and whether the very second counts is not said.
        moment = wire_time(since, after=-1, to="seconds")
        params |= {"updatedAfter": moment, "includeTrash": "true"}
    found, following = page(session, "people", dict(parse_qsl(cursor or "")) or params)
    return ClientPage(
        clients=map(_converter(session), [one for one in found if not _is_gone(one)]),
        next_cursor=following and urlencode(following),
        deleted=[one.get("id") for one in found if _is_gone(one)],
    )


def people(session: Session, ids: Iterable[str], fields: str) -> dict[str, Person]:
    """
    Return people by the ids asked for, without those who are not there.

    What is no number can be none of Follow Up Boss's. What a list does not tell of may be
    merged, or not claimed yet: it is asked for alone.
    """
    numbers = numeric_ids(ids)
    found: dict[str, Person] = {}
    for start in range(0, len(numbers) if len(numbers) > 1 else 0, BATCH):
        some = ",".join(numbers[start : start + BATCH])
        told, _ = page(session, "people", {"id": some, "fields": fields})
        found |= {str(person.get("id")): person for person in told}
    for number in numbers:
        if number not in found:
            try:
                found[number] = person_of(session, number, fields)
            except ClientNotFoundError:
                continue
    return {n: found[n] for n in numbers if n in found and not _is_gone(found[n])}


def person_of(session: Session, client_id: str, fields: str | None = None) -> Person:
    """
    Return a person, as after merges; raises ClientNotFoundError.
    """
    values, params = {"id": client_id}, {"fields": fields}
    answer = session.http.get("/v1/people/{id}", path_values=values, params=params)
    found = content(answer, LABEL)
    if "id" not in found:
        msg = f"{LABEL}'s answer is no person"
        raise ProtocolError(msg)
    return found


def _is_gone(person: Person) -> bool:
    # Who is deleted goes to the stage Trash.
    return str(person.get("stage")).casefold() == "trash"


def _converter(session: Session) -> Callable[..., ClientData]:
    return partial(to_client, fields=session.fields(), settings=session.settings)


def _filter(
    session: Session, field: str, value: str
) -> tuple[str, Callable[[Person], bool]]:
    wanted = value.casefold()
    if field == "email":
        return "email", lambda p: any(_text(e) == wanted for e in dicts(p.get("emails")))
    if field == "phone":
        return "phone", lambda p: any(_same(value, n) for n in dicts(p.get("phones")))
    keys = {name: f.key for f in session.fields() for name in (f.key, f.name)} | _SEARCHED
    key = keys.get(field, "")
    if not (key in _SEARCHED.values() or key.startswith("custom")):
        msg = (
            f"{LABEL} cannot look for people by {field!r}; take email, phone, "
            f"{', '.join(_SEARCHED)} or a custom field, as `crmkit fields` shows them"
        )
        raise NotSupportedError(msg)
    return key, lambda p: str(p.get(key, "")).casefold() == wanted


def _text(item: Person) -> str:
    return str(item.get("value")).strip().casefold()


def _same(wanted: str, item: Person) -> bool:
    numbers = (re.sub(r"\D", "", text) for text in (wanted, str(item.get("value"))))
    short, long = sorted(numbers, key=len)
    return len(short) >= _SHORTEST_NUMBER and long.endswith(short)
