import pickle

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from crmkit import (
    ClientData,
    ConfigurationError,
    Consent,
    ConsentRefused,
    CRMConnector,
    Document,
    PersonalizationError,
    PluginNotFoundError,
    Span,
    TransformerInfo,
    hookimpl,
)

TEMPLATE = "hey {{firstName}}, see https://x.example/{{id}} or {{}} at \\{{x}} {{lastName}}"
HEY = ClientData(
    id="7",
    first_name="Hey",
    last_name="Thanks",
    email="hey@x.example",
    phone="s3cret-phone",
    language="en",
    timezone="Europe/Madrid",
    preferences={"communicationStyle": "formal", "budget": "s3cret-budget"},
    tags=["s3cret-tag"],
    custom_fields={"company": "s3cret-company"},
)


class Rewriter:
    """
    A transformer that does to a document what it is told to do.
    """

    def __init__(self, change, stage=300, reads=(), settings=None):
        self.change, self.seen = change, []
        self.info = TransformerInfo(stage=stage, reads=reads, settings=settings)

    @hookimpl
    def crmkit_transformer(self):
        return self.info

    @hookimpl
    def crmkit_transform(self, document, context):
        self.seen.append((document, context))
        return self.change(document)


def connect(settings=None, **transformers):
    """
    Return a connector that runs these transformers.
    """
    return CRMConnector(
        plugins=transformers,
        transformers={name: (settings or {}).get(name, {}) for name in transformers},
    )


def personalized(template, client=HEY, request=None, **transformers):
    """
    Return what becomes of a template with these transformers.
    """
    request = {"content_type": "plain", **(request or {})}
    return connect(**transformers).personalize_content(template, client, **request)


def formally(document):
    """
    Rewrite the prose as a careful transformer does.
    """
    return document.map_text(lambda text: text.replace("hey", "Hello"))


def test_client_is_not_rewritten():
    """
    Prose changes; a client called Hey, links, malformed and escaped braces do not.
    """
    result = personalized(TEMPLATE, style=Rewriter(formally))

    assert result.content == "Hello Hey, see https://x.example/7 or {{}} at {{x}} Thanks"
    assert result.applied == ("style",)
    assert result.skipped == {}


@pytest.mark.parametrize(
    "change", [lambda _: None, lambda document: document], ids=["none", "same"]
)
def test_unchanged(change):
    """
    A transformer that has nothing to change is named as skipped, without a warning.
    """
    result = personalized("hey {{id}}", style=Rewriter(change))

    assert result.content == "hey 7"
    assert result.applied == ()
    assert result.skipped == {"style": "nothing to change"}
    assert result.warnings == ()


def crash(error):
    """
    Return a change that ends in an error.
    """

    def change(document):
        raise error

    return change


def spans(change):
    """
    Return a change of a document's list of spans.
    """
    return lambda document: Document(change(list(document.spans)))


BREAKS = {
    "crash": crash(RuntimeError("s3cret")),
    "key error": crash(KeyError("s3cret")),
    "recursion": crash(RecursionError()),
    "text": lambda document: document.text,
    "spans": lambda document: list(document.spans),
    "false": lambda document: False,
    "empty": lambda document: Document(()),
    "no spans": lambda document: Document(["hey"]),
    "span of none": spans(lambda s: [*s, Span("text", None)]),
    "span of bytes": spans(lambda s: [*s, Span("text", b"hey")]),
    "unknown kind": spans(lambda s: [*s, Span("prose", "hey")]),
    "unhashable kind": spans(lambda s: [*s, Span(["text"], "hey")]),
    "drops a slot": spans(lambda s: [x for x in s if x.text != "{{firstName}}"]),
    "drops a link": spans(lambda s: [x for x in s if "://" not in x.text]),
    "reorders": spans(lambda s: s[::-1]),
    "invents a slot": spans(lambda s: [*s, Span("slot", "{{email}}")]),
    "repeats a slot": spans(lambda s: [*s, s[-1]]),
    "no token": spans(lambda s: [*s, Span("slot", "hey")]),
    "invents a link": spans(lambda s: [*s, Span("fixed", "https://y.example")]),
    "changes a slot": spans(
        lambda s: [Span(x.kind, x.text.replace("first", "last")) for x in s]
    ),
    "writes a token": spans(lambda s: [Span("text", "{{email}}"), *s]),
    "writes half a letter": spans(lambda s: [Span("text", "\ud800"), *s]),
    "one text": lambda document: Document([Span("text", document.text)]),
}


