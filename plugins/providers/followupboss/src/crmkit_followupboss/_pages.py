"""
Lists: page after page, by the links that answers name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from crmkit.asking import every
from crmkit.reading import content, records
from crmkit_followupboss._settings import LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmkit import Session

BATCH = 100
_BUCKETS = {"notes": "notes", "events": "events"}
Params = dict[str, Any]


def page(
    session: Session, collection: str, params: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], Params | None]:
    """
    Return one page of a collection, and the parameters of the next one, None on the last.

    A deep offset is refused, so the next page is the one that the answer's link names.
    """
    asked = {"limit": BATCH, **params}
    bucket = _BUCKETS.get(collection, "")
    answer = content(
        session.http.get(f"/v1/{collection}", params=asked, limit=bucket), LABEL
    )
    told = answer.get("_metadata")
    about: Mapping[str, Any] = told if isinstance(told, dict) else {}
    # The key may be in lower case: what the answer calls its collection goes first.
    names = (about.get("collection"), collection, collection.lower())
    key = next((n for n in names if isinstance(n, str) and n in answer), collection)
    found = records(answer, key, LABEL)
    return found, _following(about, asked, len(answer[key]))


def listed(session: Session, collection: str, **params: object) -> Iterator[dict[str, Any]]:
    """
    Yield all that a collection holds, the newest first; ProtocolError where it loops.
    """
    return every(lambda following: page(session, collection, following or params), LABEL)


def _following(about: Mapping[str, Any], asked: Params, count: int) -> Params | None:
    link, token, total = (about.get(name) for name in ("nextLink", "next", "total"))
    if isinstance(link, str) and link:
        return {**asked, **dict(parse_qsl(urlsplit(link).query))}
    if token:
        return {**asked, "next": token}
    start = int(asked.get("offset", 0)) + count
    # Some lists have no links, but offsets.
    if "next" not in asked and count and isinstance(total, int) and start < total:
        return {**asked, "offset": start}
    return None
