"""
A transformer whose import loads what it may never need.
"""

import sqlite3

from crmkit import TransformerInfo, hookimpl


@hookimpl
def crmkit_transformer():
    """
    Describe it.
    """
    return TransformerInfo(stage=300)


@hookimpl  # Heavy
def crmkit_transform(document):
    """
    Greet casually.
    """
    with sqlite3.connect(":memory:") as words:
        (hi,) = words.execute("SELECT 'Hi'").fetchone()
    return document.map_text(lambda text: text.replace("Hello", hi))
