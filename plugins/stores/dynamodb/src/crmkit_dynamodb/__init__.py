"""
The store ``dynamodb``: one outbox in a table of DynamoDB, for many machines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit_dynamodb._url import place_of

if TYPE_CHECKING:
    from crmkit_dynamodb._store import DynamoStore

__all__ = ["open_store"]


def open_store(url: str) -> DynamoStore:
    """
    Open ``dynamodb://TABLE?region=eu-central-1``; AWS is called on first use.

    Raises ConfigurationError for a URL of another form.
    """
    from crmkit_dynamodb._store import DynamoStore

    return DynamoStore(place_of(url))
