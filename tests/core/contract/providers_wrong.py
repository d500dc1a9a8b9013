"""
Wrong providers: each breaks one rule, the one that it is named after, and no other.

A function returns the one hook that its provider does not do as providers_right.py does,
or a tuple of hooks.
"""

import itertools
import urllib.request
from datetime import UTC, datetime

from attrs import evolve
from tests.core.contract import providers_right as right

from crmkit import (
    AccessDeniedError,
    AuthenticationError,
    ClientData,
    ClientNotFoundError,
    ClientPage,
    CredentialsError,
    CustomField,
    Finding,
    InvalidRequestError,
    ProtocolError,
    Rate,
    RateLimitedError,
    SyncOutcome,
    UnavailableError,
    bearer,
)


def l01():
    """
    A hook is async.
    """

    async def crmkit_provider():
        return right.crmkit_provider()

    return crmkit_provider


def l04():
    """
    A limit counts how often the provider was asked.
    """
    number = itertools.count(1)

    def crmkit_provider():
        return evolve(right.crmkit_provider(), limits={"": Rate(1000 + next(number))})

    return crmkit_provider


def l05():
    """
    Hosts are ``*.com``.
    """

    def crmkit_provider():
        return evolve(right.crmkit_provider(), hosts=["127.0.0.1", "*.com"])

    return crmkit_provider


def l06():
    """
    Kinds know two types, and no rest.
    """

    def crmkit_provider():
        return evolve(right.crmkit_provider(), kinds={"note": "notes", "call": "calls"})

    return crmkit_provider


def f01():
    """
    Ids are filled up with zeros.
    """

    def under_another_id(client):
        return evolve(client, id=f"0{client.id}", aliases=[client.id, *client.aliases])

    def crmkit_fetch(session, ids):
        return map(under_another_id, right.crmkit_fetch(session, ids))

    return crmkit_fetch


def f02():
    """
    One id that is not there is an error of the call.
    """

    def complaint():
        yield from ()
        msg = "Acme does not know all of these ids"
        raise InvalidRequestError(msg)

    def crmkit_fetch(session, ids):
        people = right.people_by_id(session, ids)
        found = right.mapped(session, people)
        return found if len(people) == len(ids) else itertools.chain(found, complaint())

    return crmkit_fetch


def f03():
    """
    The first record is taken for the first id.
    """

    def as_asked(asked, client):
        return evolve(client, id=asked)

    def crmkit_fetch(session, ids):
        return map(as_asked, ids, right.crmkit_fetch(session, ids))

    return crmkit_fetch


def f04():
    """
    A query is put together by hand: ``f"/people?id={id}"``.
    """

    def crmkit_fetch(session, ids):
        if len(ids) > 1:
            return right.crmkit_fetch(session, ids)
        people = session.http.get(f"/people?id={ids[0]}").json()["people"]
        return right.mapped(session, people)

    return crmkit_fetch


def f05():
    """
    A field is taken with ``person["email"]``.
    """

    def strictly(person, client):
        return evolve(client, email=person["email"])

    def crmkit_fetch(session, ids):
        people = right.people_by_id(session, ids)
        return map(strictly, people, right.mapped(session, people))

    return crmkit_fetch


def f06():
    """
    Fields that are not known are refused.
    """
    known = {"id", "name", "first", "last", "email", "phone", "mail", "merged", "custom"}

    def strictly(person, client):
        unknown = person.keys() - known - {"changed", "link"}
        if unknown:
            raise TypeError(unknown)
        return client

    def crmkit_fetch(session, ids):
        people = right.people_by_id(session, ids)
        return map(strictly, people, right.mapped(session, people))

    return crmkit_fetch


def f07():
    """
    A list is returned where ``map`` would do.
    """

    def crmkit_fetch(session, ids):
        return list(right.crmkit_fetch(session, ids))

    return crmkit_fetch


def f08():
    """
    What was asked is kept in a global.
    """
    asked = {}

    def crmkit_fetch(session, ids):
        asked["ids"] = set(ids)
        people = right.people_by_id(session, ids)
        return filter(was_asked, right.mapped(session, people))

    def was_asked(client):
        return not asked["ids"].isdisjoint({client.id, *client.aliases})

    return crmkit_fetch


