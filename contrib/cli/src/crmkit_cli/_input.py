"""
What commands read: files and standard input, in UTF-8.
"""

from __future__ import annotations

import sys
from pathlib import Path

from crmkit import ConfigurationError

STDIN = "-"


def read(file: str) -> bytes:
    """
    Return what a file holds, or standard input for ``-``; ConfigurationError if it fails.
    """
    try:
        return sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    except OSError as error:
        msg = f"{file} cannot be read: {error.strerror}"
        raise ConfigurationError(msg) from None


def read_text(file: str) -> str:
    """
    Return the text of a file as it is, without a byte order mark.

    Raises ConfigurationError when it cannot be read or is not UTF-8.
    """
    try:
        return read(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        msg = f"{file} is not UTF-8; save it as UTF-8"
        raise ConfigurationError(msg) from None
