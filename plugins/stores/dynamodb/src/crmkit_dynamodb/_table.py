"""
Reading and writing one table: items as plain values, conditions, many at once.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from crmkit import StoreError
from crmkit_dynamodb._aws import WORKERS, client, code_of, explained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmkit_dynamodb._url import Place

T = TypeVar("T")
R = TypeVar("R")
Item: TypeAlias = "dict[str, Any]"
NEW = "attribute_not_exists(#PK)"
INDEX = "queue"
_AT_ONCE = 100  # keys that one BatchGetItem takes
_ROUNDS = 8
_NAME = re.compile(r"#(\w+)")
_REFUSED = "ConditionalCheckFailedException"


class Table:
    """
    A table of a place; every method raises StoreError when it cannot be used.

    Each write bears a mark of its own, *change*: where its answer is lost and it is sent
    again, what stands in its way is itself, and it is known to have been done.
    """

    def __init__(self, place: Place) -> None:
        self.place = place

    def get(self, key: Item) -> Item | None:
        """
        Return an item as it is now.
        """
        found = self._call("get_item", Key=_wire(_key(key)), ConsistentRead=True)
        return _plain(found["Item"]) if "Item" in found else None

    def get_many(self, keys: Iterable[Item]) -> list[Item]:
        """
        Return those of these items that there are, as they are now, in any order.
        """
        wanted = [_wire(_key(key)) for key in keys]
        parts = [wanted[at : at + _AT_ONCE] for at in range(0, len(wanted), _AT_ONCE)]
        return [item for items in self.each(self._some, parts) for item in items]

    def put(self, item: Item, where: str | None = None) -> Item | None:
        """
        Write an item, or return the one that is there where the condition does not hold.
        """
        condition = _condition(where, {}) if where else {}
        try:
            self._call("put_item", Item=_wire(item), **condition)
        except _RefusedError as refused:
            there = self._there(item, refused)
            return None if there.get("change") == item["change"] else there
        return None

    def update(
        self,
        key: Item,
        changes: Item,
        where: str,
        values: Mapping[str, Any],
        *,
        counted: str | None = None,
    ) -> Item | None:
        """
        Change an item where the condition holds, else return None.

        A change to None takes an attribute away. With *counted*, an attribute to which one
        is added, the whole item is returned as it is then, else an empty one.
        """
        kept = {name: value for name, value in changes.items() if value is not None}
        sets = [f"#{name} = :new_{name}" for name in kept]
        given = {**values, **{f"new_{name}": value for name, value in kept.items()}}
        if counted:
            sets.append(f"#{counted} = #{counted} + :one")
            given["one"] = 1
        gone = ", ".join(f"#{name}" for name in changes.keys() - kept.keys())
        expression = f"SET {', '.join(sets)}" + (f" REMOVE {gone}" if gone else "")
        condition = _condition(where, given, expression)
        try:
            found = self._call(
                "update_item",
                Key=_wire(_key(key)),
                UpdateExpression=expression,
                ReturnValues="ALL_NEW" if counted else "NONE",
                **condition,
            )
        except _RefusedError as refused:
            there = self._there(key, refused)
            return there if there.get("change") == changes["change"] else None
        return _plain(found.get("Attributes", {}))

    def delete(self, key: Item, where: str, values: Mapping[str, Any]) -> bool:
        """
        Delete an item where the condition holds; return whether it did.
        """
        condition = _condition(where, values)
        try:
            self._call("delete_item", Key=_wire(_key(key)), **condition)
        except _RefusedError:
            return False
        return True

    def query(
        self,
        queue: str,
        *,
        between: tuple[str, str] = (" ", "~"),
        page: int | None = None,
        where: str | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> Iterator[Item]:
        """
        Yield a queue's items in the order of their positions, as the index shows them.
        """
        low, high = between
        keys = "#queue = :queue AND #position BETWEEN :low AND :high"
        given = {**(values or {}), "queue": queue, "low": low, "high": high}
        asked = {**_condition(None, given, f"{keys} {where or ''}"), "IndexName": INDEX}
        asked |= {"FilterExpression": where} if where else {}
        asked |= {"Limit": page} if page else {}
        start: Item = {}
        while True:
            found = self._call("query", KeyConditionExpression=keys, **asked, **start)
            yield from map(_plain, found["Items"])
            if "LastEvaluatedKey" not in found:
                return
            start = {"ExclusiveStartKey": found["LastEvaluatedKey"]}

    def each(self, call: Callable[[T], R], given: Iterable[T]) -> list[R]:
        """
        Return what a function gives for each, in order; several run at once.

        Whichever fails first is raised, when none is running any more.
        """
        every = list(given)
        if len(every) <= 1:
            return [call(one) for one in every]
        with ThreadPoolExecutor(min(WORKERS, len(every))) as pool:
            return list(pool.map(call, every))

    def _some(self, keys: Sequence[Item]) -> list[Item]:
        name, found = self.place.table, []
        asked: Any = {name: {"Keys": keys, "ConsistentRead": True}}
        for attempt in range(_ROUNDS):
            answer = self._batch(asked)
            found += [_plain(item) for item in answer["Responses"].get(name, [])]
            asked = answer.get("UnprocessedKeys")
            if not asked:
                return found
            sleep(0.05 * 2**attempt)
        msg = f"the store {name!r} cannot be used: it is throttled; run again later"
        raise StoreError(msg)

    def _batch(self, asked: Item) -> Any:
        with explained(self.place):
            return client("dynamodb", self.place).batch_get_item(RequestItems=asked)

    def _there(self, key: Item, refused: _RefusedError) -> Item:
        # Older servers do not say what stands in the way.
        return refused.item or self.get(key) or {}

    def _call(self, name: str, **arguments: Any) -> Any:
        from botocore.exceptions import ClientError

        with explained(self.place):
            call = getattr(client("dynamodb", self.place), name)
            try:
                return call(TableName=self.place.table, **arguments)
            except ClientError as error:
                if code_of(error) != _REFUSED:
                    raise
                item = _plain(error.response.get("Item", {}))
                raise _RefusedError(item) from None


class _RefusedError(Exception):
    """
    The condition of a write does not hold; *item* is what is there, if AWS said so.
    """

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item


def _condition(where: str | None, values: Mapping[str, Any], more: str = "") -> Item:
    given: Item = {}
    if where:
        given |= {
            "ConditionExpression": where,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    names = set(_NAME.findall(f"{where} {more}"))
    given["ExpressionAttributeNames"] = {f"#{name}": name for name in names}
    if values:
        wired = _wire({f":{name}": value for name, value in values.items()})
        given["ExpressionAttributeValues"] = wired
    return given


def _key(item: Item) -> Item:
    return {"PK": item["PK"], "SK": item["SK"]}


def _wire(item: Item) -> Item:
    return {
        name: {"S": value} if isinstance(value, str) else {"N": repr(value)}
        for name, value in item.items()
        if value is not None
    }


def _plain(item: Mapping[str, Mapping[str, str]]) -> Item:
    return {name: _value(*value.items()) for name, value in item.items()}


def _value(typed: tuple[str, str]) -> str | float:
    kind, value = typed
    return value if kind == "S" else float(value)
