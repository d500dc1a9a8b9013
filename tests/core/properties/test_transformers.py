"""
P28 and P29: the order of transformers, and what is left when one of them is not.
"""

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.core.properties.drawn import ANA, has_tokens, lines

from crmkit import CRMConnector, CrmkitError, Document, Span, TransformerInfo, hookimpl
from crmkit.testing import Clock

templates = st.lists(
    lines.filter(lambda text: not has_tokens(text)).map(lambda text: f"{text}.")
    | st.sampled_from(
        [
            "{{firstName}}",
            "{{ id | upper }}",
            "hey ",
            " https://x.example/{{id}}/hey ",
            "\\{{x}}",
            "{{}}",
            "`hey`",
            "<p>hey</p>",
            "&amp;",
        ]
    ),
    max_size=6,
).map("".join)
content_types = st.sampled_from(["plain", "subject", "email_html"])


class Rewriter:
    """
    A transformer that does to a document what it is told to do.
    """

    def __init__(self, change, stage):
        self.change, self.stage = change, stage

    @hookimpl
    def crmkit_transformer(self):
        return TransformerInfo(stage=self.stage)

    @hookimpl
    def crmkit_transform(self, document, context):
        return self.change(document)


def adding(mark):
    """
    Return a change that ends each prose in a mark.
    """
    return lambda document: document.map_text(lambda text: text + mark)


def outcome(template, content_type, plugins, names=None):
    """
    Return the result with these transformers, or the error's type and text.
    """
    transformers = {name: {} for name in (plugins if names is None else names)}
    with CRMConnector(
        plugins=plugins, transformers=transformers, clock=Clock()
    ) as connector:
        try:
            return connector.personalize_content(template, ANA, content_type=content_type)
        except CrmkitError as error:
            return type(error), str(error)


@given(
    templates,
    content_types,
    st.dictionaries(
        st.sampled_from("abcd"), st.sampled_from([200, 300, 300, 400]), min_size=1
    ),
    st.randoms(use_true_random=False),
)
def test_p28_order(template, content_type, stages, random):
    """
    P28: stage, then name decide, not the order of registration or of the mapping.

    What is recorded replays to the same result.
    """
    plugins = {name: Rewriter(adding(f" {name}"), stage) for name, stage in stages.items()}
    shuffled = dict(random.sample(list(plugins.items()), len(plugins)))
    named = random.sample(list(plugins), len(plugins))

    result = outcome(template, content_type, plugins)

    assert outcome(template, content_type, shuffled, named) == result
    if isinstance(result, tuple):
        return
    assert list(result.applied) == sorted(result.applied, key=lambda n: (stages[n], n))
    assert outcome(template, content_type, {"one": in_turn(plugins, result)}).content == (
        result.content
    )


def in_turn(plugins, result):
    """
    Return one transformer that does what these did, in the order that was recorded.
    """

    def change(document):
        for name in result.applied:
            document = plugins[name].change(document)
        return document

    return Rewriter(change, 300)


def spans(change):
    """
    Return a change of a document's list of spans.
    """
    return lambda document: Document(change(list(document.spans)), document.language)


def crash(error):
    """
    Return a change that ends in an error.
    """

    def change(document):
        raise error

    return change


# Each breaks any document, whatever it holds.
BREAKING = {
    "crash": crash(RuntimeError("s3cret")),
    "import": crash(ImportError("s3cret")),
    "recursion": crash(RecursionError()),
    "a text": lambda document: document.text,
    "no spans": lambda document: Document(["hey"]),
    "no text": spans(lambda s: [*s, Span("text", None)]),
    "unknown kind": spans(lambda s: [*s, Span("prose", "hey")]),
    "a slot more": spans(lambda s: [*s, Span("slot", "{{email}}")]),
    "a slot first": spans(lambda s: [Span("slot", "{{phone}}"), *s]),
    "a link more": spans(lambda s: [*s, Span("fixed", "https://y.example")]),
    "braces": spans(lambda s: [Span("text", "{{email}}"), *s]),
    "half a letter": spans(lambda s: [*s, Span("text", "\ud800")]),
}


@given(
    templates,
    content_types,
    st.sampled_from(sorted(BREAKING)),
    st.sampled_from([200, 300, 400]),
    st.sampled_from(["bad", "a", "z"]),
)
def test_p29_broken(template, content_type, way, stage, name):
    """
    P29: one that crashes or breaks the document is as if it were not there.

    But for one warning, which quotes nothing.
    """
    good = Rewriter(adding(" good"), 300)
    bad = Rewriter(BREAKING[way], stage)

    without = outcome(template, content_type, {"good": good})
    result = outcome(template, content_type, {"good": good, name: bad})

    if isinstance(without, tuple):
        assert result == without
        return
    assert (result.content, result.applied) == (without.content, without.applied)
    assert result.skipped.keys() - without.skipped.keys() == {name}
    assert len(result.warnings) == len(without.warnings) + 1
    assert "s3cret" not in str(result.warnings) + str(result.skipped)


MOVES = ["drop", "repeat", "swap", "change"]


@given(
    templates,
    content_types,
    st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 20)), max_size=3),
    st.sampled_from([200, 300]),
)
def test_p29_frame(template, content_type, moves, stage):
    """
    P29: who loses, repeats or changes slots or fixed parts is left out as a whole.

    Who translates may move them.
    """
    seen = []

    def change(document):
        made = list(document.spans)
        for move, place in moves if made else ():
            moved(made, move, place % len(made))
        seen.append((document, Document(made)))
        return seen[0][1]

    result = outcome(template, content_type, {"bad": Rewriter(change, stage)})
    without = outcome(template, content_type, {})
    assume(not isinstance(without, tuple))

    was, made = ([s for s in d.spans if s.kind != "text"] for d in seen[0])
    if sorted(map(str, was)) != sorted(map(str, made)) or (stage == 300 and was != made):
        assert result.applied == ()
    if not result.applied:
        assert result.content == without.content


def moved(made, move, place):
    """
    Do to a list of spans what is drawn.
    """
    if move == "drop":
        made[place : place + 1] = [Span("text", "")]
    elif move == "repeat":
        made.append(made[place])
    elif move == "swap":
        made[place], made[-1] = made[-1], made[place]
    else:
        made[place] = Span(made[place].kind, f"{made[place].text}x")


@given(templates, content_types)
def test_p29_removal(template, content_type):
    """
    P29: one that is not installed, not named, or has nothing to change changes nothing.
    """
    good = Rewriter(adding(" good"), 300)
    idle = Rewriter(lambda document: None, 200)

    absent = outcome(template, content_type, {"good": good})
    unnamed = outcome(template, content_type, {"good": good, "idle": idle}, ["good"])
    named = outcome(template, content_type, {"good": good, "idle": idle})

    assert unnamed == absent
    if not isinstance(absent, tuple):
        assert (named.content, named.warnings) == (absent.content, absent.warnings)
        assert named.skipped["idle"] == "nothing to change"
