import re
import unicodedata
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from crmkit import ClientData, CRMConnector, PersonalizationError, TemplateError
from crmkit._encode import CONTENT_TYPES, cleaner

CONNECTOR = CRMConnector()
ANA = ClientData(id="7", first_name="Ana", email="ana@x.example", phone="+34 612")
PLAIN = sorted(CONTENT_TYPES - {"email_html"})
TEXT_TYPES = sorted(CONTENT_TYPES - {"email_html", "subject"})
ODD = st.characters(exclude_categories=["Cs"]) | st.sampled_from(
    "{}%|\\\"'<>&@.#/` :$\u0301"
)
LINES = st.lists(ODD).map("".join)
PROBES = st.sampled_from(
    [
        "{{email}}",
        "{{ x0 }}",
        "{% if x %}",
        "${{ phone }}",
        r"\1 \g<0> %s {0} $& %(x0)s",
        "\\{{x0}}",
        '<b>O\'Brien & "Söhne"</b>',
        "Hey",
        "İ",
        "Bob\r\nBcc: evil@x.example",
        "a\u2028b",
        "\ud800x",
        "0",
    ]
)
VALUES = (
    PROBES
    | st.lists(ODD | st.sampled_from("\ud800\r\n\x00\u2028")).map("".join)
    | st.integers()
    | st.booleans()
)
SPACES = st.text(st.sampled_from(" \t\n\u00a0"), max_size=12)


def render(template, content_type="plain", client=ANA, **request):
    """
    Return the text that becomes of a template.
    """
    return CONNECTOR.personalize_content(
        template, client, content_type=content_type, **request
    ).content


def escaped(text):
    """
    Return a template that renders this very text.
    """
    return re.sub(r"\{[{%]", r"\\\g<0>", text)


def shown(value, content_type="plain"):
    """
    Return what a value looks like in this content type.
    """
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    return cleaner(content_type)(text)


def is_value(value):
    """
    Tell whether a value has anything to show.
    """
    return bool(shown(value).strip())


def has_tokens(text):
    """
    Tell whether a text holds pairs of braces, which mean something.
    """
    return re.search(r"\{[{%]", unicodedata.normalize("NFC", text)) is not None


@given(LINES, st.sampled_from(TEXT_TYPES))
@example("a\r\nb\x00\u202e ", "email")
def test_identity(text, content_type):
    """
    A template without variables is its own result, in NFC.
    """
    assume(not has_tokens(text))

    assert render(text, content_type) == unicodedata.normalize("NFC", text)


@given(LINES | st.sampled_from(["<p>a</p>", "<!-- {{x}} -->", "&lt;", "<a b='"]))
def test_identity_html(text):
    """
    In HTML too, where only the author writes markup.
    """
    assume(not has_tokens(text.replace("<!-- {{x}} -->", "")))

    assert render(text, "email_html") == unicodedata.normalize("NFC", text)


@given(LINES, st.sampled_from(TEXT_TYPES))
@example("{{{%{{", "sms")
@example("\\{{x}} \\\\{{", "email")
def test_escape(text, content_type):
    """
    With a backslash before its braces any text renders as itself.
    """
    result = CONNECTOR.personalize_content(escaped(text), ANA, content_type=content_type)

    assert result.content == unicodedata.normalize("NFC", text)
    assert result.warnings == ()


@given(LINES)
def test_escape_html(text):
    """
    In HTML too, outside of comments, which nobody reads.
    """
    assume("<!" not in text)

    assert render(escaped(text), "email_html") == unicodedata.normalize("NFC", text)


@given(
    st.lists(VALUES.filter(is_value), min_size=1, max_size=4),
    st.lists(LINES.filter(lambda text: not has_tokens(text)), min_size=5, max_size=5),
    st.sampled_from(TEXT_TYPES),
)
def test_slots(values, texts, content_type):
    """
    Each value stands once, cleaned, in its slot's place, and nothing in it is expanded.
    """
    texts = [f".{text}." for text in texts]  # a third brace would spoil a pair
    slots = [f"{{{{ x{number} }}}}" for number in range(len(values))]
    template = "".join(a + b for a, b in zip(texts, [*slots, *[""] * 5], strict=False))
    variables = {f"x{number}": value for number, value in enumerate(values)}

    shows = [shown(value, content_type) for value in values]
    expected = "".join(
        unicodedata.normalize("NFC", a) + b
        for a, b in zip(texts, [*shows, *[""] * 5], strict=False)
    )
    assert render(template, content_type, variables=variables) == expected


