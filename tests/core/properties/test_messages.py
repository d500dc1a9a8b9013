"""
Messages and variants: each part as it would be alone, all or none; one variant, whole.
"""

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.core.properties.drawn import ANA, maybe, prose

from crmkit import CRMConnector, CrmkitError, Message, TemplateError
from crmkit.testing import Clock

CONTENT_TYPES = {"subject": "subject", "text": "email", "html": "email_html"}
texts = st.lists(
    prose
    | st.sampled_from(
        [
            "{{id}}",
            "{{ x }}",
            "{{ y | default: '-' }}",
            "{% if x %}yes{% else %}no {{ y }}{% endif %}",
            "<b title='{{x}}'>{{x}}</b>",
            "{{ z | shout }}",
            "{{nick}}",
        ]
    ),
    max_size=3,
).map("".join)
parts = st.fixed_dictionaries(
    {},
    optional={name: texts for name in CONTENT_TYPES},  # noqa: C420 - three strategies
).filter(bool)
variables = st.fixed_dictionaries(dict.fromkeys("xy", maybe))
policies = st.fixed_dictionaries(
    {
        "missing": st.sampled_from(["error", "blank"]),
        "unknown": st.sampled_from(["error", "keep"]),
    }
)
CONNECTOR = CRMConnector(clock=Clock())


def outcome(template, client=ANA, **request):
    """
    Return the result, or the error.
    """
    try:
        return CONNECTOR.personalize_content(template, client, **request)
    except CrmkitError as error:
        return error


@given(parts, variables, policies)
def test_parts(texts, given_, policies):
    """
    Each part of a message is what it is alone; if one cannot be made, none is.
    """
    request = {"variables": given_, **policies}
    alone = {
        part: outcome(text, content_type=CONTENT_TYPES[part], **request)
        for part, text in texts.items()
    }

    made = outcome(Message(**texts), **request)

    errors = {part: each for part, each in alone.items() if isinstance(each, Exception)}
    if errors:
        assert isinstance(made, TemplateError)
        assert (type(made), str(made)) in [
            (type(each), f"{part}: {each}") for part, each in errors.items()
        ]
    else:
        assert made.parts == {part: each.content for part, each in alone.items()}
        assert (made.subject, made.text, made.html) == tuple(
            made.parts.get(part) for part in CONTENT_TYPES
        )
        assert made.to == ANA.email
        told = {name for each in alone.values() for name in each.missing}
        assert set(made.missing) == told
        assert set(made.warnings) == {w for each in alone.values() for w in each.warnings}


TAGS = ["en", "es", "es-MX", "de", "pt-BR", "zh-Hant"]
KEYS = [*TAGS, "es+formal", "es-MX+formal", "en+casual"]
clients = st.builds(
    lambda language, style: evolve(
        ANA,
        language=language,
        preferences={} if style is None else {"communicationStyle": style},
    ),
    st.sampled_from(
        [None, "es-419", "es-ES", "EN", "es_mx", "pt_br", "de-AT", "fr", "zh-Hant-TW", ""]
    )
    | st.sampled_from(TAGS),
    st.sampled_from([None, "formal", "casual", " Formal"]),
)
variants = st.dictionaries(st.sampled_from(KEYS), texts, min_size=1)


@given(variants, clients, variables, st.booleans())
def test_p31_one_variant(texts, client, given_, with_default):
    """
    P31: of variants one is taken, or the default, and it is what it is alone.
    """
    default = min(texts) if with_default else None
    request = {"variables": given_, "unknown": "blank", "missing": "blank"}

    made = outcome(texts, client, default_variant=default, **request)

    if isinstance(made, Exception):
        assert isinstance(made, TemplateError)
        if "no variant fits" in str(made):
            assert default is None
        else:
            assert "shout" in "".join(texts.values())
        return
    assert made.variant in texts
    alone = outcome(texts[made.variant], client, **request)
    assert made.content == alone.content
    assert made.language == made.variant.partition("+")[0]


@given(variants, clients, st.randoms(use_true_random=False))
def test_p31_order(texts, client, random):
    """
    P31: the order in which variants are written changes nothing.
    """
    shuffled = dict(random.sample(list(texts.items()), len(texts)))
    request = {"unknown": "blank", "missing": "blank"}

    made, other = (outcome(each, client, **request) for each in (texts, shuffled))

    if isinstance(made, Exception):
        assert (type(other), str(other)) == (type(made), str(made))
    else:
        assert (other.variant, other.content) == (made.variant, made.content)


@given(st.sets(st.sampled_from(KEYS), min_size=3), clients)
def test_p31_nearest(keys, client):
    """
    P31: the client's own tag wins, however it is spelled, then the tag without its end.

    Within one language the client's style wins, then the text for all styles.
    """
    made = outcome({key: key for key in keys}, client)

    style = client.preferences.get("communicationStyle", "").strip().lower()
    tag = (client.language or "").replace("_", "-").lower()
    tags = {key.partition("+")[0].lower() for key in keys}
    while tag and tag not in tags:
        tag = tag.rpartition("-")[0]
    if not tag:
        assert isinstance(made, TemplateError)
        assert all(key in str(made) for key in keys)
        return
    near = {key.lower(): key for key in keys if key.partition("+")[0].lower() == tag}
    wanted = near.get(f"{tag}+{style}", near.get(tag))
    assert made.variant == (wanted or next(iter(near.values())))


@given(parts, st.dictionaries(st.sampled_from(KEYS), parts), clients)
def test_p31_message(own, others, client):
    """
    P31: a message's variant is taken whole, and where none fits, its own parts.
    """
    messages = {key: Message(**each) for key, each in others.items()}
    request = {"unknown": "blank", "missing": "blank"}

    made = outcome(Message(**own, variants=messages), client, **request)

    if isinstance(made, Exception):
        each = [own, *others.values()]
        alone = [outcome(Message(**texts), client, **request) for texts in each]
        wrong = tuple(str(one) for one in alone if isinstance(one, Exception))
        assert str(made).endswith(wrong)
        return
    texts = others.get(made.variant, own)
    assert made.parts == outcome(Message(**texts), client, **request).parts
    tag = (client.language or "").replace("_", "-").lower()
    tags = {key: key.partition("+")[0].lower() for key in others}
    fits = {key for key in tags if tag and f"{tag}-".startswith(f"{tags[key]}-")}
    assert made.variant in (fits or {None})
