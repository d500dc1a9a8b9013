"""
What Salesforce's kinds of activity are made of: fields of Task and of Event.
"""

from __future__ import annotations

from attrs import frozen

from crmkit import kinds
from crmkit.kinds import Entry, day, text, whole_seconds, words

TASK, EVENT = "Task", "Event"
TYPES = dict.fromkeys(
    (
        *("note", "call", "meeting", "task", "email_sent", "email_received"),
        *("email_opened", "sms_sent", "property_view", "*"),
    ),
    TASK,
)


@frozen(kw_only=True)
class Kind(kinds.Kind):
    """
    One way to fill a record; *done*: what it tells is over.
    """

    done: bool = True


_SUBJECT = Entry("subject", "Subject", text)
NOTE = Kind(types=("note",), entries=(_SUBJECT,), defaults={"TaskSubtype": "Task"})
CALL = Kind(
    types=("call",),
    entries=(
        _SUBJECT,
        Entry("direction", "CallType", {"in": "Inbound", "out": "Outbound"}),
        Entry("duration_s", "CallDurationInSeconds", whole_seconds),
        Entry("outcome", "CallDisposition", text),
        Entry("message_id", "CallObject", text),
    ),
    defaults={"TaskSubtype": "Call"},
)
EMAIL = Kind(types=("email_sent",), entries=(_SUBJECT,), defaults={"TaskSubtype": "Email"})
TO_DO = Kind(
    types=("task",),
    entries=(
        _SUBJECT,
        Entry("due_at", "ActivityDate", day),
        Entry(
            "outcome",
            "Status",
            words("Not Started", "In Progress", "Completed", "Deferred"),
        ),
    ),
    defaults={"TaskSubtype": "Task"},
    done=False,
)
MEETING = Kind(
    types=("meeting",), entries=(_SUBJECT, Entry("url", "Location", text)), done=False
)
_BY_TYPE = {
    **{kind.types[0]: kind for kind in (NOTE, CALL, EMAIL, TO_DO)},
    "email_received": EMAIL,
}
READ = {  # what is asked for in a history
    TASK: (
        *("Id", "Subject", "Description", "ActivityDate", "TaskSubtype", "IsClosed"),
        *("Status", "CallType", "CallDurationInSeconds", "CallDisposition"),
        *("CallObject", "CreatedDate"),
    ),
    EVENT: (
        *("Id", "Subject", "Description", "StartDateTime", "EndDateTime", "Location"),
        "CreatedDate",
    ),
}
LONGEST = {
    **dict.fromkeys(("Subject", "CallDisposition", "CallObject", "Location"), 255),
    "Description": 32_000,
}


def written_as(name: str, type_: str) -> Kind:
    """
    Return how an activity of this type fills a record of the kind of this *name*.
    """
    return MEETING if name == EVENT else _BY_TYPE.get(type_, NOTE)


def read_as(name: str, subtype: object, *, closed: bool) -> Kind:
    """
    Return how a record of the kind of this *name* is read.
    """
    if name == EVENT:
        return MEETING
    known = {"Call": CALL, "Email": EMAIL}
    return known.get(str(subtype), NOTE if closed else TO_DO)
