"""
Clients by id, by a field, page by page: each way that a file may describe.
"""

from datetime import UTC, datetime

import pytest
from tests.plugins.rest.conftest import EXAMPLES, MINIMAL
from tests.plugins.rest.fakes import Acme

from crmkit import (
    AmbiguousClientError,
    ClientData,
    ClientNotFoundError,
    NotSupportedError,
    ProtocolError,
)
from crmkit.testing import Answer, Server

PEOPLE = [
    {"id": n, "full_name": f"Person {n}", "mail": f"p{n}@example.com"} for n in range(5)
]


def paged(key, size=2):
    """
    Return what gives pages by an offset, or by a number from 1, of the query.
    """

    def answer(request):
        place = int(request.query.get(key, 0 if key == "offset" else 1))
        start = place if key == "offset" else (place - 1) * size
        return {"people": PEOPLE[start : start + size], "more": start + size < len(PEOPLE)}

    return answer


def from_zero(request):
    """
    Give pages by a number from 0.
    """
    start = int(request.query["page"]) * 2
    return {"people": PEOPLE[start : start + 2]}


def by_cursor(request):
    """
    Give pages by a cursor.
    """
    start = int(request.query.get("after", "c0")[1:])
    following = f"c{start + 2}" if start + 2 < len(PEOPLE) else None
    return {"people": PEOPLE[start : start + 2], "next": following}


def by_link(request):
    """
    Give pages by a link: relative, whole, and in the header.
    """
    start = int(request.query.get("from", 0))
    page = {"people": PEOPLE[start : start + 2]}
    if start + 2 >= len(PEOPLE):
        return page
    link = f"/people?from={start + 2}"
    whole = f"http://{request.headers['host']}{link}"
    header = f'<{whole}x>; rel="prev", <{whole}>; title="a, b"; rel="next"'
    return Answer(
        json={**page, "links": {"next": link if start else whole}}, headers={"Link": header}
    )


@pytest.mark.parametrize(
    ("keys", "answer", "requests"),
    [
        ('params = { after = "{cursor}" }\nnext = "next"', by_cursor, 3),
        ('method = "POST"\nbody = { after = "{cursor}" }\nnext = "next"', None, 3),
        ('params = { page = "{page}", size = 2 }\nmore = "more"', paged("page"), 3),
        ('params = { page = "{page}" }', paged("page"), 4),
        ('params = { page = "{page}" }\nfirst_page = 0', from_zero, 4),
        ('params = { offset = "{offset}" }\nmore = "more"', paged("offset"), 3),
        ('params = { offset = "{offset}" }', paged("offset"), 4),
        ('link = "links.next"', by_link, 3),
        ('link = "header"', by_link, 3),
    ],
)
def test_pages(played, connect, keys, answer, requests):
    """
    Each way to the next page brings everybody, once; without a word of more, till the end.
    """

    def posted(request):
        start = int((request.json().get("after") or "c0")[1:])
        following = f"c{start + 2}" if start + 2 < len(PEOPLE) else None
        return {"people": PEOPLE[start : start + 2], "next": following}

    played.answers["/people"] = answer or posted
    crm = connect(played, f'\n[list]\npath = "/people"\nat = "people"\n{keys}\n')

    assert [int(client.id) for client in crm.iter_clients()] == [0, 1, 2, 3, 4]
    assert len(played.asked) == requests


def test_relative_link(played, connect):
    """
    A link without a host is seen from the page that it stands on.
    """
    played.answers["/v1/people"] = lambda request: (
        {"people": PEOPLE[1:2], "next": "/v1/others"}
        if request.query
        else {"people": PEOPLE[:1], "next": "?from=1"}
    )
    played.answers["/v1/others"] = {"people": PEOPLE[2:3]}
    more = '\n[list]\npath = "/people"\nat = "people"\nlink = "next"\n'
    with Server(played) as server:
        place = {"acme": {"base_url": f"{server.url}/v1"}}
        listed = list(connect(played, more, settings=place).iter_clients())

    assert [client.id for client in listed] == ["0", "1", "2"]


@pytest.mark.parametrize(
    "keys", ['params = { page = "{page}" }', 'params = { n = "{offset}" }']
)
def test_same_page(played, connect, keys):
    """
    A parameter that the CRM does not heed is told, and no endless list.
    """
    played.answers["/people"] = {"people": PEOPLE}
    crm = connect(played, f'\n[list]\npath = "/people"\nat = "people"\n{keys}\n')

    with pytest.raises(ProtocolError, match="is its parameter right"):
        list(crm.iter_clients())
    assert len(played.asked) == 2


