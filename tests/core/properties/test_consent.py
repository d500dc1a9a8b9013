"""
P36: consent decides before anything else is done, and more of it never opens a door.
"""

from itertools import product

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import (
    ClientData,
    Consent,
    ConsentRefused,
    CRMConnector,
    PersonalizedContent,
    TransformerInfo,
    hookimpl,
)

NOBODY = {"social", "plain"}  # what is addressed to nobody asks nobody
CHANNELS = {"email": "email", "email_html": "email", "subject": "email", "sms": "sms"}
CHANNELS["push"] = "push"
STATUSES = ["opted_in", "opted_out", "unspecified", "do_not_contact"]
NO_CONTACT = Consent(channel="*", status="do_not_contact")

consents = st.builds(
    Consent,
    channel=st.sampled_from(["email", "sms", "push", "*", "fax"]),
    status=st.sampled_from(STATUSES),
)
requests = st.fixed_dictionaries(
    {
        "content_type": st.sampled_from([*CHANNELS, *NOBODY]),
        "purpose": st.sampled_from(["marketing", "transactional"]),
        "mode": st.sampled_from(["permissive", "strict"]),
    }
)


class Spy:
    """
    A transformer and a filter that note when they are called.
    """

    def __init__(self):
        self.calls = []

    @hookimpl
    def crmkit_transformer(self):
        return TransformerInfo(stage=200, filters={"seen": self._seen})

    @hookimpl
    def crmkit_transform(self, document, context):
        self.calls.append("transform")

    def _seen(self, value, **_):
        self.calls.append("filter")
        return value


def client(*said):
    """
    Return a client who said this.
    """
    return ClientData(id="7", email="a@x.example", phone="+34", consent=said)


def outcome(said, sources=(), spy=None, **request):
    """
    Return the content made for a client who said this, or the refusal.
    """
    plugins = {"spy": spy or Spy()}
    with CRMConnector(
        consent_sources=sources, plugins=plugins, transformers={"spy": {}}
    ) as connector:
        try:
            return connector.personalize_content(
                "Hi {{ id | seen }}", client(*said), **request
            )
        except ConsentRefused as refusal:
            return refusal


def admitted(said, sources=(), **request):
    """
    Tell whether there is content for a client who said this.
    """
    return isinstance(outcome(said, sources, **request), PersonalizedContent)


@given(st.lists(consents, max_size=3), consents, st.booleans(), requests)
def test_p36_monotone(said, more, from_source, request_):
    """
    P36: a further opt-out, whoever tells of it, never turns a refusal into content.
    """
    more = attrs.evolve(
        more, status="do_not_contact" if more.status == "opted_in" else more.status
    )
    sources = [lambda _: [more]] if from_source else []

    if admitted(said if from_source else [*said, more], sources, **request_):
        assert admitted(said, **request_)


@given(st.lists(consents, max_size=4), requests, st.randoms(use_true_random=False))
def test_p36_order(said, request_, random):
    """
    P36: the order in which consents are listed, and by whom, changes nothing.
    """
    shuffled = random.sample(said, len(said))
    half = len(said) // 2
    sources = [lambda _: iter(shuffled[:half])]

    assert admitted(said, **request_) == admitted(shuffled[half:], sources, **request_)


@st.composite
def concerned(draw):
    """
    Draw a request, what was said of its channel, and what was said of others.
    """
    request = draw(requests)
    channel = CHANNELS.get(request["content_type"], "fax")
    own = st.builds(
        Consent,
        channel=st.sampled_from([channel, "*"]),
        status=st.sampled_from(["opted_in", *STATUSES]),
    )
    other = consents.filter(lambda one: one.channel not in {channel, "*"})
    return request, draw(st.lists(own, max_size=3)), draw(st.lists(other, max_size=2))


@given(concerned(), st.integers(0, 3))
def test_p36_least_permissive(drawn, cut):
    """
    P36: of several sources the least permissive wins; what is said of others is nothing.
    """
    request_, said, other = drawn
    known, *others = [*other, *said[:cut]], *([one] for one in said[cut:])
    sources = [lambda _, told=told: told for told in others]
    alone = [admitted([one], **request_) for one in said] or [admitted([], **request_)]

    assert admitted(known, sources, **request_) == all(alone)


@pytest.mark.parametrize("mode", ["permissive", "strict"])
@pytest.mark.parametrize("purpose", ["marketing", "transactional"])
def test_p36_pairs(mode, purpose):
    """
    P36: two who say something are heard if each alone would be, whatever they say.
    """
    request = {"content_type": "email", "mode": mode, "purpose": purpose}
    every = [Consent(channel=c, status=s) for c in ("email", "*") for s in STATUSES]
    alone = {one: admitted([one], **request) for one in every}

    for one, other in product(every, every):
        sources = [lambda _, told=other: [told]]
        assert admitted([one], sources, **request) == (alone[one] and alone[other])


@given(st.lists(consents, max_size=4), requests)
def test_p36_no_contact(said, request_):
    """
    P36: who wants no contact at all gets none, whatever else is said and asked.
    """
    allowed = request_["content_type"] in NOBODY

    assert admitted([*said, NO_CONTACT], **request_) == allowed
    assert admitted(said, [lambda _: [NO_CONTACT]], **request_) == allowed


@given(st.lists(consents, max_size=4), requests)
def test_p36_nothing_done(said, request_):
    """
    P36: for who is refused no transformer is called, and no value is looked at.
    """
    spy = Spy()

    result = outcome(said, spy=spy, **request_)

    done = isinstance(result, PersonalizedContent)
    assert spy.calls == (["transform", "filter"] if done else [])
    if not done:
        channel = CHANNELS[request_["content_type"]]
        assert (result.client_id, result.channel) == ("7", channel)
        assert "a@x.example" not in str(result)
