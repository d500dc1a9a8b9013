"""
P1 to P13: what stands in the text for each token, and that all else stays as it is.
"""

import copy
import os
import re
import subprocess
import sys
from pathlib import Path

import attrs
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from tests.core.properties.drawn import (
    ANA,
    CONNECTOR,
    around,
    blanks,
    content_types,
    escaped,
    has_tokens,
    interleaved,
    is_value,
    lines,
    literals,
    maybe,
    names,
    nfc,
    render,
    shown,
    spaces,
    text_types,
    tokens,
    values,
)

from crmkit import (
    ClientData,
    CRMConnector,
    CrmkitError,
    MissingValueError,
    TemplateError,
)
from crmkit._template import parse
from crmkit.testing import Clock

AWKWARD = Path(__file__).parents[1] / "awkward.json"


@given(lines, text_types)
@example(" a\r\nb\x00\u202e \n", "email")
def test_p01_identity(text, content_type):
    """
    P1: a template without variables is its own result, in NFC.
    """
    assume(not has_tokens(text))

    assert render(text, content_type) == nfc(text)


@given(lines | st.sampled_from(["<p>a</p>", "<!-- {{x}} -->", "&lt;", "<a b='"]))
def test_p01_identity_html(text):
    """
    P1: in HTML too, where only the author writes markup.
    """
    assume(not has_tokens(text.replace("<!-- {{x}} -->", "")))

    assert render(text, "email_html") == nfc(text)


@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" ")))
def test_p01_identity_subject(text):
    """
    P1: and in a subject, of a template of one line.
    """
    assume(not has_tokens(text))

    assert render(text, "subject") == nfc(text)


def personalized(connector, template, content_type, request):
    """
    Return the result, whole, or the error's type and text.
    """
    try:
        return connector.personalize_content(
            template, ANA, content_type=content_type, **request
        )
    except CrmkitError as error:
        return type(error), str(error)


@given(
    st.lists(lines | st.sampled_from(["{{id}}", "{{x0}}", "{{ b | upper }}"])),
    st.dictionaries(st.sampled_from(["x0", "b", "B", "X_0"]), maybe),
    content_types,
    st.sampled_from(["error", "keep", "blank"]),
)
def test_p02_purity(parts, variables, content_type, policy):
    """
    P2: the same arguments bring the same result, and are left as they were.

    From a fresh connector too, whatever it made before, and in whatever order they come.
    """
    template = "".join(parts)
    before = copy.deepcopy(variables)
    backwards = dict(reversed(variables.items()))
    policies = {"unknown": policy, "missing": policy}
    with CRMConnector(clock=Clock()) as one, CRMConnector(clock=Clock()) as other:
        personalized(other, "{{b}} " + template, content_type, {"variables": {"b": 1}})
        first, again, fresh = (
            personalized(
                connector, template, content_type, {"variables": given, **policies}
            )
            for connector, given in [
                (one, variables),
                (one, variables),
                (other, backwards),
            ]
        )

    assert first == again == fresh
    assert variables == before


@given(st.dictionaries(st.sampled_from(["a b", "a_b", "AB", "ab", "c"]), st.integers()))
def test_p02_order_of_fields(fields):
    """
    P2: the order of custom fields changes nothing.
    """
    backwards = dict(reversed(fields.items()))
    clients = [ClientData(id="7", custom_fields=given) for given in (fields, backwards)]
    template = "{{ a-b | default: 'none' }} {{ c | default: 'none' }}"

    first, second = (render(template, client=client) for client in clients)
    assert first == second


SCRIPT = """
import hashlib, json, pathlib, sys
from crmkit import ClientData, CRMConnector
drawn = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
told = []
with CRMConnector() as crm:
    for fields in drawn["clients"].values():
        client = ClientData(**{**fields, "consent": ()})
        for template in drawn["templates"].values():
            request = {**template, "missing": "keep", "unknown": "keep"}
            results = crm.personalize_many(
                request.pop("text") + "{{ tags }}",
                [client],
                variables={"tags": {"b", "a", "c", client.id}},
                **request,
            )
            told += [getattr(r, "content", str(r)) for r in results]
print(hashlib.sha256("".join(told).encode()).hexdigest())
"""


