import copy
import json
import pickle
from datetime import UTC, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import (
    ActivityRecord,
    ClientData,
    ClientInteraction,
    ClientPage,
    Consent,
    Context,
    CRMCredentials,
    CustomField,
    Document,
    Message,
    PersonalizedContent,
    Secret,
    Span,
    SyncOutcome,
    SyncReport,
    TemplateError,
)
from crmkit.explanations import Explanation, Token

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TOKEN = Token(part="text", token="{{ a }}", name="a", line=1, column=1)
MODELS = [
    Consent(channel="email", status="opted_in", source="form", as_of=NOON),
    ClientInteraction(id=1, type="call", description="Talked", metadata={"a": [1]}),
    ClientData(
        id="7",
        first_name="Ana",
        preferences={"communicationStyle": "formal"},
        tags=["vip"],
        custom_fields={"budget": 450_000},
        history=[ClientInteraction(id="1", type="call")],
        consent=[Consent(channel="sms", status="opted_out")],
        updated_at=NOON,
        aliases=["6"],
        raw={"id": 7},
    ),
    ClientPage(clients=(ClientData(id="7"),), next_cursor="abc", deleted=[8]),
    CustomField(key="budget__c", name="budget", options={"1": "low"}),
    ActivityRecord(type="note", description="Hi", client_id=7, metadata={"a": {"b": []}}),
    CRMCredentials(provider="acme", metadata={"account": "1"}),
    PersonalizedContent(
        content="Hi",
        client_id="7",
        explain=Explanation(segments={"text": (("Hi", None),)}, skipped={"style": "why"}),
    ),
    Message(subject="a"),
    SyncOutcome(activity_id="7", status="synced", remote_id=9),
    SyncReport(outcomes=[SyncOutcome(activity_id="7", status="pending")]),
    Document([Span("text", "Hi")]),
    Context(content_type="email", reads={"language": "en"}),
]
TEXTS = st.text(min_size=3).filter(lambda text: text.strip())
models = pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)


@models
def test_frozen(model):
    """
    A value never changes, and takes no attribute that it does not have.
    """
    for name in (attrs.fields(type(model))[0].name, "nickname"):
        with pytest.raises((attrs.exceptions.FrozenInstanceError, AttributeError)):
            setattr(model, name, "x")


@models
def test_copies(model):
    """
    A value goes through pickle, deepcopy and evolve, and comes out equal.
    """
    assert pickle.loads(pickle.dumps(model)) == model
    assert copy.deepcopy(model) == model
    assert attrs.evolve(model) == model


@pytest.mark.parametrize("kind", [type(m) for m in MODELS if not isinstance(m, Document)])
def test_keyword_only(kind):
    """
    A value is made with keywords only, so that a field added later breaks nobody.
    """
    with pytest.raises(TypeError, match="positional"):
        kind("x")


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (model, field.name)
        for model in MODELS
        for field in attrs.fields(type(model))
        if isinstance(getattr(model, field.name), dict)
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_mappings(model, name):
    """
    A mapping in a value is read-only, also in its pickled copy, and JSON takes it.
    """
    for holder in (model, pickle.loads(pickle.dumps(model))):
        mapping = getattr(holder, name)
        with pytest.raises(TypeError, match="read-only"):
            mapping["x"] = 1
        assert json.loads(json.dumps(mapping)) is not None


@given(TEXTS, st.data())
def test_repr_client(planted, data):
    """
    Nothing that a CRM says of a person is in the repr of a client.
    """
    hidden = sorted({field.name for field in attrs.fields(ClientData) if not field.repr})
    assert {"name", "email", "phone", "custom_fields", "tags", "raw"} <= set(hidden)
    marked = f"\u2603{planted}"
    client = ClientData(
        id="7",
        name=marked,
        first_name=marked,
        last_name=marked,
        email=marked,
        phone=marked,
        language=marked,
        timezone=marked,
        preferences={marked: marked},
        tags=[marked],
        custom_fields={marked: marked},
        history=[ClientInteraction(id="1", type="call", description=marked)],
        raw={marked: marked},
    )

    assert "\u2603" not in repr(client) + str(client)
    assert "'7'" in repr(client)


