"""
P39: what a client gets in a batch is what this client gets alone.
"""

from concurrent.futures import ThreadPoolExecutor

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crmkit import (
    ClientData,
    Consent,
    CRMConnector,
    CrmkitError,
    PersonalizedContent,
    TransformerInfo,
    UnavailableError,
    hookimpl,
)
from crmkit.testing import Clock

TEMPLATE = "hey {{firstName}}, {{ city | default: 'there' }} {{ id | shout }}"


class Shouting:
    """
    A transformer that rewrites the text by style, and fails for one of the styles.
    """

    @hookimpl
    def crmkit_transformer(self):
        return TransformerInfo(
            stage=300,
            reads=["preferences.communicationStyle"],
            filters={"shout": self._shout},
        )

    @hookimpl
    def crmkit_transform(self, document, context):
        style = context.reads["preferences.communicationStyle"]
        if style == "broken":
            msg = "s3cret"
            raise RuntimeError(msg)
        return document.map_text(lambda text: text.replace("hey", f"[{style}]"))

    def _shout(self, value, **_):
        return f"{value}!" if value != "odd" else 1 / 0


class Unreadable:
    """
    A value that nobody can read.
    """

    def __str__(self):
        msg = "s3cret"
        raise RuntimeError(msg)


UNREADABLE = {"city": Unreadable()}


def said(status):
    """
    Return what a client said of mail.
    """
    return [Consent(channel="email", status=status)]


readable = st.builds(
    ClientData,
    id=st.sampled_from(["1", "2", "3", "odd"]),
    first_name=st.sampled_from(["Ana", "hey", "{{id}}", None]),
    email=st.sampled_from(["a@x.example", "a@x.example", None]),
    consent=st.sampled_from([[], said("opted_in"), said("opted_out")]),
    preferences=st.sampled_from(["formal", "casual", "broken"]).map(
        lambda style: {"communicationStyle": style}
    ),
    custom_fields=st.sampled_from([{}, {"city": "Hull"}, {"city": 0}, {"CITY": " "}]),
)
clients = st.lists(
    readable
    | readable.map(lambda one: evolve(one, custom_fields=UNREADABLE))
    | st.just(UnavailableError("gone", sent=False)),
    max_size=6,
)
content_types = st.sampled_from(["email", "subject", "email_html", "plain", "sms"])


def connector():
    """
    Return a connector that is new, and whose clock stands.
    """
    plugins = {"shouting": Shouting()}
    return CRMConnector(plugins=plugins, transformers={"shouting": {}}, clock=Clock())


def told(result):
    """
    Return all that a result says.
    """
    return (type(result), str(result)) if isinstance(result, CrmkitError) else result


@given(clients, content_types)
def test_p39_alone(many, content_type):
    """
    P39: whoever stands beside a client, before or after, changes nothing.

    One who gets nothing stops nobody, and the error stands in that client's place.
    """
    request = {"content_type": content_type}
    with connector() as one:
        batch = [told(r) for r in one.personalize_many(TEMPLATE, many, **request)]
        backwards = [
            told(r) for r in one.personalize_many(TEMPLATE, reversed(many), **request)
        ]
    alone = []
    for client in many:
        with connector() as one:
            alone += [told(r) for r in one.personalize_many(TEMPLATE, [client], **request)]

    assert batch == alone
    assert backwards == alone[::-1]
    assert len(batch) == len(many)


@given(clients, content_types)
def test_p39_single_call(many, content_type):
    """
    P39: a batch brings what one call for each client brings or raises.
    """
    people = [client for client in many if isinstance(client, ClientData)]
    people = [
        one for one in people if not isinstance(one.custom_fields.get("city"), Unreadable)
    ]
    with connector() as one:
        batch = list(one.personalize_many(TEMPLATE, people, content_type=content_type))
        singles = [called(one, client, content_type) for client in people]

    assert [told(result) for result in batch] == [told(result) for result in singles]


def called(one, client, content_type):
    """
    Return what a call brings or raises.
    """
    try:
        return one.personalize_content(TEMPLATE, client, content_type=content_type)
    except CrmkitError as error:
        return error


@given(clients, content_types)
def test_p39_concurrent(many, content_type):
    """
    P39: nor do several threads that share a connector.
    """
    request = {"content_type": content_type}

    def batch(one):
        return [told(r) for r in one.personalize_many(TEMPLATE, many, **request)]

    with connector() as one, ThreadPoolExecutor(4) as pool:
        together = list(pool.map(batch, [one] * 4))
    with connector() as one:
        expected = batch(one)

    assert together == [expected] * 4


@given(clients)
def test_p39_no_leak(many):
    """
    P39: what goes wrong for one names that client, and says nothing of any.
    """
    with connector() as one:
        results = list(one.personalize_many(TEMPLATE, many))

    for client, result in zip(many, results, strict=True):
        if not isinstance(result, PersonalizedContent) and client is not result:
            assert result.client_id == client.id
            assert "s3cret" not in str(result)
            assert "x.example" not in str(result)
