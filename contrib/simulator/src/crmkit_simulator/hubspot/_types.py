"""
HubSpot's types of objects, and the ids of the associations between them.
"""

from __future__ import annotations

from dataclasses import dataclass

from crmkit_simulator.hubspot._errors import Refused


@dataclass(frozen=True, slots=True)
class Type:
    """
    A type of object; *defaults* are the properties that a read returns unasked.
    """

    name: str
    id: str
    singular: str
    created: str = "hs_createdate"
    modified: str = "hs_lastmodifieddate"
    scope: str = "contacts"
    defaults: tuple[str, ...] = ()

    @property
    def always(self) -> tuple[str, ...]:
        """
        The properties that every read returns.
        """
        return ("hs_object_id", self.created, self.modified)


CONTACTS = Type(
    "contacts",
    "0-1",
    "contact",
    created="createdate",
    modified="lastmodifieddate",
    defaults=("email", "firstname", "lastname"),
)
ACTIVITIES = (
    Type("notes", "0-46", "note"),
    Type("calls", "0-48", "call"),
    Type("emails", "0-49", "email"),
    Type("meetings", "0-47", "meeting"),
    Type("tasks", "0-27", "task"),
    Type("communications", "0-18", "communication"),
)
_OTHERS = (
    Type(
        "companies",
        "0-2",
        "company",
        created="createdate",
        scope="companies",
        defaults=("domain", "name"),
    ),
    Type(
        "deals",
        "0-3",
        "deal",
        created="createdate",
        scope="deals",
        defaults=("amount", "closedate", "dealname", "dealstage", "pipeline"),
    ),
    Type(
        "tickets",
        "0-5",
        "ticket",
        created="createdate",
        scope="tickets",
        defaults=("content", "hs_pipeline", "hs_pipeline_stage", "subject"),
    ),
)
TYPES = {type_.name: type_ for type_ in (CONTACTS, *ACTIVITIES, *_OTHERS)}
_KNOWN_AS = {
    alias: type_
    for type_ in TYPES.values()
    for alias in (type_.name, type_.id, type_.singular)
}

# Each pair's own id, then that of the way back; contacts and companies have a second one.
_PAIRS = {
    ("notes", "contacts"): ((202, 201),),
    ("notes", "companies"): ((190, 189),),
    ("notes", "deals"): ((214, 213),),
    ("notes", "tickets"): ((228, 227),),
    ("calls", "contacts"): ((194, 193),),
    ("calls", "companies"): ((182, 181),),
    ("calls", "deals"): ((206, 205),),
    ("calls", "tickets"): ((220, 219),),
    ("emails", "contacts"): ((198, 197),),
    ("emails", "companies"): ((186, 185),),
    ("emails", "deals"): ((210, 209),),
    ("emails", "tickets"): ((224, 223),),
    ("meetings", "contacts"): ((200, 199),),
    ("meetings", "companies"): ((188, 187),),
    ("meetings", "deals"): ((212, 211),),
    ("meetings", "tickets"): ((226, 225),),
    ("tasks", "contacts"): ((204, 203),),
    ("tasks", "companies"): ((192, 191),),
    ("tasks", "deals"): ((216, 215),),
    ("tasks", "tickets"): ((230, 229),),
    ("communications", "contacts"): ((81, 82),),
    ("communications", "companies"): ((87, 88),),
    ("communications", "deals"): ((85, 86),),
    ("communications", "tickets"): ((83, 84),),
    ("contacts", "companies"): ((279, 280), (1, 2)),
    ("contacts", "deals"): ((4, 3),),
    ("contacts", "tickets"): ((15, 16),),
}
_IDS = {
    **{pair: dict(ids) for pair, ids in _PAIRS.items()},
    **{
        (to, from_): {back: there for there, back in ids}
        for (from_, to), ids in _PAIRS.items()
    },
}
_TARGETS = {
    (from_, type_id): TYPES[to] for (from_, to), ids in _IDS.items() for type_id in ids
}
PRIMARY = frozenset({1, 2})


def type_of(name: str) -> Type:
    """
    Return the type of this name or id; raises Refused.
    """
    found = _KNOWN_AS.get(name.lower())
    if found is None:
        raise Refused(400, f"Unable to infer object type from: {name}", category=None)
    return found


def association_ids(from_: Type, to: Type) -> dict[int, int]:
    """
    Return the ids of the associations of two types, each with that of the way back.

    The first is the default. Raises Refused where there are none.
    """
    found = _IDS.get((from_.name, to.name))
    if found is None:
        msg = f"No associations are defined from {from_.singular} to {to.singular}"
        raise Refused(400, msg)
    return found


def association_target(from_: Type, type_id: int) -> Type | None:
    """
    Return the type that an association of this id leads to, None if there is no such.
    """
    return _TARGETS.get((from_.name, type_id))
