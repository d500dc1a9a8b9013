"""
crmkit in AWS Lambda: a queue's messages go to the outbox, the outbox goes to the CRM.

    add      for an SQS queue, with ReportBatchItemFailures
    flush    for a schedule, every few minutes

What to connect to is in crmkit.toml beside this file and in CRMKIT_ variables. The store
must outlive the function and serve many at once: CRMKIT_STORE=dynamodb://TABLE?region=…
"""

import os
from typing import Any

from crmkit import ActivityRecord, CRMConnector
from crmkit.codec import activity_from_json, from_json

SHARE = float(os.environ.get("DAILY_SHARE", "0.8"))  # the rest is for people
MARGIN = 5.0  # seconds in which what was sent is noted

# Outside of the functions, so that it is kept as long as they are warm.
connector = CRMConnector.from_config(auto_sync=False)


def add(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """
    Write the activities that messages hold to the outbox; name the messages that failed.

    These come again, and in the end go to the queue's dead letters. One that comes twice
    is known by its id. A StoreError fails all of them, and nothing was written then.
    """
    activities: dict[str, ActivityRecord] = {}
    failed: dict[str, object] = {}
    for record in event["Records"]:
        try:
            activities[record["messageId"]] = activity_of(record)
        except ValueError as error:
            failed[record["messageId"]] = error
    report = connector.batch_sync_activities(activities.values())
    for message, outcome in zip(activities, report, strict=True):
        if not outcome.accepted:
            failed[message] = outcome.error
    for message, reason in failed.items():
        print(f"{message}: {reason}")  # which names no person
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def activity_of(record: dict[str, Any]) -> ActivityRecord:
    """
    Return the activity in a message; one without an id takes the message's.
    """
    values = from_json(record["body"])
    if isinstance(values, dict):
        values["id"] = values.get("id") or record["messageId"]
    return activity_from_json(values)


def flush(_event: object, context: Any) -> dict[str, Any]:
    """
    Send what waits until the function's time is nearly over; fail if somebody must act.
    """
    seconds = context.get_remaining_time_in_millis() / 1000 - MARGIN
    report = connector.flush_pending(deadline=seconds, daily_share=SHARE)
    told = {"counts": report.counts, "unsent": list(report.unsent)}
    if report.exit_code in {2, 3, 5}:  # configuration, dead or undecided, credentials
        msg = f"the outbox needs somebody: {told}"
        raise RuntimeError(msg)
    return told
