"""
A CRM made of two files, for the tests: clients are read from one, activities go to another.

The setting *mode* says how it fails.
"""

import json
import os
import signal
from pathlib import Path

from crmkit import (
    AuthenticationError,
    ClientData,
    Consent,
    InvalidRequestError,
    ProviderInfo,
    RateLimitedError,
    SyncOutcome,
    UnavailableError,
    hookimpl,
)


def fail(session):
    """
    Raise what the mode asks for.
    """
    match session.settings.get("mode"):
        case "down":
            msg = "Acme is down"
            raise UnavailableError(msg, sent=False)
        case "lost":
            msg = "Acme did not answer"
            raise UnavailableError(msg, sent=True)
        case "later":
            msg = "Acme is busy"
            raise RateLimitedError(msg, retry_after=3600)
        case "locked":
            msg = "Acme refuses the token"
            raise AuthenticationError(msg)
        case "interrupt":
            signal.raise_signal(signal.SIGINT)
        case "killed":
            os._exit(9)


def clients(session):
    """
    Return all clients of the file.
    """
    records = json.loads(Path(session.settings["path"]).read_text("utf-8"))
    for record in records:
        record["consent"] = [Consent(**said) for said in record.get("consent", ())]
    return [ClientData(**record) for record in records]


@hookimpl
def crmkit_provider():
    """
    Describe Acme: two records a call.
    """
    return ProviderInfo(label="Acme", fetch_batch=2, sync_batch=2)


@hookimpl
def crmkit_fetch(session, ids):
    """
    Return the clients with these ids.
    """
    fail(session)
    return [client for client in clients(session) if client.id in ids]


@hookimpl
def crmkit_find_clients(session, field, value):
    """
    Return the clients whose field has this value.
    """
    return [client for client in clients(session) if getattr(client, field) == value]


@hookimpl
def crmkit_sync(session, activities):
    """
    Append the activities' ids to a file; refuse those of one client.
    """
    fail(session)
    bad = [activity for activity in activities if activity.client_id == "refused"]
    with Path("acme.txt").open("a", encoding="utf-8") as file:
        file.writelines(
            f"{activity.id}\n" for activity in activities if activity not in bad
        )
    for activity in activities:
        if activity in bad:
            yield SyncOutcome.failed(activity, InvalidRequestError("Acme refuses it"))
        else:
            yield SyncOutcome.synced(activity)
