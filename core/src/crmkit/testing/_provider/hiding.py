"""
The rule of what is told nowhere: tokens, and what is known of a client.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crmkit import CrmkitError
from crmkit.testing._provider.changes import with_value
from crmkit.testing._provider.gate import always
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmkit.models import ClientData
    from crmkit.testing._provider.subject import Subject

STATUSES = (400, 401, 404, 429, 500)
PERSON = {
    "first_name": "Quirina",
    "last_name": "Vanderplank",
    "name": "Quirina Vanderplank",
    "email": "quirina.vanderplank@example.com",
    "phone": "+351 555 998877",
}


class Hiding:
    """
    What a provider holds to that handles what is secret.
    """

    @rule
    def test_c03_secrets(self, subject: Subject) -> None:
        """
        No token and nothing of a client stands in a message, a log or a repr.
        """
        subject.about("crmkit_fetch")
        client = subject.add(**PERSON)
        hidden = [*PERSON.values(), subject.fake.token]
        echoes = [with_value(subject.fake.error(n, {}), hidden) for n in STATUSES]
        for echo in (None, *echoes):
            before = None if echo is None else always(echo)
            for hook, call in _calls(subject, client).items():
                with subject.gate.between(before=before):
                    told = list(_told(call))
                for where, said in told:
                    if any(secret in str(said) for secret in hidden):
                        subject.about(hook)
                        what = f"shows a token or a client's data in a {where}"
                        subject.broken(what, cause=said)


def _calls(subject: Subject, client: ClientData) -> dict[str, Callable[[], object]]:
    """
    Return a call of each hook that the provider has.
    """
    connector = subject.connect(max_retries=0)
    activity = subject.activity(client, PERSON["name"], id="secret")
    calls: dict[str, Callable[[], object]] = {
        "crmkit_fetch": lambda: bool(connector.get_client_data(client.id)),
        "crmkit_sync": lambda: connector.sync_activity(activity),
        "crmkit_find_clients": lambda: connector.find_client(email=PERSON["email"]),
        "crmkit_check": connector.check,
    }
    return {
        hook: call
        for hook, call in calls.items()
        if subject.host.offers(subject.name, hook)
    }


def _told(call: Callable[[], object]) -> Iterator[tuple[str, object]]:
    """
    Yield what a call tells: in a message, in a repr, in the log.
    """
    with _logged() as records:
        try:
            got = call()
        except CrmkitError as raised:
            got = raised
    said = getattr(got, "error", got)
    if isinstance(said, Exception):
        yield "message", said
    yield "repr", repr(got)
    yield from (("log", record) for record in records)


@contextmanager
def _logged() -> Iterator[list[str]]:
    records: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(self.format(record))

    root, handler = logging.getLogger(), Keep()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield records
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
