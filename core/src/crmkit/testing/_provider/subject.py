"""
A provider under test, with people and activities to try it with.
"""

from __future__ import annotations

import re
from typing import Any

from attrs import evolve

from crmkit.models import ActivityRecord, ClientData
from crmkit.testing._clock import START
from crmkit.testing._provider.changes import texts
from crmkit.testing._provider.connected import Connected

ABSENT = "99999999"


class Subject(Connected):
    """
    One provider, and what a rule puts into its CRM.
    """

    def add(self, **fields: Any) -> ClientData:
        """
        Make a client in the CRM and return it, with the id that it has there.
        """
        number = next(self._numbers)
        given = {
            "id": str(70_000 + number),
            "first_name": "Ana",
            "last_name": f"Núñez {number}",
            "name": f"Ana Núñez {number}",
            "email": f"ana.{number}@example.com",
            "phone": f"+351 555 {number:04}",
        }
        client = ClientData(**{**given, **fields})
        return evolve(client, id=self.fake.add_client(client) or client.id)

    def activity(self, client: ClientData, text: str, **fields: Any) -> ActivityRecord:
        """
        Make an activity of this client.
        """
        given = {
            "type": self.type(),
            "client_id": client.id,
            "description": text,
            "timestamp": START,
            "id": f"id of {text}",
        }
        return ActivityRecord(**{**given, **fields})

    def absent(self, client: ClientData) -> str:
        """
        Return an id that nobody has, of the shape that ids have in the CRM.
        """
        shaped = re.sub(r"\d", "9", client.id)
        return ABSENT if client.id.isdecimal() or shaped == client.id else shaped

    def records(self, text: str) -> list[Any]:
        """
        Return the CRM's records of activities that hold this text.
        """
        return [
            record
            for record in self.fake.written
            if any(text in inner for inner in texts(record))
        ]
