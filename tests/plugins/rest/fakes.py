"""
Two small CRMs: the ones that the examples describe.
"""

import re
from base64 import b64encode
from datetime import UTC, datetime
from itertools import count

from crmkit import CRMCredentials
from crmkit.testing import Answer, FakeAPI, route


def consent_of(client):
    """
    Return what a client says of each channel.
    """
    return {said.channel: said.status for said in client.consent}


def digits(text):
    """
    Return the digits of a number, however it is written.
    """
    return re.sub(r"\D", "", text or "")


class Acme(FakeAPI):
    """
    Acme's API: envelopes, cursors, batches.
    """

    def __init__(self):
        super().__init__()
        self.people = {}
        self.kinds = {}

    def add_client(self, client):
        for name, value in client.custom_fields.items():
            self.kinds[f"c_{name}"] = {bool: "flag", int: "integer"}.get(
                type(value), "text"
            )
        said = consent_of(client)
        self.people[client.id] = {
            "id": client.id,
            "name": {
                "full": client.name,
                "given": client.first_name,
                "family": client.last_name,
            },
            "emails": [{"address": client.email, "primary": True}],
            "phones": [{"number": client.phone}],
            "locale": client.language,
            "zone": client.timezone,
            "labels": list(client.tags),
            "updated": (client.updated_at or datetime.now(UTC)).isoformat(),
            "merged_from": [],
            "consent": {
                channel: {"opted_in": "yes", "opted_out": "no"}.get(status)
                for channel, status in said.items()
            },
            "custom": {f"c_{n}": value for n, value in client.custom_fields.items()},
            "owner": {"id": 9, "name": "Olga", "email": "olga@example.com"},
        }

    def merge_clients(self, kept, gone):
        self.people[kept]["merged_from"].append(gone)
        self.remove_client(gone)

    def remove_client(self, client_id):
        self.people[client_id] = {"id": client_id, "deleted": True}

    def error(self, status, headers):
        error = {"code": f"e{status}", "message": "told to nobody", "trace": "t-1"}
        return Answer(status=status, json={"error": error}, headers=dict(headers))

    @route("GET", "/people")
    def search(self, request):
        people = [p for p in self.people.values() if not p.get("deleted")]
        asked = request.query
        if "ids" in asked:
            ids = set(asked["ids"].split(","))
            return {"data": [p for p in people if ids & {p["id"], *p["merged_from"]}]}
        if "email" in asked:
            return {"data": [p for p in people if asked["email"] in told(p, "emails")]}
        if "phone" in asked:
            return {
                "data": [p for p in people if asked["phone"] in digits(str(p["phones"]))]
            }
        if field := next((name for name in asked if name.startswith("custom.")), None):
            key = field.removeprefix("custom.")
            return {
                "data": [p for p in people if str(p["custom"].get(key)) == asked[field]]
            }
        return self.page(asked, list(self.people.values()))

    def page(self, asked, people):
        if "updated_after" in asked:
            since = datetime.fromisoformat(asked["updated_after"])
            people = [p for p in people if datetime.fromisoformat(p["updated"]) >= since]
        start = int(asked.get("after", "x0")[1:])
        end = start + self.page_size
        following = f"x{end}" if end < len(people) else None
        return {"data": people[start:end], "meta": {"next": following}}

    @route("GET", "/fields")
    def fields(self, request):
        return {
            "data": [
                {"key": key, "label": key.removeprefix("c_"), "kind": kind}
                for key, kind in sorted(self.kinds.items())
            ]
        }

    @route("POST", "/notes/batch")
    def write(self, request):
        return {"results": [self.keep(note) for note in request.json()["notes"]]}

    def keep(self, note):
        person = self.people.get(note["person"], {"deleted": True})
        if self.refuses(note) or person.get("deleted"):
            return {"ref": note["ref"], "error": {"code": "refused"}}
        self.written.append({**note, "id": f"n{len(self.written) + 1}"})
        return {"ref": note["ref"], "id": self.written[-1]["id"]}

    @route("GET", "/notes")
    def find(self, request):
        return {"data": [n for n in self.written if n["ref"] == request.query["ref"]]}

    @route("GET", "/people/{person}/notes")
    def history(self, request, person):
        notes = [note for note in self.written if note["person"] == person]
        return self.page(request.query, notes)


