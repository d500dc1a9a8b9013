"""
People: by id, by a field, page by page.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from crmkit import ClientNotFoundError, ClientPage, NotSupportedError, ProtocolError
from crmkit.reading import content, dicts
from crmkit.writing import utc
from crmkit_followupboss._errors import LABEL
from crmkit_followupboss._fields import asked as fields_asked
from crmkit_followupboss._mapping import to_client
from crmkit_followupboss._pages import LONGEST, listed, page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from crmkit import ClientData, Session

Person = dict[str, Any]
BATCH = LONGEST
AN_ID = re.compile(r"[1-9][0-9]{0,17}")
_AMBIGUOUS = 2
_SEARCHED = {"stage": "stage", "source": "source", "owner_name": "assignedTo"}
_SHORTEST_NUMBER = 7  # digits that a number has without the code of its country


def fetch(session: Session, ids: Sequence[str]) -> Iterable[ClientData]:
    """
    Return the people with these ids; what is no number can be none of Follow Up Boss's.
    """
    numbers = [client_id for client_id in ids if AN_ID.fullmatch(client_id)]
    if len(numbers) < _AMBIGUOUS:
        return chain.from_iterable(_one(session, number) for number in numbers)
    found = {str(person.get("id")): person for person in _batch(session, numbers)}
    told = [found[number] for number in numbers if number in found]
    # What a list does not tell of may be merged, or not claimed yet.
    rest = (_one(session, number) for number in numbers if number not in found)
    return chain(_clients(session, told), chain.from_iterable(rest))


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
    return _clients(session, islice(filter(meets, shown), _AMBIGUOUS))


def list_page(session: Session, since: datetime | None, cursor: str | None) -> ClientPage:
    """
    Return one page of all people, or of those changed *since* then; these tell who is gone.
    """
    params: dict[str, Any] = {"fields": fields_asked(session)}
    if since is not None:
        # Times are whole seconds, and whether the very second counts is not said.
        moment = f"{utc(since, after=-1):%Y-%m-%dT%H:%M:%SZ}"
        params |= {"updatedAfter": moment, "includeTrash": "true"}
    found, following = page(
        session, "people", dict(parse_qsl(cursor)) if cursor else params
    )
    return ClientPage(
        clients=_clients(session, (person for person in found if not is_gone(person))),
        next_cursor=None if following is None else urlencode(following),
        deleted=[person["id"] for person in found if is_gone(person) and "id" in person],
    )


def person_of(session: Session, client_id: str) -> Person:
    """
    Return a person with the standard fields, as after merges.

    Raises ClientNotFoundError.
    """
    found = content(_get(session, client_id, None), LABEL)
    if "id" not in found:
        msg = f"{LABEL}'s answer is no person"
        raise ProtocolError(msg)
    return found


def people_of(session: Session, ids: Iterable[str]) -> dict[str, Person]:
    """
    Return the people with these ids, by the ids asked for; who is not there is left out.
    """
    wanted = sorted(filter(AN_ID.fullmatch, set(ids)), key=int)
    found: dict[str, Person] = {}
    for start in range(0, len(wanted), BATCH):
        some = _batch(session, wanted[start : start + BATCH], "id,emails")
        found |= {str(person.get("id")): person for person in some}
    for number in wanted:
        if number not in found:
            try:
                found[number] = person_of(session, number)
            except ClientNotFoundError:
                continue
    return found


def is_gone(person: Person) -> bool:
    """
    Tell whether a person was deleted: the stage Trash is where they go.
    """
    return str(person.get("stage")).casefold() == "trash"


def _one(session: Session, number: str) -> Iterator[ClientData]:
    try:
        found = content(_get(session, number, fields_asked(session)), LABEL)
    except ClientNotFoundError:
        return iter(())
    if "id" not in found:
        msg = f"{LABEL}'s answer is no person"
        raise ProtocolError(msg)
    return _clients(session, [] if is_gone(found) else [found], number)


def _get(session: Session, number: str, fields: str | None) -> Any:
    values = {"id": number}
    return session.http.get(
        "/v1/people/{id}", path_values=values, params={"fields": fields}
    )


def _batch(session: Session, numbers: Sequence[str], fields: str = "") -> list[Person]:
    params = {"id": ",".join(numbers), "fields": fields or fields_asked(session)}
    found, _ = page(session, "people", params)
    return found


def _clients(
    session: Session, found: Iterable[Person], asked: str | None = None
) -> Iterator[ClientData]:
    fields, settings = session.fields(), session.settings
    return map(partial(to_client, fields=fields, settings=settings, asked=asked), found)


def _filter(session: Session, field: str, value: str) -> tuple[str, Any]:
    if field == "email":
        wanted = value.casefold()
        return "email", lambda p: wanted in {_folded(e) for e in dicts(p.get("emails"))}
    if field == "phone":
        return "phone", lambda p: any(_same(value, n) for n in dicts(p.get("phones")))
    key = _SEARCHED.get(field) or next(
        (f.key for f in session.fields() if field in (f.name, f.key)), field
    )
    if not (key in _SEARCHED.values() or key.startswith("custom")):
        msg = (
            f"{LABEL} cannot look for people by {field!r}; take email, phone, "
            f"{', '.join(_SEARCHED)} or a custom field, as `crmkit fields` shows them"
        )
        raise NotSupportedError(msg)
    return key, lambda p: str(p.get(key, "")).casefold() == value.casefold()


def _folded(item: Person) -> str:
    return str(item.get("value")).strip().casefold()


def _same(wanted: str, item: Person) -> bool:
    one, other = (re.sub(r"\D", "", text) for text in (wanted, str(item.get("value"))))
    short, long = sorted((one, other), key=len)
    return len(short) >= _SHORTEST_NUMBER and long.endswith(short)
