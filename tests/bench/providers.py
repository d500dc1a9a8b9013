"""
Each provider on its simulated CRM: requests, rates, its cost beside bare HTTP and peers.
"""

import contextlib
import io
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import urllib3

from crmkit import ActivityRecord, CRMConnector, _wire
from crmkit_hubspot._fields import OWN, STANDARD
from crmkit_simulator._clock import Clock
from crmkit_simulator._crms import named, names

TOKEN, CLIENTS = "bench-token-0001", 300
ACTIVITIES, FETCHES, ROUNDS = 1000, 40, 15
LIMIT, WINDOW, SECONDS = 100, 10, 30
LIMITED = {"followupboss", "hubspot", "pipedrive"}  # the others' answers tell no rate
OPTIONS = {"pipedrive": ["--set", "old_version=true"]}  # which its peer speaks
POOL = urllib3.PoolManager()


@contextmanager
def simulator(crm, limit="off"):
    """
    Serve a CRM from a process of its own; yield its address.
    """
    command = [sys.executable, "-m", "crmkit_simulator", crm, "--json", "--port", "0"]
    options = ["--token", TOKEN, "--limit", limit, "--contacts", str(CLIENTS)]
    options += OPTIONS.get(crm, [])
    served = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    try:
        yield json.loads(served.stdout.readline())["base_url"]
    finally:
        served.terminate()
        served.wait()


def connector(crm, url, folder):
    """
    Return a connector to a simulated CRM, with an outbox of its own.
    """
    store = Path(tempfile.mkdtemp(dir=folder), "outbox.db").as_posix()
    config = named(crm)(Clock(), token=TOKEN).config(url)
    return CRMConnector(**{**config, "store": f"sqlite:///{store}"})


def about(url, method="GET", what="requests"):
    """
    Ask the simulator itself.
    """
    return json.loads(POOL.request(method, f"{url}/_simulator/{what}").data)


def cpu(function):
    """
    Return the CPU seconds of one of many calls.
    """
    start = time.process_time()
    for _ in range(FETCHES):
        function()
    return (time.process_time() - start) / FETCHES


def requested(crm, client):
    """
    Return what one fetched client asks for: method, URL, headers, body of each request.
    """
    seen, send = [], _wire.Wire.send

    def watched(self, method, place, **options):
        seen.append((method, "".join(place), options["headers"], options["body"]))
        return send(self, method, place, **options)

    _wire.Wire.send = watched
    try:
        crm.clear_cache()
        crm.get_client_data(client)
    finally:
        _wire.Wire.send = send
    return seen


def hubspot(url):
    """
    Return what fetches a contact by HubSpot's own client.
    """
    from hubspot import HubSpot

    api = HubSpot(access_token=TOKEN, host=url).crm.contacts.basic_api
    names = [*OWN, *STANDARD]  # without them it gets six properties

    def get(client):
        api.get_by_id(client, properties=names)

    return get


def salesforce(url):
    """
    Return what fetches a contact by simple-salesforce, which is told to do without TLS.
    """
    import simple_salesforce

    api = simple_salesforce.SFType("Contact", TOKEN, "localhost", "59.0")
    api.base_url = f"{url}/services/data/v59.0/sobjects/Contact/"
    return api.get


def followupboss(url):
    """
    Return what fetches a person by the community's client, which prints as it goes.
    """
    from follow_up_boss.client import FollowUpBossApiClient
    from follow_up_boss.people import People

    api = People(FollowUpBossApiClient(api_key=TOKEN, base_url=f"{url}/v1"))

    def get(client):
        with contextlib.redirect_stdout(io.StringIO()):
            api.retrieve_person(int(client))

    return get


def pipedrive(url):
    """
    Return what fetches a person by the community's client.
    """
    from pipedrive.client import Client

    api = Client(domain=f"{url}/")
    api.set_api_token(TOKEN)
    return api.persons.get_person


