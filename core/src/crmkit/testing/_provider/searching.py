"""
Rules of finding clients by a field, and of listing them.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta, timezone
from typing import TYPE_CHECKING, Any

from crmkit import AmbiguousClientError, ClientData, CRMError, hookimpl
from crmkit.testing._clock import START
from crmkit.testing._provider.changes import in_records
from crmkit.testing._provider.failing import failed_on
from crmkit.testing._provider.fetching import scrambled
from crmkit.testing._verdicts import NotProven, rule

if TYPE_CHECKING:
    from collections.abc import Generator

    from crmkit import CRMConnector
    from crmkit.testing._provider.subject import Subject

NOBODY = "nobody@example.com"
ODD_VALUES = (
    *("*", "%", "", "@", "' OR '1'='1", "a@example.com,b@example.com", "x&email=y"),
    *('"', "\\", "a@example.com'--", "{}", "ana+news@example.com", "ü@example.com"),
)
LONG_AGO = START - timedelta(days=30)
# In a zone where it is later: who drops the zone asks for what is yet to come.
SINCE = (START - timedelta(days=10)).astimezone(timezone(timedelta(hours=5)))
JUST_AFTER = SINCE + timedelta(minutes=1)
NAMELESS = dict.fromkeys(("name", "first_name", "last_name", "email", "phone"))


class Finding:
    """
    What a provider holds to that finds clients by a field.
    """

    @rule
    def test_f21_by_email(self, subject: Subject) -> None:
        """
        A client is found by e-mail address, and nobody by an address that nobody has.
        """
        subject.about("crmkit_find_clients")
        client, _other = subject.add(), subject.add()
        connector = subject.connect()
        found = connector.find_client(email=client.email)
        if found is None or found.id != client.id:
            subject.broken("does not find the client that has the address")
        if connector.find_client(email=NOBODY) is not None:
            subject.broken("finds somebody by an address that nobody has")

    @rule
    def test_f22_whole(self, subject: Subject) -> None:
        """
        A client that is found has all that the same client has when fetched by id.
        """
        subject.about("crmkit_find_clients")
        client = subject.add(custom_fields={"Favourite colour": "teal"})
        connector = subject.connect()
        fetched = connector.get_client_data(client.id)
        found = connector.find_client(email=client.email)
        if found is None:
            subject.not_proven("it finds nobody, see F21")
        if _comparable(found) != _comparable(fetched):
            subject.broken("finds a client that is less than crmkit_fetch gives")

    @rule
    def test_f23_ambiguous(self, subject: Subject) -> None:
        """
        Where two clients match, both are told, so that nobody is taken for somebody else.
        """
        subject.about("crmkit_find_clients")
        field, value, ids = _two_alike(subject)
        try:
            found = subject.connect().find_client(field=(field, value))
        except AmbiguousClientError as error:
            if not ids <= set(error.client_ids):
                subject.broken("does not tell both clients that match", cause=error)
        else:
            if found is None:
                subject.not_proven("it finds nobody, see F21")
            subject.broken(f"finds {found!r} where two match")

    @rule
    def test_f24_odd_values(self, subject: Subject) -> None:
        """
        What is searched for is data: wildcards, quotes and separators find nobody.
        """
        subject.about("crmkit_find_clients")
        subject.add()
        connector = subject.connect()
        for odd in ODD_VALUES:
            if isinstance(_found(connector, ("email", odd)), ClientData):
                subject.broken(f"finds somebody by the address {odd!r}")

    @rule
    def test_f25_unknown_field(self, subject: Subject) -> None:
        """
        A field that cannot be searched is NotSupportedError, or finds nobody.
        """
        subject.about("crmkit_find_clients")
        subject.add()
        found = _found(subject.connect(), ("no_such_field", "x"))
        if isinstance(found, ClientData | AmbiguousClientError):
            subject.broken("finds somebody by a field that there is not")
        if isinstance(found, CRMError) and failed_on(found):
            subject.broken("fails on a field that there is not", cause=found)


class Listing:
    """
    What a provider holds to that lists clients.
    """

    @rule
    def test_f31_pages(self, subject: Subject) -> None:
        """
        A list ends, and has each client once, however many fill its pages.
        """
        subject.about("crmkit_list_clients")
        pages, size = _Pages(), subject.fake.page_size
        connector = subject.connect(wrappers=[pages])
        there: list[str] = []
        for number in (0, 1, size, size + 1, 2 * size, 2 * size + 1):
            there += [subject.add(**NAMELESS).id for _ in range(number - len(there))]
            pages.count = 0
            listed = Counter(client.id for client in connector.iter_clients())
            if listed != Counter(there):
                wrong = f"{listed.total()} of {number} clients in pages of {size}"
                subject.broken(f"lists {wrong}, or some of them twice")
        if pages.count == 1:
            subject.not_proven("the fake gives no second page; cut lists by page_size")

    @rule
    def test_f32_since(self, subject: Subject) -> None:
        """
        A list since a moment has all clients changed after it, none from long before.
        """
        subject.about("crmkit_list_clients")
        old = [subject.add(updated_at=LONG_AGO) for _ in range(2)]
        new = [subject.add(updated_at=JUST_AFTER) for _ in range(3)]
        connector = subject.connect()
        if connector.get_client_data(new[0].id).updated_at != JUST_AFTER:
            subject.not_proven("no updated_at comes back")
        _list_all(subject, 5)
        listed = {client.id for client in connector.iter_clients(updated_since=SINCE)}
        if not listed >= {client.id for client in new}:
            subject.broken("leaves out a client that has changed since")
        if listed & {client.id for client in old}:
            subject.broken("lists a client that has not changed since")

    @rule
    def test_f33_deleted(self, subject: Subject) -> None:
        """
        A client that was deleted is not listed, unless as deleted; nobody else is.
        """
        subject.about("crmkit_list_clients")
        kept, gone = subject.add(), subject.add()
        subject.fake.remove_client(gone.id)
        pages = _Pages()
        listed = {client.id for client in subject.connect(wrappers=[pages]).iter_clients()}
        if gone.id in listed:
            subject.broken("lists a client that was deleted")
        if kept.id not in listed or kept.id in pages.deleted:
            subject.broken("takes a client for deleted that is there")

    @rule
    def test_f34_unreadable(self, subject: Subject) -> None:
        """
        A record of a list that cannot be read costs that record, and is told at the end.
        """
        subject.about("crmkit_list_clients")
        first, second, third = (subject.add() for _ in range(3))
        _list_all(subject, 3)
        clients = subject.connect().iter_clients()
        listed: set[str] = set()
        try:
            with subject.changing(in_records(second.id, scrambled)):
                listed.update(client.id for client in clients)
        except CRMError:
            told = True
        else:
            told = False
        if not {first.id, third.id} <= listed:
            subject.broken("loses clients for the record of another: give a map(…)")
        if not told:
            subject.broken("does not tell of a record that it cannot read")


class _Pages:
    """
    Looks on at the pages of a list.
    """

    def __init__(self) -> None:
        self.count = 0
        self.deleted: set[str] = set()

    @hookimpl(wrapper=True)
    def crmkit_list_clients(self) -> Generator[None, Any, Any]:
        results = yield
        self.count += 1
        self.deleted |= set(results.page.deleted) if results.page else set()
        return results


def _list_all(subject: Subject, number: int) -> None:
    """
    Go on only if all clients that there are can be listed.
    """
    if sum(1 for _ in subject.connect().iter_clients()) != number:
        subject.not_proven("it does not list all, see F31")


def _two_alike(subject: Subject) -> tuple[str, str, set[str]]:
    """
    Return what two clients have in common, and their ids; some CRMs allow an address once.
    """
    email, phone = ("email", "both@example.com"), ("phone", "+351 555 0000")
    try:
        return (*email, {subject.add(email=email[1]).id for _ in range(2)})
    except NotProven:
        return (*phone, {subject.add(phone=phone[1]).id for _ in range(2)})


def _found(connector: CRMConnector, field: tuple[str, str]) -> ClientData | CRMError | None:
    try:
        return connector.find_client(field=field)
    except CRMError as error:
        return error


def _comparable(client: ClientData) -> tuple[object, ...]:
    plain = (
        client.name,
        client.first_name,
        client.last_name,
        client.email,
        client.phone,
        client.updated_at,
    )
    return (*plain, client.consent, client.tags, dict(client.custom_fields))
