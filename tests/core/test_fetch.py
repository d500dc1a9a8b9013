"""
Clients by id, by field and page by page: what comes, what does not, and who says so.
"""

from datetime import UTC, datetime
from itertools import islice, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core import acme
from tests.core.plugins import provider

from crmkit import (
    AmbiguousClientError,
    AuthenticationError,
    ClientData,
    ClientInteraction,
    ClientNotFoundError,
    ClientPage,
    ConfigurationError,
    CredentialsNotFoundError,
    CRMConnector,
    CRMError,
    CrmkitError,
    NotSupportedError,
    ProtocolError,
    UnavailableError,
    bearer,
)


def broken(client_id):
    """
    Return a client, or fail as a mapping does on a record without a name.
    """
    if client_id.startswith("bad"):
        return ClientData(id=client_id, name={}["name of Ada Lovelace"])
    return ClientData(id=client_id)


class TestSome:
    def test_one_bad_record(self, connect):
        """
        A record that fails to map costs that record; the error shows nothing of it.
        """
        plugin = provider(fetch=lambda ids: map(broken, ids), info={"fetch_batch": 9})

        found = connect(plugin).get_clients_data(["1", "bad", "2"])

        assert [found[i].id for i in ("1", "2")] == ["1", "2"]
        assert isinstance(found["bad"], ProtocolError)
        assert str(found["bad"]) == "the plugin 'acme' failed on a record with KeyError"
        assert isinstance(found["bad"].__cause__, KeyError)

    def test_absent_or_unreadable(self, connect):
        """
        Where a record could not be read, an id that did not come back is not "not found".
        """

        def fetch(ids):
            return map(broken, [i for i in ids if i != "absent"])

        connector = connect(provider(fetch=fetch, info={"fetch_batch": 2}))

        assert isinstance(
            connector.get_clients_data(["1", "absent"])["absent"], (ClientNotFoundError)
        )
        both = connector.get_clients_data(["bad", "absent"])
        assert [type(error) for error in both.values()] == [ProtocolError] * 2

    def test_error_after_some(self, connect):
        """
        Clients that came before an error are kept; those missing have the error.
        """

        def fetch(ids):
            yield ClientData(id=ids[0])
            message = "gone"
            raise UnavailableError(message, sent=True)

        found = connect(provider(fetch=fetch, info={"fetch_batch": 3})).get_clients_data(
            list("abc")
        )

        assert found["a"].id == "a"
        assert isinstance(found["b"], UnavailableError)
        assert isinstance(found["c"], UnavailableError)

    def test_one_request_fails(self, connect):
        """
        One request that fails costs its own clients, not those of the others.
        """

        def fetch(ids):
            if "3" in ids:
                message = "busy"
                raise UnavailableError(message, sent=False)
            return [ClientData(id=i) for i in ids]

        plugin = provider(fetch=fetch, info={"fetch_batch": 2})
        found = connect(plugin).get_clients_data(list("12345"))

        assert [type(found[i]).__name__ for i in "12345"] == [
            "ClientData",
            "ClientData",
            "UnavailableError",
            "UnavailableError",
            "ClientData",
        ]

    def test_cut(self, connect):
        """
        Hooks get no more ids than fetch_batch, each id once.
        """
        asked = []
        plugin = provider(
            fetch=lambda ids: asked.append(list(ids)) or [], info={"fetch_batch": 3}
        )

        connect(plugin).get_clients_data(["1", "2", "1", "3", "4", "2"])

        assert asked == [["1", "2", "3"], ["4"]]

    def test_numbers(self, connect):
        """
        Ids may be numbers; they are texts from then on.
        """
        plugin = provider(fetch=lambda ids: [ClientData(id=int(i)) for i in ids])

        assert connect(plugin).get_client_data(7).id == "7"
        assert list(connect(plugin).get_clients_data([7, "7"])) == ["7"]

    def test_uninvited(self, connect):
        """
        A client that nobody asked for is neither returned nor kept.
        """
        connector = connect(provider(fetch=lambda ids: [ClientData(id=i) for i in "123"]))

        assert list(connector.get_clients_data(["2"])) == ["2"]
        assert connector.get_cache_stats().entries == ("2",)

    def test_merged(self, connect, crm):
        """
        A client that answers under another id after a merge is found by the former one.
        """
        crm.add("new", "Ada", merged=["old"])

        client = connect().get_client_data("old")

        assert (client.id, client.aliases) == ("new", ("old",))

    def test_hopeless_iterator(self, connect):
        """
        An iterator that fails for ever is given up.
        """
        found = connect(provider(fetch=lambda: map(int, repeat("x")))).get_clients_data(
            ["1"]
        )

        assert isinstance(found["1"], ProtocolError)

    def test_credentials(self, connect):
        """
        What no client can change, such as missing credentials, is raised once for all.
        """
        connector = connect(provider(info={"auth": bearer}), credentials=None)

        with pytest.raises(CredentialsNotFoundError):
            connector.get_clients_data(["1", "2"])

    def test_unknown_include(self, connect):
        """
        What cannot be included is named with what can.
        """
        with pytest.raises(
            ConfigurationError, match=r"\['history', 'raw'\], not \['tags'\]"
        ):
            connect(provider()).get_client_data("1", include=["tags"])

    FATES = st.dictionaries(
        st.integers(0, 12).map(str), st.sampled_from(["there", "absent", "bad"])
    )

    @given(fates=FATES, batch=st.integers(1, 5), order=st.randoms())
    def test_each_id_has_its_fate(self, fates, batch, order):
        """
        Whatever comes in whatever order: each id has its own client or its own error.
        """

        def to_client(client_id):
            return {}["x"] if fates[client_id] == "bad" else ClientData(id=client_id)

        def fetch(ids):
            present = [i for i in ids if fates[i] != "absent"]
            order.shuffle(present)
            return map(to_client, present)

        plugin = provider(fetch=fetch, info={"fetch_batch": batch})
        ids = list(fates)
        with CRMConnector(plugins={"p": plugin}, default_provider="p") as connector:
            found = connector.get_clients_data(ids)

        assert list(found) == ids
        for start in range(0, len(ids), batch):
            cut = ids[start : start + batch]
            unreadable = any(fates[i] == "bad" for i in cut)
            for client_id in cut:
                if fates[client_id] == "there":
                    assert found[client_id].id == client_id
                elif unreadable:
                    assert isinstance(found[client_id], ProtocolError)
                else:
                    assert isinstance(found[client_id], ClientNotFoundError)


