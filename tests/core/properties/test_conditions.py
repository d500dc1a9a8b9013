"""
Conditions: a text with branches is the text of the branches that hold, and no other.
"""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from tests.core.properties.drawn import (
    ANA,
    CONNECTOR,
    is_value,
    maybe,
    prose,
    render,
)

from crmkit import CrmkitError, TemplateError
from crmkit._encode import CONTENT_TYPES

NAMES = ["x", "y", "z"]
slots = st.tuples(
    st.sampled_from(NAMES), st.sampled_from(["", "| default: '-'", "| upper", "| required"])
).map(lambda drawn: f"{{{{ {drawn[0]} {drawn[1]} }}}}")
leaves = prose | slots | st.sampled_from(["", "\\{% if x %}", "{{}}", "{% now %}"])


def branching(parts):
    """
    Return a strategy of conditions: a name, what stands if it holds, and what else.
    """
    inner = st.lists(parts, max_size=3)
    return st.tuples(st.sampled_from(NAMES), inner, st.none() | inner)


trees = st.lists(st.recursive(leaves, branching, max_leaves=8), max_size=4)
known = st.fixed_dictionaries(dict.fromkeys(NAMES, maybe | st.just(value=False)))
plain_types = st.sampled_from(sorted(CONTENT_TYPES - {"email_html"}))
requests = st.fixed_dictionaries({"missing": st.sampled_from(["error", "keep", "blank"])})


def written(tree):
    """
    Return the template of a tree.
    """
    if isinstance(tree, str):
        return tree
    if isinstance(tree, list):
        return "".join(map(written, tree))
    name, then, other = tree
    otherwise = "" if other is None else "{% else %}" + written(other)
    return f"{{% if {name} %}}{written(then)}{otherwise}{{% endif %}}"


def chosen(tree, variables):
    """
    Return the template that is left of a tree when its conditions are decided.
    """
    if isinstance(tree, str):
        return tree
    if isinstance(tree, list):
        return "".join(chosen(each, variables) for each in tree)
    name, then, other = tree
    holds = is_value(variables[name]) and variables[name] is not False
    return chosen(then if holds else other or [], variables)


def outcome(template, content_type, **request):
    """
    Return the text, or the error's type and names.
    """
    try:
        return render(template, content_type, **request)
    except CrmkitError as error:
        return type(error), set(error.names)


@given(trees, known, plain_types, requests)
def test_branches(tree, variables, content_type, request_):
    """
    What stands is what stands in the branches that hold; the others ask for nothing.
    """
    request_ = {"variables": variables, **request_}

    expected = outcome(chosen(tree, variables), content_type, **request_)

    assert outcome(written(tree), content_type, **request_) == expected


MARKUP = st.sampled_from(
    ["<b>a</b>", "<p title='{{x}}'>", "</p>", "<br>", "&amp;", "text "]
)
HTML_SLOTS = st.sampled_from(["{{ x }}", "{{ y | default: '<' }}"])


@given(
    st.lists(st.recursive(MARKUP | HTML_SLOTS, branching, max_leaves=6), max_size=4), known
)
def test_branches_html(tree, variables):
    """
    In HTML too, where values are encoded as they are without conditions.
    """
    request = {"variables": variables, "missing": "blank"}

    expected = outcome(chosen(tree, variables), "email_html", **request)

    assert outcome(written(tree), "email_html", **request) == expected


@given(trees, st.sampled_from(["x", "y", "nick"]), known)
def test_unknown_condition(tree, name, variables):
    """
    A condition on a name that nobody knows is an error as a token is, or does not hold.
    """
    tree = [(name, tree, ["no"])]
    request = {"variables": variables, "missing": "blank"}

    if name == "nick":
        kind, names = outcome(written(tree), "plain", **request)
        assert "nick" in names
        assert kind.__name__ == "TemplateError"
        assert outcome(written(tree), "plain", unknown="blank", **request) == "no"


TAGS = ["{% if x %}", "{% if y %}", "{% else %}", "{% endif %}"]


def test_unbalanced():
    """
    Conditions that do not end, or end nothing, are errors with their place.
    """
    sequences = (each for n in range(6) for each in product(TAGS, repeat=n))
    for tags in sequences:
        template = "".join(f"\n{tag}a" for tag in tags)
        request = {"content_type": "plain", "variables": {"x": 1, "y": ""}}
        [made] = CONNECTOR.personalize_many(template, [ANA], **request)

        if is_balanced(tags):
            assert "{%" not in made.content
        else:
            assert isinstance(made, TemplateError)
            assert (made.line > 1, made.column) == (True, 1)


def is_balanced(tags):
    """
    Tell whether each condition ends, with one else at most.
    """
    left, text = "", "".join("ieE"[max(0, TAGS.index(tag) - 1)] for tag in tags)
    while text != left:
        left, text = text, text.replace("iE", "").replace("ieE", "")
    return not text