def test_p02_processes():
    """
    P2: whatever the process, and the seed by which it orders sets.
    """
    printed = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(AWKWARD)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "7")
    }

    assert len(printed) == 1


@given(values, spaces, spaces, lines.filter(lambda text: not has_tokens(text)))
def test_p03_spaces(value, before, after, text):
    """
    P3: spaces, tabs and line breaks within a variable's braces mean nothing.

    Nothing is taken from the text around them, nor is a dollar sign.
    """
    assume(is_value(value))
    request = {"variables": {"x": value}}
    plain = render("${{x|suffix:'€'}}", **request)
    token = f"{{{{{before}x{after}|{before}suffix{after}:{before}'€'{after}}}}}"

    assert plain == f"${shown(value)}€"
    assert render(f".{text}${token}.{text}", **request) == (
        f".{nfc(text)}{plain}.{nfc(text)}"
    )


@given(around(values.filter(is_value)), text_types)
def test_p04_slots(drawn, content_type):
    """
    P4: each value stands once, cleaned, in its token's place, and all else as it was.
    """
    some, texts = drawn
    template = interleaved(texts, [f"{{{{ x{number} }}}}" for number in range(len(some))])
    variables = {f"x{number}": value for number, value in enumerate(some)}

    result = CONNECTOR.personalize_content(
        template, ANA, content_type=content_type, variables=variables
    )

    shows = [shown(value, content_type) for value in some]
    assert result.content == interleaved(map(nfc, texts), shows)
    assert dict(result.variables) == dict(zip(variables, shows, strict=True))


@given(
    around(
        st.tuples(maybe, st.none() | st.text("ab {}%$|<&", max_size=9)),
    )
)
def test_p04_defaults(drawn):
    """
    P4: a token without a value shows its default, to the letter, or nothing.
    """
    some, texts = drawn
    filters = ["" if text is None else f"| default: '{text}'" for _, text in some]
    slots = [f"{{{{ x{n} {default} }}}}" for n, default in enumerate(filters)]
    variables = {f"x{number}": value for number, (value, _) in enumerate(some)}

    result = CONNECTOR.personalize_content(
        interleaved(texts, slots),
        ANA,
        content_type="plain",
        variables=variables,
        missing="blank",
    )

    shows = [
        shown(value) if is_value(value) else (default or "") for value, default in some
    ]
    assert result.content == interleaved(map(nfc, texts), shows)
    lacking = {f"x{n}": text for n, (value, text) in enumerate(some) if not is_value(value)}
    used = tuple(name for name, text in lacking.items() if text is not None)
    assert result.defaults_used == used
    assert result.missing == tuple(name for name in lacking if name not in used)


FIRST_NAMES = {"firstName": "first_name", "lastName": "last_name", "fullName": "name"}


@given(
    around(st.sampled_from([*FIRST_NAMES, "x0", "x1", "city", "zip", "deep.a.b"])),
    st.fixed_dictionaries(
        {name: values.filter(is_value) for name in ["x0", "x1", "city", "zip", "deep"]}
    ),
    st.fixed_dictionaries(
        {name: st.text("aé<\u0301 ").map("a{}".format) for name in FIRST_NAMES}
    ),
    text_types,
)
def test_p04_sources(drawn, given_, own, content_type):
    """
    P4: whichever of a client's values, custom fields and variables stand where, how often.
    """
    some, texts = drawn
    variables = {name: given_[name] for name in ("x0", "x1")}
    fields = {"city": given_["city"], "zip": given_["zip"]}
    fields["deep"] = {"a": {"b": given_["deep"]}}
    client = attrs.evolve(
        ANA, custom_fields=fields, **{FIRST_NAMES[name]: own[name] for name in own}
    )

    content = render(
        interleaved(texts, [f"{{{{{name}}}}}" for name in some]),
        content_type,
        client=client,
        variables=variables,
        missing="blank",
    )

    # A blank full name is made of the others.
    own = {name: getattr(client, FIRST_NAMES[name]) for name in own}
    known = {**variables, **fields, **own, "deep.a.b": given_["deep"]}
    shows = [
        shown(known[name], content_type) if is_value(known[name]) else "" for name in some
    ]
    assert content == interleaved(map(nfc, texts), shows)


