"""
Modules and functions stay small enough to be read at once.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = sorted(ROOT.glob("core/src/**/*.py")) + sorted(
    path for top in ("plugins", "contrib") for path in ROOT.glob(f"{top}/**/src/**/*.py")
)
MODULE, FUNCTION = 250, 40
LONG = {
    "core/src/crmkit/errors.py": "the tree of errors is read as a whole",
}


def test_modules():
    """
    No module has more than 250 lines but those with a reason, and these need one still.
    """
    sizes = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").count("\n")
        for path in FILES
    }

    assert {name for name, size in sizes.items() if size > MODULE} == set(LONG)


def test_functions():
    """
    No function has more than 40 lines, its signature aside.
    """
    functions = [
        (f"{path.name}:{node.name}", node.end_lineno - node.body[0].lineno + 1)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]

    assert [name for name, size in functions if size > FUNCTION] == []
