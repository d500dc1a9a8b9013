"""
Two records that were found to be one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit_simulator.salesforce._ids import read_id
from crmkit_simulator.salesforce._write import delete

if TYPE_CHECKING:
    from crmkit_simulator.salesforce._org import Org

_MERGED = ("Account", "Contact", "Lead")


def merge(org: Org, master_id: str, merged_id: str) -> None:
    """
    Merge a record into its master, as people do on the page for it; raises ValueError.

    What is empty there is taken over, activities move, and the merged record is deleted
    with a hint at its master. REST has no merge.
    """
    found = [org.find(read_id(id_) or "") for id_ in (master_id, merged_id)]
    if (
        None in found
        or found[0] is found[1]
        or len({one.kind.name for one in found if one}) > 1
    ):
        msg = f"two records of one object are merged, not {master_id!r} and {merged_id!r}"
        raise ValueError(msg)
    master, merged = (one for one in found if one)
    table = org.tables[master.kind.name]
    if master.kind.name not in _MERGED or master.deleted_at or merged.deleted_at:
        msg = f"{master.id} and {merged.id} cannot be merged"
        raise ValueError(msg)
    empty = {
        name: value
        for name, value in merged.values.items()
        if master.values.get(name) is None
    }
    delete(org, merged)
    merged.values["MasterRecordId"] = master.id
    table.put(master, {**empty, "MasterRecordId": None, **org.audit(new=False)})
    for kind in org.tables.values():
        for record in kind.live():
            moved = {
                field.name: master.id
                for field in record.kind.fields.values()
                if field.type == "reference" and record.values.get(field.name) == merged.id
            }
            if moved:
                kind.put(record, moved)
