"""
The CRM of providers_right.py, with all that a rule may ask for.
"""

from datetime import datetime

from crmkit.testing import FakeAPI, route


class FakeAcme(FakeAPI):
    """
    People and notes in memory; a row that is refused costs nothing but itself.
    """

    open_paths = frozenset({"/token"})

    def __init__(self):
        super().__init__()
        self.people = {}
        self.deleted = []
        self.fields = {}

    def add_client(self, client):
        said = {consent.channel: consent.status for consent in client.consent}
        self.fields.update({name.casefold(): name for name in client.custom_fields})
        self.people[client.id] = {
            "id": client.id,
            "name": client.name,
            "first": client.first_name,
            "last": client.last_name,
            "email": client.email,
            "phone": client.phone,
            "mail": {"opted_in": "yes", "opted_out": "no"}.get(said.get("email")),
            "merged": [],
            "link": f"https://acme.example/people/{client.id}",
            "custom": {n.casefold(): v for n, v in client.custom_fields.items()},
            "changed": client.updated_at and client.updated_at.isoformat(),
        }

    def merge_clients(self, kept, gone):
        del self.people[gone]
        self.people[kept]["merged"].append(gone)

    def remove_client(self, client_id):
        del self.people[client_id]
        self.deleted.append(client_id)

    @route("GET", "/people")
    def search(self, request):
        query, people = request.query, list(self.people.values())
        if "id" in query:
            return {"people": self.by_id([query["id"]])}
        for field in query.keys() & {"email", "phone"}:
            value = query[field]
            return {"people": [p for p in people if value in {p[field], "*"}]}
        if "since" in query:
            people = [p for p in people if changed_since(p, query["since"])]
        after = int(query.get("after", 0))
        end = after + self.page_size
        more = {"next": str(end)} if end < len(people) else {"deleted": self.deleted}
        return {"people": people[after:end], **more}

    @route("POST", "/people/read")
    def read(self, request):
        return {"people": self.by_id(request.json()["ids"])}

    def by_id(self, ids):
        return [
            person
            for person in self.people.values()
            if not {person["id"], *person["merged"]}.isdisjoint(ids)
        ]

    @route("GET", "/fields")
    def list_fields(self, _request):
        return {"fields": [{"key": k, "name": n} for k, n in self.fields.items()]}

    @route("GET", "/people/{person}/notes")
    def history(self, _request, person):
        notes = [note for note in self.written if note["person"] == person]
        return {"notes": sorted(notes, key=lambda note: note["at"], reverse=True)}

    @route("POST", "/{kind}")
    def write(self, request, kind):
        if kind == "token":
            self.token = "a-renewed-token"
            return {"token": self.token}
        # Acme promises no order: here it answers backwards.
        return {"results": [self.written_row(kind, row) for row in request.json()][::-1]}

    def written_row(self, kind, row):
        if self.refuses(row):
            return {"ref": row["ref"], "error": "refused"}
        if row["person"] and row["person"] not in self.people:
            return {"ref": row["ref"], "error": "gone"}
        made = {**row, "kind": kind, "id": f"n{len(self.written) + 1}"}
        self.written.append(made)
        return {"ref": row["ref"], "id": made["id"]}

    @route("GET", "/{kind}")
    def find(self, request, kind):
        wanted = (kind, request.query["ref"])
        found = [n["id"] for n in self.written if (n["kind"], n["ref"]) == wanted]
        return {"id": found[0] if found else None}


def changed_since(person, since):
    """
    Tell whether a person changed after a moment.
    """
    changed = person["changed"]
    return changed and datetime.fromisoformat(changed) >= datetime.fromisoformat(since)
