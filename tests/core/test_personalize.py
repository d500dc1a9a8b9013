import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import (
    AddressMissingError,
    ClientData,
    ConfigurationError,
    Consent,
    ConsentRefused,
    CRMConnector,
    CrmkitError,
    MissingValueError,
    PersonalizationError,
    PersonalizedContent,
    PluginNotFoundError,
    ProviderInfo,
    TemplateError,
    UnavailableError,
    hookimpl,
)

AWKWARD = json.loads(Path(__file__).with_name("awkward.json").read_text(encoding="utf-8"))
CONNECTOR = CRMConnector()


def awkward(name):
    """
    Return a client of the collection.
    """
    fields = dict(AWKWARD["clients"][name])
    fields["consent"] = [
        Consent(channel=channel, status=status)
        for channel, status in fields.get("consent", ())
    ]
    return ClientData(**fields)


@pytest.mark.parametrize(("client", "template", "expected"), AWKWARD["expect"])
def test_awkward(client, template, expected):
    """
    Awkward clients and templates give exactly this text, or this error.
    """
    request = dict(AWKWARD["templates"][template])
    text = request.pop("text")
    try:
        shown = CONNECTOR.personalize_content(text, awkward(client), **request).content
    except TemplateError as error:
        shown = f"{type(error).__name__}: {', '.join(error.names)}"
    except PersonalizationError as error:
        shown = type(error).__name__

    assert shown == expected


@pytest.mark.parametrize("template", AWKWARD["templates"])
def test_awkward_batch(template):
    """
    A batch brings for each client what it gets alone, whoever stands beside it.
    """
    request = dict(AWKWARD["templates"][template], missing="error")
    text = request.pop("text")
    clients = [awkward(name) for name in AWKWARD["clients"]]

    def told(result):
        content = isinstance(result, PersonalizedContent)
        return result.content if content else (type(result), str(result))

    batch = [told(r) for r in CONNECTOR.personalize_many(text, clients, **request)]
    alone = [
        told(*CONNECTOR.personalize_many(text, [client], **request)) for client in clients
    ]

    assert batch == alone
    assert len(batch) == len(clients)


def client(number, **fields):
    """
    Return a client with an address.
    """
    return ClientData(id=number, **{"email": f"{number}@x.example", **fields})


BAD = [
    (client(1), MissingValueError),
    (client(2, email=None, first_name="Ana"), AddressMissingError),
    (client(3, consent=[Consent(channel="*", status="do_not_contact")]), ConsentRefused),
]


@given(st.lists(st.sampled_from([None, *BAD]), max_size=6))
def test_one_bad_client(drawn):
    """
    A client who gets nothing stops nobody; the error stands in its place and names it.
    """
    clients = [
        client(f"good-{place}", first_name="Ana") if bad is None else bad[0]
        for place, bad in enumerate(drawn)
    ]
    results = list(CONNECTOR.personalize_many("Hi {{firstName}}", clients))

    assert [type(result) for result in results] == [
        PersonalizedContent if bad is None else bad[1] for bad in drawn
    ]
    assert [result.client_id for result in results] == [whom.id for whom in clients]


def test_batch_of_fetched():
    """
    What get_clients_data brings goes into a batch as it is, its problems too.
    """
    with CRMConnector(default_provider="acme", plugins={"acme": Acme()}) as connector:
        fetched = connector.get_clients_data(["1", "2", "3", "4"])
        results = list(connector.personalize_many("Hi {{firstName}}", fetched.values()))

    assert results[0].content == "Hi Ana 1"
    assert results[1] is fetched["2"]
    assert results[2] is fetched["3"]
    assert results[3].content == "Hi Ana 4"
    assert [error.client_id for error in results[1:3]] == ["2", "3"]


