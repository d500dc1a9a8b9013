"""
The activities of one sync call: filled in, by position, with what is known of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field, frozen

from crmkit._replaced import replaced
from crmkit._values import optional_id, text
from crmkit.errors import InvalidRequestError
from crmkit.reports import PENDING, SyncOutcome, SyncReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence, Sized

    from crmkit.models import ActivityRecord
    from crmkit.stores import Group


@frozen(kw_only=True)
class Filling:
    """
    What a call says for records that do not say it themselves.
    """

    user_id: str | None = field(converter=optional_id)
    provider: str | None = field(converter=text)
    default_provider: str

    def fill(self, activity: ActivityRecord) -> ActivityRecord:
        """
        Return the activity with user and provider; refuse one that says otherwise.
        """
        for name, given in (("user_id", self.user_id), ("provider", self.provider)):
            own = getattr(activity, name)
            if given is not None and own not in {None, given}:
                msg = f"the activity says {name} {own!r}, but the call says {given!r}"
                raise InvalidRequestError(msg)
        filled = {
            "user_id": activity.user_id or self.user_id,
            "provider": activity.provider or self.provider or self.default_provider,
        }
        return replaced(activity, filled)


@define
class Batch:
    """
    All of them by position, since two users may use one id.

    *leased* are those that were written ahead as being sent, *doubles* those whose id
    came before in the same call, with the position of the first. *places* has the list of
    a group for each provider, user and type that goes there.
    """

    activities: dict[int, ActivityRecord] = field(factory=dict)
    groups: dict[Group, list[int]] = field(factory=dict)
    places: dict[tuple[str | None, str | None, str], list[int]] = field(factory=dict)
    outcomes: dict[int, SyncOutcome] = field(factory=dict)
    leased: set[int] = field(factory=set)
    doubles: dict[int, int] = field(factory=dict)

    def of(self, positions: Iterable[int]) -> list[ActivityRecord]:
        """
        Return the activities at these positions.
        """
        return [self.activities[position] for position in positions]

    def note(self, positions: Iterable[int], told: Mapping[str, SyncOutcome]) -> None:
        """
        Take over outcomes that came by activity id.
        """
        for position in positions:
            outcome = told.get(self.activities[position].id)
            if outcome is not None:
                self.outcomes[position] = outcome

    def planned(
        self, cuts: Callable[[Group, Sequence[int]], Iterable[Sized]]
    ) -> SyncReport:
        """
        Return what a dry run reports; *cuts* parts the positions of a group.
        """
        for position, activity in self.activities.items():
            self.outcomes[position] = SyncOutcome(activity_id=activity.id, status=PENDING)
        requests = [
            {**group._asdict(), "count": len(cut)}
            for group, positions in self.groups.items()
            for cut in cuts(group, positions)
        ]
        return SyncReport(outcomes=self.in_order(), dry_run=True, requests=requests)

    def in_order(self) -> list[SyncOutcome]:
        """
        Return all outcomes in the caller's order.
        """
        return [self.outcomes[position] for position in range(len(self.outcomes))]


def kind_of(
    activity: ActivityRecord, kinds: Mapping[str, str], own: Mapping[str, str]
) -> str:
    """
    Return the CRM's sort of record for an activity's type.

    *kinds* is the provider's table, *own* the user's setting activity_types. Raises
    InvalidRequestError for a type that neither knows.
    """
    if not kinds:
        return ""
    for type_ in (activity.type, "*"):
        for table in (own, kinds):
            if type_ in table:
                return table[type_]
    name, known = activity.provider, ", ".join(sorted({*kinds.values(), *own.values()}))
    msg = (
        f"{name!r} knows no activity type {activity.type!r}; the setting "
        f"activity_types of {name!r} can map it to one of {known}"
    )
    raise InvalidRequestError(msg, provider=name)