class Harbor(FakeAPI):
    """
    Harbor's API: one record a request, numbered pages, errors with status 200.
    """

    token = "first"
    open_paths = frozenset({"/oauth/token"})

    def __init__(self):
        super().__init__()
        self.contacts, self.tokens = {}, count(1)
        self.settings = {"site": "pier"}

    def credentials(self, provider):
        app = {"client_id": "an-app", "client_secret": "its-secret"}
        return CRMCredentials(provider=provider, access_token=self.token, metadata=app)

    def add_client(self, client):
        said = consent_of(client).get("email")
        extra = dict(client.custom_fields)
        self.contacts[client.id] = {
            "contact_no": client.id,
            "display_name": client.name,
            "mail": client.email,
            "mobile": None,
            "landline": client.phone,
            "lang": client.language,
            "changed": int((client.updated_at or datetime.now(UTC)).timestamp()),
            "tags": [*client.tags, *(["No mail"] if said == "opted_out" else [])],
            "newsletter": said == "opted_in" or None,
            "budget": extra.pop("Budget", None),
            "extra": [{"title": name, "content": value} for name, value in extra.items()],
            "agent_no": 4,
        }

    def merge_clients(self, kept, gone):
        self.contacts[gone] = self.contacts[kept]

    def remove_client(self, client_id):
        del self.contacts[client_id]

    def error(self, status, headers):
        error = {"code": f"harbor_{status}", "text": "told to nobody"}
        told = {"ok": False, "error": error}
        return Answer(status=status, json=told, headers=dict(headers))

    def inner(self, code):
        return {"ok": False, "error": {"code": code}}

    @route("POST", "/oauth/token")
    def sign_in(self, request):
        pair = b64encode(b"an-app:its-secret").decode()
        form = request.form()
        if request.headers.get("authorization") != f"Basic {pair}":
            return Answer(status=401, json={"error": "invalid_client"})
        if form != {"grant_type": "client_credentials", "scope": "contacts timeline"}:
            return Answer(status=400, json={"error": "invalid_request"})
        self.token = f"renewed-{next(self.tokens)}"
        return {"access_token": self.token, "expires_in": 3600}

    @route("GET", "/contacts/{number}")
    def one(self, request, number):
        if number not in self.contacts:
            return self.inner("no_such_contact")
        return {"ok": True, "result": self.contacts[number]}

    @route("POST", "/contacts/search")
    def search(self, request):
        asked = request.json()["filter"]
        key = {"email": "mail"}.get(asked["field"], asked["field"])
        found = [
            {"contact_no": number}
            for number, one in self.contacts.items()
            if str(one[key]) == asked["equals"]
        ]
        return {"ok": True, "result": {"items": found}}

    @route("GET", "/contacts")
    def all(self, request):
        since = int(request.query.get("changed_since", 0))
        people = [one for one in self.contacts.values() if one["changed"] >= since]
        return self.page(request, people)

    def page(self, request, items):
        number = int(request.query.get("page", 1))
        start = (number - 1) * self.page_size
        end = start + self.page_size
        more = end < len(items)
        return {"ok": True, "result": {"items": items[start:end], "more": more}}

    @route("GET", "/contacts/{number}/{things}")
    def things(self, request, number, things):
        if number not in self.contacts:
            return self.inner("no_such_contact")
        found = [one for one in self.written if (one["of"], one["in"]) == (number, things)]
        return self.page(request, found)

    @route("POST", "/contacts/{number}/{things}")
    def write(self, request, number, things):
        said = request.form() if things == "tasks" else request.json()
        if number not in self.contacts:
            return self.inner("no_such_contact")
        if self.refuses(said):
            return self.inner("bad_words")
        place = len(self.written) + 1
        made = {**said, "of": number, "in": things, f"{things[:-1]}_no": place}
        self.written.append(made)
        return {"ok": True, "result": made}


def told(person, what):
    """
    Return the addresses of a person.
    """
    return [one["address"] for one in person[what]]
