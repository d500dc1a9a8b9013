"""
Whatever is sent, Zoho answers.
"""

import json

from hypothesis import given
from hypothesis import strategies as st

from crmkit_simulator import Simulator
from crmkit_simulator._wire import Request

PARENT = {"module": {"api_name": "Contacts"}, "id": "7"}
CALL = {
    "Subject": "x",
    "Call_Type": "Outbound",
    "Call_Start_Time": "2026-05-14T10:00:00+05:30",
    "Call_Duration": "10:00",
    "What_Id": {"id": "7"},
    "$se_module": "Contacts",
}
EVENT = {
    "Event_Title": "x",
    "Start_DateTime": "2026-05-14T10:00:00+05:30",
    "End_DateTime": "2026-05-14T11:00:00+05:30",
    "Participants": [{"type": "contact", "participant": "7"}],
}
QUERY = (
    "select id, Owner.email from Contacts where (Email like 'a%') order by Email limit 2"
)
CONTACT = {
    "Last_Name": "Ng",
    "Email": "x@a.example",
    "Key": "k",
    "Colour": "red",
    "Born": "1990-01-01",
    "Rooms": 3,
    "Account_Name": {"id": "5"},
    "Tag": [{"name": "VIP"}],
    "Owner": {"id": "5725767000000411001"},
}
REQUESTS = [
    ("POST", "Contacts", {"data": [{**CONTACT, "Key": "n"}], "trigger": ["workflow"]}),
    ("PUT", "Contacts", {"data": [{**CONTACT, "id": "7"}]}),
    ("PUT", "Contacts/7", {"data": [CONTACT]}),
    ("POST", "Contacts/upsert", {"data": [CONTACT], "duplicate_check_fields": ["Key"]}),
    ("POST", "Notes", {"data": [{"Note_Content": "x", "Parent_Id": PARENT}]}),
    ("POST", "Contacts/7/Notes", {"data": [{"Note_Content": "x"}]}),
    ("POST", "Calls", {"data": [CALL]}),
    ("POST", "Events", {"data": [EVENT]}),
    ("POST", "Contacts/7/actions/add_tags", {"tags": [{"name": "a"}], "over_write": True}),
    ("POST", "Contacts/actions/remove_tags", {"tags": [{"name": "a"}], "ids": ["7"]}),
    (
        "POST",
        "Contacts/7/actions/merge",
        {"merge": [{"data": [{"id": "8", "_fields": [{"api_name": "Phone"}]}]}]},
    ),
    ("POST", "coql", {"select_query": QUERY}),
]
READS = [
    *("Contacts?fields=Email&per_page=1&page=1", "Contacts?fields=Email&ids=7,8"),
    *("Contacts/deleted?type=all&page=1", "Contacts/7?fields=Email", "users?type=AllUsers"),
    *("Contacts/search?email=a@b.cd", "Contacts/search?criteria=(Email:equals:x)"),
    *("settings/fields?module=Contacts", "Contacts/7/Notes?fields=id&sort_by=id"),
]
JUNK = st.one_of(
    st.sampled_from([None, True, 0, -1, 10**40, 0.5, "", "x", "\ud800", [], {}, "7"]),
    st.sampled_from([[None], [1], ["x"], [[]], [{}], {"x": []}, {"id": {}}, {"id": "8"}]),
    st.text(max_size=4),
)


def paths(value, at=()):
    """
    Yield each place of a JSON value.
    """
    yield at
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, item in items:
        yield from paths(item, (*at, key))


def changed(value, at, junk):
    """
    Return a JSON value with something else in one place.
    """
    if not at:
        return junk
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = changed(value[at[0]], at[1:], junk)
    return copy


def zoho():
    """
    Return a Zoho that is not served, and has two contacts.
    """
    own = [
        {"api_name": "Key", "unique": True},
        {"api_name": "Colour", "data_type": "picklist", "pick_list_values": ["red"]},
        {"api_name": "Born", "data_type": "date"},
        {"api_name": "Rooms", "data_type": "integer"},
    ]
    accounts = [{"id": "5", "Account_Name": "Harbour Homes"}]
    return Simulator(
        "zoho",
        contacts=[{"id": "7", "Key": "k"}, {"id": "8"}],
        fields=own,
        records={"Accounts": accounts},
        search_lag=0,
    )


HUB = zoho()  # which nothing changes


def asked(hub, method, target, body=b""):
    """
    Return the answer to a request, read.
    """
    headers = {"Authorization": f"Zoho-oauthtoken {hub.token}", "Host": "localhost"}
    answer = hub.crm.respond(Request(method, target, headers, body))
    return answer.status, json.loads(answer.body) if answer.body else None


def test_requests():
    """
    Without a change each of these requests is a good one.
    """
    for method, path, body in REQUESTS:
        hub = zoho()
        status, found = asked(hub, method, f"/crm/v8/{path}", json.dumps(body).encode())
        assert status in {200, 201, 204}, found
    assert {asked(HUB, "GET", f"/crm/v8/{path}")[0] for path in READS} <= {200, 204}


@given(st.data())
def test_bodies(data):
    """
    A body with something else in one place is taken or refused, and never breaks Zoho.
    """
    method, path, body = data.draw(st.sampled_from(REQUESTS))
    at = data.draw(st.sampled_from(list(paths(body))))
    sent = json.dumps(changed(body, at, data.draw(JUNK))).encode()
    status, found = asked(zoho(), method, f"/crm/v8/{path}", sent)

    assert status in {200, 201, 204, 207, 400}
    assert found is not None or status == 204


@given(st.sampled_from(READS), st.data())
def test_parameters(path, data):
    """
    A parameter with something else in it is taken or refused.
    """
    target, _, query = path.partition("?")
    names = [pair.partition("=")[0] for pair in query.split("&")]
    name = data.draw(st.sampled_from(names))
    value = data.draw(
        st.sampled_from(["", "x", "-1", "0", "9" * 30, "%00", "(", "%F0", "²"])
    )
    status, _ = asked(HUB, "GET", f"/crm/v8/{target}?fields=id&{name}={value}")

    assert status in {200, 204, 400}


@given(st.lists(st.sampled_from(["crm", "v8", "Contacts", "7", "actions", "", "%20", "²"])))
def test_paths(parts):
    """
    Whatever the path, there is an answer.
    """
    target = "/" + "/".join(parts)
    for method in ("GET", "POST", "PATCH"):
        headers = {"Authorization": f"Zoho-oauthtoken {HUB.token}"}
        assert HUB.crm.respond(Request(method, target, headers, b"{}")).status
