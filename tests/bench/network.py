"""
HubSpot through us, through bare urllib3 and through HubSpot's own client, on one simulator.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import urllib3
from hubspot import HubSpot
from hubspot.crm.objects.notes import SimplePublicObjectInputForCreate

from crmkit import ActivityRecord, CRMConnector

ROUNDS, FETCHES, NOTES, ACTIVITIES = 25, 40, 100, 10_000
WINDOW, ALLOWED, WINDOWS = 10, 190, 3
TOKEN = "pat-bench"
STARTS = {
    "ours": (
        "from crmkit import CRMConnector; CRMConnector(credentials={token!r},"
        " settings={{'hubspot': {{'base_url': {url!r}}}}}).get_client_data('{client}')"
    ),
    "theirs": (
        "from hubspot import HubSpot; HubSpot(access_token={token!r}, host={url!r})"
        ".crm.contacts.basic_api.get_by_id('{client}')"
    ),
    "nothing": "pass",
}


@contextmanager
def simulator(limit="off"):
    """
    Serve HubSpot from a process of its own; yield its address and a client's id.
    """
    command = [sys.executable, "-m", "crmkit_simulator", "hubspot", "--json", "--port", "0"]
    options = ["--token", TOKEN, "--limit", limit, "--contacts", "1000"]
    served = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    try:
        url = json.loads(served.stdout.readline())["base_url"]
        listed = bare(url, "GET", "/crm/objects/2026-09/contacts?limit=1")
        yield url, listed["results"][0]["id"]
    finally:
        served.terminate()
        served.wait()


POOL = urllib3.PoolManager()
SIGNED = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}


def bare(url, method, path, body=None):
    """
    Ask as plainly as can be.
    """
    content = None if body is None else json.dumps(body)
    headers = SIGNED if body is None else {**SIGNED, "Content-Type": "application/json"}
    answer = POOL.request(method, url + path, body=content, headers=headers)
    return json.loads(answer.data)


def connector(url, folder, **arguments):
    """
    Return a connector to the simulator, with an outbox of its own.
    """
    return CRMConnector(
        **arguments,
        credentials=TOKEN,
        settings={"hubspot": {"base_url": url}},
        store=f"sqlite:///{Path(folder, 'outbox.db').as_posix()}",
    )


def cpu(times, function):
    """
    Return the CPU seconds of one of so many calls.
    """
    start = time.process_time()
    for _ in range(times):
        function()
    return (time.process_time() - start) / times


def ratios(times, ours, *others, rounds=ROUNDS):
    """
    Return, for each of *others*, the median of our CPU time over its, side by side.
    """
    measured = [[cpu(times, ask) for ask in (ours, *others)] for _ in range(rounds)]
    return [
        statistics.median(row[0] / row[place] for row in measured)
        for place in range(1, len(others) + 1)
    ]


def fetch(url, client, crm):
    """
    Print what one fetched client costs.
    """
    asked = []
    crm.get_client_data(client)
    names = sorted(crm.get_client_data(client, include=["raw"]).raw["properties"])
    path = f"/crm/objects/2026-09/contacts/{client}?properties={','.join(names)}"

    def ours():
        crm.clear_cache()
        crm.get_client_data(client)

    def plainly():
        asked.append(bare(url, "GET", path))

    def theirs():
        api = HubSpot(access_token=TOKEN, host=url)
        api.crm.contacts.basic_api.get_by_id(client, properties=names)

    documented = HubSpot(access_token=TOKEN, host=url)

    def kept():
        documented.crm.contacts.basic_api.get_by_id(client, properties=names)

    plain, peer, same = ratios(FETCHES, ours, plainly, theirs, kept)
    print(f"CPU of a fetched client ({len(names)} properties), ours :")
    print(f"  bare urllib3 and json: {plain:.2f} (goal <= 1.4)")
    print(f"  hubspot-api-client, one for all calls: {same:.2f} (goal <= 0.4)")
    print(f"  hubspot-api-client, one for each call: {peer:.2f}")


def first(url, client):
    """
    Print how long it takes from the start of a process to the first client.
    """
    values = {"token": TOKEN, "url": url, "client": client}

    def seconds(name):
        start = time.perf_counter()
        statement = STARTS[name].format(**values)
        subprocess.run([sys.executable, "-c", statement], check=True)
        return time.perf_counter() - start

    rounds = [{name: seconds(name) for name in STARTS} for _ in range(9)]
    ratio = statistics.median(row["ours"] / row["theirs"] for row in rounds)
    alone = statistics.median(
        (row["ours"] - row["nothing"]) / (row["theirs"] - row["nothing"]) for row in rounds
    )
    print(f"start to first client, ours : hubspot-api-client: {ratio:.2f} (goal <= 1.0)")
    print(f"  without the interpreter's own start: {alone:.2f}")


def notes(url, client, crm):
    """
    Print what a note costs when a hundred go at once.
    """
    api = HubSpot(access_token=TOKEN, host=url)
    properties = {"hs_note_body": "Called about the garden", "hs_timestamp": now()}
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}]
    links = [{"to": {"id": client}, "types": types}]

    def ours():
        assert all(crm.batch_sync_activities(activities(client, NOTES)))

    def theirs():
        for _ in range(NOTES):
            note = SimplePublicObjectInputForCreate(
                properties=properties, associations=links
            )
            api.crm.objects.notes.basic_api.create(note)

    (ratio,) = ratios(1, ours, theirs, rounds=7)
    print(f"CPU of a note, ours (100 at once) : theirs (each): {ratio:.3f} (goal <= 0.1)")


def throughput(url, client, folder):
    """
    Print how long many activities take through the outbox, beside the bare requests.
    """
    path = "/crm/objects/2026-09/notes/batch/create"
    taken = []
    for _ in range(3):
        records = list(activities(client, ACTIVITIES))
        bodies = [
            {"inputs": [plain(record, client) for record in records[at : at + NOTES]]}
            for at in range(0, ACTIVITIES, NOTES)
        ]
        start = time.perf_counter()
        for body in bodies:
            bare(url, "POST", path, body)
        between = time.perf_counter()
        with connector(url, tempfile.mkdtemp(dir=folder)) as crm:
            report = crm.batch_sync_activities(records)
        end = time.perf_counter()
        assert report.counts["synced"] == ACTIVITIES
        taken.append((between - start, end - between))
    ratio = statistics.median(ours / theirs for theirs, ours in taken)
    rate = ACTIVITIES / statistics.median(ours for _, ours in taken)
    print(f"{ACTIVITIES:,} activities through the outbox, time of ours :")
    print(f"  bare requests: {ratio:.2f} (goal <= 1.5)")
    print(f"  {rate:,.0f} activities a second (goal > 100)")


def limited(folder):
    """
    Print how much of a rate limit is used, and how often it was hit all the same.
    """
    with simulator(f"{ALLOWED}/{WINDOW}s") as (url, client), connector(url, folder) as crm:
        http = crm.session().http
        path = f"/crm/objects/2026-09/contacts/{client}"
        http.get(path)
        start, done = time.monotonic(), 0
        while time.monotonic() - start < WINDOW * WINDOWS:
            http.get(path)
            done += 1
        seen = bare(url, "GET", "/_simulator/requests")
    refused = sum(call["status"] == 429 for call in seen["requests"])
    used = done / (ALLOWED * WINDOWS)
    print(f"limit of {ALLOWED} in {WINDOW} s:")
    print(f"  {used:.0%} used (goal >= 95 %), {refused} refused (goal 0)")


def activities(client, number):
    """
    Return so many new activities.
    """
    return [
        ActivityRecord(type="note", client_id=client, description="Called about the garden")
        for _ in range(number)
    ]


def plain(record, client):
    """
    Return an input of a batch as one would write it by hand.
    """
    return {
        "objectWriteTraceId": record.id,
        "properties": {"hs_note_body": record.description, "hs_timestamp": now()},
        "associations": [
            {
                "to": {"id": client},
                "types": [
                    {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}
                ],
            }
        ],
    }


def now():
    """
    Return this moment as HubSpot writes it.
    """
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def main():
    """
    Print the table.
    """
    with tempfile.TemporaryDirectory() as folder:
        with simulator() as (url, client), connector(url, folder) as crm:
            fetch(url, client, crm)
            first(url, client)
            notes(url, client, crm)
            throughput(url, client, folder)
        limited(folder)


if __name__ == "__main__":
    main()
