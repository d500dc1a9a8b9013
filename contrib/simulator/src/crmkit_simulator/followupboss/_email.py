"""
E-mail marketing: campaigns, and what became of them with each recipient.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.followupboss._bodies import (
    EM_CAMPAIGN,
    EM_EVENT,
    body_of,
    checked,
    objects,
)
from crmkit_simulator.followupboss._errors import forbidden, invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmkit_simulator._wire import Request
    from crmkit_simulator.followupboss._account import Account
    from crmkit_simulator.followupboss._auth import Asker

Record = dict[str, Any]
_MOST = 1000
OF_CAMPAIGNS, OF_EVENTS = frozenset({"origin", "originId"}), frozenset({"personId", "type"})


def create_campaign(account: Account, asker: Asker, request: Request) -> Record:
    """
    Keep a campaign, and return it; raises Refused where origin and originId are known.
    """
    _check_rank(asker)
    given = checked(body_of(request), EM_CAMPAIGN, ("origin", "originId"))
    pair = {name: given[name] for name in OF_CAMPAIGNS}
    if any(campaigns(account, pair)):
        message = "A campaign with this origin and originId already exists."
        raise invalid(message)
    blank = dict.fromkeys(EM_CAMPAIGN)
    return account.keep("emCampaigns", blank | given, asker)


def change_campaign(account: Account, asker: Asker, key: str, request: Request) -> Record:
    """
    Change a campaign, and return it; raises Refused.
    """
    _check_rank(asker)
    campaign = account.get("emCampaigns", key, "Campaign")
    own = {name: check for name, check in EM_CAMPAIGN.items() if name not in OF_CAMPAIGNS}
    campaign.update(checked(body_of(request), own))
    return campaign


def campaigns(account: Account, query: Mapping[str, str]) -> Iterator[Record]:
    """
    Yield the campaigns that a query means.
    """
    for campaign in account.shelves["emCampaigns"].values():
        if all(campaign[name] == query.get(name, campaign[name]) for name in OF_CAMPAIGNS):
            yield campaign


def create_events(account: Account, asker: Asker, request: Request) -> Record:
    """
    Keep up to a thousand events; those of recipients whom nobody knows are skipped.

    Raises Refused, and keeps none then.
    """
    given = checked(body_of(request), {"emEvents": objects}, ("emEvents",))["emEvents"]
    if len(given) > _MOST:
        message = f"No more than {_MOST} events are allowed in one request."
        raise invalid(message)
    needed = ("type", "occurred", "recipient")
    for event in [checked(one, EM_EVENT, needed) for one in given]:
        campaign = event.get("campaignId")
        if campaign is not None and campaign not in account.shelves["emCampaigns"]:
            message = "Invalid value for field campaignId."
            raise invalid(message)
        person = _recipient(account, event)
        if person is not None:
            blank = {"campaignId": None, "userId": asker.user["id"]}
            account.keep("emEvents", blank | event | {"personId": person["id"]}, asker)
    return {}


def events(account: Account, query: Mapping[str, str]) -> Iterator[Record]:
    """
    Yield the events that a query means.
    """
    for event in account.shelves["emEvents"].values():
        if all(str(event[name]) == query.get(name, str(event[name])) for name in OF_EVENTS):
            yield event


def _recipient(account: Account, event: Record) -> Record | None:
    people = account.shelves["people"]
    named = event.get("personId")
    for person in people.values() if named is None else filter(None, [people.get(named)]):
        if event["recipient"].lower() in {one["value"].lower() for one in person["emails"]}:
            return person
    return None


def _check_rank(asker: Asker) -> None:
    if not asker.sees_all:
        message = "Only account owners and admins can do this."
        raise forbidden(message)
