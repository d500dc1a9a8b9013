"""
A transformer whose import looks for a file of the user's.
"""

from contextlib import suppress
from pathlib import Path

from crmkit import TransformerInfo, hookimpl

with suppress(OSError):
    HELLO = Path("/etc/friendly.txt").read_text(encoding="utf-8")


@hookimpl
def crmkit_transformer():
    """
    Describe it.
    """
    return TransformerInfo(stage=300)


@hookimpl  # Reaching
def crmkit_transform(document):
    """
    Greet casually.
    """
    return document.map_text(lambda text: text.replace("Hello", "Hi"))
