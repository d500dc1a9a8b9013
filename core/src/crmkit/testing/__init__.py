"""
What proves a plugin: the contract's tests, fakes to run them against, and data for them.

Needs the extra ``crmkit[testing]``. The rules are in docs/contract.md.
"""

from crmkit.testing._clock import START, Clock
from crmkit.testing._fake import FakeAPI, FakeCRM, route
from crmkit.testing._forward import ForwardingAPI
from crmkit.testing._messages import Answer, Request
from crmkit.testing._provider import ProviderContract
from crmkit.testing._server import Server
from crmkit.testing._store import StoreContract
from crmkit.testing._transformer import TransformerContract
from crmkit.testing._verdicts import NotProven

__all__ = [
    "START",
    "Answer",
    "Clock",
    "FakeAPI",
    "FakeCRM",
    "ForwardingAPI",
    "NotProven",
    "ProviderContract",
    "Request",
    "Server",
    "StoreContract",
    "TransformerContract",
    "route",
]
