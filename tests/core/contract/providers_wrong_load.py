"""
A provider that loads a database while it is imported, which breaks L03.
"""

import sqlite3

from tests.core.contract import providers_right as right

from crmkit import hookimpl

CONNECT = sqlite3.connect


@hookimpl
def crmkit_provider():
    return right.crmkit_provider()


crmkit_fetch, crmkit_sync = right.crmkit_fetch, right.crmkit_sync
crmkit_fields = right.crmkit_fields