@pytest.mark.parametrize("client_id", [None, ""])
def test_no_id(connect, client_id):
    """
    A missing id is refused, not looked for.
    """
    with pytest.raises(ConfigurationError, match="needs a client's id"):
        connect().get_client_data(client_id)


def test_address_for_an_id(connect, crm):
    """
    An address that is given for an id is not shown; the error says what takes it.
    """
    with pytest.raises(ClientNotFoundError, match="find_client") as caught:
        connect().get_client_data("ana@example.com")

    assert "ana@" not in str(caught.value)


class TestFilled:
    def client(self, connect, own=None, **values):
        """
        Return a client as the connector gives it.
        """
        plugin = provider(fetch=lambda ids: [ClientData(id="1", **values)])
        return connect(plugin, settings={"acme": own or {}}).get_client_data("1")

    def test_from_custom_fields(self, connect):
        """
        Language, timezone and communication style come from equally named custom fields.
        """
        client = self.client(
            connect,
            custom_fields={
                "Language": " de ",
                "Time-Zone": "Europe/Berlin",
                "Communication Style": "formal",
            },
        )

        assert (client.language, client.timezone) == ("de", "Europe/Berlin")
        assert client.preferences == {"communicationStyle": "formal"}

    def test_what_the_provider_says_stands(self, connect):
        """
        What the provider filled in itself stands above custom fields.
        """
        client = self.client(
            connect,
            language="fr",
            preferences={"communicationStyle": "casual", "other": 1},
            custom_fields={"language": "de", "communicationStyle": "formal", "Du": "ja"},
            own={"preferences": {"tone": "du"}},
        )

        assert client.language == "fr"
        assert client.preferences == {
            "communicationStyle": "casual",
            "other": 1,
            "tone": "ja",
        }

    def test_named_in_the_settings(self, connect):
        """
        The setting preferences names the custom fields that hold them.
        """
        client = self.client(
            connect,
            own={"preferences": {"language": "Sprache", "tone": "Anrede"}},
            custom_fields={"sprache": "de", "Anrede": "Du"},
        )

        assert client.language == "de"
        assert client.preferences == {"tone": "Du"}

    @pytest.mark.parametrize("empty", [None, "", "  "])
    def test_empty(self, connect, empty):
        """
        An empty custom field fills nothing.
        """
        client = self.client(
            connect, custom_fields={"language": empty, "communicationStyle": empty}
        )

        assert client.language is None
        assert client.preferences == {}

    def test_history_and_raw_only_when_asked_for(self, connect):
        """
        History and raw that a plugin sets unasked are dropped.
        """
        history = [ClientInteraction(id="1", type="note")]

        client = self.client(connect, history=history, raw={"id": 1})

        assert (client.history, client.raw) == (None, None)


