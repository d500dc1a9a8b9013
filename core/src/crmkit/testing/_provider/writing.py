"""
Rules of what is written of an activity: its text, its moment, its metadata.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from crmkit.testing._provider.changes import texts
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit.testing._provider.subject import Subject

TEXT = "Grüße, 王小明 and محمد: it’s “fine” 👩‍💻"
LONG = f"{'a long text ' * 500}with an end"
MOMENT = datetime(2026, 4, 30, 23, 30, 15, tzinfo=timezone(timedelta(hours=-5)))
METADATA: tuple[dict[str, Any], ...] = (
    {},
    {"subject": "Hello", "direction": "out", "outcome": "left a message"},
    {"duration_s": 90, "from": "ana@example.com", "to": ["bo@example.com"]},
    {"duration_s": None, "due_at": None, "html": None, "subject": None},
    # The text marked up: a CRM may have room for one of the two.
    {
        "html": "<p>metadata 4</p>",
        "url": "https://example.com/?a=b&c",
        "message_id": "<1@x>",
    },
    {"due_at": "2026-05-02T09:00:00Z", "attachments": ["https://example.com/a.pdf"]},
    {"anything": {"deep": [1, 2.5, True, None, "ü"]}, "": "", "a b": "c\nd"},
)


class Writing:
    """
    What a provider holds to that makes records of activities.
    """

    @rule
    def test_s06_unicode(self, subject: Subject) -> None:
        """
        A text is written letter by letter, in any script.
        """
        subject.about("crmkit_sync")
        activity = subject.activity(subject.add(), TEXT, id="unicode")
        subject.connect().sync_activity(activity)
        if not subject.records(TEXT):
            subject.broken(f"does not write the text {TEXT!r} as it is")

    @rule
    def test_s07_moments(self, subject: Subject) -> None:
        """
        The moment that is written is the activity's instant, whatever its time zone.
        """
        subject.about("crmkit_sync")
        activity = subject.activity(subject.add(), "a visit", timestamp=MOMENT)
        subject.connect().sync_activity(activity)
        moments = set(_moments(texts(subject.records("a visit"))))
        if MOMENT not in moments:
            wrong = {MOMENT.replace(tzinfo=UTC)} & moments
            if wrong:
                subject.broken("drops the time zone of the activity's timestamp")
            subject.not_proven("no timestamp is kept of an activity")

    @rule
    def test_s08_metadata(self, subject: Subject) -> None:
        """
        Whatever the metadata holds, the activity is written; so is one without a text.

        A long text is written whole, or refused.
        """
        subject.about("crmkit_sync")
        client, connector = subject.add(), subject.connect()
        for number, metadata in enumerate(METADATA):
            text = f"metadata {number}"
            activity = subject.activity(client, text, metadata=metadata)
            outcome = connector.sync_activity(activity)
            if not outcome or len(subject.records(text)) != 1:
                what = f"says {outcome.status} of metadata with {', '.join(metadata)}"
                subject.broken(what, cause=outcome.error)
        outcome = connector.sync_activity(subject.activity(client, "", id="empty"))
        if not outcome:
            subject.broken(f"says {outcome.status} without a text", cause=outcome.error)
        outcome = connector.sync_activity(subject.activity(client, LONG, id="long"))
        if outcome and not subject.records(LONG):
            subject.broken(f"says synced of a text of {len(LONG)} letters, which it cuts")


def _moments(values: Iterable[str]) -> Iterable[datetime]:
    for value in values:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            if value.isdecimal() and len(value) in {10, 13}:
                seconds = int(value[:10])
                yield datetime.fromtimestamp(seconds, UTC)
        else:
            yield moment if moment.tzinfo else moment.replace(tzinfo=UTC)
