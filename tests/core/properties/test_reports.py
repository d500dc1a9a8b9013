"""
What is told of a text is so: explanations, previews, coverage and lint.
"""

import json
import pickle
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.core.properties.drawn import ANA, content_types, maybe, prose

from crmkit import (
    ClientData,
    Consent,
    CRMConnector,
    CrmkitError,
    MissingValueError,
    PersonalizedContent,
    TemplateError,
)
from crmkit.testing import Clock

CONNECTOR = CRMConnector(clock=Clock())
SLOTS = [
    "{{ x }}",
    "{{ y }}",
    "{{ y | default: '-' }}",
    "{{firstName}}",
    "{{ email | upper }}",
    "{{ x | prefix: '<' }}",
    "{{nick}}",
    "{{ nick | default: 'n' }}",
    "{{ x | required }}",
    "{{ y | required | default: '-' }}",
    "{% if x %}{{ x }}{% else %}{{ nick }}{% endif %}",
    "{% if y %}{{ y }}{% endif %}",
    "\\{{x}}",
    "{{}}",
    "<b title='{{x}}'>",
    '<a href="https://x.example/?q={{ x | urlencode }}">',
    "{{ x | list: ', ', ' and ' }}",
]
WRONG = [
    "{{ x | shout }}",
    "{{ x | upper: 'a' }}",
    "{{ x | default }}",
    "{{ x | prefix }}",
    "{% if x %}",
    "{% else %}",
    "{% endif %}",
    "<b title={{x}}>",
    "<script>{{x}}</script>",
    "<a href='{{x}}://y'>",
    "<{{x}}>",
    "{% if x %}<a {% endif %}",
    "<script>{% if x %}a{% endif %}</script>",
]
slots = st.sampled_from(SLOTS)
templates = st.lists(prose | slots | slots, min_size=1, max_size=5).map("".join)
odd_templates = st.lists(
    prose | st.sampled_from(SLOTS + WRONG), min_size=1, max_size=5
).map("".join)
variables = st.dictionaries(st.sampled_from("xy"), maybe)
policies = st.fixed_dictionaries(
    {
        "missing": st.sampled_from(["error", "keep", "blank"]),
        "unknown": st.sampled_from(["error", "keep", "blank"]),
    }
)


def outcome(template, client=ANA, **request):
    """
    Return the result, or the error.
    """
    try:
        return CONNECTOR.personalize_content(template, client, **request)
    except CrmkitError as error:
        return error


@given(templates, variables, content_types, policies)
def test_explanation(template, given_, content_type, policies):
    """
    An explanation's segments, joined, are the text; its tokens are what stands in them.
    """
    request = {"variables": given_, "content_type": content_type, **policies}
    made = outcome(template, **request)
    if isinstance(made, Exception):
        return
    told = made.explain()

    (segments,) = told.segments.values()
    assert "".join(text for text, _ in segments) == made.content
    numbers = [number for _, number in segments if number is not None]
    assert numbers == list(range(len(told.tokens)))
    for text, number in segments:
        if number is not None and content_type != "email_html":
            assert text == told.tokens[number].text
    places = [(token.line, token.column) for token in told.tokens]
    assert places == sorted(places)
    assert {t.name for t in told.tokens if t.status == "value"} == set(made.variables)
    assert {t.name for t in told.tokens if t.status == "default"} == set(made.defaults_used)
    assert {t.name for t in told.tokens if t.status in {"missing", "unknown"}} == set(
        made.missing
    )


@given(templates, variables, content_types, policies)
def test_told_whole(template, given_, content_type, policies):
    """
    A result is the same after pickling, can be written as JSON, and its repr tells nobody.
    """
    request = {"variables": given_, "content_type": content_type, **policies}
    told = {"first_name": "s3cret", "email": "s3@x.example", "phone": "s3"}
    made = outcome(template, ClientData(id="7", **told), **request)
    if isinstance(made, Exception):
        assert "s3" not in str(made).lower()
        return

    again = pickle.loads(pickle.dumps(made))
    assert again == made
    assert again.explain() == made.explain()
    assert json.loads(json.dumps(made.as_dict()))["content"] == made.content
    assert json.loads(json.dumps(made.explain().as_dict()))["tokens"] is not None
    assert "s3" not in repr(made).lower()
    assert "s3" not in repr(made.explain()).lower()