@given(VALUES, SPACES, SPACES)
def test_spaces(value, before, after):
    """
    Spaces, tabs and line breaks within a variable's braces mean nothing.
    """
    plain = render("${{x|suffix:'€'}}", variables={"x": value}, missing="blank")
    spaced = f"${{{{{before}x{after}|{before}suffix{after}:{before}'€'{after}}}}}"

    assert render(spaced, variables={"x": value}, missing="blank") == plain


@given(LINES, LINES, st.sampled_from(["", "{{id}}", "{{x}}", "{{}}", "\\{{"]), VALUES)
def test_concatenation(first, second, middle, value):
    """
    Two templates one after the other render as the first, then the second.
    """
    assume(not has_tokens(first + second) and not first.endswith(("{", "\\")))
    second = f".{second}"
    assume(not has_tokens(second))
    first += middle
    request = {"variables": {"x": value}, "missing": "blank"}

    together = render(first + second, **request)

    assert together == render(first, **request) + render(second, **request)


@given(st.lists(st.sampled_from(["a", "{{id}} ", "{{firstName}}", "é", "\\{{b}}"])))
def test_purity(parts):
    """
    The same template and client give the same text, from a fresh connector too.
    """
    template = "".join(parts)

    assert render(template) == render(template)
    with CRMConnector() as fresh:
        again = fresh.personalize_content(template, ANA, content_type="plain")
    assert again.content == render(template)


@given(st.dictionaries(st.sampled_from(["a b", "a_b", "AB", "ab", "c"]), st.integers()))
def test_order_of_fields(fields):
    """
    The order of custom fields and variables changes nothing.
    """
    backwards = dict(reversed(fields.items()))
    clients = [ClientData(id="7", custom_fields=given) for given in (fields, backwards)]
    template = "{{ a-b | default: 'none' }} {{ c | default: 'none' }}"

    first, second = (render(template, client=client) for client in clients)
    assert first == second
    first, second = (render(template, variables=given) for given in (fields, backwards))
    assert first == second


@given(VALUES, LINES, st.sampled_from(sorted(CONTENT_TYPES)))
def test_travels(value, text, content_type):
    """
    Values never bring control characters, half characters or forms that are not NFC.
    """
    assume(not has_tokens(text) and not set(text) & set("<>&"))
    content = render(
        f"{text}. {{{{x}}}}", content_type, variables={"x": value}, missing="blank"
    )
    filled = content.removeprefix(unicodedata.normalize("NFC", text) + ". ")

    assert content.encode().decode() == content
    assert unicodedata.is_normalized("NFC", filled)
    controls = {c for c in filled if unicodedata.category(c) in {"Cc", "Cs"}}
    assert controls <= {"\n", "\t"}


@given(st.lists(VALUES, min_size=2, max_size=2), LINES, st.sampled_from(["", "\n", "\r\n"]))
@example(["Bob\r\nBcc: evil@x.example", "b\u2028"], "Offer\n for\x0b", "\n")
def test_subject(values, text, end):
    """
    A subject is one line, whoever brings the breaks, and a mail carries it unchanged.
    """
    subject = render(
        escaped(text) + ".{{x}} for {{y}}" + end,
        "subject",
        variables=dict(zip("xy", values, strict=True)),
        missing="blank",
    )
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject

    assert len(f"{subject}.".splitlines()) == 1
    assert message["Subject"] == subject
    assert subject.endswith(f" for {shown(values[1], 'subject')}") or not is_value(
        values[1]
    )


def test_subject_identity():
    """
    A subject of one line is its own result, but for the end of the file it came from.
    """
    assert render("  Hi, 3 new flats! ", "subject") == "  Hi, 3 new flats! "
    assert render("Hi\n", "subject") == "Hi"
    assert render("Hi\n\tthere", "subject") == "Hi there"


def test_subject_default():
    """
    A default, or a variable that is kept as it is written, brings no break either.
    """
    assert render("{{ x | default: 'a\r\vb' }}", "subject", unknown="blank") == "a b"
    assert render("{{\nx }}", "subject", unknown="keep") == "{{ x }}"


@pytest.mark.parametrize("content_type", sorted(CONTENT_TYPES))
def test_half_a_character(content_type):
    """
    A template that cannot be encoded is refused with its place.
    """
    with pytest.raises(TemplateError, match=r"2:4: .*half a character") as caught:
        render("Hi\nyou\ud800", content_type)

    assert (caught.value.line, caught.value.column) == (2, 4)


@given(st.lists(ODD | st.sampled_from(["{{id}}", "{{x}}", "{{ y | upper }}"])), VALUES)
def test_no_surprise(parts, value):
    """
    Whatever the template and the value, there is a text or an error of personalization.
    """
    for content_type in CONTENT_TYPES:
        try:
            content = render("".join(parts), content_type, variables={"x": value})
        except PersonalizationError:
            continue
        assert content.encode().decode() == content