def test_circle(played, connect):
    """
    Pages of a history that lead back are an error, not a loop.
    """
    played.answers["/people/1"] = PEOPLE[1]
    played.answers["/people/1/notes"] = {"notes": [{"id": 1}], "next": "again"}
    more = """
[history.note]
path = "/people/{id}/notes"
params = { after = "{cursor}" }
at = "notes"
next = "next"
"""
    with pytest.raises(ProtocolError, match="loops"):
        connect(played, more).get_client_data("1", include=["history"])


def test_foreign_link(played, connect):
    """
    A link to another host is not followed.
    """
    played.answers["/people"] = {"people": [], "next": "https://evil.example/people"}
    crm = connect(played, '\n[list]\npath = "/people"\nat = "people"\nlink = "next"\n')

    with pytest.raises(ProtocolError, match="foreign host"):
        list(crm.iter_clients())


@pytest.mark.parametrize(
    ("ids", "query"), [('"{ids}"', "ids=1,2"), ('["{ids}"]', "ids=1&ids=2")]
)
def test_many(played, connect, written, ids, query):
    """
    Many ids are one parameter with commas, or one that is repeated.
    """
    text = f"""
label = "Acme"
base_url = "https://api.acme.example"
auth = "bearer"
client = {{}}
[fetch]
path = "/people"
params = {{ ids = {ids} }}
[activities.note]
path = "/notes"
body = {{ text = "{{text}}" }}
"""
    played.answers["/people"] = PEOPLE[:3]
    crm = connect(played, file=written(text=text))
    found = crm.get_clients_data(["1", "2"])

    assert [found[name].id for name in "12"] == ["1", "2"]
    assert [request.query_string for request in played.asked] == [query]


def test_alias(played, connect):
    """
    Who answers under another id than the one asked for was merged.
    """
    played.answers["/people/9"] = PEOPLE[1]

    assert connect(played).get_client_data("9").aliases == ("9",)


@pytest.mark.parametrize(
    "client_id", ["..", ".", "7/../8", "7?x", "%2e%2e", "a b", "7\r\nX: y"]
)
def test_quoted(played, connect, client_id):
    """
    An id is one segment of a path, and no other place is asked whatever it holds.
    """
    with pytest.raises(ClientNotFoundError):
        connect(played).get_client_data(client_id)
    assert {request.path.count("/") for request in played.asked} <= {2}
    assert {request.query_string for request in played.asked} <= {""}


def test_numbers(played, connect, written):
    """
    Where ids are numbers, what is none is nobody's, and is not asked for.
    """
    file = written(
        text="""
label = "Acme"
base_url = "https://api.acme.example"
auth = "bearer"
client = {}
fetch = { path = "/people", body = { id = "{id|number}" } }
activities.note = { path = "/notes", body = { text = "{text}" } }
"""
    )
    played.answers["/people"] = PEOPLE[1]
    crm = connect(played, file=file)

    assert crm.get_client_data("1").name == ""
    with pytest.raises(ClientNotFoundError):
        crm.get_client_data("ana")
    assert played.bodies == [{"id": 1}]


FIND = """
[find.email]
path = "/search"
params = { q = "{value}" }
at = "people"

[find.phone]
path = "/search"
params = { q = "{value}" }
at = "people"
match = "[mobile, landline]"

[find."*"]
path = "/search"
params = { "{field}" = "{value}" }
at = "people"

[client.custom_fields]
Budget = { at = "budget", key = "x_budget", type = "number" }
"""


def test_exact(played, connect):
    """
    Of what a search lists only who has the value is found, in any case of letters.
    """
    others = [{"id": 8, "mail": "xana@example.com"}, {"id": 9}]
    ana = {"id": 7, "mail": "Ana@Example.com"}
    played.answers["/search"] = {"people": [*others, ana]}
    crm = connect(played, FIND)

    assert crm.find_client(email="ana@example.com").id == "7"
    played.answers["/search"] = {"people": [*others, ana, {**ana, "id": 6}]}
    with pytest.raises(AmbiguousClientError):
        crm.find_client(email="ana@example.com")


def test_matched(played, connect):
    """
    A number is found by its digits, at each place where the file looks.
    """
    people = [
        {"id": 1, "mobile": None, "landline": "+351 (555) 01"},
        {"id": 2, "mobile": "5"},
    ]
    played.answers["/search"] = {"people": people}

    assert connect(played, FIND).find_client(phone="+351 555 01").id == "1"


