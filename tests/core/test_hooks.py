"""
Every hook does its part of a verb, through the connector and over HTTP.
"""

import inspect
from datetime import UTC, datetime

import pytest
from tests.core import acme
from tests.core.acme_crm import TOKEN
from tests.core.plugins import provider
from tests.core.server import reset

from crmkit import (
    ActivityRecord,
    AmbiguousClientError,
    ClientNotFoundError,
    CRMCredentials,
    CRMError,
    Document,
    NotSupportedError,
    PluginContractError,
    Span,
    TransformerInfo,
    UnavailableError,
    hookimpl,
    hookspecs,
)
from crmkit._results import Results


def test_acme_has_every_hook():
    """
    The provider of these tests implements every hook of the contract, with all arguments.
    """
    specified = {
        name: set(inspect.signature(function).parameters)
        for name, function in vars(hookspecs).items()
        if name.startswith("crmkit_") and not name.startswith("crmkit_transform")
    }
    implemented = {
        name: set(inspect.signature(function).parameters)
        for name, function in vars(acme).items()
        if name in specified
    }

    assert implemented == specified


def test_fetch(connect, crm, clock):
    """
    get_client_data brings the client with provider, time and fields by their names.
    """
    crm.add("7", "Ada Lovelace", email="ada@example.com", cf_1="gold")
    crm.fields = [{"key": "cf_1", "name": "Level"}]

    client = connect().get_client_data("7")

    assert (client.id, client.name) == ("7", "Ada Lovelace")
    assert client.email == "ada@example.com"
    assert client.custom_fields == {"Level": "gold"}
    assert client.provider == "acme"
    assert client.fetched_at == clock.now()


def test_find_clients(connect, crm):
    """
    find_client searches by e-mail, telephone or a custom field, and tells one from none.
    """
    crm.add("1", email="ada@example.com", phone="+441", badge="B-1")
    connector = connect()

    assert connector.find_client(email="ada@example.com").id == "1"
    assert connector.find_client(phone="+441").id == "1"
    assert connector.find_client(field=("badge", "B-1")).id == "1"
    assert connector.find_client(email="nobody@example.com") is None


def test_find_clients_ambiguous(connect, crm):
    """
    Several clients with one e-mail address are an error that names their ids.
    """
    crm.add("1", email="us@example.com")
    crm.add("2", email="us@example.com")

    with pytest.raises(AmbiguousClientError) as caught:
        connect().find_client(email="us@example.com")

    assert caught.value.client_ids == ("1", "2")
    assert "us@example.com" not in str(caught.value)


def test_list_clients(connect, crm, server):
    """
    iter_clients follows the cursor to the last page and passes on what was asked for.
    """
    for number in range(5):
        crm.add(str(number))
    since = datetime(2026, 4, 1, tzinfo=UTC)

    ids = [client.id for client in connect().iter_clients(updated_since=since)]

    assert ids == ["0", "1", "2", "3", "4"]
    assert [request.query for request in server.requests] == [
        {"since": since.isoformat()},
        {"since": since.isoformat(), "cursor": "2"},
        {"since": since.isoformat(), "cursor": "4"},
    ]


def test_list_does_not_fill_the_cache(connect, crm):
    """
    Listing does not fill the cache.
    """
    crm.add("1")
    connector = connect()

    list(connector.iter_clients())

    assert connector.get_cache_stats().size == 0


def test_history(connect, crm):
    """
    The history comes when it is asked for, else it is None.
    """
    crm.add("1")
    crm.history["1"] = [{"id": 8, "type": "call"}, {"id": 5, "type": "note"}]
    connector = connect()

    asked = connector.get_client_data("1", include=["history"])

    assert [(entry.id, entry.type) for entry in asked.history] == [
        ("8", "call"),
        ("5", "note"),
    ]
    assert connector.get_client_data("1").history is None


def test_history_not_offered(connect):
    """
    Asking for history where the provider has no such hook is NotSupportedError.
    """
    with pytest.raises(NotSupportedError, match="'acme' does not offer crmkit_history"):
        connect(provider()).get_client_data("1", include=["history"])


def test_raw(connect, crm):
    """
    The CRM's own record is kept only when it is asked for, whatever the plugin sets.
    """
    person = crm.add("1")
    connector = connect()

    assert connector.get_client_data("1").raw is None
    assert connector.get_client_data("1", include="raw").raw == person


def test_fields_are_read_once(connect, crm, server):
    """
    session.fields() asks the CRM once for each account, however many hook calls there are.
    """
    for number in range(7):
        crm.add(str(number))

    connect().get_clients_data([str(number) for number in range(7)])

    paths = [request.path for request in server.requests]
    assert paths.count("/people") == 3
    assert paths.count("/fields") == 1


def test_sync(connect, crm):
    """
    sync_activity writes the activity under the CRM's kind and brings back its id there.
    """
    activity = ActivityRecord(type="email_sent", client_id="7", description="Hello")

    outcome = connect().sync_activity(activity)

    assert outcome
    (row,) = crm.written
    assert (row["kind"], row["ref"], row["person"]) == ("notes", activity.id, "7")
    assert outcome.remote_id == str(row["id"])