class TestHistory:
    def test_fails_for_one(self, connect):
        """
        A history that cannot be read costs its own client.
        """

        def history(client_id):
            if client_id == "2":
                message = "no"
                raise UnavailableError(message, sent=False)
            return []

        plugin = provider(
            fetch=lambda ids: [ClientData(id=i) for i in ids],
            history=history,
            info={"fetch_batch": 3},
        )
        found = connect(plugin).get_clients_data(list("123"), include=["history"])

        assert (found["1"].history, found["3"].history) == ((), ())
        assert isinstance(found["2"], UnavailableError)

    def test_bad_entry(self, connect):
        """
        A history with an entry that fails to map is an error, not a shorter history.
        """
        plugin = provider(
            fetch=lambda ids: [ClientData(id=i) for i in ids],
            history=lambda: ({}["x"] for _ in range(3)),
        )

        with pytest.raises(ProtocolError, match="failed on a record with KeyError"):
            connect(plugin).get_client_data("1", include=["history"])


class TestFind:
    @pytest.mark.parametrize(
        "criteria",
        [{}, {"email": "a", "phone": "b"}, {"email": "a", "field": ("x", "y")}],
    )
    def test_one_criterion(self, connect, criteria):
        """
        A search takes exactly one criterion.
        """
        with pytest.raises(ConfigurationError, match="one of email=, phone= and field="):
            connect(provider()).find_client(**criteria)

    def test_twice_the_same(self, connect):
        """
        One client that matches twice is one client.
        """
        plugin = provider(find_clients=lambda: [ClientData(id="1"), ClientData(id="1")])

        assert connect(plugin).find_client(email="a").id == "1"

    def test_one_and_an_error(self, connect):
        """
        One match beside a record that cannot be read is an error, since it may be two.
        """
        plugin = provider(find_clients=lambda: map(broken, ["1", "bad"]))

        with pytest.raises(ProtocolError):
            connect(plugin).find_client(email="a")

    def test_two_and_an_error(self, connect):
        """
        Two matches are ambiguous whatever else could not be read.
        """
        plugin = provider(find_clients=lambda: map(broken, ["1", "2", "bad"]))

        with pytest.raises(AmbiguousClientError):
            connect(plugin).find_client(email="a")

    def test_include(self, connect):
        """
        What was found is finished like what was fetched.
        """
        plugin = provider(
            find_clients=lambda: [ClientData(id="1", raw={"id": 1})],
            history=lambda: [ClientInteraction(id="9", type="call")],
        )

        client = connect(plugin).find_client(email="a", include=["history"])

        assert (client.provider, client.raw, len(client.history)) == ("acme", None, 1)

    def test_not_supported(self, connect):
        """
        A field that cannot be searched is what the provider says it is.
        """

        def find(field):
            message = f"cannot search by {field}"
            raise NotSupportedError(message)

        with pytest.raises(NotSupportedError, match="cannot search by badge") as caught:
            connect(provider(find_clients=find)).find_client(field=("badge", "x"))

        assert caught.value.provider == "acme"


