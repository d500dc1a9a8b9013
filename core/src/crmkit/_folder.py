"""
Folders in which crmkit keeps what is the user's.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def data_folder() -> Path:
    """
    Return ``crmkit`` in the user's data folder, which may not exist yet.
    """
    from pathlib import Path

    home = Path.home()
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        folder = home / "Library" / "Application Support"
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME", ""))
        if not folder.is_absolute():  # as the XDG specification wants it
            folder = home / ".local" / "share"
    return folder / "crmkit"


def make_private(folder: Path) -> None:
    """
    Make a folder and those above it, each its owner's alone whatever the umask.
    """
    for missing in reversed([it for it in (folder, *folder.parents) if not it.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
