"""
Documents lead where they say.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    path
    for glob in ("*.md", "docs/**/*.md", "core/*.md", "plugins/*/*/*.md", "contrib/*/*.md")
    for path in ROOT.glob(glob)
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links(page):
    """
    A link to a file of the project leads to one, and to a heading that it has.
    """
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        path, _, heading = target.partition("#")
        if not target.startswith(("http://", "https://", "mailto:")):
            linked = page.parent / path if path else page

            assert linked.exists()
            assert not heading or heading in headings(linked)


def headings(page):
    """
    Return the anchors of a page's headings.
    """
    titles = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_examples(page):
    """
    An example in Python is Python.
    """
    blocks = re.findall(
        r"^```python\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )

    assert all(ast.parse(block) for block in blocks)


def test_index():
    """
    The map of the documents names each of them.
    """
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    pages = {
        path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/**/*.md")
    }

    assert {page for page in pages if f"({page})" not in index} == {"index.md"}