TOKEN = re.compile(r"(?<![\\{])\{\{\s*(?:id|x0|firstName)\s*\}\}(?!\})")


@given(
    st.lists(
        lines
        | st.sampled_from(["{{id}}", "{{ x0 }}", "{{firstName}}", "{{", "}}", "{{{", "\\"])
    ),
    text_types,
)
def test_p05_no_token_left(parts, content_type):
    """
    P5: no well-formed token stays behind as prose or as a fixed part.
    """
    template = nfc("".join(parts))
    spans = parse(template, content_type).document.spans

    assert "".join(span.text for span in spans) == template
    assert [span for span in spans if span.kind != "slot" and TOKEN.search(span.text)] == []
    found = [span.text for span in spans if span.kind == "slot"]
    assert set(TOKEN.findall(template)) <= set(found)


MARKS = "\ue000\ue001\ue002\ue003\ue004"


@given(
    around(st.tuples(values.filter(is_value), st.sampled_from(["", "| upper", "| lower"]))),
    content_types.filter(lambda content_type: content_type != "email_html"),
)
def test_p06_one_expansion(drawn, content_type):
    """
    P6: what a value holds changes nothing but its own place: none is expanded again.
    """
    some, texts = drawn
    assume(not set(MARKS) & set("".join(texts)))
    slots = [f"{{{{ x{number} {name} }}}}" for number, (_, name) in enumerate(some)]
    template = interleaved(texts, slots)
    keys = [f"x{number}" for number in range(len(some))]

    marked = render(template, content_type, variables=dict(zip(keys, MARKS, strict=False)))
    filled = render(
        template,
        content_type,
        variables={k: v for k, (v, _) in zip(keys, some, strict=True)},
    )

    change = {"": str, "| upper": str.upper, "| lower": str.lower}
    texts = [shown(change[name](shown_raw(value)), content_type) for value, name in some]
    pieces = re.split(f"[{MARKS}]", marked)
    assert filled == interleaved(pieces, texts)


def shown_raw(value):
    """
    Return a value as text, before it is cleaned.
    """
    return shown(value) if isinstance(value, bool | int | list) else value


unknown_names = st.sampled_from(["nick", "Nick", "agent.name", "zip-code", "_", "été"])


@given(around(unknown_names.flatmap(lambda name: st.tuples(st.just(name), tokens(name)))))
def test_p07_unknown_policy(drawn):
    """
    P7: an unknown token is kept to the letter, left blank, or an error that names all.
    """
    some, texts = drawn
    template = interleaved(texts, [token for _, token in some])

    assert render(template, unknown="keep") == nfc(template)
    assert render(template, unknown="blank") == nfc("".join(texts))
    [error] = CONNECTOR.personalize_many(template, [ANA], content_type="plain")
    assert type(error) is TemplateError
    assert error.names == tuple(dict.fromkeys(name for name, _ in some))
    with pytest.raises(TemplateError) as caught:
        render(template)
    assert str(caught.value) == str(error)


@given(around(st.tuples(st.sampled_from(["nick", "id", "x0"]), st.booleans())))
def test_p07_unknown_before_missing(drawn):
    """
    P7: names that nobody knows are told before values that one client lacks.
    """
    some, texts = drawn
    slots = [f"{{{{{name}{'| upper' if more else ''}}}}}" for name, more in some]
    asked = {name for name, _ in some}
    result = personalized(
        CONNECTOR, interleaved(texts, slots), "plain", {"variables": {"x0": None}}
    )

    if "nick" in asked:
        assert result[0] is TemplateError
    elif "x0" in asked:
        assert result[0] is MissingValueError
    else:
        assert result.content == interleaved(map(nfc, texts), ["7"] * len(some))


