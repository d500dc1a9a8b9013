"""
The CRM that the provider in acme.py speaks to: people and notes in memory.
"""

from collections import Counter
from itertools import count
from threading import Lock
from urllib.parse import unquote

from tests.core.server import Answer

TOKEN = "t0k-en"


class AcmeCrm:
    """
    Answers requests as a CRM does; a person is a dict, what was written is in *written*.

    *tokens* are those that it accepts. *refuse* holds refs of activities that it does not
    take: one of them in a request and nothing of that request is written.
    """

    def __init__(self):
        self.people = {}
        self.history = {}
        self.fields = []
        self.deleted = []
        self.page_size = 2
        self.tokens = {TOKEN}
        self.refuse = set()
        self.rights = ["read", "write"]
        self.written = []
        self._number = count(1)
        self._lock = Lock()

    def add(self, person_id, name="Ada", **more):
        """
        Add a person; *more* may hold email, merged and custom fields.
        """
        top = {key: more.pop(key) for key in ("email", "merged") if key in more}
        person = {"id": person_id, "name": name, "more": more, **top}
        self.people[person_id] = person
        return person

    def times_written(self):
        """
        Return how often each activity was written, by the caller's id.
        """
        return Counter(row["ref"] for row in self.written)

    def __call__(self, request):
        if request.path == "/token":
            return self._token()
        signed = request.headers.get("authorization", "")
        if signed.removeprefix("Bearer ") not in self.tokens:
            return 401
        first, *rest = [unquote(part) for part in request.path.split("/")[1:]]
        if request.method == "POST":
            return self._write(first, request.json())
        if first == "people":
            return self._person(*rest) if rest else self._people(request.query)
        if first in {"rights", "fields"}:
            return {first: getattr(self, first)}
        return self._found(first, request.query["ref"])

    def _token(self):
        with self._lock:
            token = f"fresh-{next(self._number)}"
            self.tokens.add(token)
        return {"access_token": token}

    def _people(self, query):
        if "id" in query:
            found = [self._by_id(person_id) for person_id in query["id"].split(",")]
            return {"people": [person for person in found if person]}
        for field in ("email", "phone", "badge"):
            if field in query:
                found = [
                    p for p in self.people.values() if query[field] in _values(p, field)
                ]
                return {"people": found}
        start = int(query.get("cursor", 0))
        end = start + self.page_size
        page = {"people": list(self.people.values())[start:end]}
        if end < len(self.people):
            return {**page, "next": str(end)}
        return {**page, "deleted": self.deleted}

    def _by_id(self, person_id):
        merged = (p for p in self.people.values() if person_id in p.get("merged", ()))
        return self.people.get(person_id) or next(merged, None)

    def _person(self, person_id, _history):
        return {"history": self.history[person_id]}

    def _write(self, kind, rows):
        if self.refuse & {row["ref"] for row in rows}:
            return Answer(422)
        with self._lock:
            created = [{**row, "kind": kind, "id": next(self._number)} for row in rows]
            self.written += created
        return {"created": created}

    def _found(self, kind, ref):
        rows = [row for row in self.written if (row["kind"], row["ref"]) == (kind, ref)]
        return {"id": rows[0]["id"] if rows else None}


def _values(person, field):
    return {person.get(field), person["more"].get(field)}
