"""
What the three verbs report: personalized content, outcomes of a sync, statistics.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from attrs import field, frozen

from crmkit._values import an_id, items, text
from crmkit.errors import (
    AccessDeniedError,
    AuthenticationError,
    ConfigurationError,
    CredentialsError,
    InvalidRequestError,
)

if TYPE_CHECKING:
    from crmkit.models import ActivityRecord

SYNCED, FAILED = "synced", "failed"
PENDING, UNCERTAIN, DEAD = "pending", "uncertain", "dead"

_CREDENTIAL_ERRORS = (AuthenticationError, AccessDeniedError, CredentialsError)


def _error(value: Exception | str | None) -> Exception | None:
    return InvalidRequestError(value) if isinstance(value, str) else value


@frozen(kw_only=True)
class SyncOutcome:
    """
    What became of one activity; true only when it is in the CRM.

    A plugin reports ``synced`` or ``failed``; a report says ``synced``, ``pending`` (in
    the outbox, sent later), ``uncertain`` (it may be in the CRM; *user_decides* when only
    a person can tell) or ``dead`` (it will not be sent; *error* says why).
    """

    activity_id: str = field(converter=an_id)
    status: str
    remote_id: str | None = field(default=None, converter=text)
    error: Exception | None = field(default=None, converter=_error)
    user_decides: bool = False

    @classmethod
    def synced(
        cls, activity: ActivityRecord, remote_id: str | int | None = None
    ) -> SyncOutcome:
        """
        Report that this activity is in the CRM, there known as *remote_id*.
        """
        return cls(activity_id=activity.id, status=SYNCED, remote_id=remote_id)

    @classmethod
    def failed(cls, activity: ActivityRecord, error: Exception | str) -> SyncOutcome:
        """
        Report that this activity is not in the CRM; the error's type decides what follows.
        """
        return cls(activity_id=activity.id, status=FAILED, error=error)

    @property
    def accepted(self) -> bool:
        """
        Whether it is in the CRM or safe in the outbox.
        """
        return self.status in {SYNCED, PENDING, UNCERTAIN}

    def __bool__(self) -> bool:
        return self.status == SYNCED

    def as_dict(self) -> dict[str, Any]:
        """
        Return it as JSON values without personal data.
        """
        return {
            "activity_id": self.activity_id,
            "status": self.status,
            "remote_id": self.remote_id,
            "error": None if self.error is None else _describe(self.error),
        }


def _describe(error: Exception) -> dict[str, str]:
    return {"type": type(error).__name__, "message": str(error)}


@frozen(kw_only=True, repr=False)
class SyncReport(Sequence[SyncOutcome]):
    """
    The outcomes of a batch, in the caller's order.

    *requests* are the calls that a dry run would make: provider, user_id, kind, count.
    *unsent* names, with the reason, what a flush left untouched, such as a provider that
    is not installed.
    """

    outcomes: tuple[SyncOutcome, ...] = field(default=(), converter=items)
    dry_run: bool = False
    requests: tuple[Mapping[str, Any], ...] = field(default=(), converter=items)
    unsent: tuple[str, ...] = field(default=(), converter=items)

    def __repr__(self) -> str:
        counts = ", ".join(f"{status}={n}" for status, n in self.counts.items())
        return f"SyncReport({counts}, unsent={list(self.unsent)!r})"

    @overload
    def __getitem__(self, index: int) -> SyncOutcome: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[SyncOutcome]: ...
    def __getitem__(self, index: int | slice) -> SyncOutcome | Sequence[SyncOutcome]:
        return self.outcomes[index]

    def __len__(self) -> int:
        return len(self.outcomes)

    @property
    def counts(self) -> dict[str, int]:
        """
        How many outcomes there are of each status; all four are always named.
        """
        found = Counter(outcome.status for outcome in self.outcomes)
        return {status: found[status] for status in (SYNCED, PENDING, UNCERTAIN, DEAD)}

    @property
    def exit_code(self) -> int:
        """
        Return 0 when all is done, else the first that holds of these.

        2 configuration · 5 credentials · 3 final, or only the user can decide · 4 later.
        """
        if self.dry_run:
            return 0
        waiting = [outcome.error for outcome in self.outcomes if outcome.status == PENDING]
        if any(isinstance(error, ConfigurationError) for error in waiting):
            return 2
        if any(isinstance(outcome.error, _CREDENTIAL_ERRORS) for outcome in self.outcomes):
            return 5
        if any(o.status == DEAD or o.user_decides for o in self.outcomes):
            return 3
        return 4 if self.unsent or not all(self.outcomes) else 0

    def as_dict(self) -> dict[str, Any]:
        """
        Return it as JSON values without personal data.
        """
        return {
            "counts": self.counts,
            "outcomes": [outcome.as_dict() for outcome in self.outcomes],
            "dry_run": self.dry_run,
            "requests": [dict(request) for request in self.requests],
            "unsent": list(self.unsent),
        }


@frozen(kw_only=True)
class CacheStats:
    """
    The cache of clients: its *size*, its *entries* (client ids), *hits* and *misses*.
    """

    size: int
    entries: tuple[str, ...]
    hits: int
    misses: int


def in_order(
    outcomes: Mapping[str, SyncOutcome], ids: Iterable[str]
) -> tuple[SyncOutcome, ...]:
    """
    Return the outcome of each id, in the order of *ids*.
    """
    return tuple(outcomes[activity_id] for activity_id in ids)
