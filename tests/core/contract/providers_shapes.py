"""
Right providers of CRMs that differ from Acme's as real ones do, each with its fake.
"""

import uuid
from base64 import b64encode
from datetime import UTC, datetime

from crmkit import (
    AccessDeniedError,
    AuthenticationError,
    ClientData,
    ClientInteraction,
    ClientNotFoundError,
    ClientPage,
    Consent,
    CRMCredentials,
    InvalidRequestError,
    NotSupportedError,
    OAuth2,
    ProviderInfo,
    RateLimitedError,
    SyncOutcome,
    UnavailableError,
    basic,
    bearer,
    header,
    hookimpl,
)
from crmkit.testing import Answer, FakeAPI, route


class FakePeople(FakeAPI):
    """
    People by id, and what all these CRMs do alike.
    """

    def __init__(self):
        super().__init__()
        self.people = {}

    def kept(self, row):
        """
        Keep a row, and return it with an id; None if it is to be refused.
        """
        if self.refuses(row):
            return None
        self.written.append({**row, "number": 5000 + len(self.written)})
        return self.written[-1]


class FakeNested(FakePeople):
    """
    Ids are UUIDs, parts of an object; another shape is a wrong request.
    """

    def add_client(self, client):
        key = str(uuid.uuid4())
        values = {"name": [{"full": client.name}], "mail": [{"address": client.email}]}
        self.people[key] = {"id": {"space": "w1", "record": key}, "values": values}
        return key

    @route("GET", "/records/{key}")
    def read(self, _request, key):
        try:
            uuid.UUID(key)
        except ValueError:
            return 400
        return {"data": self.people[key]} if key in self.people else 404

    @route("POST", "/notes")
    def write(self, request):
        row = self.kept(request.json()["data"])
        return {"data": {"id": {"note": row["number"]}}} if row else 400


class Nested:
    @hookimpl
    def crmkit_provider(self):
        return ProviderInfo(label="Nested", base_url="https://n.example", auth=bearer)

    @hookimpl
    def crmkit_fetch(self, session, ids):
        record = session.http.get("/records/{id}", path_values={"id": ids[0]}).json()
        return map(self.client, [record["data"]])

    def client(self, record):
        values = record.get("values") or {}
        (name, *_), (mail, *_) = (values.get(n) or [{}] for n in ("name", "mail"))
        return ClientData(
            id=record["id"]["record"],
            name=(name or {}).get("full"),
            email=(mail or {}).get("address"),
        )

    @hookimpl
    def crmkit_sync(self, session, activities):
        (one,) = activities
        row = {"parent": one.client_id, "text": one.description, "call": None}
        answer = session.http.post("/notes", json={"data": row}).json()
        return [SyncOutcome.synced(one, str(answer["data"]["id"]["note"]))]


class FakeNumbers(FakePeople):
    """
    Ids are numbers from one, a count stands beside the records; the token in the query.
    """

    def add_client(self, client):
        number = len(self.people) + 1
        mails = [{"value": client.email, "primary": True}]
        self.people[number] = {"id": number, "name": client.name, "mails": mails}
        return str(number)

    @route("GET", "/people")
    def read(self, request):
        numbers = [int(i) for i in request.query["ids"].split(",")]
        found = [self.people[n] for n in numbers if n in self.people]
        return {"total": len(found), "start": 1, "data": found or None}

    @route("POST", "/activities")
    def write(self, request):
        row = self.kept(request.json())
        return Answer(status=201, json={"data": row}) if row else 400