def test_find_activity(connect, crm, server, clock):
    """
    An activity of uncertain fate is looked up before a flush and found, not sent again.
    """
    activity = ActivityRecord(type="note", client_id="7")
    connector = connect()
    server.script(reset())
    assert connector.sync_activity(activity).status == "uncertain"
    crm.written.append({"kind": "notes", "ref": activity.id, "id": 41})
    clock.turn(1)

    (outcome,) = connector.flush_pending()

    assert (outcome.status, outcome.remote_id) == ("synced", "41")
    assert crm.times_written() == {activity.id: 1}


def test_find_activity_none(connect, crm, server, clock):
    """
    An activity of uncertain fate that the CRM does not have is sent again.
    """
    activity = ActivityRecord(type="note", client_id="7")
    connector = connect()
    server.script(reset())
    connector.sync_activity(activity)
    clock.turn(60)

    (outcome,) = connector.flush_pending()

    assert outcome
    assert crm.times_written() == {activity.id: 1}


def test_find_activity_too_early(connect, crm, server, clock):
    """
    What the CRM does not find is not sent again before a minute has passed, then once.
    """
    activity = ActivityRecord(type="note", client_id="7")
    connector = connect()
    server.script(reset())
    connector.sync_activity(activity)
    seen = []
    for seconds in (0, 30, 29, 1):
        clock.turn(seconds)
        (outcome,) = connector.flush_pending()
        seen.append((outcome.status, outcome.user_decides, len(crm.times_written())))

    assert seen == [("uncertain", False, 0)] * 3 + [("synced", False, 1)]
    assert crm.times_written() == {activity.id: 1}


def test_find_activity_cannot_tell(connect, crm, server, clock):
    """
    An activity of uncertain fate stays so while the CRM cannot tell, and is not sent.
    """
    activity = ActivityRecord(type="note", client_id="7")
    connector = connect()
    server.script(reset(), {"unknown": True})
    connector.sync_activity(activity)
    clock.turn(1)

    (outcome,) = connector.flush_pending()

    assert outcome.status == "uncertain"
    assert isinstance(outcome.error, UnavailableError)
    assert not outcome.user_decides
    assert crm.written == []


def test_refresh(connect, crm, server):
    """
    A refused token is refreshed once, and the request is repeated with the new one.
    """
    crm.add("1")
    old = CRMCredentials(provider="acme", access_token="old", refresh_token="re-fresh")

    client = connect(credentials=old).get_client_data("1")

    assert client.id == "1"
    signed = [request.headers.get("authorization") for request in server.requests]
    assert signed[:3] == ["Bearer old", None, "Bearer fresh-1"]
    assert server.requests[1].body == b"refresh_token=re-fresh"


@pytest.mark.parametrize("hook", ["find_clients", "list_clients", "history", "fields"])
def test_optional(connect, hook):
    """
    A call that needs a hook which the provider lacks is NotSupportedError naming the hook.
    """
    connector = connect(provider())
    calls = {
        "find_clients": lambda: connector.find_client(email="ada@example.com"),
        "list_clients": lambda: list(connector.iter_clients()),
        "history": lambda: connector.get_client_data("1", include=["history"]),
        "fields": lambda: connector.session().fields(),
    }

    with pytest.raises(NotSupportedError, match=f"crmkit_{hook}") as caught:
        calls[hook]()

    assert caught.value.provider == "acme"


def test_arguments_may_be_left_out(connect):
    """
    An implementation may leave out the arguments that it does not use.
    """
    seen = []
    plugin = provider(sync=lambda kind: seen.append(kind) or [])

    connect(plugin).sync_activity(ActivityRecord(type="note"))

    assert seen == [""]


class Upper:
    """
    A transformer that shouts.
    """

    def __init__(self):
        self.seen = []

    @hookimpl
    def crmkit_transformer(self):
        return TransformerInfo(stage=300, reads=["language", "preferences.tone"])

    @hookimpl
    def crmkit_transform(self, document, context):
        self.seen.append((document, context))
        return document.map_text(str.upper)


def test_transform(connect, crm):
    """
    A transformer sees the template's spans and what it declared, never a value.
    """
    crm.add("1", "Ada", email="ada@example.com", language="en-GB", badge="secret")
    upper = Upper()
    connector = connect(plugins={"acme": acme, "upper": upper}, transformers={"upper": {}})

    content = connector.personalize_content(
        "hi {{ fullName }}", connector.get_client_data("1")
    )

    assert content.content == "HI Ada"
    assert content.applied == ("upper",)
    ((document, context),) = upper.seen
    assert document == Document([Span("text", "hi "), Span("slot", "{{ fullName }}")])
    assert context.reads == {"language": "en-GB", "preferences.tone": None}
    assert context.content_type == "email"


def test_transform_none(connect, crm):
    """
    A transformer that returns None leaves the template as it is.
    """
    crm.add("1", email="ada@example.com")
    upper = Upper()
    upper.crmkit_transform = hookimpl(lambda document: None)
    connector = connect(plugins={"acme": acme, "upper": upper}, transformers={"upper": {}})

    content = connector.personalize_content("hi", connector.get_client_data("1"))

    assert content.content == "hi"
    assert "upper" in content.skipped


