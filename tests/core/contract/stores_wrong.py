"""
Wrong stores: each breaks one rule, on the line that ends with the rule's number.

Their contracts are the classes Test...; they are run by test_stores_wrong.py alone.
"""

from collections import Counter
from time import sleep

from attrs import evolve
from tests.core.contract.stores_memory import in_memory
from tests.core.contract.stores_wrong_files import (
    open_keeping,
    open_late,
    open_leasing,
    open_taking,
)

from crmkit.testing import StoreContract
from crmkit.testing._store.model import StoreModel

LAW = "O35"
ALL = 1_000_000
MEMORY = {"url": "memory:{name}", "unusable": "memory:"}
FILE = {"url": "{folder}/outbox.db"}


def run(number, open_store, place):
    """
    Have the contract run on what this function opens.
    """
    given = {"plugin": staticmethod(open_store), **place}
    if number != LAW:
        given["test_o35_law"] = None  # it may see any of them, and has one of its own
    globals()[f"Test{number}"] = type(f"Test{number}", (StoreContract,), given)


def breaks(number):
    """
    Have the contract run on the model with the methods of a class in place of its own.
    """

    def mark(kind):
        run(number, in_memory(kind), MEMORY)
        return kind

    return mark


@breaks("O01")
class WholeSeconds(StoreModel):
    def get(self, key):  # O01
        row = super().get(key)
        return row and evolve(row, stored_at=round(row.stored_at))


@breaks("O02")
class CutsTexts(StoreModel):
    def get(self, key):  # O02
        row = super().get(key)
        return row and evolve(row, payload=row.payload and row.payload[:65_535])


@breaks("O03")
class JoinsKeys(StoreModel):
    def add(self, rows):  # O03
        alike = {"#".join(key): row for key, row in self.place.rows.items()}
        known = {row.key: alike.get("#".join(row.key)) for row in rows}
        super().add([row for row in rows if known[row.key] is None])
        return {key: row for key, row in known.items() if row is not None}


@breaks("O04")
class WritesOver(StoreModel):
    def add(self, rows):  # O04
        known = super().add(rows)
        self.place.rows.update({row.key: row for row in rows})
        return known


@breaks("O05")
class WritesOneByOne(StoreModel):
    def add(self, rows):  # O05
        known = {}
        for row in rows:
            if isinstance(row.payload, str | None):
                known |= super().add([row])
            else:
                raise TypeError
        return known


@breaks("O06")
class NeedsKeys(StoreModel):
    def claim_keys(self, keys):
        if not keys:
            raise ValueError("no keys")  # noqa: EM101, TRY003 # O06
        return super().claim_keys(keys)


@breaks("O07")
class TakesSome(StoreModel):
    def retry(self, keys, now):  # O07
        return super().retry(keys[:500], now)


@breaks("O08")
class ForgetsOnClosing(StoreModel):
    def add(self, rows):  # O08
        self.unwritten = [row.key for row in rows if row.state == "synced"]
        return super().add(rows)

    def close(self):
        for key in getattr(self, "unwritten", ()):
            self.place.rows.pop(key, None)
        super().close()


@breaks("O09")
class ByDueTime(StoreModel):
    def rows(self, *, state, limit):  # O09
        rows = super().rows(state=state, limit=ALL)
        return sorted(rows, key=lambda row: row.due_at)[:limit]


@breaks("O10")
class ShowsSynced(StoreModel):
    def rows(self, *, state, limit):  # O10
        return self.where(lambda row: state in {None, row.state})[:limit]


@breaks("O11")
class CountsOneUser(StoreModel):
    def counts(self):  # O11
        return Counter(row.state for row in self.where(lambda row: not row.user_id))


@breaks("O12")
class RetriesDead(StoreModel):
    def retry(self, keys, now):  # O12
        waits = {row.key for row in self.where(lambda row: row.state != "uncertain")}
        return super().retry([key for key in keys if key in waits], now)