class TestPages:
    def listing(self, connect, pages):
        """
        Return a connector that lists these pages: cursor to (ids, next cursor).
        """

        def page(cursor):
            ids, following = pages[cursor]
            return ClientPage(clients=map(broken, ids), next_cursor=following)

        return connect(provider(list_clients=page))

    def test_lazy(self, connect):
        """
        The next page is asked for when the clients of this one were taken.
        """
        asked = []

        def page(cursor):
            asked.append(cursor)
            return ClientPage(clients=[ClientData(id=str(len(asked)))], next_cursor="x")

        clients = connect(provider(list_clients=page)).iter_clients()

        next(clients)
        assert asked == [None]

    @pytest.mark.parametrize("back_to", ["a", "b"])
    def test_loop(self, connect, back_to):
        """
        A cursor that comes twice ends the list with a ProtocolError.
        """
        pages = {None: (["1"], "a"), "a": (["2"], "b"), "b": (["3"], back_to)}
        seen = []

        with pytest.raises(ProtocolError, match="the list of 'acme' loops"):
            seen.extend(
                c.id for c in islice(self.listing(connect, pages).iter_clients(), 9)
            )

        assert seen == ["1", "2", "3"]

    def test_numbers_as_cursors(self, connect):
        """
        A cursor may be a number; the plugin gets it back as a text.
        """
        asked = []

        def page(cursor):
            asked.append(cursor)
            return ClientPage(
                clients=[], next_cursor=len(asked) if len(asked) < 3 else None
            )

        assert list(connect(provider(list_clients=page)).iter_clients()) == []
        assert asked == [None, "1", "2"]

    def test_error_in_the_middle(self, connect):
        """
        An error while listing reaches the caller after the pages before it.
        """

        def page(cursor):
            if cursor:
                message = "no"
                raise UnavailableError(message, sent=False)
            return ClientPage(clients=[ClientData(id="1")], next_cursor="a")

        clients = connect(provider(list_clients=page)).iter_clients()

        assert next(clients).id == "1"
        with pytest.raises(UnavailableError):
            next(clients)

    def test_bad_record(self, connect):
        """
        A record that cannot be read is never left out of a list silently.
        """
        with pytest.raises(ProtocolError, match="a record of 'acme' cannot be read"):
            list(self.listing(connect, {None: (["1", "bad"], None)}).iter_clients())

    def test_naive(self, connect):
        """
        A time without its zone is refused before anything is asked.
        """
        clients = connect(provider()).iter_clients(updated_since=datetime(2026, 1, 1))  # noqa: DTZ001

        with pytest.raises(ConfigurationError, match="needs a time zone"):
            next(clients)

    def test_aware(self, connect):
        """
        The plugin gets the time as it was given.
        """
        seen = []
        since = datetime(2026, 1, 1, tzinfo=UTC)
        page = ClientPage(clients=[])
        plugin = provider(
            list_clients=lambda updated_since: seen.append(updated_since) or page
        )

        list(connect(plugin).iter_clients(updated_since=since))

        assert seen == [since]


@pytest.mark.parametrize("kind", [CRMError, AuthenticationError, KeyError, OSError])
def test_only_our_errors(connect, kind):
    """
    Whatever a hook raises, the caller of a fetch gets an error of crmkit.
    """

    def fetch():
        raise kind

    with pytest.raises(CrmkitError):
        connect(provider(fetch=fetch)).get_client_data("1")


def test_fetch_batch_of_acme(connect, crm, server):
    """
    Over HTTP as well, more clients than fetch_batch cost several requests.
    """
    for number in range(5):
        crm.add(str(number))

    found = connect().get_clients_data([str(number) for number in range(6)])

    assert [client.id for client in list(found.values())[:5]] == ["0", "1", "2", "3", "4"]
    assert isinstance(found["5"], ClientNotFoundError)
    asked = [request.query["id"] for request in server.requests if "id" in request.query]
    assert asked == ["0,1,2", "3,4,5"]
    assert acme.FETCH_BATCH == 3


def test_find_by_number(connect):
    """
    A value to search by may be a number, as the field's values are.
    """
    asked = []

    def find(field, value):
        asked.append((field, value))
        return []

    connect(provider(find_clients=find)).find_client(field=("Budget", 450000))

    assert asked == [("Budget", "450000")]
