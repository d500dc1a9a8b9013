"""
What is read of a person: the account's fields, by the names that people gave them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit import CustomField, NotSupportedError
from crmkit.asking import once
from crmkit.reading import field_value, options
from crmkit_pipedrive._calls import FIELDS, every

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmkit import Session

MARKETING = "marketing_status"
STANDARD = ("birthday", "job_title", "org_id", "owner_id", "postal_address")
_TYPES = {
    "date": "date",
    "daterange": "date",
    "double": "number",
    "enum": "choice",
    "int": "number",
    "monetary": "number",
    "set": "choices",
}
_PARTS = {  # what a value has beside itself
    "address": ("locality", "country", "postal_code"),
    "daterange": ("until",),
    "monetary": ("currency",),
    "time": ("timezone_name",),
    "timerange": ("until", "timezone_name"),
}
_SEARCHED = {"address", "double", "monetary", "phone", "text", "varchar", "varchar_auto"}


class Column(NamedTuple):
    """
    One custom field of clients: where its value lies in a person's record.
    """

    code: str
    part: str
    kind: str
    field: CustomField

    def read(self, said: Mapping[str, Any]) -> Any:
        """
        Return the value that a record has: of choices the label, of objects the part.

        In the flat shape of v1 a part lies beside its value, and choices have commas.
        """
        value = said.get(self.code)
        if isinstance(value, Mapping):
            value = value.get(self.part or "value", value.get("id"))
        elif self.part:
            value = said.get(self.field.key)
        elif self.field.type == "choices":
            value = value.split(",") if isinstance(value, str) else value
            items = value if isinstance(value, list) else []
            value = [one.get("id") if isinstance(one, Mapping) else one for one in items]
        return field_value(value, self.field, labelled=True)


class Plan(NamedTuple):
    """
    What is read of each person, the names of *labels* by id, and what asks for it all.
    """

    columns: tuple[Column, ...]
    labels: Mapping[str, str]
    params: Mapping[str, str]


def plan(session: Session) -> Plan:
    """
    Return what to read, by the account's schema, which is read once.
    """
    return once(session, "pipedrive.plan", lambda: planned(every(session, FIELDS, {})))


def planned(schema: Iterable[Mapping[str, Any]]) -> Plan:
    """
    Return what to read of persons with this schema.

    The marketing status is there, and may be asked for, where Campaigns is in use.
    """
    known = {str(said.get("field_code") or said.get("key")): said for said in schema}
    custom = [code for code, said in known.items() if said.get("is_custom_field")]
    wanted = {code: known[code] for code in (*STANDARD, *custom) if code in known}
    return Plan(
        columns=tuple(_columns(wanted)),
        labels=_options(known.get("label_ids") or known.get("label") or {}),
        params={"include_fields": MARKETING} if MARKETING in known else {},
    )


def searched(session: Session, name: str) -> Column:
    """
    Return a custom field by its name or key; NotSupportedError if no search takes it.
    """
    for column in plan(session).columns:
        if name in {column.field.name, column.code} and column.kind in _SEARCHED:
            return column
    msg = (
        f"Pipedrive's persons have no field {name!r} that can be searched: it searches "
        "e-mail, phone, and custom fields for texts, numbers, money and addresses"
    )
    raise NotSupportedError(msg)


def _columns(chosen: Mapping[str, Mapping[str, Any]]) -> Iterator[Column]:
    taken: set[str] = set()
    for code, said in chosen.items():
        kind = str(said.get("field_type"))
        name = code if code in STANDARD else str(said.get("field_name") or code)
        name = code if name in taken else name  # which two fields may share
        for part in ("", *_PARTS.get(kind, ())):
            called = f"{name} {part.replace('_', ' ')}".strip()
            taken.add(called)
            of_value = _TYPES.get(kind, "text")
            field = CustomField(
                key=f"{code}_{part}" if part else code,
                name=called,
                type={"": of_value, "until": of_value}.get(part, "text"),
                options={} if part else _options(said),
            )
            yield Column(code, part, kind, field)


def _options(said: Mapping[str, Any]) -> dict[str, str]:
    return options(said.get("options"), key="id")