@pytest.mark.parametrize(
    ("change", "stage"),
    [
        pytest.param(change, stage, id=f"{name} at {stage}")
        for name, change in BREAKS.items()
        for stage in (200, 300)
        if (name, stage) != ("reorders", 200)  # which a translation may do
    ],
)
def test_broken(change, stage):
    """
    A transformer that breaks the document is as if it were not there, with one warning.
    """
    without = personalized(TEMPLATE)
    broken = personalized(TEMPLATE, bad=Rewriter(change, stage))
    beside = personalized(TEMPLATE, bad=Rewriter(change, stage), good=Rewriter(formally))

    assert broken.content == without.content
    assert broken.applied == ()
    assert list(broken.skipped) == ["bad"]
    assert len(broken.warnings) == len(without.warnings) + 1
    assert "the transformer bad was left out" in broken.warnings[-1]
    assert "s3cret" not in str(broken.warnings) + str(broken.skipped)
    assert beside.content == personalized(TEMPLATE, good=Rewriter(formally)).content


def rearranged(moves):
    """
    Return a change that repeats, drops and adds spans at these places.
    """

    def change(document):
        made = list(document.spans)
        for move, place in moves:
            at = place % (len(made) + 1)
            if move == "repeat":
                made.insert(at, document.spans[place % len(document.spans)])
            elif move == "drop":
                del made[at : at + 1]
            else:
                made.insert(at, Span("text", "new "))
        return Document(made)

    return change


MOVES = st.tuples(st.sampled_from(["repeat", "drop", "add"]), st.integers(0, 20))


@given(st.lists(MOVES, max_size=4))
def test_frame(moves):
    """
    Whatever a transformer does to slots and fixed parts, all or nothing of it is seen.
    """
    result = personalized(TEMPLATE, bad=Rewriter(rearranged(moves)))

    fixed = ["Hey", "https://x.example/", "7", "{{}}", "{{", "Thanks"]
    places = [result.content.find(text) for text in fixed]
    assert places == sorted(places)
    assert [result.content.count(text) for text in fixed] == [1, 1, 1, 1, 2, 1]
    if not result.applied:
        assert result.content == personalized(TEMPLATE).content


def test_translation_reorders():
    """
    A translation may move slots, each of which is filled where it stands then.
    """
    result = personalized(
        "{{firstName}} {{lastName}} writes",
        translate=Rewriter(
            lambda d: Document([d.spans[2], Span("text", ": "), d.spans[0]]), stage=200
        ),
    )

    assert result.content == "Thanks: Hey"


@pytest.mark.parametrize("text", ["<script>", "</p>", "<!--", "<b title='", "<", "&"])
@pytest.mark.parametrize("stage", [200, 300])
def test_markup_written(text, stage):
    """
    A transformer cannot bring markup into HTML, nor the beginning of it before a slot.
    """
    result = personalized(
        "<p>hey<b>hey {{firstName}}</b></p>",
        request={"content_type": "email_html"},
        bad=Rewriter(
            spans(lambda s: [*s[:3], Span("text", f"hey {text}"), *s[4:]]), stage=stage
        ),
    )

    assert result.content == "<p>hey<b>hey Hey</b></p>"
    assert len(result.warnings) == 1


def test_what_it_sees():
    """
    A transformer is told what it declares to read, and never meets a client's value.
    """
    spy = Rewriter(formally, reads=["language", "preferences.communicationStyle"])
    connector = connect(spy=spy, settings={"spy": {"level": 3}})
    clients = [HEY, ClientData(id="8", first_name="s3cret-name", language="es")]
    for client in clients:
        connector.personalize_content(
            TEMPLATE,
            client,
            content_type="plain",
            missing="blank",
            variables={"agent": "s3cret-agent"},
        )
    contexts = [context for _, context in spy.seen]

    assert [context.reads for context in contexts] == [
        {"language": "en", "preferences.communicationStyle": "formal"},
        {"language": "es", "preferences.communicationStyle": None},
    ]
    assert {context.content_type for context in contexts} == {"plain"}
    assert [context.settings for context in contexts] == [{"level": 3}] * 2
    seen = pickle.dumps([(d.text, dict(c.reads)) for d, c in spy.seen]).decode("latin-1")
    for value in ("s3cret", "Hey", "Thanks", "Madrid"):
        assert value not in seen


@pytest.mark.parametrize(
    "name", ["email", "first_name", "custom_fields.budget", "tags", ""]
)
def test_reads_refused(name):
    """
    A transformer that asks for personal data is refused, naming what it may read.
    """
    with pytest.raises(ConfigurationError, match=r"may read language, timezone and pref"):
        personalized("hey", bad=Rewriter(formally, reads=[name]))