@given(blanks, st.text("ab {}", min_size=1).filter(str.strip), lines)
def test_p08_missing(blank, default, text):
    """
    P8: None and what shows nothing is missing: its default, or an error if required.
    """
    assume(not has_tokens(text))
    request = {"variables": {"x": blank}}

    assert render(f"{{{{ x | default: '{default}' }}}}", **request) == nfc(default)
    for template in ("{{x}}", f"{{{{ x | required | default: '{default}' }}}}"):
        with pytest.raises(MissingValueError) as caught:
            render(f".{text}.{template}", missing="error", **request)
        assert caught.value.names == ("x",)
    for policy in ("keep", "blank"):
        with pytest.raises(MissingValueError):
            render("{{ x | required }}", missing=policy, **request)


@given(
    around(st.tuples(unknown_names, st.sampled_from(["", "| required"]))),
    st.sampled_from(["error", "keep", "blank"]),
)
def test_p08_required(drawn, policy):
    """
    P8: what is required is missing when nobody knows its name, too, whatever unknown= says.

    A name that is unknown and not required is told first.
    """
    some, texts = drawn
    slots = [f"{{{{ {name} {required} }}}}" for name, required in some]
    [made] = CONNECTOR.personalize_many(
        interleaved(texts, slots), [ANA], content_type="plain", unknown=policy
    )

    required = tuple(dict.fromkeys(name for name, word in some if word))
    others = tuple(dict.fromkeys(name for name, word in some if not word))
    if others and policy == "error":
        assert (type(made), made.names) == (TemplateError, others)
    elif required:
        assert (type(made), made.names) == (MissingValueError, required)
    else:
        assert made.missing == others


ZEROS = [
    (0, "0"),
    (0.0, "0.0"),
    (False, "false"),
    ("0", "0"),
    ("None", "None"),
    ("\u200d", "\u200d"),
    ([0], "0"),
]


FILTERS = ["", "| required", "| default: '-'", "| prefix: ''", "| suffix: ''"]


@given(st.sampled_from(ZEROS), st.sampled_from(FILTERS))
def test_p08_zero(value, filters):
    """
    P8: zero and false are values.
    """
    given_, shows = value

    assert render(f"{{{{ x {filters} }}}}", variables={"x": given_}) == shows


@given(around(names), st.dictionaries(names, maybe), text_types)
def test_p08_defaults_everywhere(drawn, fields, content_type):
    """
    P8: with a default everywhere no client is refused for want of a value.
    """
    some, texts = drawn
    slots = [f"{{{{ {name} | default: '-' }}}}" for name in some]
    client = attrs.evolve(ANA, custom_fields=fields)

    content = render(interleaved(texts, slots), content_type, client=client)

    kept = {name: value for name, value in fields.items() if is_value(value)}
    shows = [shown(kept[n], content_type) if n in kept else "-" for n in some]
    assert content == interleaved(map(nfc, texts), shows)


@given(literals, literals, text_types)
def test_p09_inert(one, other, content_type):
    """
    P9: what means something to regular expressions or formats means nothing here.

    Not in a value, a default, or what a filter adds.
    """
    assume("'" not in one + other)
    template = f"{{{{x}}}} {{{{ x | prefix: '{one}' }}}} {{{{ y | default: '{other}' }}}}"

    content = render(template, content_type, variables={"x": other, "y": None})

    assert content == f"{other} {one}{other} {other}"


@given(lines, text_types)
@example("{{{%{{", "sms")
@example("\\{{x}} \\\\{{", "email")
def test_p10_escape(text, content_type):
    """
    P10: with a backslash before its braces any text renders as itself.
    """
    result = CONNECTOR.personalize_content(escaped(text), ANA, content_type=content_type)

    assert result.content == nfc(text)
    assert result.warnings == ()


@given(lines)
def test_p10_escape_html(text):
    """
    P10: in HTML too, outside of comments, which nobody reads.
    """
    assume("<!" not in text)

    assert render(escaped(text), "email_html") == nfc(text)


@given(lines, lines, st.sampled_from(["", " ", "\n", "{{id}}", "{{x}}", "{{}}"]), values)
def test_p11_concatenation(first, second, middle, value):
    """
    P11: two templates one after the other render as the first, then the second.
    """
    assume(not has_tokens(first + second) and not first.endswith(("{", "\\")))
    second = f".{second}"
    assume(not has_tokens(second))
    first += middle
    request = {"variables": {"x": value}, "missing": "blank"}

    together = render(first + second, **request)

    assert together == render(first, **request) + render(second, **request)


