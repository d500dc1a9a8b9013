"""
The plugins that the tests make, and how their own tests are run.
"""

import os
import subprocess
import sys

NAMES = {"provider": "acme_crm", "transformer": "calm", "store": "shelf"}


def run_tests(folder, *options):
    """
    Run a plugin's own tests in a process, where its module can be imported.
    """
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--no-header", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
