"""
A store under test: opened as often as a rule wants, and rows to try it with.
"""

from __future__ import annotations

import inspect
import sys
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn, Self, cast

from attrs import fields

from crmkit._values import new_id
from crmkit.errors import ConfigurationError
from crmkit.stores import Row, Store
from crmkit.testing._verdicts import NotProven, Tried
from crmkit.vaults import Vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_FIELDS = [attribute.name for attribute in fields(Row)]
_METHODS = [
    name for kind in (Store, Vault) for name in vars(kind) if not name.startswith("_")
]


class StoreSubject(Tried):
    """
    One kind of store, and a fresh place where a rule opens it.

    *hook* is what was called last, *about* what the running rule is about.
    """

    def __init__(
        self,
        open_store: Callable[[str], Store],
        url: str,
        folder: Path,
        *,
        unusable: str | None = None,
        lease_s: float = 0.0,
    ) -> None:
        if "{folder}" not in url and "{name}" not in url:
            msg = "url must hold {folder} or {name}: each test has a place of its own"
            raise ConfigurationError(msg)
        self.open_store = open_store
        self.plugin = _placed(open_store, None)
        self.hook = self._about = "Store.open"
        self._template, self._unusable = url, unusable
        self.lease_s = lease_s
        self._folder = folder
        self._opened: list[Store] = []
        self.url = ""
        self.move()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """
        Close all that was opened.
        """
        while self._opened:
            with suppress(Exception):  # a rule of its own tells of it
                self._opened.pop().close()

    def about(self, method: str) -> None:
        """
        Say which method of stores the rule is about.
        """
        self._about = f"Store.{method}"

    def move(self) -> None:
        """
        Go on at another place, where nothing is yet.
        """
        folder = self._folder / new_id()
        folder.mkdir()
        self.url = self._template.format(folder=folder.as_posix(), name=f"crmkit{new_id()}")

    def open(self, url: str | None = None) -> Store:
        """
        Open the store once more, or that of another URL: one owner more.
        """
        self.hook = "Store.open"
        store = self.open_store(url or self.url)
        self._opened.append(store)
        self.plugin = _placed(self.open_store, type(store))
        return cast("Store", _Told(self, store))

    def unusable(self) -> str:
        """
        Return the URL of a place that cannot be used.
        """
        template = self._unusable or self._template
        if self._unusable is None and "{folder}" not in template:
            msg = (
                "the test class gives no unusable = the URL of a place that cannot be used"
            )
            raise NotProven(msg)
        file = self._folder / "file"
        file.touch()
        return template.format(folder=file.as_posix(), name=f"crmkit{new_id()}")

    def broken(self, what: str, *, cause: object = None) -> NoReturn:
        """
        Say how the rule is broken, whatever was called last.
        """
        self.hook = self._about
        super().broken(what, cause=cause)

    def expect(self, what: str, found: object, wanted: object) -> None:
        """
        Call the rule broken unless *found* is as *wanted*; *what* says what it is.
        """
        if found != wanted:
            self.broken(f"{what} {found!r}, not {wanted!r}")

    def expect_row(self, what: str, found: Row | None, wanted: Row) -> None:
        """
        Call the rule broken unless *found* is as *wanted*, and tell what is not.
        """
        if found is None:
            self.broken(f"{what} no row")
        names = [name for name in _FIELDS if getattr(found, name) != getattr(wanted, name)]
        first, second = ({n: getattr(it, n) for n in names} for it in (found, wanted))
        self.expect(what, first, second)


class _Told:
    """
    A store that tells its subject what is called.
    """

    def __init__(self, subject: StoreSubject, store: Store) -> None:
        self._subject, self._store = subject, store

    def __getattr__(self, name: str) -> Any:
        self._subject.hook = f"Store.{name}"
        return getattr(self._store, name)


def _placed(open_store: Any, kind: type[Store] | None) -> SimpleNamespace:
    """
    Return where each method begins, and the package's file for what they call.

    A method that is missing is missed where the store is opened.
    """
    opens = open_store.__init__ if inspect.isclass(open_store) else open_store
    begins = {f"Store.{name}": getattr(kind, name, opens) for name in _METHODS}
    begins["Store.open"] = opens
    package = sys.modules.get((kind or opens).__module__.partition(".")[0])
    return SimpleNamespace(__file__=getattr(package, "__file__", None), **begins)