SOURCES = ["variables", "client", "custom_fields", "default"]
BUILT_IN = {
    "firstName": "first_name",
    "lastName": "last_name",
    "fullName": "name",
    "email": "email",
    "phone": "phone",
}


@given(
    st.sampled_from([*BUILT_IN, "city"]),
    st.sets(st.sampled_from(SOURCES), min_size=1),
    st.dictionaries(st.sampled_from(["other", "firstNam", "ci"]), values),
    blanks,
)
def test_p12_precedence(name, sources, others, blank):
    """
    P12: first an explicit variable, then the client's own, then a custom field.

    Then the default. Who knows the name without a value goes before the rest all the same.
    """
    built_in = name in BUILT_IN
    sources = sources | {"client"} if built_in else sources - {"client"} | {"default"}
    template = f"{{{{ {name} | default: 'default' }}}}"
    for first in SOURCES:
        known = {source: source for source in sources}
        if first in sources - {"default"}:
            known[first] = blank
        own = dict.fromkeys(BUILT_IN.values())
        if built_in:
            own[BUILT_IN[name]] = known["client"] if is_value(known["client"]) else None
        fields = {name: known["custom_fields"]} if "custom_fields" in known else {}
        client = ClientData(id="7", custom_fields={**others, **fields}, **own)
        given_ = {name: known["variables"]} if "variables" in known else {}

        content = render(template, client=client, variables={**others, **given_})

        winner = next(source for source in SOURCES if source in sources)
        assert content == ("default" if winner == first else winner)


@given(around(st.sampled_from(["id", "x0"])), st.dictionaries(names, values))
def test_p12_other_names(drawn, others):
    """
    P12: a name that the template does not ask for changes nothing.
    """
    some, texts = drawn
    others = {name: value for name, value in others.items() if name != "x0"}
    template = interleaved(texts, [f"{{{{{name}}}}}" for name in some])
    client = attrs.evolve(ANA, custom_fields=others)

    content = render(template, client=client, variables={"x0": "1", **others})

    assert content == render(template, variables={"x0": "1"})


def spellings(name):
    """
    Return a strategy of names that are the same but for case, underscores and hyphens.
    """
    letters = [st.sampled_from([letter.lower(), letter.upper()]) for letter in name]
    seams = st.lists(
        st.sampled_from(["", "", "_", "-"]), min_size=len(name), max_size=len(name)
    )
    return st.tuples(st.tuples(*letters), seams).map(
        lambda drawn: "".join(a + b for a, b in zip(*drawn, strict=True))
    )


@given(
    st.sampled_from(["firstName", "leadSource"]).flatmap(
        lambda name: st.tuples(spellings(name), spellings(name))
    ),
    values.filter(is_value),
    st.booleans(),
)
def test_p13_aliases(spelled, value, as_variable):
    """
    P13: a name may be spelled with or without case, underscores and hyphens.
    """
    asked, known = spelled
    fields = {known: value}
    client = ClientData(id="7", custom_fields={} if as_variable else fields)
    if asked.lower().startswith("f") and not as_variable:
        client = ClientData(id="7", first_name=shown(value))

    content = render(
        f"{{{{{asked}}}}}", client=client, variables=fields if as_variable else {}
    )

    assert content == shown(value)


@given(
    st.lists(spellings("city"), min_size=2, max_size=4, unique=True),
    spellings("city"),
    st.randoms(use_true_random=False),
)
def test_p13_collision(fields, asked, random):
    """
    P13: of like fields the one so spelled is taken, else the first, with a warning.
    """
    shuffled = random.sample(fields, len(fields))
    client = ClientData(id="7", custom_fields={name: f"<{name}>" for name in shuffled})

    result = CONNECTOR.personalize_content(f"{{{{{asked}}}}}", client, content_type="plain")

    expected = asked if asked in fields else min(fields)
    assert result.content == f"<{expected}>"
    assert bool(result.warnings) == (asked not in fields)
    assert all(name in "".join(result.warnings) for name in fields if result.warnings)