def test_custom(played, connect):
    """
    Any custom field is searched by its key; one that there is not is not supported.
    """
    played.answers["/search"] = {"people": [{"id": 1, "budget": "450000"}, {"id": 2}]}
    crm = connect(played, FIND)

    assert crm.find_client(field=("Budget", "450000")).id == "1"
    assert played.asked[-1].query == {"x_budget": "450000"}
    with pytest.raises(NotSupportedError, match="'colour'"):
        crm.find_client(field=("colour", "teal"))


def test_examples_phone(connect):
    """
    The first example's numbers are found however they are written.
    """
    acme = Acme()
    acme.add_client(ClientData(id="7", phone="+351 (555) 01"))
    crm = connect(acme, file=str(EXAMPLES / "acme.toml"))

    assert crm.find_client(phone="351 555-01").id == "7"
    assert crm.find_client(phone="x") is None
    assert crm.find_client(email="..") is None


def test_many_numbers(played, connect, written):
    """
    Of many ids those that are no numbers are nobody's; without any, nothing is asked.
    """
    text = """
label = "Acme"
base_url = "https://api.acme.example"
auth = "bearer"
client = {}
fetch = { path = "/people", body = { ids = "{ids|number}" } }
activities.note = { path = "/notes", body = { text = "{text}" } }
"""
    played.answers["/people"] = [{"id": 1}]
    crm = connect(played, file=written(text=text))
    found = crm.get_clients_data(["ana", "1"])

    assert found["1"].id == "1"
    assert isinstance(found["ana"], ClientNotFoundError)
    assert isinstance(crm.get_clients_data(["bo"])["bo"], ClientNotFoundError)
    assert played.bodies == [{"ids": [1]}]


def test_one_of_many(played, connect):
    """
    A 404 for many costs the one that is not there, not the others.
    """

    def answer(request):
        ids = request.query["ids"].split(",")
        return Answer(status=404, json={}) if "9" in ids else {"data": [{"id": ids[0]}]}

    played.answers |= {"/people": answer, "/fields": {"data": []}}
    crm = connect(played, file=str(EXAMPLES / "acme.toml"))
    found = crm.get_clients_data(["1", "9"])

    assert found["1"].id == "1"
    assert isinstance(found["9"], ClientNotFoundError)


def test_since_without(played, connect, written):
    """
    Where the CRM cannot list what changed, all are read, and those that did are given.
    """
    updated = ["2026-05-01T00:00:00Z", "2026-05-03T00:00:00Z", None]
    played.answers["/people"] = [{"id": n, "at": at} for n, at in enumerate(updated)]
    listing = '\n[list]\npath = "/people"\n'
    text = MINIMAL.replace('email = "mail"', 'updated_at = "at"') + listing
    since = datetime(2026, 5, 2, tzinfo=UTC)
    told = connect(played, file=written(text=text)).iter_clients(updated_since=since)

    assert [client.id for client in told] == ["1", "2"]
    with pytest.raises(NotSupportedError, match="updated_at"):
        list(connect(played, listing).iter_clients(updated_since=since))


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ("iso", "2026-05-01T22:30:00.000Z"),
        ("date", "2026-05-01"),
        ("seconds", "1777674600"),
        ("milliseconds", "1777674600000"),
        ("%d/%m/%Y %H:%M", "01/05/2026 22:30"),
    ],
)
def test_since(played, connect, times, told):
    """
    A moment is sent in the format that the file names, in UTC; without one, nothing is.
    """
    played.answers["/people"] = []
    more = f"""
[list]
path = "/people"
params = {{ since = "{{since}}", where = "changed>{{since}}" }}
times = "{times}"
"""
    crm = connect(played, more)
    list(
        crm.iter_clients(updated_since=datetime.fromisoformat("2026-05-02T00:30:00+02:00"))
    )
    list(crm.iter_clients())

    assert played.asked[0].query == {"since": told, "where": f"changed>{told}"}
    assert played.asked[1].query == {}


def test_fixed_headers(played, connect, written):
    """
    Headers of the whole file, and the token, go with each request, next links too.
    """
    played.answers["/people"] = by_link
    text = """
label = "Acme"
base_url = "https://api.acme.example"
auth = { kind = "header", name = "X-Key", prefix = "key " }
headers = { X-Version = "3" }
client = {}
fetch = { path = "/people/{id}" }
list = { path = "/people", at = "people", link = "links.next", headers = { X-More = "1" } }
activities.note = { path = "/notes", body = { text = "{text}" } }
"""
    list(connect(played, file=written(text=text)).iter_clients())

    assert {request.headers["x-version"] for request in played.asked} == {"3"}
    assert {request.headers["x-key"] for request in played.asked} == {"key a-token"}
    assert [request.headers.get("x-more") for request in played.asked] == ["1", None, None]
