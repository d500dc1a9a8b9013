"""
What a hook brought: all items that came, and all errors, nothing lost.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from crmkit._values import items as as_tuple
from crmkit.errors import CRMError, PluginContractError
from crmkit.hookspecs import hookimpl
from crmkit.infos import Finding
from crmkit.models import ClientData, ClientInteraction, ClientPage, CustomField
from crmkit.reports import SyncOutcome

T = TypeVar("T")

_PAGE_BUDGET = 100_000


@frozen(kw_only=True)
class Results(Generic[T]):
    """
    The *items* that a hook yielded and the *errors* that it raised meanwhile.

    This is what wrappers see. *page* is the page of crmkit_list_clients, its clients read.
    """

    items: tuple[T, ...] = field(default=(), converter=as_tuple)
    errors: tuple[Exception, ...] = field(default=(), converter=as_tuple)
    page: ClientPage | None = None


class Reader:
    """
    The innermost wrapper: reads what the plugin's hooks return, however lazy.
    """

    @hookimpl(wrapper=True, trylast=True)
    def crmkit_fetch(self, ids: list[str]) -> Generator[None, Any, Any]:
        """
        Read clients.
        """
        return (yield from _read("crmkit_fetch", ClientData, len(ids)))

    @hookimpl(wrapper=True, trylast=True)
    def crmkit_sync(self, activities: list[Any]) -> Generator[None, Any, Any]:
        """
        Read outcomes.
        """
        return (yield from _read("crmkit_sync", SyncOutcome, len(activities)))

    @hookimpl(wrapper=True, trylast=True)
    def crmkit_find_clients(self) -> Generator[None, Any, Any]:
        """
        Read the clients that match.
        """
        return (yield from _read("crmkit_find_clients", ClientData, _PAGE_BUDGET))

    @hookimpl(wrapper=True, trylast=True)
    def crmkit_history(self) -> Generator[None, Any, Any]:
        """
        Read interactions.
        """
        return (yield from _read("crmkit_history", ClientInteraction, _PAGE_BUDGET))

    @hookimpl(wrapper=True, trylast=True)
    def crmkit_fields(self) -> Generator[None, Any, Any]:
        """
        Read custom fields.
        """
        return (yield from _read("crmkit_fields", CustomField, _PAGE_BUDGET))

    @hookimpl(wrapper=True, trylast=True)
    def crmkit_check(self) -> Generator[None, Any, Any]:
        """
        Read findings.
        """
        return (yield from _read("crmkit_check", Finding, _PAGE_BUDGET))

    @hookimpl(wrapper=True, trylast=True)
    def crmkit_list_clients(self) -> Generator[None, Any, Any]:
        """
        Read one page of clients.
        """
        try:
            page = yield
        except Exception as error:
            return Results(errors=(error,))
        if not isinstance(page, ClientPage):
            return Results(errors=(_wrong("crmkit_list_clients", page, "a ClientPage"),))
        found, errors = _consume(
            page.clients, "crmkit_list_clients", ClientData, _PAGE_BUDGET
        )
        return Results(items=found, errors=errors, page=page)


def _read(hook: str, kind: type[Any], budget: int) -> Generator[None, Any, Any]:
    try:
        returned = yield
    except Exception as error:
        return Results(errors=(error,))
    if not isinstance(returned, Iterable):
        what = f"an iterable of {kind.__name__}"
        return Results(errors=(_wrong(hook, returned, what),))
    found, errors = _consume(returned, hook, kind, budget)
    return Results(items=found, errors=errors)


def _consume(
    values: Iterable[object], hook: str, kind: type[T], budget: int
) -> tuple[list[T], list[Exception]]:
    items: list[T] = []
    errors: list[Exception] = []
    iterator = iter(values)
    while True:
        try:
            item = next(iterator)
        except StopIteration:
            break
        except CRMError as error:
            errors.append(error)
            break
        except Exception as error:
            errors.append(error)
            budget -= 1
            if budget < 0:
                break
            continue
        if isinstance(item, kind):
            items.append(item)
        else:
            errors.append(_wrong(hook, item, f"a {kind.__name__}"))
    return items, errors


def _wrong(hook: str, value: object, wanted: str) -> PluginContractError:
    given = "None (is a return missing?)" if value is None else type(value).__name__
    return PluginContractError(f"{hook} must give {wanted}, not {given}")
