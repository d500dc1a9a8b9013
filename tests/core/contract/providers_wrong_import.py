"""
A provider that looks up a host while it is imported, which breaks L02.
"""

import socket

from tests.core.contract import providers_right as right

from crmkit import hookimpl

ADDRESS = socket.getaddrinfo("127.0.0.1", 80)


@hookimpl
def crmkit_provider():
    return right.crmkit_provider()


crmkit_fetch, crmkit_sync = right.crmkit_fetch, right.crmkit_sync
crmkit_fields = right.crmkit_fields
