"""
What each column of a file is for, from its header.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from attrs import frozen

from crmkit import ConfigurationError
from crmkit_addressbook._headers import BEGINNINGS, FIELDS, HEADERS, fold

EMAIL, PHONE = "email", "phone"
STATEMENTS = {  # what a yes in the column says: channel and status
    "do_not_contact": ("*", "do_not_contact"),
    "email_opt_out": ("email", "opted_out"),
    "sms_opt_out": ("sms", "opted_out"),
    "do_not_call": ("phone", "opted_out"),
    "email_opt_in": ("email", "opted_in"),
    "sms_opt_in": ("sms", "opted_in"),
}
_WHO = frozenset({"id", "name", "first_name", "last_name", EMAIL, PHONE})


@frozen(kw_only=True)
class Columns:
    """
    Which columns of a file hold what.

    *names* are the headers, each made unique. *fields* maps a field to its columns, the
    preferred one first. *custom* maps a custom field to its column.
    """

    names: tuple[str, ...]
    fields: Mapping[str, tuple[int, ...]]
    custom: Mapping[str, int]

    def search(self, field: str) -> tuple[int, ...]:
        """
        Return the columns to search for a field's value, none if there is no such field.
        """
        if field in {EMAIL, PHONE}:
            return self.fields.get(field, ())
        if field in self.custom:
            return (self.custom[field],)
        wanted = fold(field)
        named = [*self.custom.items(), *((name, i) for i, name in enumerate(self.names))]
        return tuple(dict.fromkeys(i for name, i in named if fold(name) == wanted))


def columns_of(header: Sequence[str], own: Mapping[str, str], file: str) -> Columns:
    """
    Return what each column is for, by the user's *own* table, then by the built-in one.

    Raises ConfigurationError when a header of *own* is not in the *file*, or when no
    column tells who a client is.
    """
    targets = _targets(header, own, file)
    fields = _fields(header, targets)
    if not fields.keys() & _WHO:
        msg = (
            f"{file}: its first line names no column that is known, so nothing tells who a "
            "client is; give it a line of headers, or map yours with the setting `fields`, "
            'such as {"Kundennr": "id"}'
        )
        raise ConfigurationError(msg)
    used = {places[0] for places in fields.values()}
    used.update(place for field in STATEMENTS for place in fields.get(field, ()))
    labels = _unique([targets.get(place, name) for place, name in enumerate(header)])
    custom = {label: place for place, label in enumerate(labels) if place not in used}
    return Columns(names=_unique(header), fields=fields, custom=custom)


def _targets(header: Sequence[str], own: Mapping[str, str], file: str) -> dict[int, str]:
    folded = [fold(name) for name in header]
    absent = [name for name in own if fold(name) not in folded]
    if absent:
        msg = (
            f"{file} has no column {', '.join(map(repr, absent))}, which the setting "
            "`fields` of the address book names; write the header as it is in the file"
        )
        raise ConfigurationError(msg)
    return {
        place: target
        for name, target in own.items()
        for place, known in enumerate(folded)
        if known == fold(name)
    }


def _fields(
    header: Sequence[str], targets: Mapping[int, str]
) -> dict[str, tuple[int, ...]]:
    folded = [fold(name) for name in header]
    fields = {}
    for field, headers in HEADERS.items():
        own = [place for place, name in targets.items() if FIELDS.get(fold(name)) == field]
        known = [
            place
            for name in headers
            for place, cell in enumerate(folded)
            if cell == fold(name) and place not in targets
        ]
        if field in BEGINNINGS:
            start = fold(BEGINNINGS[field])
            known += [
                place
                for place, cell in enumerate(folded)
                if cell.startswith(start) and place not in {*known, *targets}
            ]
        places = own + known if field in STATEMENTS else own or known
        if places:
            fields[field] = tuple(places)
    return fields


def _unique(header: Sequence[str]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for number, cell in enumerate(header, 1):
        text = unicodedata.normalize("NFC", " ".join(cell.split())) or f"Column {number}"
        name, count = text, 2
        while name in names:
            name, count = f"{text} {count}", count + 1
        names[name] = None
    return tuple(names)
