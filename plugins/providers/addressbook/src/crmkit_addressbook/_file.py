"""
The bytes of a CSV file as people export it, made UTF-8 whatever they were.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import re
import stat
from typing import TYPE_CHECKING

from crmkit import ConfigurationError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Stamp = tuple[int, ...]

DAMAGE = re.compile(
    "[\udc80-\udcff]"
)  # bytes that were no UTF-8, as surrogateescape has it
_NOT_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_FEW = 4  # damaged bytes: more in a file with no good ones are another encoding

_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_NO_CSV = {
    b"PK\x03\x04": "an Excel workbook or another ZIP file",
    b"\xd0\xcf\x11\xe0": "an Excel workbook of the old kind (.xls)",
    b"%PDF": "a PDF file",
    b"BEGIN:VCARD": "a vCard file",
}
_CHUNK = 1 << 20
_STABLE_READS = 3


def contents(path: Path) -> tuple[bytes, Stamp]:
    """
    Return a file's bytes, and the stamp that changes with them.

    Raises ConfigurationError when it is missing, no file, or not to be read by this user;
    UnavailableError when it cannot be read now.
    """
    try:
        _check_regular(path)
        for _ in range(_STABLE_READS):
            with path.open("rb") as file:
                before = stamp_of(os.fstat(file.fileno()))
                raw = file.read()
                if stamp_of(os.fstat(file.fileno())) == before:
                    return raw, before
    except FileNotFoundError:
        msg = (
            f"{path}: there is no such file; the address book's setting `path` names it, "
            "seen from the current folder unless it is absolute"
        )
        raise ConfigurationError(msg) from None
    except PermissionError:
        msg = (
            f"{path}: this user may not read it; grant the right to, or set another `path`"
        )
        raise ConfigurationError(msg) from None
    except OSError as error:
        msg = f"{path} cannot be read now: {error.strerror}"
        raise UnavailableError(msg, sent=False) from None
    msg = f"{path} is being written right now; try again when that is done"
    raise UnavailableError(msg, sent=False)


def stamp_of(status: os.stat_result) -> Stamp:
    """
    Return what changes when a file is replaced or written.
    """
    return (
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_size,
        status.st_ino,
        status.st_dev,
    )


def digest(raw: bytes) -> str:
    """
    Return a short name for this content.
    """
    return hashlib.blake2b(raw, digest_size=8).hexdigest()


def as_utf8(raw: bytes, encoding: str | None, name: str) -> bytes:
    """
    Return a file's text in UTF-8 without a byte order mark.

    Without *encoding* it is what the mark says, else UTF-8, else Windows-1252. UTF-8 with
    a few damaged characters stays as it is: the rows that hold them fail one by one.
    Raises ConfigurationError when this is no text, or not in that encoding.
    """
    problem = next((what for magic, what in _NO_CSV.items() if raw.startswith(magic)), None)
    if problem:
        msg = f"{name} is {problem}, no CSV file; export or save it as CSV UTF-8"
        raise ConfigurationError(msg)
    text = _recoded(raw, encoding, name)
    if b"\0" in text:
        msg = (
            f"{name} holds NUL characters, so it is no CSV text; save it as CSV UTF-8, or "
            'set `encoding`, such as "utf-16-le"'
        )
        raise ConfigurationError(msg)
    return text


def _check_regular(path: Path) -> None:
    mode = path.stat().st_mode
    if stat.S_ISREG(mode):
        return
    kind = "a folder" if stat.S_ISDIR(mode) else "no ordinary file"
    msg = f"{path} is {kind}; the address book's setting `path` must name a CSV file"
    raise ConfigurationError(msg)


def _recoded(raw: bytes, encoding: str | None, name: str) -> bytes:
    if encoding:
        return _recode(raw, encoding, name).removeprefix(codecs.BOM_UTF8)
    for bom, marked in _BOMS.items():
        if raw.startswith(bom):
            if marked == "utf-8":
                return raw[len(bom) :]
            return _recode(raw, marked, name, skip=len(bom))
    return raw if _is_utf8(raw) else _recode(raw, "cp1252", name)


def _is_utf8(raw: bytes) -> bool:
    # A few damaged characters do not make UTF-8 something else: were it then read as
    # Windows-1252, every accented name in the file would be garbled. What cannot be
    # Windows-1252 either need not be refused whole for them.
    good = bad = 0
    for text in _decoded(raw, "utf-8", "surrogateescape"):
        damaged = len(DAMAGE.findall(text))
        bad += damaged
        good += len(text) - len(text.encode("ascii", "ignore")) - damaged
    return bad == 0 or good > bad or (bad <= _FEW and _NOT_1252.search(raw) is not None)


def _recode(raw: bytes, encoding: str, name: str, skip: int = 0) -> bytes:
    done = bytearray()
    try:
        for text in _decoded(raw, encoding, "strict", skip):
            done += text.encode()
    except UnicodeDecodeError as error:
        good = error.object[: error.start].decode(encoding, "ignore")
        line = done.count(b"\n") + good.count("\n") + 1
        known = (
            "neither UTF-8 nor Windows-1252" if encoding == "cp1252" else f"no {encoding}"
        )
        msg = (
            f"{name}, line {line}: this is {known}; save the file as CSV UTF-8, or set "
            "`encoding` to what it is, such as cp1250"
        )
        raise ConfigurationError(msg) from None
    return bytes(done)


def _decoded(raw: bytes, encoding: str, errors: str, skip: int = 0) -> Iterator[str]:
    # Piece by piece: one emoji makes a whole text four bytes a character.
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    for start in range(skip, len(raw), _CHUNK):
        yield decoder.decode(raw[start : start + _CHUNK])
    yield decoder.decode(b"", final=True)
