from datetime import UTC, datetime

from crmkit.testing import FakeAPI, route


class FakeAcme(FakeAPI):
    def __init__(self):
        super().__init__()
        self.people, self.deleted = {}, []

    def add_client(self, client):
        self.people[client.id] = {
            "id": client.id,
            "name": client.name,
            "email": client.email,
            "phone": client.phone,
            "unsubscribed": any(said.status == "opted_out" for said in client.consent),
            "updated": (client.updated_at or datetime.now(UTC)).isoformat(),
            "merged": [],
            "more": {f"x_{name}": value for name, value in client.custom_fields.items()},
        }

    def merge_clients(self, kept, gone):
        self.people[kept]["merged"].append(gone)
        self.remove_client(gone)

    def remove_client(self, client_id):
        del self.people[client_id]
        self.deleted.append(client_id)

    @route("GET", "/people")
    def search(self, request):
        asked, people = request.query, list(self.people.values())
        if "id" in asked:
            ids = set(asked["id"].split(","))
            return {"people": [p for p in people if ids & {p["id"], *p["merged"]}]}
        if "email" in asked:
            return {"people": [p for p in people if p["email"] == asked["email"]]}
        if "since" in asked:
            since = datetime.fromisoformat(asked["since"])
            people = [p for p in people if datetime.fromisoformat(p["updated"]) >= since]
        start = int(asked.get("cursor", 0))
        end = start + self.page_size
        page = {"people": people[start:end], "deleted": self.deleted}
        return {**page, "next": str(end)} if end < len(people) else page

    @route("GET", "/fields")
    def fields(self, request):
        keys = sorted({key for person in self.people.values() for key in person["more"]})
        return {"fields": [{"key": k, "name": k[2:], "type": "text"} for k in keys]}

    @route("GET", "/people/{person}/notes")
    def history(self, request, person):
        found = [note for note in self.written if note["person"] == person]
        return {"notes": sorted(found, key=lambda note: note["at"], reverse=True)}

    @route("GET", "/notes")
    def find(self, request):
        return {"notes": [n for n in self.written if n["ref"] == request.query["ref"]]}

    @route("POST", "/notes")
    def write(self, request):
        return {"notes": [self.keep(note) for note in request.json()]}

    def keep(self, note):
        if self.refuses(note) or note["person"] not in self.people:
            return {"ref": note.get("ref"), "error": "refused"}
        self.written.append({**note, "id": f"n{len(self.written) + 1}"})
        return self.written[-1]
