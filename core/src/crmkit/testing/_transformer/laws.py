"""
Laws of transforming: the same again, in any thread, once is enough.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from crmkit.documents import Document
from crmkit.testing._transformer.watched import watched
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit.testing._transformer.cases import Case
    from crmkit.testing._transformer.subject import Transformer

_STYLE = 300
_THREADS, _ROUNDS = 4, 5
_OFTEN = 1e-6  # seconds after which another thread has its turn
_MANY = 2_000


class Laws:
    """
    What holds whatever the transformer is for.
    """

    @rule
    def test_t13_same(self, subject: Transformer) -> None:
        """
        The same document, for the same client, gives the same each time.
        """
        differing = []

        def check(case: Case) -> None:
            first = subject.changed(case)
            if any(subject.changed(case) != first for _ in range(3)):
                differing.append(case)

        subject.for_all(check)
        if differing:
            case = min(differing, key=lambda case: len(str(case)))
            subject.broken(f"gives now this, now that for {case}")

    @rule
    def test_t14_threads(self, subject: Transformer) -> None:
        """
        In several threads at once it gives what it gives in one.
        """
        cases = list(subject.samples)
        alone = [_outcome(subject, case) for case in cases]
        if alone != [_outcome(subject, case) for case in cases]:
            subject.not_proven("the same document does not always give the same")
        with _impatient(), ThreadPoolExecutor(_THREADS) as threads:
            found = threads.map(lambda case: _outcome(subject, case), cases * _ROUNDS)
        for case, one, other in zip(cases * _ROUNDS, alone * _ROUNDS, found, strict=True):
            if one != other:
                what = f"raises {other.raised}" if other.raised else "gives another result"
                subject.broken(f"{what} in a thread for {case}", cause=other.error)

    @rule
    def test_t15_once(self, subject: Transformer) -> None:
        """
        From stage 300 on, a second run over its own output changes nothing.
        """
        if subject.info.stage < _STYLE or subject.info.remote:
            subject.not_offered("a translation, or a service, may find more to change")

        def check(case: Case) -> None:
            once = subject.changed(case)
            twice = subject.changed(evolve(case, document=once))
            if twice != once:
                subject.broken(f"makes {once.text!r}, then {twice.text!r} of {case}")

        subject.for_all(check)

    @rule
    def test_t16_nothing_known(self, subject: Transformer) -> None:
        """
        For a client of whom it knows nothing that it reads, the template stays as written.
        """
        if not subject.info.reads:
            subject.not_offered("it reads nothing of a client")

        def check(case: Case) -> None:
            unknown = evolve(case, reads=dict.fromkeys(subject.info.reads))
            found = subject.changed(unknown)
            if found != case.document:
                subject.broken(f"makes {found.text!r} of {unknown}")

        subject.for_all(check)

    @rule
    def test_t17_long(self, subject: Transformer) -> None:
        """
        A document of many words, or of many spans, is no error.
        """
        for case in subject.samples[:2]:
            if _outcome(subject, case).raised:
                continue
            for long in (_wordy(case.document), _manifold(case.document)):
                found = _outcome(subject, evolve(case, document=long))
                if found.raised:
                    count = f"{len(long.text.split())} words, {len(long.spans)} spans"
                    subject.broken(f"raises {found.raised} for {count}", cause=found.error)

    @rule
    def test_t18_touches_nothing(self, subject: Transformer) -> None:
        """
        Unless it is remote, a transformer touches no file and no network for its work.
        """
        if subject.info.remote:
            subject.not_offered("it is remote")
        with watched() as did:
            for case in subject.samples:
                subject.changed(case)
        if did:
            subject.broken(did[0])


@frozen
class _Outcome:
    """
    What came of a call: a *result*, or what was *raised*, told by its *error*.
    """

    result: object = None
    raised: str = ""
    error: Exception | None = field(default=None, eq=False)


def _outcome(subject: Transformer, case: Case) -> _Outcome:
    try:
        return _Outcome(subject.transform(case))
    except Exception as error:  # noqa: BLE001 - which is an outcome too
        return _Outcome(raised=type(error).__name__, error=error)


@contextmanager
def _impatient() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_OFTEN)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


def _wordy(document: Document) -> Document:
    return document.map_text(lambda text: f"{text} " * _MANY)


def _manifold(document: Document) -> Document:
    return Document(document.spans * _MANY)
