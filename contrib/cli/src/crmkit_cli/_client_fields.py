"""
The values of a row, by the names of its columns or keys, to a client.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from crmkit import ClientData, Consent
from crmkit_cli._client_headers import BEGINNING, BEGUN, FIELDS, STATEMENTS, fold

_TEXTS = (
    *("name", "first_name", "last_name", "email", "phone"),
    *("language", "timezone", "provider", "fetched_at"),
)
_STYLE = "communicationStyle"
_ALSO_CUSTOM = frozenset({"language", "timezone", "provider", _STYLE})
_NO = {"", "false", "no", "n", "0", "f", "off", "-", "null", "none", "n/a", "[]"}
_NO |= {"nein", "falsch", "non", "faux"}
_YES = {"true", "yes", "y", "1", "t", "on", "x", "ja", "wahr", "oui", "vrai", "sí", "si"}


class Places(NamedTuple):
    """
    Where what is: places by field, the preferred one first; of consent; of custom fields.
    """

    fields: Mapping[str, Sequence[int]]
    consent: Sequence[tuple[int, str, str]]
    custom: Mapping[str, int]


@lru_cache(maxsize=256)  # the rows of a file have the same names
def places(names: tuple[str, ...]) -> Places:
    """
    Return where what is in rows whose values have these names.
    """
    fields: dict[str, list[tuple[int, int]]] = {}
    consent: list[tuple[int, str, str]] = []
    for place, name in enumerate(names):
        folded = fold(name)
        field, rank = FIELDS.get(folded, (None, 0))
        said = STATEMENTS.get(folded) or (BEGUN if folded.startswith(BEGINNING) else None)
        if field is not None:
            fields.setdefault(field, []).append((rank, place))
        elif said is not None:
            consent.append((place, *said))
    ranked = {field: [place for _, place in sorted(fields[field])] for field in fields}
    used = {ranked[field][0] for field in ranked if field not in _ALSO_CUSTOM}
    used.update(place for place, _, _ in consent)
    custom: dict[str, int] = {}
    for place, name in enumerate(names):
        if place not in used:
            custom[_unlike(custom, name.strip() or f"Column {place + 1}")] = place
    return Places(ranked, consent, custom)


def client_of(names: tuple[str, ...], values: Sequence[Any]) -> ClientData:
    """
    Return the client that a row describes; ValueError, without a value, for what is none.

    Without an id it gets one made of its e-mail address, else of the whole row.
    """
    found = places(names)
    plain = {
        field: next((values[n] for n in found.fields[field] if _holds(values[n])), None)
        for field in found.fields
    }
    texts: dict[str, Any] = {
        field: _text(plain, field) for field in _TEXTS if field in plain
    }
    style = _text(plain, _STYLE)
    own = {_STYLE: style} if style else {}
    custom = {name: values[place] for name, place in found.custom.items()}
    return ClientData(
        id=_text(plain, "id") or _made_id(texts.get("email"), names, values),
        **texts,
        preferences={**own, **_mapping(plain, "preferences")},
        tags=_tags(plain.get("tags")),
        custom_fields={**custom, **_mapping(plain, "custom_fields")},
        consent=(*_given(plain.get("consent")), *_said(found, names, values)),
    )


def _unlike(names: Mapping[str, int], name: str) -> str:
    count, unique = 2, name
    while unique in names:
        unique, count = f"{name} {count}", count + 1
    return unique


def _holds(value: object) -> bool:
    return value is not None and (not isinstance(value, str) or bool(value.strip()))


def _text(values: Mapping[str, Any], field: str) -> str | None:
    value = values.get(field)
    if isinstance(value, Mapping | list | bool):
        msg = f"{field} must be a text"
        raise ValueError(msg)
    return None if value is None else str(value).strip()


def _mapping(values: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    value = values.get(field)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        msg = f"{field} must be a JSON object"
        raise ValueError(msg)
    return value


def _made_id(email: object, names: Sequence[str], values: Sequence[Any]) -> str:
    # As crmkit-addressbook makes them, so that a list and an address book agree.
    if email:
        whole = str(email).lower()
    else:
        cells = sorted(
            (name, str(value))
            for name, value in zip(names, values, strict=True)
            if _holds(value)
        )
        whole = "\x1e".join(f"{name}\x1f{cell}" for name, cell in cells)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _tags(value: object) -> Sequence[str]:
    if not isinstance(value, str):
        return [str(tag) for tag in value] if isinstance(value, list) else []
    tags = (tag.strip() for tag in value.split(";" if ";" in value else ","))
    return [tag for tag in tags if tag]


def _given(value: object) -> Sequence[Consent]:
    if isinstance(value, Mapping):
        value = [{"channel": channel, "status": value[channel]} for channel in value]
    if value is None:
        return ()
    try:
        return [Consent(**said) for said in value]  # type: ignore[attr-defined]
    except (TypeError, AttributeError):
        msg = (
            "consent is a list of objects with channel and status; a column says it by a "
            "name such as email_opt_out or do_not_contact"
        )
        raise ValueError(msg) from None


def _said(found: Places, names: Sequence[str], values: Sequence[Any]) -> list[Consent]:
    return [
        Consent(channel=channel, status=status, source=names[place].strip())
        for place, channel, status in found.consent
        if _states(status, values[place])
    ]


def _states(status: str, value: object) -> bool:
    # In doubt the client does not want it: a date in "Unsubscribed" is a yes, in an
    # opt-in column it is not.
    word = "" if value is None else str(value).strip().casefold()
    return word in _YES if status == "opted_in" else word not in _NO