def reading(change):
    """
    Return the hooks that give clients, each changed with what was read of it.
    """

    def mapped(session, people):
        return map(change, people, right.mapped(session, people))

    def crmkit_fetch(session, ids):
        return mapped(session, right.people_by_id(session, ids))

    def crmkit_find_clients(session, field, value):
        if field not in {"email", "phone"}:
            return []
        return mapped(session, right.people_with(session, field, value))

    def crmkit_list_clients(session, updated_since, cursor):
        page = right.page_of_people(session, updated_since, cursor)
        listed = right.crmkit_list_clients(session, updated_since, cursor)
        return evolve(listed, clients=mapped(session, page["people"]))

    return crmkit_fetch, crmkit_find_clients, crmkit_list_clients


def f11():
    """
    Names are made ASCII.
    """

    def in_ascii(_person, client):
        return evolve(client, name=(client.name or "").encode("ascii", "replace").decode())

    return reading(in_ascii)


def f12():
    """
    The time zone of a timestamp is dropped.
    """

    def without_zone(person, client):
        moment = person.get("changed") and datetime.fromisoformat(person["changed"])
        return evolve(client, updated_at=moment and moment.replace(tzinfo=UTC))

    return reading(without_zone)


def f13():
    """
    Aliases are not filled in.
    """

    def without_aliases(_person, client):
        return evolve(client, aliases=())

    return reading(without_aliases)


def f14():
    """
    Fields have names, and clients have keys.
    """

    def crmkit_fields(session):
        fields = right.crmkit_fields(session)
        return [CustomField(key=field.key, name=f"Acme {field.name}") for field in fields]

    def by_key(person, client):
        return evolve(client, custom_fields=person.get("custom") or {})

    return crmkit_fields, *reading(by_key)


def f15():
    """
    No word about e-mail is taken for a yes.
    """

    def hopefully(person, client):
        return evolve(client, consent=right.consent(person.get("mail") or "yes"))

    return reading(hopefully)


def f16():
    """
    History comes in the order of a log.
    """

    def crmkit_history(session, client_id):
        return right.crmkit_history(session, client_id)[::-1]

    return crmkit_history


def f21():
    """
    The wrong parameter is searched by.
    """

    def crmkit_find_clients(session, field, value):
        if field not in {"email", "phone"}:
            return []
        found = session.http.get("/people", params={f"{field}_address": value}).json()
        exact = [one for one in found["people"] if one.get("mail") == value]
        return right.mapped(session, exact)

    return crmkit_find_clients


def f22():
    """
    What a search lists, name and id, is all.
    """

    def less(client):
        return ClientData(id=client.id, name=client.name)

    def crmkit_find_clients(session, field, value):
        return map(less, right.crmkit_find_clients(session, field, value))

    return crmkit_find_clients


def f23():
    """
    The first match is enough.
    """

    def crmkit_find_clients(session, field, value):
        return itertools.islice(right.crmkit_find_clients(session, field, value), 1)

    return crmkit_find_clients


def f24():
    """
    What the CRM's search finds is believed.
    """

    def crmkit_find_clients(session, field, value):
        if field not in {"email", "phone"} or not value:
            return []
        found = session.http.get("/people", params={field: value}).json()["people"]
        return right.mapped(session, found)

    return crmkit_find_clients


def f25():
    """
    Any field is looked up in the records.
    """

    def crmkit_find_clients(session, field, value):
        found = session.http.get("/people", params={field: value}).json()["people"]
        exact = [person for person in found if person[field] == value]
        return right.mapped(session, exact)

    return crmkit_find_clients


def f31():
    """
    The first page is all.
    """

    def crmkit_list_clients(session, updated_since, cursor):
        page = right.crmkit_list_clients(session, updated_since, cursor)
        return evolve(page, next_cursor=None)

    return crmkit_list_clients


def f32():
    """
    The moment is not sent.
    """

    def crmkit_list_clients(session, cursor):
        return right.crmkit_list_clients(session, None, cursor)

    return crmkit_list_clients


def f33():
    """
    Everybody on the page is said to be deleted.
    """

    def crmkit_list_clients(session, updated_since, cursor):
        page = right.page_of_people(session, updated_since, cursor)
        listed = right.crmkit_list_clients(session, updated_since, cursor)
        return evolve(listed, deleted=[person["id"] for person in page["people"]])

    return crmkit_list_clients


def f34():
    """
    A page is given as a list.
    """

    def crmkit_list_clients(session, updated_since, cursor):
        page = right.crmkit_list_clients(session, updated_since, cursor)
        return evolve(page, clients=list(page.clients))

    return crmkit_list_clients