@given(TEXTS)
def test_repr_activity(planted):
    """
    Neither what happened nor its details are in the repr of an activity or interaction.
    """
    marked = f"\u2603{planted}"
    activity = ActivityRecord(type="note", description=marked, metadata={marked: marked})
    entry = ClientInteraction(
        id="1", type="call", description=marked, metadata={marked: marked}
    )

    assert "\u2603" not in repr(activity) + str(activity) + repr(entry) + str(entry)
    assert activity.id in repr(activity)


@given(TEXTS)
def test_repr_content(planted):
    """
    The repr of a personalized content holds neither the text nor the address.
    """
    marked = f"\u2603{planted}"
    content = PersonalizedContent(
        content=marked,
        client_id="7",
        to=marked,
        parts={"text": marked},
        explain=Explanation(tokens=[TOKEN, attrs.evolve(TOKEN, value=marked, text=marked)]),
        refused=TemplateError(marked),
    )

    assert "\u2603" not in repr(content) + str(content) + repr(content.explain())
    assert "'7'" in repr(content)


@given(TEXTS)
def test_repr_credentials(planted):
    """
    No token and no metadata of credentials shows in repr, str or format.
    """
    marked = f"\u2603{planted}"
    credentials = CRMCredentials(
        provider="acme",
        access_token=marked,
        refresh_token=Secret(marked),
        metadata={"client_secret": marked},
    )

    shown = f"{credentials} {credentials!r} {credentials.access_token} {[credentials]}"

    assert "\u2603" not in shown
    assert credentials.access_token.reveal() == marked
    assert credentials.refresh_token.reveal() == marked


def test_secret():
    """
    Secrets compare by their text, and refuse to be pickled.
    """
    assert Secret("a") == Secret(Secret("a")) != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(CRMCredentials(provider="acme", access_token="a"))


@pytest.mark.parametrize("empty", ["", None])
def test_no_token(empty):
    """
    An empty token is no token.
    """
    assert CRMCredentials(provider="acme", access_token=empty).access_token is None


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("Ana", "López García", "Ana López García"),
        ("Sukarno", None, "Sukarno"),
        (None, "Teller", "Teller"),
        ("  ", " Teller ", "Teller"),
        (None, None, ""),
    ],
)
def test_name(first, last, name):
    """
    Without a name of its own a client has its first and last name, and never a "None".
    """
    assert ClientData(id="7", first_name=first, last_name=last).name == name


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_blank_name(blank):
    """
    A name that the CRM left blank is none.
    """
    assert ClientData(id="7", name=blank, first_name="Ana").name == "Ana"


def test_own_name():
    """
    The CRM's own full name stands, titles and second surnames too.
    """
    client = ClientData(id="7", name="Dra. Ana López", first_name="Ana", last_name="L")

    assert client.name == "Dra. Ana López"


def test_tolerant_client():
    """
    Null in every field but the id is as good as leaving it out.
    """
    optional = [field.name for field in attrs.fields(ClientData) if field.name != "id"]

    assert ClientData(id="7", **dict.fromkeys(optional)) == ClientData(id="7")


def test_numbers():
    """
    A CRM that sends ids, names of fields and telephone numbers as numbers is understood.
    """
    client = ClientData(
        id=7, phone=34612345678, tags=[1, None, "vip"], aliases=[6], custom_fields={5: 1}
    )

    assert client.id == "7"
    assert client.phone == "34612345678"
    assert client.tags == ("1", "vip")
    assert client.aliases == ("6",)
    assert client.custom_fields == {"5": 1}
    assert ActivityRecord(type="note", provider=5).provider == "5"


@pytest.mark.parametrize("odd", [["Ana"], ("Ana",), {"first": "Ana"}, {"Ana"}, True])
@pytest.mark.parametrize("field", ["name", "first_name", "last_name", "email", "phone"])
def test_no_texts(field, odd):
    """
    What is no text in place of a name or address is nobody's: no letter shows brackets.
    """
    assert ClientData(id="7", **{field: odd}) == ClientData(id="7")


def test_one_tag():
    """
    A single tag is a tag, not its letters.
    """
    assert ClientData(id="7", tags="vip").tags == ("vip",)