class Unreadable:
    """
    A value that nobody can read.
    """

    def __str__(self):
        msg = "s3cret"
        raise RuntimeError(msg)


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        (None, ConfigurationError),
        ({"id": "7"}, ConfigurationError),
        (KeyError("s3cret"), ConfigurationError),
        (client(7, custom_fields={"city": Unreadable()}), TemplateError),
    ],
    ids=["none", "dict", "error", "value"],
)
def test_worse_clients(bad, kind):
    """
    Not even what is no client, or cannot be read, stops the others or leaks.
    """
    good = client(1, custom_fields={"city": "Hull"})
    results = list(CONNECTOR.personalize_many("{{city}}", [good, bad, good]))

    assert [results[0].content, results[2].content] == ["Hull", "Hull"]
    assert type(results[1]) is kind
    assert "s3cret" not in str(results[1])


def test_many_is_lazy():
    """
    A batch of any size is made one by one, as it is read.
    """
    asked = []

    def endless():
        number = 0
        while True:
            asked.append(number)
            yield client(number)
            number += 1

    results = CONNECTOR.personalize_many("Hi {{id}}", endless())
    first = [next(results).content for _ in range(3)]

    assert first == ["Hi 0", "Hi 1", "Hi 2"]
    assert asked == [0, 1, 2]


def test_many_of_nobody():
    """
    No clients, no results.
    """
    assert list(CONNECTOR.personalize_many("Hi", [])) == []


def test_wrong_setting_stops_all():
    """
    What is wrong for every client is raised, not repeated for each.
    """
    clients = [client(1), client(2)]

    with pytest.raises(ConfigurationError, match="unknown content type"):
        CONNECTOR.personalize_many("Hi", clients, content_type="fax")
    with pytest.raises(PluginNotFoundError):
        list(CRMConnector(transformers={"absent": {}}).personalize_many("Hi", clients))


class Acme:
    """
    A CRM that has one client and loses another.
    """

    @hookimpl
    def crmkit_provider(self):
        return ProviderInfo(label="Acme", fetch_batch=1)

    @hookimpl
    def crmkit_fetch(self, ids):
        if ids == ["3"]:
            msg = "gone"
            raise UnavailableError(msg, sent=False)
        return [client(i, first_name=f"Ana {i}") for i in ids if i != "2"]

    @hookimpl
    def crmkit_sync(self):
        return []


def test_content_tells_all():
    """
    The result tells for whom, to where, in what language, from which CRM, and when.
    """
    with CRMConnector(default_provider="acme", plugins={"acme": Acme()}) as connector:
        whom = connector.get_client_data("1")
        result = connector.personalize_content("Hi {{firstName}}", client_data=whom)

    assert (result.client_id, result.to, result.provider) == ("1", "1@x.example", "acme")
    assert result.content == "Hi Ana 1"
    assert result.length.characters == 8
    assert result.personalized_at >= whom.fetched_at
    assert result.activity("email_sent").provider == "acme"


def test_errors_name_the_client():
    """
    Every error of personalization names the client by its id, never by a value.
    """
    for template in ("{{nick}}", "{{firstName}}", "{{ id | shout }}"):
        whom = client("id-7", last_name="s3cret")
        with pytest.raises(TemplateError) as caught:
            CONNECTOR.personalize_content(f"\n{template}", whom)

        assert caught.value.client_id == "id-7"
        assert (caught.value.line, caught.value.column) == (2, 1)
        assert "s3cret" not in str(caught.value) + repr(caught.value)
        assert "x.example" not in str(caught.value)
        assert isinstance(caught.value, CrmkitError)


@pytest.mark.parametrize(
    ("template", "hint"),
    [("{{ Lead Source }}", "write {{ Lead_Source }}"), ("{{ }}", "as it is")],
)
def test_malformed_hint(template, hint):
    """
    Braces that are no variable are reported; a name with spaces with what to write.
    """
    with CRMConnector() as crm:
        made = crm.personalize_content(template, ClientData(id=1), content_type="plain")

    assert made.content == template
    assert made.warnings[0].endswith(hint)
