"""
Search: over an index that lags behind, with partial records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.pipedrive._asked import Asked, said
from crmkit_simulator.pipedrive._errors import INVALID, Refused
from crmkit_simulator.pipedrive._paging import (
    PAGED,
    decoded,
    encoded,
    flag_in,
    integer_in,
    known_only,
    limit_of,
    names_in,
)
from crmkit_simulator.pipedrive._schema import SEARCHABLE
from crmkit_simulator.pipedrive._times import as_old

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.pipedrive._account import Account

_PLACES = ("custom_fields", "email", "notes", "phone", "name")
_TAKEN = PAGED | {"term", "fields", "exact_match", "organization_id", "include_fields"}
_SHORTEST = 2
_SCORE = 0.5


def search(asked: Asked) -> dict[str, Any]:
    """
    Return a page of the persons that hold a term; raises Refused.
    """
    query = asked.query
    known_only(query, _TAKEN)
    limit, start = (
        limit_of(query),
        decoded(query["cursor"])["id"] if "cursor" in query else 0,
    )
    found = _found(asked.account, query)
    items = [
        {"result_score": _SCORE, "item": _item(asked.account, document, texts)}
        for document, texts in found[start : start + limit]
    ]
    more = start + limit < len(found)
    cursor = encoded({"id": start + limit}) if more else None
    return said({"items": items}, additional_data={"next_cursor": cursor})


def _found(
    account: Account, query: Mapping[str, str]
) -> list[tuple[dict[str, Any], list[str]]]:
    term, exact = _term(query), flag_in(query, "exact_match")
    places = names_in(query, "fields") or list(_PLACES)
    if unknown := [place for place in places if place not in _PLACES]:
        raise Refused(
            INVALID, f"{unknown[0]} is not one of {', '.join(_PLACES)}", at="fields"
        )
    org = integer_in(query, "organization_id")
    found = []
    for _, document in sorted(account.index.known().items()):
        by_place = _texts(account, document)
        texts = [text for place in places for text in by_place[place]]
        if org in (None, document["org_id"]) and any(
            text.lower() == term if exact else term in text.lower() for text in texts
        ):
            customs = by_place["custom_fields"] if "custom_fields" in places else []
            found.append((document, [text for text in customs if term in text.lower()]))
    return found


def _term(query: Mapping[str, str]) -> str:
    term = query.get("term", "").strip().lower()
    shortest = 1 if flag_in(query, "exact_match") else _SHORTEST
    if len(term) < shortest:
        raise Refused(
            INVALID, f"String must contain at least {shortest} character(s)", at="term"
        )
    return term


def _texts(account: Account, document: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        "name": [document["name"]],
        "email": [one["value"] for one in document["emails"]],
        "phone": [one["value"] for one in document["phones"]],
        "notes": [note] if (note := document.get("notes")) else [],
        "custom_fields": [
            str(value["value"] if isinstance(value, dict) else value)
            for code, value in document["custom_fields"].items()
            if account.fields[code].type in SEARCHABLE
        ],
    }


def _item(
    account: Account, document: Mapping[str, Any], texts: list[str]
) -> dict[str, Any]:
    org = account.organizations.get(document["org_id"] or 0)
    emails = [one["value"] for one in document["emails"]]
    return {
        "id": document["id"],
        "type": "person",
        "name": document["name"],
        "phones": [one["value"] for one in document["phones"]],
        "emails": emails,
        "primary_email": emails[0] if emails else None,
        "visible_to": document["visible_to"],
        "owner": {"id": document["owner_id"]},
        "organization": org and {"id": org["id"], "name": org["name"], "address": None},
        "custom_fields": texts,
        "notes": [],
        "update_time": as_old(document["update_time"]),
    }