people = st.builds(
    ClientData,
    id=st.sampled_from("789"),
    first_name=st.sampled_from(["Ana", None, " "]),
    email=st.sampled_from(["a@x.example", None]),
    phone=st.sampled_from(["+34", None]),
    consent=st.sampled_from([(), [Consent(channel="email", status="opted_out")]]),
    custom_fields=st.dictionaries(st.sampled_from("xy"), maybe),
)


def is_wrong(template, content_type):
    """
    Tell whether lint finds a template wrong for everybody, so that there is none to show.
    """
    report = CONNECTOR.lint(template, content_type=content_type)
    return any(problem.code == "template" for problem in report)


@given(templates, people, content_types, policies)
def test_preview(template, client, content_type, policies):
    """
    A preview is what the client would get, or tells the error that there would be.
    """
    request = {"content_type": content_type, **policies}
    made = outcome(template, client, **request)
    if is_wrong(template, content_type):
        with pytest.raises(TemplateError):
            CONNECTOR.preview(template, client, **request)
        return

    preview = CONNECTOR.preview(template, client, **request)

    assert preview.preview
    if isinstance(made, Exception):
        assert (type(preview.refused), str(preview.refused)) == (type(made), str(made))
        assert preview.to is None
    else:
        assert preview.refused is None
        assert (preview.content, preview.to) == (made.content, made.to)
        assert preview.explain() == made.explain()


@given(templates, st.lists(people, max_size=5), content_types, policies)
def test_coverage(template, clients, content_type, policies):
    """
    Coverage counts what personalize_many brings, and so does the batch itself.
    """
    request = {"content_type": content_type, **policies}
    batch = CONNECTOR.personalize_many(template, clients, **request)
    made = list(batch)
    good = [each for each in made if isinstance(each, PersonalizedContent)]
    errors = [each for each in made if isinstance(each, Exception)]

    coverage = CONNECTOR.coverage(template, iter(clients), **request)

    assert (coverage.total, coverage.personalized) == (len(made), len(good))
    refused = {name: hits.count for name, hits in coverage.refused.items()}
    assert refused == Counter(type(error).__name__ for error in errors)
    counts = {"personalized": len(good), **refused}
    assert dict(batch.counts) == {name: n for name, n in counts.items() if n}
    defaults = {name: hits.count for name, hits in coverage.defaults.items()}
    assert defaults == Counter(name for each in good for name in set(each.defaults_used))
    lacking = Counter(name for each in good for name in set(each.missing))
    lacking.update(name for e in errors if isinstance(e, TemplateError) for name in e.names)
    told = Counter({name: hits.count for name, hits in coverage.missing.items()})
    told.update({name: hits.count for name, hits in coverage.unknown.items()})
    assert told == lacking
    assert json.dumps(coverage.as_dict())


whole = st.integers() | st.text("aé<'&").map("a{}".format)


@given(odd_templates, content_types, st.fixed_dictionaries({"x": whole, "y": whole}))
@example("{{ nick | default: 'n' | required }}", "plain", {"x": 1, "y": 1})
def test_lint(template, content_type, fields):
    """
    Where lint finds no error, nobody who has all values is refused for the template.

    And what it calls an error of the template refuses everybody.
    """
    report = CONNECTOR.lint(
        template,
        content_type=content_type,
        fields=["x", "y"],
        purpose="transactional",
    )
    client = ClientData(
        id="7", first_name="A", email="a@x.example", phone="1", custom_fields=fields
    )

    made = outcome(template, client, content_type=content_type)

    if report.ok:
        assert isinstance(made, PersonalizedContent), made
    if any(problem.code == "template" for problem in report):
        assert type(made) is TemplateError
        found = {problem.line: problem for problem in report if problem.code == "template"}
        assert made.line in found
    if isinstance(made, MissingValueError):
        assert "required" in template
    assert json.dumps(report.as_dict())