@pytest.mark.parametrize("empty", [None, ""])
def test_activity_without_client(empty):
    """
    An activity may be without client and user; empty text stands for none.
    """
    activity = ActivityRecord(type="note", client_id=empty, user_id=empty)

    assert activity.client_id is None
    assert activity.user_id is None


def test_activity_defaults():
    """
    An activity is of now, and two have different ids.
    """
    before = datetime.now(UTC)
    first, second = ActivityRecord(type="note"), ActivityRecord(type="note")

    assert before <= first.timestamp <= second.timestamp <= datetime.now(UTC)
    assert first.id != second.id


@pytest.mark.parametrize("kind", [None, "", "  ", 5, ["note"]])
def test_activity_type(kind):
    """
    An activity without a type is refused, with examples of one.
    """
    with pytest.raises(ValueError, match="such as note, call or email_sent"):
        ActivityRecord(type=kind)


@pytest.mark.parametrize("description", [None, 5, b"text"])
def test_activity_description(description):
    """
    A description is a text.
    """
    with pytest.raises(ValueError, match="description must be a text"):
        ActivityRecord(type="note", description=description)


@pytest.mark.parametrize(
    "make",
    [
        lambda naive: ActivityRecord(type="note", timestamp=naive),
        lambda naive: ClientData(id="7", updated_at=naive),
        lambda naive: ClientData(id="7", fetched_at=naive),
        lambda naive: ClientInteraction(id="7", type="call", timestamp=naive),
        lambda naive: Consent(channel="email", status="opted_in", as_of=naive),
        lambda naive: CRMCredentials(provider="acme", expires_at=naive),
    ],
    ids=["activity", "client", "fetched", "interaction", "consent", "credentials"],
)
def test_naive_times(make):
    """
    A time without offset is refused everywhere, with the remedy; ISO text is taken.
    """
    with pytest.raises(ValueError, match="a timestamp needs its UTC offset"):
        make("2026-05-01T12:00:00")

    assert NOON in attrs.astuple(make("2026-05-01T12:00:00Z"), recurse=False)


@pytest.mark.parametrize("status", ["opted-out", "OPTED_OUT", "unsubscribed", "", None])
def test_consent_status(status):
    """
    A consent that says what nobody understands is refused: it could be an opt-out.
    """
    with pytest.raises(ValueError, match="opted_in, opted_out, unspecified, do_not_con"):
        Consent(channel="email", status=status)


def test_consent_channel():
    """
    The channel of a consent is known however it is spelt: an opt-out must not be missed.
    """
    assert Consent(channel=" Email", status="opted_out").channel == "email"


def test_metadata():
    """
    An activity's metadata is deeply read-only and independent of the caller's dict.
    """
    mine = {"links": ["a"], "from": {"name": "Laura"}}
    activity = ActivityRecord(type="note", metadata=mine)
    mine["links"].append("b")

    assert activity.metadata == {"links": ("a",), "from": {"name": "Laura"}}
    with pytest.raises(TypeError):
        activity.metadata["from"]["name"] = "Bob"


@pytest.mark.parametrize("metadata", ["subject", "", [("subject", "Hi")], [], 0, False])
def test_metadata_mapping(metadata):
    """
    Metadata is a mapping and nothing else, empty texts and lists included.
    """
    with pytest.raises(ValueError, match=r"metadata is a .*, not a mapping"):
        ActivityRecord(type="note", metadata=metadata)


def test_secret_metadata_refused():
    """
    A value that is no JSON is refused by its place, and is not shown.
    """
    with pytest.raises(ValueError, match=r"metadata\.token is a Secret") as caught:
        ActivityRecord(type="note", metadata={"token": Secret("s3cret")})

    assert "s3cret" not in str(caught.value)


def test_hash():
    """
    Clients and activities can be members of a set, which their ids tell apart.
    """
    one, same = (ClientData(id=1, custom_fields={"a": [1]}) for _ in range(2))

    assert {one, same, ClientData(id=2)} == {one, ClientData(id=2)}
    assert len({ActivityRecord(type="note", id="a"), ActivityRecord(type="x", id="b")}) == 2
