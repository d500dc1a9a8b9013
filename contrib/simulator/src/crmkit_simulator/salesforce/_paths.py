"""
The fields that a query names: of its object, and of the records that this refers to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit_simulator.salesforce._errors import invalid_field
from crmkit_simulator.salesforce._ids import read_id
from crmkit_simulator.salesforce._read import value_of
from crmkit_simulator.salesforce._tokens import located

if TYPE_CHECKING:
    from crmkit_simulator.salesforce._org import Org
    from crmkit_simulator.salesforce._records import Record
    from crmkit_simulator.salesforce._schema import Field, Kind
    from crmkit_simulator.salesforce._soql import Name, Query

_DEEPEST = 5
_ADVICE = (
    " If you are attempting to use a custom field, be sure to append the '__c' after the "
    "custom field name. Please reference your WSDL or the describe call for the "
    "appropriate names."
)
# What is common to all that a task can be about, or that can own a record.
_NAME_FIELDS = ("Id", "Name", "FirstName", "LastName", "Email", "Phone", "Title", "Alias")


class Path(NamedTuple):
    """
    A way to a field: the references to follow, then the field.
    """

    steps: tuple[Field, ...]
    field: Field

    def target(self, org: Org, record: Record) -> Record | None:
        """
        Return the record that has the field, starting at another one.
        """
        found: Record | None = record
        for step in self.steps:
            id_ = found.values.get(step.name) if found else None
            found = org.find(read_id(id_) or "") if id_ else None
        return found

    def value(self, org: Org, record: Record) -> Any:
        """
        Return the value of the field, None if there is no way to it.
        """
        found = self.target(org, record) if self.steps else record
        return value_of(found, self.field) if found else None


def path_of(org: Org, query: Query, kind: Kind, name: Name) -> Path:
    """
    Return the way to a field that a query names; raises Refused.
    """
    *before, last = name.path
    if before and before[0].lower() == kind.name.lower():
        before = before[1:]
    steps: list[Field] = []
    kinds: tuple[Kind, ...] = (kind,)
    for step in before[: _DEEPEST + 1]:
        found = _reference(org, kinds[0], step) if len(kinds) == 1 else None
        if found is None:
            raise _unknown_relation(query, kind, name, step)
        steps.append(found)
        kinds = tuple(one for one in org.kinds.values() if one.name in found.refers_to)
    if len(steps) > _DEEPEST:
        raise _unknown_relation(query, kind, name, before[_DEEPEST])
    return Path(tuple(steps), _field(org, query, kinds, name, last))


def _field(org: Org, query: Query, kinds: tuple[Kind, ...], name: Name, last: str) -> Field:
    for kind in kinds:
        found = kind.get(last)
        if found and org.visible(kind, found.name):
            several = len(kinds) > 1 and found.name not in _NAME_FIELDS
            if not several:
                return found
    entity = kinds[0].name if len(kinds) == 1 else "Name"
    text = f"No such column '{last}' on entity '{entity}'.{_ADVICE}"
    raise invalid_field(located(query.text, name.at, text))


def _reference(org: Org, kind: Kind, step: str) -> Field | None:
    for field in kind.fields.values():
        named = (field.relationship or "").lower() == step.lower()
        if named and org.visible(kind, field.name):
            return field
    return None


def _unknown_relation(query: Query, kind: Kind, name: Name, step: str) -> Exception:
    text = (
        f"Didn't understand relationship '{step}' in field path of '{kind.name}'.{_ADVICE}"
    )
    return invalid_field(located(query.text, name.at, text))
