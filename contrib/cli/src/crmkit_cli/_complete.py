"""
Files that have their name only once they are complete.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmkit import ConfigurationError
from crmkit_cli._input import STDIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO


def check_apart(read: Iterable[str | None], written: Iterable[str | None]) -> None:
    """
    Refuse one file, or standard input, for two things.
    """
    given = [file for file in read if file is not None]
    if given.count(STDIN) > 1:
        msg = "standard input cannot be both the template and the clients"
        raise click.UsageError(msg)
    from_ = {Path(file).resolve() for file in given if file != STDIN}
    to = [Path(file).resolve() for file in written if file not in {None, STDIN}]
    if from_.intersection(to) or len(set(to)) < len(to):
        msg = "what is written must be other files than what is read, and each its own"
        raise click.UsageError(msg)


@contextmanager
def complete(file: str) -> Iterator[TextIO]:
    """
    Open a file to write, which replaces one of this name when the block has ended.

    Until then it lies beside it under another name, and after an error it is gone. Only
    its owner may read it. Raises ConfigurationError when it cannot be written.
    """
    try:
        path = Path(file).resolve()  # of a link, what it leads to is replaced
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="") as device:
                yield device
            return
        number, beside = tempfile.mkstemp(".part", f"{path.name}.", path.parent)
        try:
            with os.fdopen(number, "w", encoding="utf-8", newline="") as part:
                yield part
                part.flush()
                os.fsync(part.fileno())
            Path(beside).replace(path)
        finally:
            Path(beside).unlink(missing_ok=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        msg = f"{file} cannot be written: {error.strerror}"
        raise ConfigurationError(msg) from None
