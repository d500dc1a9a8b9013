"""
Documents lead where they say, and their examples are Python.
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXTS = {
    path: path.read_text("utf-8")
    for glob in ("*.md", "docs/**/*.md", "core/*.md", "plugins/*/*/*.md", "contrib/*/*.md")
    for path in ROOT.glob(glob)
}
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)\s#]*)#?([^)\s]*)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
EXAMPLE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def anchors(text):
    """
    Return the anchors of a page's headings.
    """
    return {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        for title in HEADING.findall(text)
    }


def test_links():
    """
    A link within the project leads to a file that exists, and to a heading that it has.
    """
    broken = []
    for page, text in TEXTS.items():
        for path, heading in LINK.findall(text):
            linked = (page.parent / path).resolve() if path else page
            if not linked.exists() or (heading and heading not in anchors(TEXTS[linked])):
                broken.append(f"{page.name}: {path}#{heading}")

    assert broken == []


def test_examples():
    """
    Each example in Python can be parsed.
    """
    examples = [block for text in TEXTS.values() for block in EXAMPLE.findall(text)]

    assert examples
    assert all(ast.parse(example) for example in examples)


def test_index():
    """
    The map of the documents names each of them.
    """
    index = TEXTS[ROOT / "docs" / "index.md"]
    pages = {
        path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/**/*.md")
    }

    assert {page for page in pages if f"({page})" not in index} == {"index.md"}