def failing(caught, instead):
    """
    Return a crmkit_fetch that does something else where an error is raised.
    """

    def crmkit_fetch(session, ids):
        try:
            return right.crmkit_fetch(session, ids)
        except caught as error:
            return instead(error)

    return crmkit_fetch


def e01():
    """
    A refused token is told as denied access.
    """

    def instead(_error):
        msg = "Acme API error: 401 - Unauthorized"
        raise AccessDeniedError(msg)

    return failing((AuthenticationError, CredentialsError), instead)


def e02():
    """
    Denied access is told as a wrong request.
    """

    def instead(error):
        raise InvalidRequestError(str(error))

    return failing(AccessDeniedError, instead)


def e03():
    """
    404 is told by an error that is none of crmkit's.
    """

    def instead(error):
        raise KeyError(error.client_id)

    return failing(ClientNotFoundError, instead)


def e04():
    """
    A wrong request is an empty answer.
    """
    return failing(InvalidRequestError, lambda _error: [])


def e05():
    """
    The wait that the CRM asks for is dropped.
    """

    def instead(error):
        raise RateLimitedError(str(error))

    return failing(RateLimitedError, instead)


def e06():
    """
    5xx is an empty answer.
    """

    def instead(error):
        if error.status is None:
            raise error
        return []

    return failing(UnavailableError, instead)


def e07():
    """
    A broken connection is an empty answer.
    """

    def instead(error):
        if error.status is None:
            return []
        raise error

    return failing(UnavailableError, instead)


def e08():
    """
    ``.get("people", [])`` on whatever came.
    """

    def crmkit_fetch(session, ids):
        answer = session.http.post(
            "/people/read", json={"ids": list(ids)}, repeatable=True
        ).json()
        people = answer.get("people", []) if isinstance(answer, dict) else []
        return right.mapped(session, people)

    return crmkit_fetch


def e09():
    """
    An error has words of its own.
    """

    def error_from(response):
        return AccessDeniedError("no way") if response.status == 403 else None

    def crmkit_provider():
        return evolve(right.crmkit_provider(), error_from=error_from)

    return crmkit_provider


def e10():
    """
    A failure while listing ends the list.
    """

    def crmkit_list_clients(session, updated_since, cursor):
        try:
            return right.crmkit_list_clients(session, updated_since, cursor)
        except UnavailableError:
            return ClientPage(clients=[])

    return crmkit_list_clients


def syncing(to_row=right.to_row, outcomes=right.outcomes):
    """
    Return a crmkit_sync that writes other rows, or reads other outcomes.
    """

    def crmkit_sync(session, kind, activities):
        rows = [to_row(activity) for activity in activities]
        return outcomes(activities, right.written(session, kind, rows))

    return crmkit_sync


def s01():
    """
    The client of a note is left out.
    """

    def for_nobody(activity):
        row = right.to_row(activity)
        return {**row, "person": None} if activity.type == "note" else row

    return syncing(for_nobody)


def s02():
    """
    Calls are told as synced, and not sent.
    """

    def crmkit_sync(session, kind, activities):
        if kind == "calls":
            return [SyncOutcome.synced(activity) for activity in activities]
        return right.crmkit_sync(session, kind, activities)

    return crmkit_sync


def s03():
    """
    Three rows are sent of however many.
    """

    def crmkit_sync(session, kind, activities):
        written = right.crmkit_sync(session, kind, activities[:3])
        return [*written, *map(SyncOutcome.synced, activities[3:])]

    return crmkit_sync


def s04():
    """
    One refused row makes all failed.
    """

    def all_or_none(activities, results):
        if any("error" in row for row in results):
            return [SyncOutcome.failed(activity, "refused") for activity in activities]
        return right.outcomes(activities, results)

    return syncing(outcomes=all_or_none)


def s05():
    """
    Each client has a request of its own.
    """

    def crmkit_sync(session, kind, activities):
        by_client = itertools.groupby(activities, lambda activity: activity.client_id)
        for _client, group in by_client:
            yield from right.crmkit_sync(session, kind, list(group))

    return crmkit_sync


def s06():
    """
    Texts are made ASCII.
    """

    def in_ascii(activity):
        text = activity.description.encode("ascii", "ignore").decode()
        return {**right.to_row(activity), "text": text}

    return syncing(in_ascii)


def s07():
    """
    The time zone of a timestamp is replaced.
    """

    def without_zone(activity):
        moment = activity.timestamp.replace(tzinfo=UTC)
        return {**right.to_row(activity), "at": moment.isoformat()}

    return syncing(without_zone)