class Audit:
    """
    A wrapper that keeps what it sees.
    """

    def __init__(self):
        self.seen = []

    @hookimpl(wrapper=True)
    def crmkit_fetch(self, session, ids):
        results = yield
        self.seen.append(("fetch", session.user_id, list(ids), results))
        return results

    @hookimpl(wrapper=True)
    def crmkit_sync(self, kind):
        results = yield
        self.seen.append(("sync", kind, results))
        return results

    @hookimpl(wrapper=True)
    def crmkit_list_clients(self):
        results = yield
        self.seen.append(("list", results))
        return results


def test_wrappers_see_results(connect, crm):
    """
    Wrappers see all items and errors that a hook brought, read from its lazy iterable.
    """
    crm.add("1")
    crm.add("2").pop("name")
    audit = Audit()
    connector = connect(wrappers=[audit])

    connector.get_clients_data(["1", "2"], user_id="bob")

    ((verb, user_id, ids, results),) = audit.seen
    assert (verb, user_id, ids) == ("fetch", "bob", ["1", "2"])
    assert isinstance(results, Results)
    assert [client.id for client in results.items] == ["1"]
    assert [type(error) for error in results.errors] == [KeyError]


def test_wrappers_see_pages_and_outcomes(connect, crm):
    """
    Wrappers of list and sync see clients with their page, and outcomes.
    """
    crm.add("1")
    audit = Audit()
    connector = connect(wrappers=[audit])

    list(connector.iter_clients())
    connector.sync_activity(ActivityRecord(id="a", type="call"))

    (_, listed), (_, kind, synced) = audit.seen
    assert [client.id for client in listed.items] == ["1"]
    assert listed.page.next_cursor is None
    assert kind == "calls"
    assert [outcome.activity_id for outcome in synced.items] == ["a"]


def test_wrappers_asking_to_be_last(connect, crm):
    """
    A wrapper that asks to be the innermost sees results all the same.
    """
    seen = []

    class Last:
        @hookimpl(wrapper=True, trylast=True)
        def crmkit_fetch(self):
            results = yield
            seen.append(type(results))
            return results

    crm.add("1")
    connect(wrappers=[Last()]).get_client_data("1")

    assert seen == [Results]


def test_wrapper_that_keeps_the_results(connect, crm):
    """
    A wrapper that returns nothing is told to return what it got.
    """

    class Thief:
        @hookimpl(wrapper=True)
        def crmkit_fetch(self):
            yield

    crm.add("1")

    with pytest.raises(PluginContractError, match="must return what it got from its yield"):
        connect(wrappers=[Thief()]).get_client_data("1")


def test_a_call_reaches_the_named_plugin_only(connect):
    """
    Of two providers the named one is called, and its errors carry its name.
    """
    called = []

    def fetch(name):
        def crmkit_fetch(session, ids):
            called.append((name, session.provider))
            message = "no"
            raise CRMError(message)

        return crmkit_fetch

    plugins = {name: provider(fetch=fetch(name)) for name in ("one", "two")}
    connector = connect(plugins=plugins)

    with pytest.raises(CRMError) as caught:
        connector.get_client_data("1", provider="two")

    assert called == [("two", "two")]
    assert caught.value.provider == "two"


def test_session(connect, crm):
    """
    connector.session() goes beyond the model with the same token, settings and limits.
    """
    crm.add("1")
    connector = connect(own={"region": "us"})

    session = connector.session("bob")

    assert session.http.get("/people", params={"id": 1}).json()["people"][0]["id"] == "1"
    assert session.settings.region == "us"
    assert session.user_id == "bob"
    assert session.credentials.access_token.reveal() == TOKEN


def test_memory(connect):
    """
    session.memory is kept for each account until the connector is closed.
    """
    connector = connect(provider(), credentials=None)

    connector.session("bob").memory["seen"] = 1

    assert dict(connector.session("bob").memory) == {"seen": 1}
    assert dict(connector.session("eve").memory) == {}


def test_memory_of_nobody(connect):
    """
    What is kept for calls without a user is not shown to a user whose id is "None".
    """
    connector = connect(provider(), credentials=None)

    connector.session().memory["seen"] = 1

    assert dict(connector.session("None").memory) == {}


def test_memory_by_account(connect):
    """
    Users of one account share its memory; users of different accounts do not.
    """
    accounts = {"bob": "A", "eve": "A", "mallory": "B"}

    def credentials(provider, user_id):
        metadata = {"account": accounts[user_id]}
        return CRMCredentials(provider=provider, access_token="t", metadata=metadata)

    connector = connect(provider(), credentials=credentials)

    connector.session("bob").memory["seen"] = 1

    assert dict(connector.session("eve").memory) == {"seen": 1}
    assert dict(connector.session("mallory").memory) == {}


def test_not_found(connect, crm):
    """
    An id that does not come back is ClientNotFoundError that names it.
    """
    with pytest.raises(ClientNotFoundError, match="'acme' has no client '404'") as caught:
        connect().get_client_data("404")

    assert caught.value.client_id == "404"
