"""
People who are there from the start.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmkit_simulator.followupboss import _people
from crmkit_simulator.followupboss._auth import Asker
from crmkit_simulator.followupboss._errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.followupboss._account import Account
    from crmkit_simulator.followupboss._auth import Tokens

_CUSTOM = re.compile(r"custom[A-Z0-9]\w*")
_SET = ("created", "updated", "lastActivity", "createdVia", "claimed")


def seeded(account: Account, tokens: Tokens, contact: Mapping[str, Any]) -> str:
    """
    Put a person in, who is ready at once, and return the id; raises ValueError.

    ``id`` is one of its own, and what is read-only can be set here. A custom field that is
    not known is defined, as a text.
    """
    known = account.shelves["people"]
    number = str(contact.get("id", ""))
    if "id" in contact and (not number.isdecimal() or int(number) in known):
        msg = f"a person's id is a number that no other has, not {number!r}"
        raise ValueError(msg)
    for name in contact.keys() - account.fields.keys():
        if _CUSTOM.fullmatch(name):
            account.define({"label": _label(name)})
    own = {name: contact[name] for name in _SET if name in contact}
    said = {name: contact[name] for name in contact.keys() - own.keys() - {"id"}}
    try:
        given = _people.given_of(account, said)
        made = _people.make(account, tokens, Asker(tokens.owner, None), given)
    except Refused as refused:
        raise ValueError(refused.message) from None
    del account.ready_at[made["id"]]
    if number:
        known[int(number)] = known.pop(made["id"]) | {"id": int(number)}
        made = known[int(number)]
    made.update(own)
    return str(made["id"])


def _label(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removeprefix("custom"))
