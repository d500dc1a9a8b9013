"""
Rules of what a client is made of: texts, moments, consent, custom fields, history.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from crmkit.models import Consent
from crmkit.testing._clock import START
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from crmkit.models import ClientData
    from crmkit.testing._provider.subject import Subject

NAMES = (
    *("Zoë Ångström", "王小明", "محمد علي", "Владимир", "İpek Çağlar", "José 👩‍💻"),
    *("Jean-Luc O’Brien, Jr.", 'D\'Arcy "Al" Smith', "A & B <Ltd>", "x" * 80),
)
FALSE = {"Visits so far": 0, "Wants calls": False}
LATE = datetime(2026, 4, 30, 23, 30, tzinfo=timezone(timedelta(hours=-5)))


class Reading:
    """
    What a provider holds to that makes clients of records.
    """

    @rule
    def test_f11_unicode(self, subject: Subject) -> None:
        """
        A name comes back letter by letter, in any script.
        """
        subject.about("crmkit_fetch")
        connector = subject.connect()
        for name in NAMES:
            client = subject.add(first_name=name, last_name=None, name=name)
            found = connector.get_client_data(client.id).name
            if found != name:
                subject.broken(f"makes {found!r} of the name {name!r}")

    @rule
    def test_f12_moments(self, subject: Subject) -> None:
        """
        A moment is the same instant that the CRM means, whatever time zone it is told in.
        """
        subject.about("crmkit_fetch")
        client = subject.add(updated_at=LATE)
        found = subject.connect().get_client_data(client.id).updated_at
        if found is None:
            subject.not_proven("no updated_at comes back")
        if found != LATE:
            subject.broken(f"takes {LATE.isoformat()} for {found.isoformat()}")

    @rule
    def test_f13_merged(self, subject: Subject) -> None:
        """
        A client that was merged into another is found by its old id, as one of the aliases.
        """
        subject.about("crmkit_fetch")
        kept, gone = subject.add(), subject.add()
        subject.fake.merge_clients(kept.id, gone.id)
        found = subject.connect().get_clients_data([kept.id, gone.id])
        for asked in (kept.id, gone.id):
            client = found[asked]
            if isinstance(client, Exception):
                subject.broken("loses a client that was merged", cause=client)
            if asked not in {client.id, *client.aliases}:
                subject.broken("gives a merged client without its other id in aliases")

    @rule
    def test_f14_custom_fields(self, subject: Subject) -> None:
        """
        A custom field comes back by the name that crmkit_fields tells, with its value.
        """
        subject.about("crmkit_fields")
        client = subject.add(custom_fields={"Favourite colour": "teal", **FALSE})
        connector = subject.connect()
        fields = connector.session().fields()
        names = {field.name for field in fields}
        if len(names) < len(fields):
            subject.broken("gives two fields the same name")
        found = connector.get_client_data(client.id).custom_fields
        if "teal" not in found.values():
            subject.not_proven("a custom field of the fake does not come back")
        if not names & {name for name, value in found.items() if value == "teal"}:
            subject.broken("does not name a custom field as the clients do")
        values = {str(value).casefold() for value in found.values()}
        for lost in FALSE.values():
            if str(lost).casefold() not in values:
                subject.broken(f"loses the value {lost!r} of a custom field")

    @rule
    def test_f15_consent(self, subject: Subject) -> None:
        """
        Consent is never better than what the CRM says: unknown is unspecified.
        """
        subject.about("crmkit_fetch")
        connector = subject.connect()
        found = {}
        for status in ("opted_in", "opted_out", "unspecified"):
            consent = Consent(channel="email", status=status)
            client = subject.add(consent=[consent])
            found[status] = _statuses(connector.get_client_data(client.id))
        if not set().union(*found.values()) - {"unspecified"}:
            subject.not_proven("no consent comes back")
        if not found["opted_out"] & {"opted_out", "do_not_contact"}:
            subject.broken("loses that somebody opted out of e-mail")
        for status in ("opted_out", "unspecified"):
            if "opted_in" in found[status]:
                subject.broken(f"says opted_in of somebody who is {status}")

    @rule
    def test_f16_history(self, subject: Subject) -> None:
        """
        What happened with a client comes newest first, each thing under an id of its own.
        """
        subject.about("crmkit_history")
        client, other = subject.add(), subject.add()
        connector = subject.connect()
        for hours, whose in ((2, client), (3, client), (1, client), (4, other)):
            moment = START - timedelta(hours=hours)
            visit = subject.activity(whose, f"visit {hours} h ago", timestamp=moment)
            connector.sync_activity(visit)
        history = connector.get_client_data(client.id, include=["history"]).history or ()
        told = [one for one in history if "h ago" in one.description]
        if not told:
            subject.not_proven("what was written is not in the fake's history")
        texts = [one.description[one.description.index("visit") :][:7] for one in told]
        if "visit 4" in texts:
            subject.broken("tells what happened with somebody else")
        # Where the CRM itself sets the moments, they are in the order of writing.
        moments = [one.timestamp for one in told if one.timestamp]
        is_newest_first = moments == sorted(moments, reverse=True)
        if sorted(texts) != ["visit 1", "visit 2", "visit 3"] or not is_newest_first:
            subject.broken(f"tells {', '.join(texts)} h ago, in this order")
        if len({one.id for one in history}) < len(history):
            subject.broken("gives two things the same id")


def _statuses(client: ClientData) -> set[str]:
    return {c.status for c in client.consent if c.channel in {"email", "*"}}
