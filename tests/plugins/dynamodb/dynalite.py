"""
DynamoDB as dynalite simulates it, where Node.js and dynalite are installed.
"""

import os
import shutil
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

FOLDER = "DYNALITE"  # where npm put it; see the nox session dynalite


@contextmanager
def running():
    """
    Run dynalite on a port of its own, in memory; provide its URL, or skip the test.
    """
    script = Path(os.environ.get(FOLDER, ""), "node_modules/dynalite/cli.js")
    node = shutil.which("node")
    if not node or not script.is_file():
        pytest.skip(f"needs Node.js, and {FOLDER}=the folder where npm put dynalite")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [node, script, "--host", "127.0.0.1", "--port", str(port), "--createTableMs", "0"],
        stdout=subprocess.PIPE,
    )
    try:
        process.stdout.readline()  # that it listens
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()