class Numbers:
    @hookimpl
    def crmkit_provider(self):
        return ProviderInfo(
            label="Numbers",
            base_url="https://{company}.n.example",
            auth=lambda _session: {},
            fetch_batch=100,
            kinds={"call": "call", "*": "note"},
        )

    def key(self, session):
        return {"key": session.credentials.access_token.reveal()}

    @hookimpl
    def crmkit_fetch(self, session, ids):
        numbers = [one for one in ids if one.isascii() and one.isdecimal()]
        if not numbers:
            return []
        asked = {"ids": ",".join(numbers), **self.key(session)}
        return map(
            self.client, session.http.get("/people", params=asked).json()["data"] or ()
        )

    def client(self, person):
        mails = [mail.get("value") for mail in person.get("mails") or () if mail]
        return ClientData(
            id=person["id"], name=person.get("name"), email=next(iter(mails), None)
        )

    @hookimpl
    def crmkit_sync(self, session, kind, activities):
        (one,) = activities
        moment = one.timestamp.astimezone(UTC)
        row = {
            "type": kind,
            "subject": one.description,
            "person": int(one.client_id),
            "date": f"{moment:%Y-%m-%d}",
            "time": f"{moment:%H:%M}",
        }
        answer = session.http.post("/activities", params=self.key(session), json=row)
        return [SyncOutcome.synced(one, str(answer.json()["data"]["number"]))]


class FakePlaces(FakePeople):
    """
    204 is nobody; rows are answered by their place; tokens come from another machine.
    """

    def add_client(self, client):
        key = f"55{client.id}000001"
        out = any(consent.status == "opted_out" for consent in client.consent)
        self.people[key] = {
            "id": key,
            "Name": client.name,
            "Email": client.email,
            "Out": out,
        }
        return key

    @route("GET", "/people")
    def read(self, request):
        ids = request.query["ids"].split(",")
        found = [self.people[one] for one in ids if one in self.people]
        return {"data": found} if found else None

    @route("POST", "/notes")
    def write(self, request):
        rows = [self.kept(row) for row in request.json()["data"]]
        told = [
            {"code": "OK", "id": row["number"]} if row else {"code": "NO"} for row in rows
        ]
        return Answer(status=201, json={"data": told})


class Places:
    @hookimpl
    def crmkit_provider(self):
        return ProviderInfo(
            label="Places",
            base_url="https://api.p.example",
            hosts=["api.p.example", "accounts.p.example"],
            auth=header("Authorization", "Places-token "),
            oauth=OAuth2(
                authorize_url="https://accounts.p.example/oauth/auth",
                token_url="https://accounts.p.example/oauth/token",
            ),
            fetch_batch=100,
            sync_batch=100,
        )

    @hookimpl
    def crmkit_fetch(self, session, ids):
        answer = session.http.get("/people", params={"ids": ",".join(ids)})
        return [] if answer.status == 204 else map(self.client, answer.json()["data"])

    def client(self, person):
        status = "opted_out" if person.get("Out") else "unspecified"
        return ClientData(
            id=person["id"],
            name=person.get("Name"),
            email=person.get("Email"),
            consent=[Consent(channel="email", status=status)],
        )

    @hookimpl
    def crmkit_sync(self, session, activities):
        rows = [
            {"text": one.description, "who": {"id": one.client_id}} for one in activities
        ]
        told = session.http.post("/notes", json={"data": rows}).json()["data"]
        return [self.outcome(*pair) for pair in zip(activities, told, strict=True)]

    def outcome(self, activity, row):
        if row["code"] == "OK":
            return SyncOutcome.synced(activity, str(row["id"]))
        return SyncOutcome.failed(activity, InvalidRequestError("refused"))


class FakeLinks(FakePeople):
    """
    A page names the next one by a whole URL; a note's moment is the CRM's own.
    """

    def add_client(self, client):
        self.people[client.id] = {
            "id": client.id,
            "name": client.name,
            "mail": client.email,
        }

    @route("GET", "/people/{key}")
    def read(self, _request, key):
        return self.people.get(key, 404)

    @route("GET", "/people")
    def page(self, request):
        people = list(self.people.values())
        start = int(request.query.get("next", 0))
        end = start + self.page_size
        link = f"http://{request.headers['host']}/people?next={end}"
        return {"people": people[start:end], "next": link if end < len(people) else None}

    @route("POST", "/notes")
    def write(self, request):
        row = self.kept({**request.json(), "created": datetime.now(UTC).isoformat()})
        return row or 400

    @route("GET", "/people/{key}/notes")
    def notes(self, _request, key):
        return [note for note in self.written if note["person"] == key][::-1]