def zoho(url):
    """
    Return what fetches a contact by Zoho's own SDK.
    """
    from zohocrmsdk.src.com.zoho.api.authenticator import OAuthToken
    from zohocrmsdk.src.com.zoho.api.authenticator.store import FileStore
    from zohocrmsdk.src.com.zoho.crm.api import HeaderMap, Initializer, ParameterMap
    from zohocrmsdk.src.com.zoho.crm.api.dc import DataCenter
    from zohocrmsdk.src.com.zoho.crm.api.record import RecordOperations
    from zohocrmsdk.src.com.zoho.crm.api.sdk_config import SDKConfig

    folder = tempfile.mkdtemp()
    Initializer.initialize(
        DataCenter.Environment(url, f"{url}/oauth/v2/token", url),
        OAuthToken(access_token=TOKEN, api_domain=url, find_user=False),
        store=FileStore(f"{folder}/tokens.txt"),
        sdk_config=SDKConfig(auto_refresh_fields=False, pick_list_validation=False),
        resource_path=folder,
    )

    def get(client):
        RecordOperations("Contacts").get_record(int(client), ParameterMap(), HeaderMap())

    return get


PEERS = {
    "followupboss": followupboss,
    "hubspot": hubspot,
    "pipedrive": pipedrive,
    "salesforce": salesforce,
    "zoho": zoho,
}


def fetched(name, url, crm):
    """
    Return the CPU time of one fetched client over bare HTTP's, and over the peer's.
    """
    client = about(url, what="contacts")[0]["id"]
    crm.get_client_data(client)
    asked = requested(crm, client)
    theirs = PEERS[name](url)
    theirs(client)

    def ours():
        crm.clear_cache()
        crm.get_client_data(client)

    def bare():
        for method, place, headers, body in asked:
            json.loads(POOL.request(method, place, headers=headers, body=body).data)

    rows = [[cpu(ours), cpu(bare), cpu(lambda: theirs(client))] for _ in range(ROUNDS)]
    return [statistics.median(row[0] / row[place] for row in rows) for place in (1, 2)]


def synced(url, crm, kind="note"):
    """
    Return how many requests so many activities take, and how many go in a second.
    """
    clients = [one["id"] for one in about(url, what="contacts")]
    crm.get_client_data(clients[0])
    records = [
        ActivityRecord(type=kind, client_id=clients[n % len(clients)], description="Hello")
        for n in range(ACTIVITIES)
    ]
    before = about(url)["total"]
    start = time.perf_counter()
    report = crm.batch_sync_activities(records)
    seconds = time.perf_counter() - start
    assert report.counts["synced"] == ACTIVITIES, report.counts
    return about(url)["total"] - before, ACTIVITIES / seconds


def limited(name, folder):
    """
    Return which share of a rate limit is used, and how many requests it refused.
    """
    limit = f"{LIMIT}/{WINDOW}s"
    with simulator(name, limit) as url, connector(name, url, folder) as crm:
        client = about(url, what="contacts")[0]["id"]
        crm.get_client_data(client)
        start = time.monotonic()
        while time.monotonic() - start < SECONDS:
            crm.clear_cache()
            crm.get_client_data(client)
        calls = about(url)["requests"]
    good = sum(call["status"] < 300 for call in calls)
    refused = sum(call["status"] == 429 for call in calls)
    return good / (LIMIT * SECONDS / WINDOW), refused


def main():
    """
    Print the table.
    """
    logging.disable()
    titles = ["CRM", "requests of 1,000 notes", "notes/s", "CPU : bare", ": peer", "limit"]
    print(f"| {' | '.join(titles)} |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for name in names():
            with simulator(name) as url, connector(name, url, folder) as crm:
                requests, rate = synced(url, crm)
                bare, peer = fetched(name, url, crm)
            told = "tells no rate"
            if name in LIMITED:
                share, refused = limited(name, folder)
                told = f"{share:.0%} used, {refused} refused"
            cells = [name, requests, f"{rate:,.0f}", f"{bare:.2f}", f"{peer:.2f}", told]
            print(f"| {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    main()