@breaks("O13")
class DropsSending(StoreModel):
    def drop(self, keys):  # O13
        return self.delete(lambda row: row.state != "synced", keys)


@breaks("O14")
class PurgesDead(StoreModel):
    def purge(self, before):  # O14
        ended = {"synced", "dead"}
        return self.delete(lambda row: row.state in ended and row.stored_at < before)


def leaks_errors():
    """
    Return what opens a store whose place raises what the system raises.
    """
    right = in_memory()

    def open_store(url):
        if url == MEMORY["unusable"]:
            raise PermissionError(url)  # O15
        return right(url)

    return open_store


run("O15", leaks_errors(), MEMORY)


@breaks("O16")
class NamesPending(StoreModel):
    def groups(self, now):  # O16
        due = self.where(lambda row: row.state == "pending" and row.due_at <= now)
        return sorted({row.group for row in due})


@breaks("O17")
class NamesSending(StoreModel):
    def groups(self, now):  # O17
        sending = {row.group for row in self.where(lambda row: row.state == "sending")}
        return sorted(sending.union(super().groups(now)))


@breaks("O18")
class FirstAddedFirst(StoreModel):
    def claim(self, group, *, state, now, limit):  # O18
        with self.place.lock:
            found = self.where(lambda row: (row.group, row.state) == (group, state))
            due = [row for row in found if row.due_at <= now][:limit]
            self.lease(due)
            return due


@breaks("O19")
class NoLimit(StoreModel):
    def claim(self, group, *, state, now, limit):  # O19
        return super().claim(group, state=state, now=now, limit=ALL)


@breaks("O20")
class AnyKind(StoreModel):
    def claim(self, group, *, state, now, limit):  # O20
        kinds = {row.group for row in self.where(lambda row: row.group[:2] == group[:2])}
        arguments = {"state": state, "now": now, "limit": limit}
        claims = [super(AnyKind, self).claim(each, **arguments) for each in sorted(kinds)]
        return [row for claim in claims for row in claim]


@breaks("O21")
class AnyTime(StoreModel):
    def claim(self, group, *, state, now, limit):  # O21
        return super().claim(group, state=state, now=float("inf"), limit=limit)


@breaks("O22")
class AsTheyAre(StoreModel):
    def claim(self, group, *, state, now, limit):  # O22
        rows = super().claim(group, state=state, now=now, limit=limit)
        return [self.place.rows[row.key] for row in rows]


@breaks("O23")
class ClaimsUncertain(StoreModel):
    def claim_keys(self, keys):  # O23
        free = {"pending", "uncertain"}
        with self.place.lock:
            rows = self.where(lambda row: row.state in free, keys)
            self.lease(rows)
            return [row.key for row in rows]


@breaks("O24")
class LeasedToNobody(StoreModel):
    def add(self, rows):  # O24
        known = super().add(rows)
        for row in rows:
            self.place.owners.pop(row.key, None)
        return known


@breaks("O25")
class LooksThenLeases(StoreModel):
    def claim(self, group, *, state, now, limit):  # O25
        found = self.where(lambda row: (row.group, row.state) == (group, state))
        due = [row for row in found if row.due_at <= now]
        due = sorted(due, key=lambda row: row.due_at)[:limit]
        sleep(0.01)
        self.lease(due)
        return due


@breaks("O26")
class SettlesForOthers(StoreModel):
    def settle(self, settlements):  # O26
        owners = self.place.owners
        owners.update(dict.fromkeys(owners, self))
        return super().settle(settlements)


@breaks("O27")
class LosesTypes(StoreModel):
    def settle(self, settlements):  # O27
        return super().settle(evolve(it, error_type=None) for it in settlements)


@breaks("O28")
class KeepsActivities(StoreModel):
    def settle(self, settlements):  # O28
        before = dict(self.place.rows)
        count = super().settle(settlements)
        for key, row in self.place.rows.items():
            self.place.rows[key] = evolve(row, payload=before[key].payload)
        return count


