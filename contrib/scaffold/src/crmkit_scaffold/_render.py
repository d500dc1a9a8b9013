"""
A plugin's folder, made of the template.
"""

from __future__ import annotations

from errno import EEXIST
from pathlib import Path
from typing import TYPE_CHECKING

from crmkit_scaffold._names import distribution

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATE = Path(__file__).with_name("template")


def render(kind: str, name: str, into: Path, answers: Mapping[str, str]) -> Path:
    """
    Make the folder of a plugin inside *into*, and return it.

    *answers* are label, base_url and author; the template has defaults for all of them.
    Raises FileExistsError where something is there already, OSError where nothing can be.
    """
    # Copier takes most of a second to import, which --help and a wrong name need not pay.
    from copier import Settings, run_copy

    folder = into / distribution(name)
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise FileExistsError(EEXIST, "something is there already", str(folder))
    into.mkdir(parents=True, exist_ok=True)
    run_copy(
        str(TEMPLATE),
        folder,
        {**answers, "kind": kind, "name": name},
        defaults=True,
        quiet=True,
        settings=Settings(),  # those of this machine may hold other defaults
    )
    return folder
