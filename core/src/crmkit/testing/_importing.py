"""
What importing a module does and loads, seen in a fresh interpreter.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What takes longer to import than all of crmkit, and few runs of a script need.
HEAVY = frozenset(
    {"aiohttp", "asyncio", "boto3", "botocore", "cattrs", "cryptography", "httpx"}
    | {"importlib.metadata", "multiprocessing", "numpy", "pandas", "requests", "sqlite3"}
    | {"ssl", "unittest", "urllib.request", "urllib3"}
)
# Of the modules that crmkit itself does not load, crmkit-hubspot brings 17, 9 of them its
# own, and crmkit-addressbook 22. Three times as many are still no burden.
BUDGET = 60

_TIMEOUT = 60.0
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_DEEDS: Mapping[str, str] = {
    "os.exec": "starts a process",
    "os.fork": "starts a process",
    "os.posix_spawn": "starts a process",
    "os.system": "starts a process",
    "subprocess.Popen": "starts a process",
    "os.chmod": "changes a file",
    "os.link": "makes a link",
    "os.mkdir": "makes a folder",
    "os.remove": "removes a file",
    "os.rename": "renames a file",
    "os.rmdir": "removes a folder",
    "os.symlink": "makes a link",
    "os.truncate": "changes a file",
    "socket.bind": "listens on the network",
    "socket.connect": "connects to the network",
    "socket.getaddrinfo": "looks up a host",
    "socket.gethostbyname": "looks up a host",
    "socket.sendto": "sends to the network",
}


@frozen(kw_only=True)
class Imported:
    """
    What an import *did* beside loading code, and the modules that it *loaded*.

    What it tried to do was refused. The modules that crmkit itself loads are left out.
    """

    did: Sequence[str]
    loaded: frozenset[str]

    @property
    def heavy(self) -> Sequence[str]:
        """
        The modules among them that are for first use, not for an import.
        """
        return sorted(self.loaded & HEAVY)


def imported(module: str) -> Imported:
    """
    Import a module in an interpreter of its own, and return what came of it.

    Raises ImportError when it cannot be imported there, with the last line of the reason.
    """
    import subprocess  # not in the child: what is loaded there is what the module needs

    done = subprocess.run(  # noqa: S603 - our own interpreter, our own file
        [sys.executable, "-I", "-B", "-W", "ignore", __file__, module],
        input=json.dumps(sys.path),
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.strip().rpartition("\n")[2] or f"it ended ({done.returncode})"
        msg = f"{module} cannot be imported by itself: {reason}"
        raise ImportError(msg)
    told = json.loads(done.stdout.rpartition("\n")[2])
    return Imported(did=told["did"], loaded=frozenset(told["loaded"]))


class Watch:
    """
    An audit hook that notes what is done, each deed once, and does not let it happen.

    Code, and data beside it, may be read: what lies in one of the *folders*.
    """

    def __init__(self, folders: Sequence[str]) -> None:
        self.did: list[str] = []
        self._folders = tuple(os.path.realpath(folder) + os.sep for folder in folders)
        self._on = True

    def __call__(self, event: str, arguments: Sequence[Any]) -> None:
        if not self._on:
            return
        deed = self._opening(*arguments) if event == "open" else _DEEDS.get(event)
        if deed:
            self._refuse(deed)

    def stop(self) -> None:
        """
        Notice nothing from now on: an audit hook cannot be taken away.
        """
        self._on = False

    def _opening(self, path: object, _mode: object, flags: int) -> str | None:
        if not isinstance(path, str | bytes):
            return None
        name = os.fsdecode(path)
        if flags & _WRITING:
            return f"writes {name}"
        where = os.path.realpath(name)
        is_ours = where.startswith((*self._folders, "/dev/"))
        return None if is_ours else f"reads {name}"

    def _refuse(self, deed: str) -> NoReturn:
        if deed not in self.did:
            self.did.append(deed)
        msg = f"an import that {deed}"
        raise PermissionError(msg)


def _main(module: str) -> None:
    sys.path[:] = json.loads(sys.stdin.read())
    crmkit = import_module("crmkit")
    for name in crmkit.__all__:
        getattr(crmkit, name)
    own = set(sys.modules)
    watch = Watch([*sys.path, sys.prefix, sys.base_prefix, sys.exec_prefix])
    sys.addaudithook(watch)
    try:
        import_module(module)
    except BaseException:
        if not watch.did:
            raise
    watch.stop()
    if threading.active_count() > 1:
        watch.did.append("leaves a thread running")
    loaded = {name for name in sys.modules if not name.startswith("crmkit.")} - own
    sys.stdout.write("\n" + json.dumps({"did": watch.did, "loaded": sorted(loaded)}))
    sys.stdout.flush()
    os._exit(0)  # neither threads nor what was registered for the exit may speak after


if __name__ == "__main__":
    _main(sys.argv[1])
