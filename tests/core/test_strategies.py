import json
import unicodedata
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from itertools import pairwise

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from crmkit import ActivityRecord, ClientData, Consent
from crmkit._encode import CONTENT_TYPES, clean
from crmkit.codec import activity_from_json, activity_to_json, from_json
from crmkit.testing.strategies import (
    activities,
    clients,
    consents,
    documents,
    masks,
    metadata,
    moments,
    templates,
    texts,
)

TROUBLES = {
    "decomposed": lambda text: not unicodedata.is_normalized("NFC", text),
    "right to left": lambda text: text and unicodedata.bidirectional(text[0]) == "AL",
    "braces": lambda text: "{{" in text,
    "formula": lambda text: text.startswith("="),
    "spaces": lambda text: text != text.strip(),
    "longer in capitals": lambda text: len(text.upper()) > len(text),
}
ODDITIES = {
    "no address": lambda client: client.email is None,
    "no name": lambda client: not client.name,
    "style": lambda client: client.preferences.get("communicationStyle") == "unheard of",
    "language": lambda client: client.language == "pt_br",
    "consents": lambda client: len(client.consent) > 1,
    "no value": lambda client: None in client.custom_fields.values(),
    "id": lambda client: not client.id.isdigit(),
}


@given(texts())
def test_texts(text):
    """
    A text is one line of at most forty characters, and nothing in it is cleaned away.
    """
    assert len(text) <= 40
    assert text.splitlines() in ([], [text])
    assert clean(text) == unicodedata.normalize("NFC", text)


@given(st.data(), st.integers(0, 8), st.integers(0, 8))
def test_sizes(data, size, more):
    """
    A text has the length that was asked for.
    """
    text = data.draw(texts(min_size=size, max_size=size + more))

    assert size <= len(text) <= size + more


@pytest.mark.parametrize("trouble", TROUBLES)
def test_awkward(trouble):
    """
    Among the texts are those that make trouble.
    """
    assert find(texts(), TROUBLES[trouble]) is not None


@given(moments())
def test_moments(moment):
    """
    A moment is aware, in reach of any CRM, and the same after a trip through ISO 8601.
    """
    offset = moment.utcoffset()
    back = datetime.fromisoformat(moment.isoformat())

    assert (back, back.utcoffset()) == (moment, offset)
    assert offset % timedelta(minutes=1) == timedelta(0)
    assert 1970 <= moment.astimezone(UTC).year <= 2200


@pytest.mark.parametrize("minutes", [-210, 345, 840])
def test_offsets(minutes):
    """
    Offsets of half and quarter hours, and beyond twelve hours, come up.
    """
    offset = timedelta(minutes=minutes)

    assert find(moments(), lambda moment: moment.utcoffset() == offset)


@pytest.mark.parametrize("sign", [1, -1])
def test_odd_offsets(sign):
    """
    So do offsets that no country has, on both sides of UTC.
    """
    zero, quarter = timedelta(0), timedelta(minutes=15)

    def is_odd(moment):
        offset = moment.utcoffset()
        return offset * sign > zero and offset % quarter

    assert find(moments(), is_odd)


@given(metadata())
def test_metadata(given):
    """
    Metadata are JSON values, and reserved keys hold what belongs there.
    """
    assert json.loads(json.dumps(given)) == given
    assert isinstance(given.get("subject", ""), str)
    assert given.get("direction", "in") in {"in", "out"}
    assert given.get("duration_s", 0) >= 0
    assert datetime.fromisoformat(given.get("due_at", "2026-05-01T12:00Z")).tzinfo


@given(activities())
def test_activities(activity):
    """
    An activity can be written ahead and read again.
    """
    assert isinstance(activity, ActivityRecord)
    assert activity_from_json(from_json(activity_to_json(activity))) == activity
    assert activity.user_id is activity.provider is None


@given(clients())
def test_clients(client):
    """
    A client has an address that is one, if any, and nothing that only the core fills in.
    """
    assert isinstance(client, ClientData)
    assert client.email is None or parseaddr(client.email)[1] == client.email
    assert client.provider is client.fetched_at is client.history is client.raw is None


@pytest.mark.parametrize("oddity", ODDITIES)
def test_odd_clients(oddity):
    """
    A client may lack an address, a name or a value; style and language may be odd.
    """
    assert find(clients(), ODDITIES[oddity])


@given(activities(client_id="7", type=st.just("call")), clients(language=None))
def test_fields(activity, client):
    """
    A field is a strategy or a plain value, None too.
    """
    assert (activity.client_id, activity.type, client.language) == ("7", "call", None)


@given(consents())
def test_consents(consent):
    """
    A consent is one.
    """
    assert isinstance(consent, Consent)


@given(st.data(), st.integers(0, 9))
def test_masks(data, size):
    """
    A mask says of each of so many whether it fails.
    """
    mask = data.draw(masks(size))

    assert len(mask) == size
    assert set(mask) <= {True, False}


@pytest.mark.parametrize("mask", [(False,) * 3, (True,) * 3, (0, 1, 0), (1, 0, 1)])
def test_every_mask(mask):
    """
    None, all, one alone and others come up.
    """
    assert find(masks(3), lambda found: found == mask) == mask


@pytest.mark.parametrize("content_type", sorted(CONTENT_TYPES))
@pytest.mark.parametrize("kind", ["text", "slot", "fixed"])
def test_documents(content_type, kind):
    """
    Documents of each content type have spans of each kind.
    """

    def has_kind(document):
        return kind in {span.kind for span in document.spans}

    assert find(documents(content_type), has_kind)


@given(documents())
def test_document_text(document):
    """
    A document is one that the core makes: its texts in NFC, no two spans of text in a row.
    """
    kinds = [span.kind for span in document.spans]

    assert unicodedata.is_normalized("NFC", document.text)
    assert ("text", "text") not in pairwise(kinds)


def test_words():
    """
    Words that were given stand in the templates, whole and one by one.
    """
    words = ["see you later"]

    assert find(templates("plain", words), lambda text: "see you later" in text)
    assert find(templates("plain", words), lambda text: text.startswith("you "))


def test_markup():
    """
    Tags are in templates for HTML.
    """
    assert find(templates("email_html"), lambda text: "<p>" in text)


@given(templates("sms"))
def test_no_markup(template):
    """
    None are in those for a text message.
    """
    assert "<p>" not in template
