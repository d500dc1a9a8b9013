"""
Rules of writing while the CRM refuses or fails: nothing is lost, nothing is there twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit.testing._messages import Answer
from crmkit.testing._provider.attempt import POISON, SIZE, Attempt
from crmkit.testing._provider.changes import GONE, changed, value_of, with_value
from crmkit.testing._provider.failing import UNREADABLE
from crmkit.testing._provider.gate import always
from crmkit.testing._verdicts import NotOffered, NotProven, rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit.testing._messages import Request
    from crmkit.testing._provider.subject import Subject


class Resending:
    """
    What a provider holds to when writing fails.
    """

    @rule
    def test_s11_lost_answer(self, subject: Subject) -> None:
        """
        A write whose answer is lost is not sent again: nobody knows whether it is there.
        """
        _each_kind(
            subject,
            lambda kind: Attempt(subject, kind=kind).sync(after=_lost).was_written(),
        )

    @rule
    def test_s12_done_but_500(self, subject: Subject) -> None:
        """
        A write that the CRM did and calls failed is not sent again, and not given up.
        """
        error = subject.fake.error(500, {})
        Attempt(subject).sync(after=always(error)).was_written()

    @rule
    def test_s13_unreadable(self, subject: Subject) -> None:
        """
        A write whose answer cannot be read is not sent again, and not given up.
        """
        connector = subject.connect()
        for content in UNREADABLE:
            answer = Answer(content=content)
            attempt = Attempt(subject, connector=connector)
            attempt.sync(after=always(answer)).was_written()

    @rule
    def test_s14_unaccounted(self, subject: Subject) -> None:
        """
        An activity that the CRM's answer does not account for is not told as synced.
        """
        if subject.sync_batch() < SIZE:
            subject.not_offered("it writes few activities a call")
        attempt = Attempt(subject).sync(after=_without_last)
        if not attempt.changed:
            subject.not_proven("the fake's answer to a write lists no records")
        statuses = sorted(outcome.status for outcome in attempt.outcomes)
        # Fewer are right where rows are known by their place: an answer that is too short.
        if statuses.count("synced") > SIZE - 1:
            what = f"says {', '.join(statuses)} where the answer tells of two in three"
            subject.broken(what)

    @rule
    def test_s15_one_bad_row(self, subject: Subject) -> None:
        """
        A request that is refused for one of its activities costs that one alone.
        """
        refusal = subject.fake.error(400, {})

        def refuses(request: Request) -> Answer | None:
            return refusal if POISON.encode() in request.body else None

        attempt = Attempt(subject, bad=1).sync(before=refuses)
        attempt.has("synced", "dead", "synced")

    @rule
    def test_s16_limit(self, subject: Subject) -> None:
        """
        What the CRM puts off with 429 is pending, and there once after a flush.
        """
        answer = subject.fake.error(429, {"Retry-After": "3600"})
        attempt = Attempt(subject).sync(before=always(answer))
        attempt.has(*["pending"] * SIZE).flush().has(*["synced"] * SIZE)

    @rule
    def test_s17_token(self, subject: Subject) -> None:
        """
        What cannot be written for a refused token is pending until the token is good.
        """
        answer = subject.fake.error(401, {})
        attempt = Attempt(subject).sync(before=always(answer))
        attempt.has(*["pending"] * SIZE).flush().has(*["synced"] * SIZE)

    @rule
    def test_s18_refused(self, subject: Subject) -> None:
        """
        What the CRM refuses or fails to write is never told as synced.
        """
        connector = subject.connect()
        for status in (400, 403, 404, 409, 422, 423, 500, 503):
            answer = subject.fake.error(status, {})
            Attempt(subject, connector=connector).sync(before=always(answer))

    @rule
    def test_s21_looked_up(self, subject: Subject) -> None:
        """
        What is uncertain is looked for before it is sent again; found, it is synced.
        """
        _looked_for(subject, written=True)

    @rule
    def test_s22_not_there(self, subject: Subject) -> None:
        """
        What is looked for and is not there is sent again, and then there once.

        It is not taken for another of the same client, type and moment.
        """
        _looked_for(subject, written=False)

    @rule
    def test_s23_cannot_tell(self, subject: Subject) -> None:
        """
        What cannot be looked for now stays uncertain, and is not sent again.
        """
        subject.about("crmkit_find_activity")
        down = subject.fake.error(503, {})
        attempt = Attempt(subject).is_uncertain(written=True)
        uncertain = [o.activity_id for o in attempt.outcomes if o.status == "uncertain"]
        attempt.flush(reading=down)
        if not attempt.asked:
            subject.not_offered("it looks nothing up: sending again does no harm")
        for outcome in attempt.outcomes:
            if outcome.activity_id in uncertain and outcome.status != "uncertain":
                what = f"says {outcome.status} while the CRM cannot tell"
                subject.broken(what, cause=outcome.error)


def _looked_for(subject: Subject, *, written: bool) -> None:
    subject.about("crmkit_find_activity")

    def prove(kind: str) -> None:
        attempt = Attempt(subject, kind=kind).among_others()
        attempt.is_uncertain(written=written).flush().is_found()

    _each_kind(subject, prove)


def _each_kind(subject: Subject, prove: Callable[[str], object]) -> None:
    """
    Prove a rule of each kind of activity; what no kind can show is not proven.
    """
    types, reasons = _types(subject), []
    for name in types:
        try:
            if name != subject.type():
                _written(subject, name)
            prove(name)
        except (NotOffered, NotProven) as reason:
            reasons.append(reason)
    if len(reasons) == len(types):
        raise reasons[0]


def _written(subject: Subject, name: str) -> None:
    text = f"first of type {name}, whole"
    activity = subject.activity(subject.add(), text, type=name)
    if not subject.connect().sync_activity(activity) or not subject.records(text):
        subject.not_proven(f"{name} is not written, see S02")


def _types(subject: Subject) -> list[str]:
    kinds, own = subject.info.kinds, subject.type()
    of_kinds = {kinds.get(own, kinds.get("*", "")): own}
    for name, kind in kinds.items():
        of_kinds.setdefault(kind, "other" if name == "*" else name)
    return list(of_kinds.values())


def _lost(_answer: Answer) -> Answer:
    return Answer(lost=True)


def _without_last(answer: Answer) -> Answer:
    value = value_of(answer)
    found = _list_of(value)
    if found is None:
        return answer
    path: tuple[Any, ...] = (*found, SIZE - 1)
    return with_value(answer, changed(value, path, GONE))


def _list_of(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, list) and len(value) == SIZE:
        return ()
    inner = value.items() if isinstance(value, dict) else ()
    keys = (key for key, v in inner if isinstance(v, list) and len(v) == SIZE)
    return next(((key,) for key in keys), None)
