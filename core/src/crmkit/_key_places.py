"""
The places of keys: a variable, a file, the system's keyring.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from crmkit._folder import data_folder, make_private
from crmkit.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE, FILE_VARIABLE = "CRMKIT_KEY", "CRMKIT_KEY_FILE"
_SERVICE, _NAME = "crmkit", "key"
_FOR_OTHERS = 0o077
_ANEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY


class Place(Protocol):
    """
    A place of keys; each method raises ConfigurationError with the remedy.
    """

    def __str__(self) -> str:
        """
        Say where it is.
        """

    def read(self) -> str:
        """
        Return the keys that are there as text, empty if none is.
        """

    def write(self, keys: str, *, first: bool) -> None:
        """
        Put these in place of what is there; the *first* ones replace nothing.
        """


class Environment:
    """
    The environment, which crmkit reads and nobody but the user changes.
    """

    def __str__(self) -> str:
        return VARIABLE

    def read(self) -> str:
        return os.environ.get(VARIABLE, "")

    def write(self, keys: str, *, first: bool) -> None:  # noqa: ARG002 - it writes nothing
        msg = f"{VARIABLE} is yours to set; crmkit changes no environment"
        raise ConfigurationError(msg)


class KeyFile:
    """
    A file that is its owner's alone.
    """

    def __init__(self) -> None:
        from pathlib import Path

        named = os.environ.get(FILE_VARIABLE)
        self.path: Path = Path(named) if named else data_folder() / "crmkit.key"

    def __str__(self) -> str:
        return f"the key file {self.path}"

    def read(self) -> str:
        try:
            with self.path.open(encoding="ascii", errors="replace") as file:
                mode, keys = os.fstat(file.fileno()).st_mode, file.read()
        except FileNotFoundError:
            return ""
        except OSError as error:
            msg = f"{self} cannot be read: {error.strerror}"
            raise ConfigurationError(msg) from None
        if os.name == "posix" and mode & _FOR_OTHERS:
            msg = f"{self} can be read by others; make it yours: chmod 600 {self.path}"
            raise ConfigurationError(msg)
        return keys

    def write(self, keys: str, *, first: bool) -> None:
        part = self.path
        try:
            make_private(part.parent)
            if not first:  # there are the new keys or the old ones, never half of them
                part = part.with_name(f"{part.name}.new")
                part.unlink(missing_ok=True)
            with os.fdopen(os.open(part, _ANEW, 0o600), "w", encoding="ascii") as file:
                file.write(f"{keys}\n")
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path)
            _keep_name(self.path.parent)
        except FileExistsError:
            msg = f"{self} is there already, and holds no key; delete it and try again"
            raise ConfigurationError(msg) from None
        except OSError as error:
            msg = f"{self} cannot be written: {error.strerror}"
            raise ConfigurationError(msg) from None


def _keep_name(folder: Path) -> None:
    # What is sealed with a key must not survive a power failure that the key does not.
    if os.name == "posix":
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


class Keyring:
    """
    The system's keyring, if there is one and crmkit[keyring] is installed.
    """

    def __str__(self) -> str:
        return "the system's keyring"

    def read(self) -> str:
        try:
            import keyring
            from keyring.errors import KeyringError, NoKeyringError
        except ImportError:
            return ""
        try:
            return keyring.get_password(_SERVICE, _NAME) or ""
        except NoKeyringError:
            return ""
        except KeyringError as error:
            msg = f"{self} gives no key ({type(error).__name__}); unlock it"
            raise ConfigurationError(msg) from None

    def write(self, keys: str, *, first: bool) -> None:  # noqa: ARG002 - nobody else writes
        try:
            import keyring
            from keyring.errors import KeyringError
        except ImportError:
            msg = f"{self} needs the extra crmkit[keyring]: pip install 'crmkit[keyring]'"
            raise ConfigurationError(msg) from None
        try:
            keyring.set_password(_SERVICE, _NAME, keys)
        except KeyringError as error:
            msg = f"{self} takes no key ({type(error).__name__}); use a key file instead"
            raise ConfigurationError(msg) from None


def may_hold_keys() -> bool:
    """
    Tell whether there may be a key; to ask costs little, and no keyring is unlocked.
    """
    from importlib.util import find_spec

    named = os.environ.get(VARIABLE) or os.environ.get(FILE_VARIABLE)
    return bool(named) or KeyFile().path.exists() or find_spec("keyring") is not None