def s08():
    """
    Metadata is believed to be numbers.
    """

    def with_minutes(activity):
        minutes = activity.metadata.get("duration_s", 0) / 60
        return {**right.to_row(activity), "minutes": minutes}

    return syncing(with_minutes)


def s09():
    """
    Who is gone will turn up: their activities are told as synced.
    """

    def hopefully(activities, results):
        known = {activity.id: activity for activity in activities}
        for row in results:
            if row.get("error") == "gone":
                yield SyncOutcome.synced(known[row["ref"]])
            else:
                yield right.outcome(known[row["ref"]], row)

    return syncing(outcomes=hopefully)


def writing(caught, instead):
    """
    Return a crmkit_sync that does something else where an error is raised.
    """

    def crmkit_sync(session, kind, activities):
        try:
            return right.crmkit_sync(session, kind, activities)
        except caught as error:
            return instead(error, activities)

    return crmkit_sync


def given_up(_error, activities):
    """
    Report all as failed for good.
    """
    return [SyncOutcome.failed(activity, "it did not work") for activity in activities]


def s11():
    """
    A lost answer is told as nothing sent.
    """

    def nothing_left(error, _activities):
        raise UnavailableError(str(error), sent=error.status is not None)

    return writing(UnavailableError, nothing_left)


def s12():
    """
    5xx is told as nothing sent.
    """

    def nothing_left(error, _activities):
        raise UnavailableError(str(error), sent=error.status is None)

    return writing(UnavailableError, nothing_left)


def s13():
    """
    An answer that cannot be read is told as a failure.
    """
    return writing((KeyError, TypeError, ProtocolError), given_up)


def s14():
    """
    What the answer does not name is told as synced.
    """

    def all_of_them(activities, results):
        told = {outcome.activity_id for outcome in right.outcomes(activities, results)}
        rest = [activity for activity in activities if activity.id not in told]
        return [*right.outcomes(activities, results), *map(SyncOutcome.synced, rest)]

    return syncing(outcomes=all_of_them)


def s15():
    """
    A refused request makes all failed.
    """
    return writing(InvalidRequestError, given_up)


def s16():
    """
    429 is told as a failure.
    """
    return writing(RateLimitedError, given_up)


def s17():
    """
    A refused token is told as a failure.
    """
    return writing((AuthenticationError, CredentialsError), given_up)


def s18():
    """
    Denied access is told as synced.
    """

    def nobody_will_notice(_error, activities):
        return [SyncOutcome.synced(activity) for activity in activities]

    return writing(AccessDeniedError, nobody_will_notice)


def s21():
    """
    What is found is not returned.
    """

    def crmkit_find_activity(session, kind, activity):
        right.crmkit_find_activity(session, kind, activity)

    return crmkit_find_activity


def s22():
    """
    What is not found has an id all the same.
    """

    def crmkit_find_activity(session, kind, activity):
        return right.crmkit_find_activity(session, kind, activity) or "n0"

    return crmkit_find_activity


def s23():
    """
    A CRM that cannot be asked is told as "not there".
    """

    def crmkit_find_activity(session, kind, activity):
        try:
            return right.crmkit_find_activity(session, kind, activity)
        except UnavailableError:
            return None

    return crmkit_find_activity


def c01():
    """
    The old credentials are returned.
    """

    def crmkit_refresh(session):
        return session.credentials

    return crmkit_refresh


def c02():
    """
    The first user's header is kept in a global.
    """
    first = {}

    def auth(session):
        if session.user_id is None:
            return bearer(session)
        return first.setdefault(session.http.base_url(), bearer(session))

    def crmkit_provider():
        return evolve(right.crmkit_provider(), auth=auth)

    return crmkit_provider


def c03():
    """
    An error quotes what was searched for.
    """

    def crmkit_find_clients(session, field, value):
        try:
            return right.crmkit_find_clients(session, field, value)
        except InvalidRequestError:
            msg = f"Acme does not find {value}"
            raise InvalidRequestError(msg) from None

    return crmkit_find_clients


def c04():
    """
    A link of a record is followed past ``session.http``.
    """

    def followed(person, client):
        link = person.get("link") or ""
        if link.startswith("http:"):
            urllib.request.urlopen(link, timeout=5).close()
        return client

    return reading(followed)


def c05():
    """
    The account is fine, without a look at it.
    """

    def crmkit_check():
        return [Finding(subject="token", status="ok")]

    return crmkit_check