class Links:
    @hookimpl
    def crmkit_provider(self):
        return ProviderInfo(label="Links", base_url="https://l.example", auth=basic)

    @hookimpl
    def crmkit_fetch(self, session, ids):
        try:
            answer = session.http.get("/people/{id}", path_values={"id": ids[0]})
        except ClientNotFoundError as error:
            msg = "Links API error: 404 - Not Found"
            raise ClientNotFoundError(msg, client_id=ids[0]) from error
        return map(self.client, [answer.json()])

    def client(self, person):
        return ClientData(
            id=person["id"], name=person.get("name"), email=person.get("mail")
        )

    @hookimpl
    def crmkit_list_clients(self, session, cursor):
        page = session.http.get(cursor or "/people").json()
        return ClientPage(
            clients=map(self.client, page["people"]), next_cursor=page["next"]
        )

    @hookimpl
    def crmkit_find_clients(self, session, field, value):
        try:
            name = {"email": "mail"}[field]
        except KeyError as error:
            msg = "Links cannot search by that"
            raise NotSupportedError(msg) from error
        people = session.http.get("/people", params={"next": 0}).json()["people"]
        return [self.client(person) for person in people if person[name] == value]

    @hookimpl
    def crmkit_history(self, session, client_id):
        notes = session.http.get("/people/{id}/notes", path_values={"id": client_id}).json()
        return [
            ClientInteraction(
                id=note["number"],
                type="note",
                description=note["text"],
                timestamp=note["created"],
            )
            for note in notes
        ]

    @hookimpl
    def crmkit_sync(self, session, activities):
        (one,) = activities
        row = session.http.post(
            "/notes", json={"person": one.client_id, "text": one.description}
        )
        return [SyncOutcome.synced(one, str(row.json()["number"]))]


class FakeUpserts(FakePeople):
    """
    People are kept under their ids; a note is put under the caller's own id.
    """

    def __init__(self):
        super().__init__()
        self.notes = {}

    def add_client(self, client):
        self.people[client.id] = {"name": client.name, "mail": client.email}

    @route("POST", "/read")
    def read(self, request):
        return {"people": {i: self.people[i] for i in request.json() if i in self.people}}

    @route("PUT", "/notes/{ref}")
    def write(self, request, ref):
        row = {**request.json(), "call": None, "task_due": None}
        if self.refuses(row):
            return 422
        self.notes[ref] = row
        self.written = list(self.notes.values())
        return None


class Upserts:
    @hookimpl
    def crmkit_provider(self):
        return ProviderInfo(
            label="Upserts",
            base_url="https://u.example",
            auth=header("X-Key"),
            fetch_batch=10,
        )

    @hookimpl
    def crmkit_fetch(self, session, ids):
        answer = session.http.post("/read", json=list(ids), repeatable=True).json()
        return (
            ClientData(id=key, name=person.get("name"), email=person.get("mail"))
            for key, person in answer["people"].items()
        )

    @hookimpl
    def crmkit_sync(self, session, activities):
        (one,) = activities
        row = {
            "person": f"https://u.example/people/{one.client_id}",
            "text": one.description,
        }
        session.http.put("/notes/{ref}", path_values={"ref": one.id}, json=row)
        return [SyncOutcome.synced(one, one.id)]

    @hookimpl
    def crmkit_find_activity(self):
        return None  # sending it again does no harm


class FakeCalls(FakePeople):
    """
    Every answer is 200, also of an error; the token is part of the path.
    """

    def add_client(self, client):
        self.people[client.id] = {
            "ID": client.id,
            "NAME": client.name,
            "MAIL": client.email,
        }

    @route("POST", "/rest/{token}/person.get")
    def read(self, request, **_token):
        key = request.json()["id"]
        return {"result": self.people[key]} if key in self.people else self.error(404, {})

    @route("POST", "/rest/{token}/comment.add")
    def write(self, request, **_token):
        row = self.kept(request.json())
        return {"result": row["number"]} if row else self.error(400, {})

    def error(self, status, headers):
        return Answer(json={"error": status}, headers=headers)


ERRORS = {
    401: AuthenticationError,
    403: AccessDeniedError,
    404: ClientNotFoundError,
    423: RateLimitedError,
    429: RateLimitedError,
}


