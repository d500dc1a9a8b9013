"""
What a test of a rule may find: it holds, is broken, not offered, or not proven.
"""

from __future__ import annotations

import inspect
from functools import wraps
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from crmkit.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Broken(Exception):  # noqa: N818 - what is so, not what went wrong
    """
    A rule is broken: *what* the plugin does, in *hook*; *cause* is what was raised.
    """

    def __init__(self, what: str, *, hook: str, cause: BaseException | None = None) -> None:
        super().__init__(what)
        self.hook = hook
        self.cause = cause


class NotOffered(Exception):  # noqa: N818 - what is so, not what went wrong
    """
    The plugin does not have what the rule is about.
    """


class NotProven(Exception):  # noqa: N818 - what is so, not what went wrong
    """
    The fake cannot show whether the rule is kept.
    """


class Tried:
    """
    What a rule is tried on: a *plugin*, and the *hook* that the rule is about.
    """

    plugin: Any
    hook: str

    def broken(self, what: str, *, cause: object = None) -> NoReturn:
        """
        Say how the rule is broken; *cause* is an error that tells where, or anything else.
        """
        error = cause if isinstance(cause, BaseException) else None
        raise Broken(what, hook=self.hook, cause=error)

    def not_offered(self, why: str) -> NoReturn:
        """
        Say that the plugin does not have what the rule is about.
        """
        raise NotOffered(why)

    def not_proven(self, why: str) -> NoReturn:
        """
        Say that nothing here can show whether the rule is kept.
        """
        raise NotProven(why)

    def missing(self) -> str:
        """
        Return what a fake would need to answer all that it was asked, empty for nothing.
        """
        return ""

    def failed(self, _error: BaseException) -> str:
        """
        Return what a fake did wrong itself when this was raised, empty for nothing.
        """
        return ""

    def finish(self) -> None:
        """
        Refuse to call a rule proven for which a fake lacked something.
        """
        if missing := self.missing():
            self.not_proven(missing)


def rule(method: Callable[..., None]) -> Callable[..., None]:
    """
    Make a test of a rule: its name begins with the number, its docstring is the rule.

    The test's only argument is its subject, which tells what the plugin is. A broken rule
    fails with one sentence; not offered is a skip, not proven an expected failure.
    """
    number = numbered(method.__name__)
    text = " ".join((method.__doc__ or "").split())

    @wraps(method)
    def test(self: Any, subject: Tried) -> None:
        found = _verdict(method, self, subject)
        # Here nothing is being handled, so that the report is the sentence alone.
        if isinstance(found, NotOffered):
            pytest.skip(f"{number} not offered: {found}")
        if isinstance(found, NotProven):
            reason = f"{number} not proven: {found}"
            pytest.xfail(reason)
            pytest.fail(reason, pytrace=False)  # here with --runxfail alone
        if found is not None:
            pytest.fail(_sentence(subject, number, text, found), pytrace=False)

    return test


def _verdict(method: Callable[..., None], test: object, subject: Tried) -> Exception | None:
    try:
        method(test, subject)
        subject.finish()
    except (NotOffered, NotProven) as reason:
        return reason
    except Exception as error:
        missing = subject.missing()
        return NotProven(missing) if missing else error
    return None


def numbered(name: str) -> str:
    """
    Return the number of the rule that a test is about: F01 of test_f01_by_id.
    """
    return name.split("_")[1].upper()


def _sentence(subject: Tried, number: str, text: str, error: Exception) -> str:
    if isinstance(error, Broken):
        hook, cause = error.hook, error.cause
        what = f"{error}"
        if cause is not None and str(cause) not in what:
            # What the core makes of a record's error says less than that error.
            root = cause.__cause__ if isinstance(cause, ProtocolError) else None
            what += f" ({_named(root or cause)})"
    else:
        hook, what, cause = subject.hook, f"raises {_named(error)}", error
    where, aside = place(subject.plugin, hook, cause), subject.failed(error)
    told = f"{where}: rule {number}, {text.rstrip('.')!r}: {hook} {what}{aside}"
    return " ".join(told.split())


def raised_by(owner: object, error: BaseException) -> str:
    """
    Return what methods of *owner* raised, and where; empty if none did.
    """
    spots = [
        (frame.f_code.co_filename, number)
        for frame, number in walk_tb(error.__traceback__)
        if frame.f_locals.get("self") is owner
    ]
    return f"{_named(error)} at {_shown(*spots[-1])}" if spots else ""


def _named(error: BaseException) -> str:
    said = f"{type(error).__name__}: {error}"
    cause = error.__cause__
    return said if cause is None else f"{said} (from {type(cause).__name__}: {cause})"


def place(plugin: object, hook: str, error: BaseException | None) -> str:
    """
    Return file and line of what raised in the plugin, else of where the hook begins.
    """
    files = tuple(_files(plugin))
    for raised in _chain(error):
        lines = [
            (frame.f_code.co_filename, number)
            for frame, number in walk_tb(raised.__traceback__)
            if frame.f_code.co_filename.startswith(files)
        ]
        if lines:
            return _shown(*lines[-1])
    function = getattr(plugin, hook, None)
    if function is None:  # which is what is wrong
        return _shown(next(iter(files), type(plugin).__name__), 1)
    code = inspect.unwrap(function).__code__
    return _shown(code.co_filename, code.co_firstlineno)


def _files(plugin: object) -> Iterator[str]:
    """
    Yield where a plugin's code is: a package's folder, the files of hooks or of methods.
    """
    file = getattr(plugin, "__file__", None)
    if file is not None and Path(file).name == "__init__.py":
        yield str(Path(file).parent)
    for name in dir(plugin):
        code = getattr(inspect.unwrap(getattr(plugin, name)), "__code__", None)
        if name.startswith(("crmkit_", "Store.")) and code is not None:
            yield code.co_filename


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _shown(file: str, line: int) -> str:
    path = Path(file)
    here = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"{here}:{line}"
