"""
A provider that keeps every rule, with every hook that a rule is about.
"""

import json
from datetime import datetime
from functools import partial

from attrs import frozen

from crmkit import (
    ClientData,
    ClientInteraction,
    ClientPage,
    Consent,
    CRMCredentials,
    CustomField,
    Finding,
    InvalidRequestError,
    NotSupportedError,
    ProviderInfo,
    SyncOutcome,
    bearer,
    hookimpl,
)


@frozen
class Settings:
    region: str = "eu"


@hookimpl
def crmkit_provider():
    return ProviderInfo(
        label="Acme",
        base_url="https://api.acme.example/v1",
        auth=bearer,
        settings=Settings,
        fetch_batch=5,
        sync_batch=5,
        kinds={"note": "notes", "call": "calls", "*": "notes"},
    )


def people_by_id(session, ids):
    if len(ids) == 1:
        return session.http.get("/people", params={"id": ids[0]}).json()["people"]
    asked = {"ids": list(ids)}
    answer = session.http.post("/people/read", json=asked, repeatable=True)
    return answer.json()["people"]


def people_with(session, field, value):
    found = session.http.get("/people", params={field: value}).json()["people"]
    # Acme takes an asterisk for anything.
    return [person for person in found if person.get(field) == value]


def page_of_people(session, updated_since, cursor):
    since = updated_since and updated_since.isoformat()
    return session.http.get("/people", params={"since": since, "after": cursor}).json()


def mapped(session, people):
    names = {field.key: field.name for field in session.fields()}
    return map(partial(to_client, names=names), people)


def to_client(person, names):
    custom = person.get("custom") or {}
    changed = person.get("changed")
    return ClientData(
        id=person["id"],
        name=person.get("name"),
        first_name=person.get("first"),
        last_name=person.get("last"),
        email=person.get("email"),
        phone=person.get("phone"),
        aliases=person.get("merged") or (),
        consent=consent(person.get("mail")),
        custom_fields={names.get(key, key): value for key, value in custom.items()},
        updated_at=changed and datetime.fromisoformat(changed),
    )


def consent(mail):
    status = {"yes": "opted_in", "no": "opted_out"}.get(mail, "unspecified")
    return [Consent(channel="email", status=status)]


@hookimpl
def crmkit_fetch(session, ids):
    return mapped(session, people_by_id(session, ids))


@hookimpl
def crmkit_find_clients(session, field, value):
    if field not in {"email", "phone"}:
        msg = f"Acme searches by email and phone, not by {field!r}"
        raise NotSupportedError(msg)
    return mapped(session, people_with(session, field, value))


@hookimpl
def crmkit_list_clients(session, updated_since, cursor):
    page = page_of_people(session, updated_since, cursor)
    return ClientPage(
        clients=mapped(session, page["people"]),
        next_cursor=page.get("next"),
        deleted=page.get("deleted") or (),
    )


@hookimpl
def crmkit_fields(session):
    fields = session.http.get("/fields").json()["fields"]
    return [CustomField(key=field["key"], name=field["name"]) for field in fields]


@hookimpl
def crmkit_history(session, client_id):
    path, values = "/people/{id}/notes", {"id": client_id}
    return [
        ClientInteraction(
            id=note["id"],
            type="note",
            description=note["text"],
            timestamp=datetime.fromisoformat(note["at"]),
        )
        for note in session.http.get(path, path_values=values).json()["notes"]
    ]


@hookimpl
def crmkit_sync(session, kind, activities):
    rows = [to_row(activity) for activity in activities]
    return outcomes(activities, written(session, kind, rows))


def written(session, kind, rows):
    path, values = "/{kind}", {"kind": kind}
    return session.http.post(path, path_values=values, json=rows).json()["results"]


def outcomes(activities, results):
    known = {activity.id: activity for activity in activities}
    return [outcome(known[row["ref"]], row) for row in results]


def to_row(activity):
    return {
        "ref": activity.id,
        "person": activity.client_id,
        "text": activity.description,
        "at": activity.timestamp.isoformat(),
        "more": json.dumps(dict(activity.metadata)),
    }


def outcome(activity, row):
    if row.get("error"):
        error = InvalidRequestError("Acme refuses the activity")
        return SyncOutcome.failed(activity, error)
    return SyncOutcome.synced(activity, row["id"])


@hookimpl
def crmkit_find_activity(session, kind, activity):
    path, values = "/{kind}", {"kind": kind}
    found = session.http.get(path, path_values=values, params={"ref": activity.id}).json()
    return found["id"]


@hookimpl
def crmkit_check(session):
    session.http.get("/fields")
    return [Finding(subject="token", status="ok")]


@hookimpl
def crmkit_refresh(session):
    fresh = session.http.post("/token", form={"again": "please"}).json()
    return CRMCredentials(provider=session.provider, access_token=fresh["token"])