@breaks("O29")
class KeepsLeases(StoreModel):
    def settle(self, settlements):  # O29
        return super().settle(it for it in settlements if it.state != "pending")


@breaks("O30")
class TakesFromTheLiving(StoreModel):
    def recover(self, now):  # O30
        owners = self.place.owners
        others = {key: owner for key, owner in owners.items() if owner is not self}
        for key in others:
            del owners[key]
            row = evolve(self.place.rows[key], state="uncertain", due_at=now)
            self.place.rows[key] = row
        return len(others)


@breaks("O31")
class ForgetsWhatItLeased(StoreModel):
    def close(self):  # O31
        owners = self.place.owners
        for key in [key for key, owner in owners.items() if owner is self]:
            del owners[key]
        super().close()


run("O32", open_keeping, FILE)
run("O33", open_taking, FILE)
run("O34", open_late, FILE)


@breaks("O35")
class RetriesLast(StoreModel):
    def retry(self, keys, now):  # O35
        count = super().retry(keys, now)
        rows = self.place.rows
        rows.update({key: rows.pop(key) for key in keys if key in rows})
        return count


@breaks("O36")
class ForgetsOfAnyCrm(StoreModel):
    def forget(self, client_id, *, provider, user_id):  # O36
        for each in {row.provider for row in self.where(lambda row: True)}:
            forgotten = super().forget(client_id, provider=each, user_id=user_id)
        return forgotten


@breaks("O37")
class KeepsTheFirst(StoreModel):
    def set_checkpoint(self, name, value):  # O37
        self.place.checkpoints.setdefault(name, value)


@breaks("O40")
class LosesExpiry(StoreModel):
    def save_credentials(self, new, *, replacing):  # O40
        return super().save_credentials(evolve(new, expires_at=None), replacing=replacing)


@breaks("O41")
class ReplacesAnything(StoreModel):
    def save_credentials(self, new, *, replacing):  # O41
        with self.place.lock:
            there = self.credentials(new.user_id, new.provider)
            if there and (there.version, replacing) == ("2", "1"):
                replacing = "2"
            return super().save_credentials(new, replacing=replacing)


@breaks("O42")
class LooksThenReplaces(StoreModel):
    def save_credentials(self, new, *, replacing):  # O42
        there = self.credentials(new.user_id, new.provider)
        if replacing != (there and there.version):
            return False
        sleep(0.01)
        self.place.credentials[new.user_id, new.provider] = new
        return True


@breaks("O43")
class FoldsUsers(StoreModel):
    def credentials(self, user_id, provider):  # O43
        folded = {(u.lower(), p): it for (u, p), it in self.place.credentials.items()}
        exact = super().credentials(user_id, provider)
        return exact or folded.get((user_id.lower(), provider.lower()))


@breaks("O44")
class ByProvider(StoreModel):
    def all_credentials(self):  # O44
        return sorted(super().all_credentials(), key=lambda it: (it.provider, it.user_id))


@breaks("O45")
class RemovesOfAllUsers(StoreModel):
    def remove_credentials(self, user_id, provider):  # O45
        found = super().remove_credentials(user_id, provider)
        for whose in [it for it in self.place.credentials if it[1] == provider]:
            del self.place.credentials[whose]
        return found


@breaks("O46")
class LeasesToAll(StoreModel):
    def lease_credentials(self, user_id, provider, seconds):  # O46
        self.place.renewing.pop((user_id, provider), None)
        return super().lease_credentials(user_id, provider, seconds)


@breaks("O47")
class LeasesForever(StoreModel):
    def lease_credentials(self, user_id, provider, seconds):  # O47
        return super().lease_credentials(user_id, provider, float("inf"))


@breaks("O48")
class LeasesToTheClosed(StoreModel):
    def lease_credentials(self, user_id, provider, seconds):  # O48
        owner, _ = self.place.renewing.get((user_id, provider), (None, 0))
        if owner is None or not owner.closed:
            return super().lease_credentials(user_id, provider, seconds)
        return False


run("O49", open_leasing, FILE)
