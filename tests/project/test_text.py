"""
What must stand in no file of the project.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = (".ci", "cassettes", "contrib", "core", "docs", "plugins", "tests")
MADE = re.compile(r"(?:^|/)(?:\.|__pycache__|dist/)")  # by tools, in their own folders
FILES = [path for path in ROOT.glob("[!.]*") if path.is_file()] + [
    path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*")
    if path.is_file() and not MADE.search(path.relative_to(ROOT / folder).as_posix())
]


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"(?<![\w.:}])/(?:home|mnt|root|work|Users)/\w", id="folders"),
        # One of HubSpot's types of tasks has that name: quoted, or in a list of options.
        pytest.param(r'\bFIX[M]E\b|(?<!["|])\bTO[D]O\b|\bTO[D]O\b(?!["|\r\n])', id="plans"),
    ],
)
def test_absent(pattern):
    """
    No file names a folder of the machine it was written on, or says what is still to do.
    """
    texts = {path: path.read_bytes().decode(errors="replace") for path in FILES}

    assert [str(path) for path, text in texts.items() if re.search(pattern, text)] == []