class Calls:
    @hookimpl
    def crmkit_provider(self):
        return ProviderInfo(
            label="Calls",
            base_url="https://{company}.c.example",
            auth=lambda _session: {},
            error_from=self.error,
        )

    def error(self, response):
        answer = response.json() if response.status == 200 else None
        status = answer.get("error", 0) if isinstance(answer, dict) else 0
        if status >= 500:
            return UnavailableError("Calls fails", sent=True)
        return ERRORS.get(status, InvalidRequestError)("Calls refuses") if status else None

    def call(self, session, method, body, **options):
        token = session.credentials.access_token.reveal()
        path, values = "/rest/{token}/{method}", {"token": token, "method": method}
        return session.http.post(path, path_values=values, json=body, **options).json()[
            "result"
        ]

    @hookimpl
    def crmkit_fetch(self, session, ids):
        person = self.call(session, "person.get", {"id": ids[0]}, repeatable=True)
        return [
            ClientData(id=person["ID"], name=person.get("NAME"), email=person.get("MAIL"))
        ]

    @hookimpl
    def crmkit_sync(self, session, activities):
        (one,) = activities
        row = {"person": one.client_id, "text": one.description}
        return [SyncOutcome.synced(one, str(self.call(session, "comment.add", row)))]


class FakeForms(FakePeople):
    """
    Who signs in has a name and a password; ids are URIs, and what is sent is a form.
    """

    def credentials(self, provider):
        metadata = {"user": "crm", "password": self.token}
        return CRMCredentials(provider=provider, metadata=metadata)

    def add_client(self, client):
        key = f"person/{client.id}"
        self.people[key] = {"uri": key, "name": client.name, "mail": client.email}
        return key

    @route("GET", "/person")
    def read(self, request):
        return self.people.get(request.query["uri"], 404)

    @route("POST", "/log")
    def write(self, request):
        return 200 if self.kept(request.form()) else 422


class Forms:
    @hookimpl
    def crmkit_provider(self):
        return ProviderInfo(label="Forms", base_url="https://{host}/api", auth=self.auth)

    def auth(self, session):
        known = session.credentials.metadata
        pair = f"{known['user']}:{known['password']}".encode()
        return {"Authorization": f"Basic {b64encode(pair).decode()}"}

    @hookimpl
    def crmkit_fetch(self, session, ids):
        person = session.http.get("/person", params={"uri": ids[0]}).json()
        status = "opted_out" if person.get("out") else "unspecified"
        return [
            ClientData(
                id=person["uri"],
                name=person.get("name"),
                email=person.get("mail"),
                consent=[Consent(channel="email", status=status)],
            )
        ]

    @hookimpl
    def crmkit_sync(self, session, activities):
        (one,) = activities
        session.http.post("/log", form={"who": one.client_id, "text": one.description})
        return [SyncOutcome.synced(one)]


class FakeTable(FakePeople):
    """
    What is read is a table: columns, and rows without names.
    """

    def add_client(self, client):
        self.people[client.id] = [client.id, client.name, client.email]

    @route("GET", "/rows")
    def read(self, request):
        rows = [self.people[one] for one in request.values("id") if one in self.people]
        return {
            "columns": [{"name": name} for name in ("id", "name", "mail")],
            "rows": rows,
        }

    @route("POST", "/log")
    def write(self, request):
        return 200 if self.kept(request.json()) else 422


class Table:
    @hookimpl
    def crmkit_provider(self):
        return ProviderInfo(
            label="Table", base_url="https://t.example", auth=bearer, fetch_batch=9
        )

    @hookimpl
    def crmkit_fetch(self, session, ids):
        answer = session.http.get("/rows", params={"id": list(ids)}).json()
        names = [column["name"] for column in answer["columns"]]
        return (self.client(dict(zip(names, row, strict=True))) for row in answer["rows"])

    def client(self, row):
        return ClientData(id=row["id"], name=row["name"], email=row["mail"])

    @hookimpl
    def crmkit_sync(self, session, activities):
        (one,) = activities
        session.http.post("/log", json={"who": one.client_id, "text": one.description})
        return [SyncOutcome.synced(one)]
