"""
The address book keeps the contract of providers, with files of its own.
"""

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

import crmkit_addressbook
from crmkit.testing import FakeCRM, ProviderContract

CONSENT = {
    ("*", "do_not_contact"): "Do Not Contact",
    ("email", "opted_out"): "Email Opt Out",
    ("sms", "opted_out"): "SMS Opt Out",
    ("phone", "opted_out"): "Do Not Call",
    ("email", "opted_in"): "Email Opt In",
    ("sms", "opted_in"): "SMS Opt In",
}


class Book(FakeCRM):
    """
    A file of clients, and the file of activities that is written beside it.
    """

    page_size = 1000

    def __init__(self):
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name, "clients.csv")
        self.settings = {"path": str(self.path)}
        self.rows = {}
        self.columns = ["ID"]
        self.save()

    @property
    def written(self):
        journal = self.path.with_name("clients.activities.csv")
        if not journal.exists():
            return []
        with journal.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def add_client(self, client):
        row = {
            "ID": client.id,
            "Name": client.name,
            "First Name": client.first_name,
            "Last Name": client.last_name,
            "Email": client.email,
            "Phone": client.phone,
            "Language": client.language,
            "Timezone": client.timezone,
            "Tags": ";".join(client.tags),
            "Updated At": client.updated_at and client.updated_at.isoformat(),
            **dict.fromkeys(CONSENT.values(), ""),
            **{
                CONSENT[one.channel, one.status]: "yes"
                for one in client.consent
                if one.status != "unspecified"
            },
            **client.custom_fields,
        }
        self.rows[client.id] = row
        if row.keys() <= set(self.columns):
            with self.path.open("a", encoding="utf-8", newline="") as file:
                csv.DictWriter(file, self.columns).writerow(row)
        else:
            self.columns = list(dict.fromkeys((*self.columns, *row)))
            self.save()

    def remove_client(self, client_id):
        del self.rows[client_id]
        self.save()

    def save(self):
        with self.path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, self.columns)
            writer.writeheader()
            writer.writerows(self.rows.values())

    def close(self):
        self.folder.cleanup()


class TestAddressbook(ProviderContract):
    plugin = crmkit_addressbook
    api = Book
