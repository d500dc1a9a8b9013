"""
The activities file: appended whole or not at all, read to look for an id.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager, suppress
from threading import RLock
from time import monotonic, sleep
from typing import TYPE_CHECKING

from attrs import define

from crmkit import ActivityRecord, UnavailableError
from crmkit_addressbook._file import Stamp, stamp_of
from crmkit_addressbook._rows import encoded, ids_in, is_ours, mend, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from crmkit_addressbook._settings import Session

_PATIENCE, _PAUSE = 10.0, 0.01  # seconds; Windows has the same patience of its own

if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int, flags: int) -> None:  # noqa: ARG001 - there is one kind of lock
        os.lseek(fd, 1 << 30, os.SEEK_SET)  # a byte that nobody reads or writes
        msvcrt.locking(fd, msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _lock(fd: int, flags: int) -> None:
        kind = fcntl.LOCK_EX if flags & os.O_RDWR else fcntl.LOCK_SH
        end = monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(fd, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if monotonic() > end:
                    raise
                sleep(_PAUSE)
            else:
                return


_STATE, _LOCK = "addressbook.journal", "addressbook.journal.lock"
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_APPEND = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
_CHUNK = 1 << 20


@define
class _State:
    """
    What is known of the file while it has this stamp.

    *size* is how much of it to keep, *joint* what to write before the next row. *ids* are
    those in it, once somebody asked.
    """

    stamp: Stamp
    size: int
    joint: bytes
    ids: set[str] | None = None


def append(session: Session, activities: Sequence[ActivityRecord]) -> None:
    """
    Append activities in one write that is on the disk when this returns.

    Raises UnavailableError, with sent=False when the file is as it was before.
    """
    with _opened(session, _APPEND) as fd:
        state = _state(session, fd)
        session.memory.pop(_STATE, None)
        rows = state.joint + encoded(activities)
        stamp = _write(fd, state.size, rows, session.settings.journal)
        if state.ids is not None:
            state.ids.update(written(activity.id) for activity in activities)
        session.memory[_STATE] = _State(stamp, state.size + len(rows), b"", state.ids)


def contains(session: Session, activity_id: str) -> bool:
    """
    Tell whether a whole row of the file has this id.

    Raises UnavailableError when there is a file, or no folder, and nobody can tell.
    """
    if _is_absent(session.settings.journal):
        return False
    with _opened(session, _READ) as fd:
        state = _state(session, fd)
        if state.ids is None:
            state.ids = ids_in(_contents(fd))
        session.memory[_STATE] = state
        return written(activity_id) in state.ids


def _is_absent(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return path.parent.is_dir()
    except OSError:
        return False  # opening it will say what is wrong
    return False


def _state(session: Session, fd: int) -> _State:
    known: _State | None = session.memory.get(_STATE)
    stamp = stamp_of(os.fstat(fd))
    if known is not None and known.stamp == stamp:
        return known
    file = _contents(fd)
    if not is_ours(file):
        msg = (
            f"{session.settings.journal} is no activities file of crmkit: its first line "
            "is another; move it away, or name another with the setting `activities`"
        )
        raise UnavailableError(msg, sent=False)
    return _State(stamp, *mend(file))


def _contents(fd: int) -> bytes:
    os.lseek(fd, 0, os.SEEK_SET)
    return b"".join(iter(lambda: os.read(fd, _CHUNK), b""))


def _write(fd: int, size: int, rows: bytes, path: Path) -> Stamp:
    try:
        if os.fstat(fd).st_size > size:
            os.ftruncate(fd, size)
        if os.write(fd, rows) < len(rows):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # noqa: TRY301
        os.fsync(fd)
        if size == 0:
            _sync_folder(path.parent)
        return stamp_of(os.fstat(fd))
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}"
        try:
            os.ftruncate(fd, size)
        except OSError:
            torn = f"{msg}; part of a row may be at its end"
            raise UnavailableError(torn, sent=True) from None
        again = f"{msg}; nothing was added, so mend that and send again"
        raise UnavailableError(again, sent=False) from None


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # not every system opens folders
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


@contextmanager
def _opened(session: Session, flags: int) -> Iterator[int]:
    path = session.settings.journal
    lock: RLock = session.memory.setdefault(_LOCK, RLock())
    with lock:
        try:
            _check(path, session.settings.file)
            fd = _open_locked(path, flags)
            try:
                yield fd
            finally:
                with suppress(OSError):
                    os.close(fd)
        except OSError as error:  # what fails after writing began says so itself
            raise _explained(error, path) from None


def _open_locked(path: Path, flags: int) -> int:
    while True:
        fd = os.open(path, flags, 0o666)
        try:
            _lock(fd, flags)
            if os.path.samestat(os.fstat(fd), path.stat()):
                return fd
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)  # another took its place while this one waited for the lock


def _check(path: Path, clients: Path) -> None:
    if not path.exists():
        return
    if path.is_dir():
        problem = "is a folder; move it away, or name a file"
    elif not path.is_file():
        problem = "is no ordinary file; name another"
    elif clients.exists() and clients.samefile(path):
        problem = "is the file of the clients itself, which is never written; name another"
    else:
        return
    msg = f"{path} {problem} with the setting `activities`"
    raise UnavailableError(msg, sent=False)


def _explained(error: OSError, path: Path) -> UnavailableError:
    if isinstance(error, FileNotFoundError):
        problem = f"cannot be made: there is no folder {path.parent}; make it"
    elif isinstance(error, BlockingIOError):
        problem = "is kept locked by another program; end that"
    elif isinstance(error, PermissionError):
        problem = "may not be used by this user, or another program has it open; mend that"
    else:
        problem = f"cannot be used: {error.strerror}; mend that"
    msg = f"{path} {problem}, or name another file with the setting `activities`"
    return UnavailableError(msg, sent=False)
