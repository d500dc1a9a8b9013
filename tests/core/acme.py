"""
A provider as a stranger would write it, with every hook that there is.

It needs nothing of the tests, so that it can also be loaded as a file in another process.
"""

from attrs import frozen

from crmkit import (
    ClientData,
    ClientInteraction,
    ClientPage,
    CRMCredentials,
    CustomField,
    Finding,
    Limit,
    ProviderInfo,
    SyncOutcome,
    UnavailableError,
    bearer,
    hookimpl,
)

FETCH_BATCH = 3
SYNC_BATCH = 3


@frozen
class Settings:
    region: str = "eu"


def limit_from(response):
    """
    Read what the CRM says of its limit.
    """
    remaining = response.headers.get("X-Remaining")
    if remaining is None:
        return None
    return Limit(remaining=int(remaining), resets_in=float(response.headers["X-Resets-In"]))


@hookimpl
def crmkit_provider():
    """
    Describe Acme.
    """
    return ProviderInfo(
        label="Acme",
        base_url="https://api.acme.example/v1",
        auth=bearer,
        settings=Settings,
        fetch_batch=FETCH_BATCH,
        sync_batch=SYNC_BATCH,
        kinds={"note": "notes", "call": "calls", "email_sent": "notes"},
        limit_from=limit_from,
    )


@hookimpl
def crmkit_fetch(session, ids):
    """
    Read people, with custom fields by their names.
    """
    query = {"id": ",".join(ids), "region": session.settings.region}
    people = session.http.get("/people", params=query).json()["people"]
    names = {field.key: field.name for field in session.fields()}
    return (to_client(person, names) for person in people)


@hookimpl
def crmkit_sync(session, kind, activities):
    """
    Write all rows with one request.
    """
    rows = [{"ref": a.id, "person": a.client_id, "text": a.description} for a in activities]
    answer = session.http.post("/{kind}", path_values={"kind": kind}, json=rows).json()
    known = {activity.id: activity for activity in activities}
    for row in answer["created"]:
        yield SyncOutcome.synced(known[row["ref"]], row["id"])


@hookimpl
def crmkit_find_clients(session, field, value):
    """
    Search by one field.
    """
    people = session.http.get("/people", params={field: value}).json()["people"]
    return map(to_client, people)


@hookimpl
def crmkit_list_clients(session, updated_since, cursor):
    """
    Read one page.
    """
    since = updated_since and updated_since.isoformat()
    page = session.http.get("/people", params={"since": since, "cursor": cursor}).json()
    return ClientPage(
        clients=map(to_client, page["people"]),
        next_cursor=page.get("next"),
        deleted=page.get("deleted", ()),
    )


@hookimpl
def crmkit_history(session, client_id):
    """
    Read what happened.
    """
    path = "/people/{id}/history"
    entries = session.http.get(path, path_values={"id": client_id}).json()["history"]
    return [ClientInteraction(id=entry["id"], type=entry["type"]) for entry in entries]


@hookimpl
def crmkit_fields(session):
    """
    Read the names of custom fields.
    """
    fields = session.http.get("/fields").json()["fields"]
    return [CustomField(key=field["key"], name=field["name"]) for field in fields]


@hookimpl
def crmkit_find_activity(session, kind, activity):
    """
    Search by the caller's id.
    """
    path, values = "/{kind}", {"kind": kind}
    found = session.http.get(path, path_values=values, params={"ref": activity.id}).json()
    if found.get("unknown"):
        msg = "the index is being built"
        raise UnavailableError(msg, sent=False)
    return found["id"]


@hookimpl
def crmkit_check(session):
    """
    Ask for the token's rights.
    """
    rights = session.http.get("/rights").json()["rights"]
    for right in ("read", "write"):
        status = "ok" if right in rights else "problem"
        yield Finding(subject=f"right to {right}", status=status)


@hookimpl
def crmkit_refresh(session):
    """
    Trade the refresh token for an access token.
    """
    spent = session.credentials
    if spent.refresh_token is None:
        return None
    form = {"refresh_token": spent.refresh_token.reveal()}
    fresh = session.http.post("/token", form=form).json()
    return CRMCredentials(
        provider=session.provider,
        access_token=fresh["access_token"],
        refresh_token=spent.refresh_token,
        metadata=spent.metadata,
    )


def to_client(person, names=None):
    """
    Map a person.
    """
    custom = {(names or {}).get(key, key): value for key, value in person["more"].items()}
    return ClientData(
        id=person["id"],
        name=person["name"],
        email=person.get("email"),
        aliases=person.get("merged", ()),
        custom_fields=custom,
        raw=person,
    )
