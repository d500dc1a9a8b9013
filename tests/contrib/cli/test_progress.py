"""
How far long work is.
"""

import json
import os
import subprocess
import sys

import pytest

from crmkit_cli._progress import Meter


def test_lines(capsys):
    """
    Without a terminal there is a line now and then, and none at the end.
    """
    now = 0.0
    with Meter("sync", 5000, clock=lambda: now) as meter:
        meter.advance(1000)
        now = 6.0
        meter.advance(1000)
        meter.advance(1000)
        now = 12.0
        meter.advance(1000)
        now = 18.0
        meter.advance(1000)

    assert capsys.readouterr().err == "sync: 2,000 of 5,000\nsync: 4,000 of 5,000\n"


def test_short(acme):
    """
    Short work shows nothing of it.
    """
    text = "".join(json.dumps({"type": "call", "id": name}) + "\n" for name in "abcdef")

    assert acme("sync", "-", stdin=text).err == ""


def test_bar(plugin, environment, tmp_path):
    """
    On a terminal there is a bar, and what is printed stays clean.
    """
    pty = pytest.importorskip("pty")
    pytest.importorskip("rich")
    text = "".join(json.dumps({"type": "call", "id": name}) + "\n" for name in "abcdef")
    (tmp_path / "six.jsonl").write_text(text)
    reader, terminal = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "crmkit_cli", "sync", "six.jsonl", "--plugin", plugin],
        stdout=subprocess.PIPE,
        stderr=terminal,
        env={**environment, "TERM": "xterm"},
        cwd=tmp_path,
        check=False,
    )
    os.close(terminal)
    shown = os.read(reader, 1 << 16).decode()
    os.close(reader)

    assert done.stdout == b"6 synced\n"
    assert "%" in shown
