"""
Where in a record a client is: the tables of a file that say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from crmkit.settings import CHANNELS
from crmkit_rest._expressions import ID, NOTHING, VALUE, Expression
from crmkit_rest._requests import FieldType, Table

if TYPE_CHECKING:
    from crmkit_rest._requests import Told


@frozen(kw_only=True)
class Custom(Table):
    """
    A custom field: where it is, and of which type.
    """

    at: Expression
    key: str | None = None
    type: FieldType = "text"
    options: dict[str, str] = field(factory=dict)


@frozen(kw_only=True)
class Rest(Table):
    """
    Where all custom fields are: an object, or a list of which each has *key* and *value*.
    """

    at: Expression
    key: Expression = NOTHING
    value: Expression = VALUE


@frozen(kw_only=True)
class Statement(Table):
    """
    What of a record is a statement about one channel.
    """

    opted_out: Expression = NOTHING
    opted_in: Expression = NOTHING
    do_not_contact: Expression = NOTHING
    as_of: Expression = NOTHING


@frozen(kw_only=True)
class Client(Table):
    """
    Where in a record each part of a client is.
    """

    id: Expression = ID
    name: Expression = NOTHING
    first_name: Expression = NOTHING
    last_name: Expression = NOTHING
    email: Expression = NOTHING
    phone: Expression = NOTHING
    language: Expression = NOTHING
    timezone: Expression = NOTHING
    updated_at: Expression = NOTHING
    tags: Expression = NOTHING
    aliases: Expression = NOTHING
    preferences: dict[str, Expression] = field(factory=dict)
    custom_fields: dict[str, Custom] = field(factory=dict)
    all_custom_fields: Rest | None = None
    consent: dict[str, Statement] = field(factory=dict)
    opted_out_tags: dict[str, tuple[str, ...]] = field(factory=dict)

    def _mistakes(self) -> Told:
        if self.opted_out_tags and not self.tags:
            yield "opted_out_tags", "needs tags, where they are"
        said = {"consent": set(self.consent), "opted_out_tags": set(self.opted_out_tags)}
        for name, channels in said.items():
            for channel in sorted(channels.difference(CHANNELS)):
                yield f"{name}.{channel}", f"is no channel; they are {', '.join(CHANNELS)}"
