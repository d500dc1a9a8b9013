"""
Batches of up to 100 inputs: read, create, update, upsert, archive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator._clock import iso
from crmkit_simulator.hubspot._errors import (
    NOT_FOUND,
    Refused,
    invalid_json,
    missing,
)
from crmkit_simulator.hubspot._fields import names_in, needed_text, text_in
from crmkit_simulator.hubspot._objects import archive, lookup
from crmkit_simulator.hubspot._read import MOST, as_wire, selection
from crmkit_simulator.hubspot._write import Draft, commit, draft_change, draft_new

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit_simulator.hubspot._account import Account
    from crmkit_simulator.hubspot._records import Record, Shelf

    Result = tuple[int, Any]

_TRACE = "objectWriteTraceId"


def inputs_of(body: Any, most: int = MOST) -> list[dict[str, Any]]:
    """
    Return the inputs of a batch; raises Refused.
    """
    inputs = body.get("inputs")
    if inputs is None:
        name = "inputs"
        raise missing(name)
    if not isinstance(inputs, list) or not all(isinstance(one, dict) for one in inputs):
        detail = "inputs is not a list of objects"
        raise invalid_json(detail)
    if len(inputs) > most:
        msg = f"A batch has at most {most} inputs, not {len(inputs)}"
        raise Refused(400, msg)
    return inputs


def completed(
    account: Account, results: list[Any], errors: list[dict[str, Any]]
) -> dict[str, Any]:
    """
    Return what a batch answers.
    """
    now = iso(account.clock.now())
    body: dict[str, Any] = {"status": "COMPLETE", "results": results}
    if errors:
        body |= {"numErrors": len(errors), "errors": errors}
    return body | {"startedAt": now, "completedAt": now}


def absent(shelf: Shelf, keys: list[str]) -> list[dict[str, Any]]:
    """
    Return the errors of a batch in which nothing has these keys: one names them all.
    """
    if not keys:
        return []
    refused = Refused(
        404,
        f"Could not get some {shelf.type.singular.upper()} objects, they may be deleted or "
        "not exist. Check that ids are valid.",
        category=NOT_FOUND,
    )
    return [refused.in_batch({"ids": keys})]


def read(account: Account, shelf: Shelf, body: Any, *, archived: bool) -> Result:
    """
    Return the objects with the ids of the inputs, and which are not there; raises Refused.

    *archived* asks for archived ones instead.
    """
    names = selection(shelf, names_in(body, "properties"))
    history = [
        name for name in names_in(body, "propertiesWithHistory") if name in shelf.schema
    ]
    found: dict[str, Record] = {}
    keys = []
    by = text_in(body, "idProperty")
    for key in _keys(inputs_of(body)):
        if _vanishes(account, shelf, key, by):
            continue
        record = lookup(shelf, key, by)
        if record is None or (record.archived_at is not None) != archived:
            keys.append(key)
        else:
            found[record.id] = record
    results = [as_wire(record, names, history) for record in reversed(found.values())]
    errors = absent(shelf, keys)
    return 207 if errors else 200, completed(account, results, errors)


def create(account: Account, shelf: Shelf, body: Any, version: str) -> Result:
    """
    Make objects: all or none, or those that can be if each input has a trace id.
    """
    return _written(
        account,
        shelf,
        inputs_of(body),
        lambda one: draft_new(account, shelf, one, version),
        partly=True,
    )


def update(account: Account, shelf: Shelf, body: Any) -> Result:
    """
    Change objects; raises Refused.
    """
    inputs, keys, found = inputs_of(body), [], []
    for one, key in zip(inputs, _keys(inputs), strict=True):
        by = text_in(one, "idProperty")
        if _vanishes(account, shelf, key, by):
            continue
        record = lookup(shelf, key, by)
        if record is None or record.archived_at is not None:
            keys.append(key)
        else:
            found.append((one, record))
    drafts = [(one, draft_change(shelf, record, one)) for one, record in found]
    taken: set[tuple[str, str]] = set()
    for _, draft in drafts:
        _no_twins(shelf, draft, taken)
    results = [_result(account, shelf, one, draft) for one, draft in drafts]
    errors = absent(shelf, keys)
    return 207 if errors else 200, completed(account, results[::-1], errors)


def upsert(account: Account, shelf: Shelf, body: Any, version: str) -> Result:
    """
    Change the objects that have a unique value, make those that are not there.
    """
    inputs = inputs_of(body)
    by = {needed_text(one, "idProperty") for one in inputs}

    def draft(one: dict[str, Any]) -> Draft:
        name, key = needed_text(one, "idProperty"), needed_text(one, "id")
        record = lookup(shelf, key, name)
        if record is not None and record.archived_at is None:
            return draft_change(shelf, record, one)
        given = one.get("properties")
        with_key = (
            {**one, "properties": {name: key, **given}} if isinstance(given, dict) else one
        )
        return draft_new(account, shelf, with_key, version)

    return _written(account, shelf, inputs, draft, partly="email" not in by, upserted=True)


def archive_all(account: Account, shelf: Shelf, body: Any) -> None:
    """
    Archive objects; raises Refused.
    """
    for key in _keys(inputs_of(body)):
        archive(account, shelf, key)


def _vanishes(account: Account, shelf: Shelf, key: str, by: str | None) -> bool:
    return account.merged_vanish and by is None and key in shelf.merged


def _keys(inputs: list[dict[str, Any]]) -> list[str]:
    return [needed_text(one, "id") for one in inputs]


def _written(
    account: Account,
    shelf: Shelf,
    inputs: list[dict[str, Any]],
    draft: Callable[[dict[str, Any]], Draft],
    *,
    partly: bool,
    upserted: bool = False,
) -> Result:
    tolerant = partly and _traced(inputs)
    drafts: list[tuple[dict[str, Any], Draft]] = []
    errors: list[dict[str, Any]] = []
    taken: set[tuple[str, str]] = set()
    for one in inputs:
        try:
            made = draft(one)
            _no_twins(shelf, made, taken)
            drafts.append((one, made))
        except Refused as refused:
            if not tolerant:
                raise
            errors.append(refused.in_batch({_TRACE: [str(one[_TRACE])]}))
    results = []
    for one, made in drafts:
        result = _result(account, shelf, one, made)
        results.append(result | {"new": made.record is None} if upserted else result)
    # No order of the results is promised, so there is none to rely on.
    body = completed(account, results[::-1], errors)
    return 207 if errors else (200 if upserted else 201), body


def _traced(inputs: list[dict[str, Any]]) -> bool:
    traces = [str(one[_TRACE]) for one in inputs if one.get(_TRACE)]
    if len(set(traces)) < len(traces):
        msg = f"{_TRACE} must be unique in a batch"
        raise Refused(400, msg)
    return len(traces) == len(inputs)


def _no_twins(shelf: Shelf, draft: Draft, taken: set[tuple[str, str]]) -> None:
    for name, value in draft.properties.items():
        if not value or not shelf.schema[name].unique:
            continue
        if (name, value.lower()) in taken:
            msg = f"Duplicate values of {name} in one batch: {value}"
            raise Refused(400, msg)
        taken.add((name, value.lower()))


def _result(
    account: Account, shelf: Shelf, one: dict[str, Any], draft: Draft
) -> dict[str, Any]:
    wire = as_wire(commit(account, shelf, draft), None)
    if account.echo_trace_ids and one.get(_TRACE):
        wire[_TRACE] = one[_TRACE]
    return wire
