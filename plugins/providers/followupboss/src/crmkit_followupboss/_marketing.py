"""
E-mails as e-mail marketing: campaigns, and what became of them with each recipient.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit import (
    ClientNotFoundError,
    InvalidRequestError,
    ProtocolError,
    SyncOutcome,
    stable_id,
)
from crmkit.reading import content, dicts, instant
from crmkit.texts import to_html
from crmkit.writing import title
from crmkit_followupboss._api import is_gone, people_of
from crmkit_followupboss._errors import LABEL
from crmkit_followupboss._kinds import EMAIL, EMAIL_TYPES, whole_time
from crmkit_followupboss._mapping import primary
from crmkit_followupboss._pages import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmkit import ActivityRecord, Session

_CAMPAIGNS, _ORIGIN = "emCampaigns", "crmkit"
_KNOWN = "followupboss.campaign."


def sync(session: Session, activities: Sequence[ActivityRecord]) -> Iterator[SyncOutcome]:
    """
    Yield what became of each e-mail, after one request for all.

    Follow Up Boss passes over recipients whom it does not know without a word, so people
    are looked up first: who is not there, or has no address, fails alone.
    """
    people = people_of(session, (one.client_id for one in activities if one.client_id))
    events, sent = [], []
    for activity in activities:
        try:
            event = _event(activity, people)
            event["campaignId"] = _campaign(session, activity)
        except (ClientNotFoundError, InvalidRequestError) as error:
            yield SyncOutcome.failed(activity, error)
        else:
            events.append(event)
            sent.append(activity)
    if events:
        answer = session.http.post(f"/v1/{EMAIL}", json={"emEvents": events})
        if answer.content:
            answer.json()  # what is not readable is no sign that they are there
        yield from map(SyncOutcome.synced, sent)


def find(session: Session, activity: ActivityRecord, client_id: str) -> str | None:
    """
    Return the id of the event of this person, campaign, type and second; None for none.
    """
    campaign = _known(session, _origin(session, activity))
    if campaign is None:
        return None
    kind, moment = EMAIL_TYPES.get(activity.type), whole_time(activity.timestamp)
    for event in listed(session, EMAIL, personId=client_id):
        same = (event.get("campaignId"), event.get("type")) == (campaign, kind)
        if same and instant(event.get("occurred")) == instant(moment):
            return str(event["id"])
    return None


def _event(activity: ActivityRecord, people: Mapping[str, Any]) -> dict[str, Any]:
    person = people.get(activity.client_id or "")
    if person is None or is_gone(person):
        msg = f"{LABEL} has no such person, so the e-mail cannot be kept"
        raise ClientNotFoundError(msg)
    kind = EMAIL_TYPES.get(activity.type)
    if kind is None:
        msg = f"e-mail marketing has no such type; there are {', '.join(EMAIL_TYPES)}"
        raise InvalidRequestError(msg)
    return {
        "type": kind,
        "occurred": whole_time(activity.timestamp),
        "recipient": _recipient(activity, person),
        "personId": person["id"],
    }


def _recipient(activity: ActivityRecord, person: Mapping[str, Any]) -> str:
    given = activity.metadata.get("to")
    asked = {str(one).casefold() for one in given} if isinstance(given, tuple) else given
    asked = asked if isinstance(asked, set) else {str(given).casefold()}
    addresses = [one.get("value") for one in dicts(person.get("emails"))]
    named = (one for one in addresses if str(one).casefold() in asked)
    found = next(named, None) or primary(person.get("emails")).get("value")
    if not found:
        msg = f"the person has no e-mail address in {LABEL}, so the e-mail cannot be kept"
        raise InvalidRequestError(msg)
    return str(found)


def _origin(session: Session, activity: ActivityRecord) -> dict[str, str]:
    said = activity.metadata
    named = said.get("campaign")
    text = str(said.get("html") or to_html(activity.description))
    return {
        "origin": session.settings.system or _ORIGIN,
        "originId": str(named or stable_id(said.get("subject") or "", text)),
    }


def _campaign(session: Session, activity: ActivityRecord) -> int:
    """
    Return the id of an activity's campaign, which is made if it is not there.

    It is the one that the metadata name, else of all e-mails with the same words.
    """
    origin = _origin(session, activity)
    found = _known(session, origin)
    if found is not None:
        return found
    subject = str(activity.metadata.get("subject") or title(activity.description))
    body: dict[str, Any] = {**origin, "name": subject, "subject": subject}
    if named := activity.metadata.get("campaign"):
        body = {**origin, "name": str(named)}  # the words of one are not those of all
    else:
        html = activity.metadata.get("html") or to_html(activity.description)
        body["bodyHtml"] = str(html)
    try:
        # Origin and its id are unique: sent twice, it is there once.
        answer = session.http.post(f"/v1/{_CAMPAIGNS}", json=body, repeatable=True)
    except InvalidRequestError:
        found = _known(session, origin)
        if found is None:
            raise
        return found
    return _kept(session, origin, content(answer, LABEL))


def _known(session: Session, origin: Mapping[str, str]) -> int | None:
    kept: int | None = session.memory.get(_KNOWN + origin["originId"])
    if kept is not None:
        return kept
    for campaign in listed(session, _CAMPAIGNS, **origin):
        if all(campaign.get(name) == value for name, value in origin.items()):
            return _kept(session, origin, campaign)
    return None


def _kept(session: Session, origin: Mapping[str, str], campaign: dict[str, Any]) -> int:
    if not isinstance(campaign.get("id"), int):
        msg = f"{LABEL}'s answer does not tell the campaign's id"
        raise ProtocolError(msg)
    session.memory[_KNOWN + origin["originId"]] = campaign["id"]
    return int(campaign["id"])
