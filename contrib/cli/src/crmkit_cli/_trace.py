"""
The wire, shown on standard error: the debug log of the core's HTTP.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crmkit_cli._output import note, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Lines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        note(one_line(record.getMessage()))


@contextmanager
def shown() -> Iterator[None]:
    """
    Print one line for each request and one for its answer; they hold no values.
    """
    log = logging.getLogger("crmkit.http")
    level, handler = log.level, _Lines()
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
