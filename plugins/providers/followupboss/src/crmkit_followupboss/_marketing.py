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
from crmkit.sending import prepared
from crmkit.texts import to_html
from crmkit.writing import subject
from crmkit_followupboss._api import people
from crmkit_followupboss._kinds import EMAIL, KINDS, whole_time
from crmkit_followupboss._mapping import primary
from crmkit_followupboss._pages import listed
from crmkit_followupboss._settings import LABEL

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
    ids = [one.client_id for one in activities if one.client_id]
    known = people(session, ids, "id,emails,stage")

    def make(activity: ActivityRecord) -> dict[str, Any]:
        event = _event(activity, known.get(activity.client_id or ""))
        return {**event, "campaignId": _campaign(session, activity)}

    ready, refused = prepared(activities, make)
    yield from refused
    if ready:
        events = [event for _, event in ready]
        answer = session.http.post(f"/v1/{EMAIL}", json={"emEvents": events})
        if answer.content:
            answer.json()  # what cannot be read is no sign that they are there
        yield from (SyncOutcome.synced(activity) for activity, _ in ready)


def find(session: Session, activity: ActivityRecord, client_id: str) -> str | None:
    """
    Return the id of the event of this person, campaign, type and second; None for none.
    """
    campaign = _known(session, _origin(session, activity))
    wanted = (campaign, KINDS[EMAIL].word(activity.type))
    moment = instant(whole_time(activity.timestamp))
    for event in listed(session, EMAIL, personId=client_id) if campaign else ():
        same = (event.get("campaignId"), event.get("type")) == wanted
        if same and instant(event.get("occurred")) == moment:
            return str(event["id"])
    return None


def _event(activity: ActivityRecord, person: Mapping[str, Any] | None) -> dict[str, Any]:
    if person is None:
        msg = f"{LABEL} has no such person, so the e-mail cannot be kept"
        raise ClientNotFoundError(msg)
    given = activity.metadata.get("to")
    asked = {
        str(one).casefold() for one in ([given] if isinstance(given, str) else given or ())
    }
    addresses = [str(one.get("value")) for one in dicts(person.get("emails"))]
    named = next((one for one in addresses if one.casefold() in asked), None)
    if asked and addresses and named is None:
        msg = (
            f"`to` is no address of this person in {LABEL}, which keeps e-mails to those "
            "alone; add it there, or leave `to` out for the first one"
        )
        raise InvalidRequestError(msg)
    recipient = named or primary(person.get("emails")).get("value")
    if not recipient:
        msg = f"the person has no e-mail address in {LABEL}, so the e-mail cannot be kept"
        raise InvalidRequestError(msg)
    return {
        "type": KINDS[EMAIL].word(activity.type),
        "occurred": whole_time(activity.timestamp),
        "recipient": recipient,
        "personId": person["id"],
    }


def _origin(session: Session, activity: ActivityRecord) -> dict[str, str]:
    said = activity.metadata
    words = stable_id(said.get("subject") or "", said.get("html") or activity.description)
    return {
        "origin": session.settings.system or _ORIGIN,
        "originId": str(said.get("campaign") or words),
    }


def _campaign(session: Session, activity: ActivityRecord) -> int:
    """
    Return the id of an activity's campaign, which is made if it is not there.

    It is the one that the metadata name, else that of all e-mails with the same words.
    """
    origin, said = _origin(session, activity), activity.metadata
    if known := _known(session, origin):
        return known
    called = str(said.get("subject") or subject(activity))
    html = str(said.get("html") or to_html(activity.description))
    # Of a campaign with a name, the words to one client are not those to all.
    words = {"name": called, "subject": called, "bodyHtml": html}
    words = {"name": origin["originId"]} if said.get("campaign") else words
    try:
        # Origin and its id are unique: sent twice, it is there once.
        made = session.http.post(
            f"/v1/{_CAMPAIGNS}", json={**origin, **words}, repeatable=True
        )
    except InvalidRequestError:
        if known := _known(session, origin):
            return known
        raise
    return _kept(session, origin, content(made, LABEL))


def _known(session: Session, origin: Mapping[str, str]) -> int | None:
    kept: int | None = session.memory.get(_KNOWN + origin["originId"])
    for campaign in listed(session, _CAMPAIGNS, **origin) if kept is None else ():
        if origin.items() <= campaign.items():
            return _kept(session, origin, campaign)
    return kept


def _kept(session: Session, origin: Mapping[str, str], campaign: dict[str, Any]) -> int:
    if not isinstance(campaign.get("id"), int):
        msg = f"{LABEL}'s answer does not tell the campaign's id"
        raise ProtocolError(msg)
    session.memory[_KNOWN + origin["originId"]] = campaign["id"]
    return int(campaign["id"])
