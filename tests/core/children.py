"""
Other processes: the code of a test run in a fresh interpreter, told when to go on.
"""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
BEGIN = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"


class Child:
    """
    A process that runs *code*; it says things with print, and waits with input().
    """

    def __init__(self, code, **names):
        assigned = "".join(f"{name} = {value!r}\n" for name, value in names.items())
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-c", BEGIN + assigned + dedent(code)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.communicate()

    def hear(self):
        """
        Return the next line that it says; empty when it is gone.
        """
        return self._process.stdout.readline().rstrip("\n")

    def tell(self, line="go on"):
        """
        Let it go on.
        """
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def kill(self):
        """
        End it as kill -9 does.
        """
        self._process.kill()
        self._process.wait()

    def end(self):
        """
        Wait until it ended; return all that it still said.
        """
        said, _ = self._process.communicate(timeout=60)
        assert self._process.returncode == 0
        return said.splitlines()
