import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Context, Document, Span

SPANS = st.lists(st.builds(Span, st.sampled_from(["text", "slot", "fixed"]), st.text()))


@given(SPANS)
def test_text(spans):
    """
    A document is its spans joined, whatever their kind.
    """
    assert Document(spans).text == "".join(span.text for span in spans)


@given(SPANS)
def test_map_text(spans):
    """
    map_text rewrites the author's prose and nothing else, in place and in order.
    """
    mapped = Document(spans).map_text(lambda text: f"<{text}>")

    assert [span.kind for span in mapped.spans] == [span.kind for span in spans]
    for was, now in zip(spans, mapped.spans, strict=True):
        assert now.text == (f"<{was.text}>" if was.kind == "text" else was.text)


@given(SPANS)
def test_map_nothing(spans):
    """
    A function that changes nothing gives an equal document.
    """
    assert Document(spans).map_text(str) == Document(spans)


def test_document_keeps():
    """
    A document does not follow a list that its maker changes later.
    """
    spans = [Span("text", "Hi")]
    document = Document(spans)
    spans.clear()

    assert document.text == "Hi"


def test_context_reads():
    """
    A transformer cannot change what the next one is told.
    """
    context = Context(content_type="email", reads={"language": "en"})

    with pytest.raises(TypeError, match="read-only"):
        context.reads["language"] = "de"


def test_context_repr():
    """
    Neither a transformer's settings, maybe with a key, nor what it reads of a client shows.
    """
    context = Context(
        content_type="email", settings={"key": "s3cret"}, reads={"timezone": "s3cret"}
    )

    assert "s3cret" not in repr(context)