def test_calls():
    """
    A thousand clients of two kinds cost two transformations, however they differ else.
    """
    spy = Rewriter(formally, reads=["preferences.communicationStyle"])
    connector = connect(spy=spy)
    styles = ["formal", "casual"]
    clients = [
        ClientData(
            id=number,
            first_name=f"Ana {number}",
            language=f"x-{number}",
            preferences={"communicationStyle": styles[number % 2]},
        )
        for number in range(1000)
    ]
    results = list(
        connector.personalize_many("hey {{firstName}}", clients, content_type="plain")
    )

    assert [result.content for result in results] == [
        f"Hello Ana {number}" for number in range(1000)
    ]
    assert len(spy.seen) == 2


def test_calls_by_template():
    """
    Another template or content type is transformed for itself.
    """
    spy = Rewriter(formally)
    connector = connect(spy=spy)
    for template, content_type in [
        ("hey", "plain"),
        ("hey you", "plain"),
        ("hey", "social"),
    ]:
        for _ in range(3):
            connector.personalize_content(template, HEY, content_type=content_type)

    assert len(spy.seen) == 3


def test_failure_is_not_kept():
    """
    A transformer that failed once is asked again for the next client.
    """
    errors = [RuntimeError(), None]

    def change(document):
        if error := errors.pop(0):
            raise error
        return formally(document)

    connector = connect(flaky=Rewriter(change))
    texts = [
        connector.personalize_content("hey", HEY, content_type="plain").content
        for _ in range(3)
    ]

    assert texts == ["hey", "Hello", "Hello"]


def append(mark):
    """
    Return a change that adds a mark at the end of the prose.
    """
    return lambda document: document.map_text(lambda text: text + mark)


@given(st.permutations(["b", "a", "d", "c"]))
def test_order(names):
    """
    Transformers run by stage, then by name, however the mapping is ordered.
    """
    stages = {"a": 400, "b": 200, "c": 300, "d": 300}
    transformers = {name: Rewriter(append(name), stages[name]) for name in names}
    result = personalized("x", **transformers)

    assert result.content == "xbcda"
    assert result.applied == ("b", "c", "d", "a")


def test_only_named_ones_run():
    """
    A transformer that is there but not named is not called.
    """
    spy = Rewriter(formally)
    connector = CRMConnector(plugins={"spy": spy})

    assert connector.personalize_content("hey", HEY, content_type="plain").content == "hey"
    assert spy.seen == []


def test_missing_transformer(monkeypatch):
    """
    A transformer that is named but not installed is an error with the remedy.
    """
    monkeypatch.setattr("crmkit._registry.installed", lambda _group: ())
    connector = CRMConnector(transformers={"translate_aws": {}})

    with pytest.raises(PluginNotFoundError, match="pip install crmkit-translate-aws"):
        connector.personalize_content("hey", HEY)


@frozen(kw_only=True)
class Settings:
    level: int = 1


def test_settings():
    """
    A transformer gets its settings as its own class; wrong ones are an error, not skipped.
    """
    spy = Rewriter(formally, settings=Settings)
    connect(spy=spy, settings={"spy": {"level": 2}}).personalize_content("hey", HEY)

    assert spy.seen[0][1].settings == Settings(level=2)
    with pytest.raises(ConfigurationError, match="settings of 'spy': unknown 'lvel'"):
        connect(spy=spy, settings={"spy": {"lvel": 2}}).personalize_content("hey", HEY)


def test_refused_client_costs_nothing():
    """
    For a client who opted out no transformer is called.
    """
    spy = Rewriter(formally)
    client = ClientData(
        id="7", email="a@x.example", consent=[Consent(channel="email", status="opted_out")]
    )

    with pytest.raises(ConsentRefused):
        personalized("hey", client, {"content_type": "email"}, spy=spy)

    assert spy.seen == []


def test_address_before_transformers():
    """
    Nor for one without an address.
    """
    spy = Rewriter(formally)

    with pytest.raises(PersonalizationError):
        personalized("hey", ClientData(id="7"), {"content_type": "email"}, spy=spy)

    assert spy.seen == []


@pytest.mark.parametrize(
    ("order", "kept"),
    [((0, 1, 2, 3, 4), True), ((2, 1, 0, 3, 4), False), ((1, 0, 2, 3, 4), False)],
)
def test_branches(order, kept):
    """
    Not even a translation takes a slot out of its branch, or a condition out of its order.
    """
    template = "{{ id }}{% if email %}{{ firstName }}{% else %}x{% endif %}"

    def moved(document):
        spans = document.spans
        return Document([*(spans[place] for place in order), *spans[5:], Span("text", "!")])

    with connect(t=Rewriter(moved, stage=200)) as crm:
        result = crm.personalize_content(template, HEY, content_type="plain")

    assert result.content == ("7Hey!" if kept else "7Hey")
    assert ("t" in result.applied) is kept
