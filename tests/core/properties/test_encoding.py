"""
P14 to P20: each value stands in its place as text and as nothing else, in every channel.

Other programs judge: two readers of HTML, what takes mails and links apart, a codec.
"""

import json
import re
import unicodedata
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from gsm0338 import Codec
from hypothesis import assume, example, given
from hypothesis import strategies as st
from justhtml import JustHTML

from crmkit import ClientData, CRMConnector, TemplateError
from crmkit._encode import CONTENT_TYPES, cleaner
from crmkit.lengths import sms_parts

CONNECTOR = CRMConnector()
ANA = ClientData(id="7", email="ana@x.example", phone="+34 612")
POSTS = json.loads(
    Path(__file__).parents[1].joinpath("posts.json").read_text(encoding="utf-8")
)

HOSTILE = [
    "O'Brien",
    'Tom & Jerry "The <Lettings>"',
    "</p><script>alert(1)</script>",
    "</title></style></script></textarea><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "x onmouseover=alert(1) ",
    "--><b>",
    "]]><b>",
    "&amp;",
    "lt;",
    "#60;",
    "b",
    "/p",
    "=x",
    "javascript:alert(1)",
    "//evil.example",
    "@evil.example",
    "{{email}}",
    "`${x}`",
    "\u0338 onclick=alert(1)",
    "Bob\r\nBcc: evil@x.example",
    "a\u2028b\x85c",
    "\u202ecod.exe",
    "\ud800x",
    "e\u0301",
    "محمد",
]


def clean(value, content_type="email_html"):
    """
    Return what of a value may travel in this content type.
    """
    return cleaner(content_type)(value)


VALUES = (st.sampled_from(HOSTILE) | st.text()).filter(lambda text: clean(text).strip())


def result(template, content_type="email_html", **variables):
    """
    Return what personalizing a template with these variables gives.
    """
    return CONNECTOR.personalize_content(
        template,
        ANA,
        content_type=content_type,
        variables=variables,
        purpose="transactional",
    )


def render(template, content_type="email_html", **variables):
    """
    Return the text that becomes of a template.
    """
    return result(template, content_type, **variables).content


class Page(HTMLParser):
    """
    What the standard library finds: tags with the names of their attributes, and texts.
    """

    def __init__(self, html):
        super().__init__()
        self.tags, self.texts = [], [""]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, *(name for name, _ in attrs)))
        self.texts += [*(value for _, value in attrs), ""]

    def handle_endtag(self, tag):
        self.tags.append(f"/{tag}")
        self.texts.append("")

    def handle_comment(self, data):
        self.tags.append("!")
        self.texts += [data, ""]

    def handle_data(self, data):
        self.texts[-1] += data


class Tree:
    """
    What a browser makes of a page: elements with the names of their attributes, and texts.
    """

    def __init__(self, html):
        self.tags, self.texts = [], [""]
        self.attributes, self.code = [], []
        self.walk(JustHTML(f"<!doctype html><body>.{html}", sanitize=False).root)

    def walk(self, node):
        name, attributes = node.name, getattr(node, "attrs", None) or {}
        if name == "#text":
            self.texts[-1] += node.data
            return
        if name in {"#comment", "!doctype"}:
            self.code.append(str(node.data))
        self.tags.append((name, *attributes))
        self.texts += [*attributes.values(), ""]
        self.attributes += attributes.items()
        inner = getattr(node, "template_content", None)
        for child in [*(node.children or ()), *([inner] if inner else ())]:
            self.walk(child)
            if name in {"script", "style", "xmp", "iframe", "noembed", "noframes"}:
                self.code.append(child.data or "")
        self.tags.append(f"/{name}")
        self.texts.append("")


SHELLS = st.sampled_from(
    [
        "%s",
        "%s%s",
        "<p>%s</p>",
        "<p>Tom &amp; %s, 1 < 2 & more</p>",
        "<p title='%s'>x</p>",
        '<p title="a %s b %s" class=c>x</p>',
        "<P TITLE = '%s'\nid=x>x</P>",
        '<p title="it\'s %s">x</p>',
        "<!-- it's {{left}} as it is --><b>%s</b>",
        "<br/><img alt='%s'>",
        "<title>a %s</title>",
        "<textarea>a %s</textarea>",
        "<style>p > b { color: red }</style>%s",
        "<code>hey %s</code>",
        "<pre>a %s</pre>",
        "<!--[if mso]><p>{{left}}</p><![endif]-->%s",
        "<!--[if !mso]><!--><p title='%s'>%s</p><!--<![endif]-->",
        "<table><tr><td width=1 title='%s'>a%s</td></tr></table>",
        "<svg><title>%s</title><text class='%s'>%s</text></svg>",
        "<select><option value='%s'>a %s</option></select>",
        "{%% if yes %%}<i title='%s'>%s</i>{%% else %%}<b>%s</b>{%% endif %%}",
        "<p {%% if no %%}title='%s'{%% else %%}id='%s'{%% endif %%}>%s</p>",
    ]
)


@given(st.lists(SHELLS, min_size=1, max_size=5), st.data())
@example(["<p>%s</p>"], None)
def test_p14_inert(shells, data):
    """
    P14: where a value stands a reader finds it cleaned, and only the template's tags.
    """
    written = "".join(shells)
    count = written.replace("%%", "").count("%s")
    template = written % tuple(f"{{{{x{number}}}}}" for number in range(count))
    lists = st.lists(VALUES, min_size=count, max_size=count)
    values = data.draw(lists) if data else ["\u0338 onclick=alert(1)"]
    marks = [f"mark{number}mark" for number in range(count)]
    given_to = {"yes": True, "no": False}

    def filled(values):
        named = {f"x{number}": value for number, value in enumerate(values)}
        return render(template, **given_to, **named)

    def unmarked(text):
        for mark, value in zip(marks, values, strict=True):
            text = text.replace(mark, clean(value))
        return text

    for read in (Page, Tree):
        page, marked = read(filled(values)), read(filled(marks))
        assert page.tags == marked.tags
        assert page.texts == [unmarked(text) for text in marked.texts]
    normal = unicodedata.normalize("NFC", filled(values))
    assert Tree(normal).tags == Tree(filled(marks)).tags


ODD = st.sampled_from(
    [
        *("<p title='", '<p title="', "'>", '">', "'", '"', ">", "<", "=", " ", "x", "/"),
        *("\u00a0", "\v", "<a onclick='", '<a href="', "<b ", "</p", "</", "&", "#60", ";"),
        *("<!--", "-->", "--!>", "<!", "<?", "<![CDATA[", "]]>", "-"),
        *("<svg>", "</svg>", "<math>", "<mtext>", "<foreignObject>", "<desc>"),
        *("<style>", "</style>", "<script>", "</script>", "<title>", "</title>"),
        *("<textarea>", "</textarea", "<xmp>", "</xmp>", "<iframe>", "</iframe>"),
        *("<noscript>", "</noscript>", "<noembed>", "</noembed>", "<noframes>"),
        *("<plaintext>", "<select>", "</select>", "<option>", "<template>", "<table>"),
        *("{% if yes %}", "{% else %}", "{% endif %}"),
        *(["{{x}}"] * 12),
    ]
)


@given(st.lists(ODD, max_size=14).map("".join), st.sampled_from(HOSTILE))
@example("<p>&{{x}}", "lt;")
@example("<{{x}}>", "script")
@example("<a title={{x}}>", "x onload=a")
@example("<svg><style><a onclick='</style>{{x}}'>", "alert(1)")
@example("<p title=']]><b {{x}}]]>", "O'Brien")
def test_p14_odd_templates(template, value):
    """
    P14: however odd a template is, it is refused, or no value is markup or code in it.
    """
    assume("{{x}}" in template)
    try:
        pages = [render(template, x=each, yes=1) for each in (value, "markmark", "v")]
    except TemplateError:
        return

    hostile, marked, plain = map(Tree, pages)
    assert hostile.tags == plain.tags
    assert "mark" not in str(marked.tags)
    assert not any("mark" in code for code in marked.code)
    for name, text in marked.attributes:
        assert "mark" not in text or not re.match("on|style$|srcdoc$", name)
    # In what ends within a tag, which browsers drop, html.parser finds other tags.
    if any("mark" in text for text in marked.texts):
        assert Page(pages[0]).tags == Page(pages[2]).tags


LINES = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n\v\x85\u2028é 👩")
).map(lambda text: re.sub(r"\{[{%]", r"\\\g<0>", text))


@given(VALUES, VALUES, LINES, st.sampled_from(["", "\n", "\r\n"]))
@example("Bob\r\nBcc: evil@x.example", "b\u2028", "Offer\n for\x0b", "\n")
def test_p15_subject(first, second, text, end):
    """
    P15: a subject is one line, and a mail carries it unchanged, with no header of its own.
    """
    subject = render(f"{text}.{{{{a}}}} for {{{{b}}}}{end}", "subject", a=first, b=second)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject
    arrived = message_from_bytes(message.as_bytes(), policy=SMTP)

    assert len(f"{subject}.".splitlines()) == 1
    assert message["Subject"] == subject
    assert arrived.keys() == ["Subject"]
    assert subject.endswith(f".{clean(first, 'subject')} for {clean(second, 'subject')}")


@given(VALUES, VALUES, st.sampled_from(["", " | urlencode"]))
def test_p16_query(first, second, encoded):
    """
    P16: what stands in a query comes out of it as it was; all else is the template's.
    """
    first, second = clean(first), clean(second)
    html = render(
        f"<a href='https://x.example:80/s?a={{{{a{encoded}}}}}&amp;b={{{{b{encoded}}}}}#c'>",
        a=first,
        b=second,
    )
    url = urlsplit(Page(html).texts[1])

    assert url[:3] == ("https", "x.example:80", "/s")
    assert url.fragment == "c"
    assert parse_qs(url.query, keep_blank_values=True) == {
        "a": [first],
        "b": [second],
    }


@given(VALUES)
def test_p16_mail_link(value):
    """
    P16: a link that begins a mail has the subject as it was, and no other header.
    """
    html = render("<a href='mailto:{{email}}?subject={{a}}'>", a=value)
    url = urlsplit(Page(html).texts[1])

    assert (url.scheme, unquote(url.path)) == ("mailto", ANA.email)
    assert parse_qs(url.query, keep_blank_values=True) == {"subject": [clean(value)]}


LINKS = st.lists(
    st.sampled_from(
        [
            *("https://", "http:", "HTTPS:/", "//", "/", "x.example", "x", ".", "..", "-"),
            *("?", "#", "&amp;", "=", ":", "@", " ", "\t", "&#58;", "&sol;", "%2e"),
            *("mailto:", "tel:", "java", "script:", "javascript:", "app:"),
            *("{% if yes %}", "{% else %}", "{% endif %}", "{% if no %}"),
            *["{{a}}", "{{b}}", "{{a}}", "{{b | urlencode}}"] * 3,
        ]
    ),
    min_size=1,
    max_size=7,
).map("".join)
TARGETS = st.sampled_from(
    [
        *("javascript:alert(1)", "script:alert(1)", "java", ":alert(1)", "://evil.example"),
        *("//evil.example", "/\\evil.example", "/evil.example", "evil.example", "/", "\\"),
        *(
            ".evil.example",
            "@evil.example",
            ":80",
            "https:",
            "https://",
            "https:evil.example",
        ),
        *("https://evil.example", "https://evil.example/?q", "mailto:a@evil.example"),
        *("..", ".", "../..", "?", "#", "%2e%2e", "\t", "\n//evil.example", "x", "", "#?"),
    ]
)


def opened(url):
    """
    Return scheme and host of a link as a browser takes it apart, on a page of page.example.
    """
    url = re.sub(r"[\t\r\n]", "", url).strip("".join(map(chr, range(33))))
    scheme = re.match(r"(?:([a-z][a-z0-9+.-]*):)?", url, re.IGNORECASE)
    rest, name = url[scheme.end() :], (scheme[1] or "").lower()
    if name in {"", "http", "https"}:
        slashes = re.match(r"[/\\]*", rest)[0]
        if not name and len(slashes) < 2:
            return "", "page.example"
        authority = re.split(r"[/\\?#]", rest[len(slashes) :])[0]
        return name or "https", unquote(authority.rpartition("@")[2])
    return name, rest[2:].split("/")[0] if rest.startswith("//") else ""


@given(LINKS, TARGETS, TARGETS)
@example("/{{a}}", "/evil.example", "x")
@example("{{a}}{{b}}", "https://x.example", ".evil.example")
@example("{{a}}x.example//", "//evil.example", "x")
@example("{{a}}{% if yes %}:{% endif %}", "javascript", "x")
def test_p16_host(template, first, second):
    """
    P16: scheme and host are the template's, or both are of the value that it begins with.
    """
    tag = f"<a href='{template}'>"
    request = {"content_type": "email_html", "purpose": "transactional"}

    def link(first, second):
        content = CONNECTOR.personalize_content(
            tag,
            ANA,
            variables={"a": first, "b": second, "yes": 1, "no": ""},
            missing="blank",
            **request,
        ).content
        return Page(content).texts[1]

    try:
        found, plain = opened(link(first, second)), opened(link("v", "v"))
    except TemplateError:
        return

    leads = re.match(r"\s*(?:\./)?(first|second)", link("first", "second"))
    if leads is None:
        assert found == plain
        return
    own = opened(first if leads[1] == "first" else second)
    assert found[0] in {"", "http", "https", "mailto", "tel"}
    assert found[1] in {own[1], plain[1], opened(link("", ""))[1], ""}


@pytest.mark.parametrize("content_type", sorted(CONTENT_TYPES))
@given(value=VALUES)
@example(value="&amp;")
@example(value="&lt;b&gt;")
def test_p17_escaped_once(content_type, value):
    """
    P17: a reader sees the very characters of a value, entities and markup too.
    """
    content = render("{{a}}", content_type, a=value)
    shown = Page(content).texts if content_type == "email_html" else [content]

    assert shown == [clean(value, content_type)]
    if content_type == "email_html":
        attribute = render("<p title='{{a}}'>", a=value)
        assert Page(attribute).texts[1] == clean(value)


@pytest.mark.parametrize("content_type", sorted(CONTENT_TYPES))
@given(value=VALUES, text=LINES)
def test_p18_travels(content_type, value, text):
    """
    P18: what a value brings is in NFC, and can be encoded; breaks are its only controls.
    """
    assume(not set(text) & set("<>&"))
    content = render(f"{text}. {{{{a}}}} .", content_type, a=value)
    start = render(f"{text}. .", content_type)[:-1]
    brought = content.removeprefix(start)

    assert content.startswith(start)
    assert content.encode().decode() == content
    assert unicodedata.is_normalized("NFC", brought)
    controls = {c for c in brought if unicodedata.category(c) in {"Cc", "Cs"}}
    assert controls <= (set() if content_type == "subject" else {"\n", "\t"})
    assert not set(brought) & set("\u202d\u202e")


def encodable(text):
    """
    Tell whether another's codec has all of a text in GSM-7.
    """
    try:
        return "\x1b" not in text and bool(Codec().encode(text))
    except UnicodeEncodeError:
        return False


@given(VALUES, st.integers(1, 90), st.sampled_from(["a", "^", "á", "👩"]))
def test_p19_sms(value, times, character):
    """
    P19: the result tells how an SMS travels: its encoding, its units, its parts.
    """
    sms = result(f"{character * times} {{{{a}}}}", "sms", a=value)
    parts = sms_parts(sms.content)
    gsm = encodable(sms.content)
    sizes = [
        len(Codec().encode(part)[0]) if gsm else len(part.encode("utf-16-be")) // 2
        for part in parts
    ]
    alone, among = (160, 153) if gsm else (70, 67)

    assert sms.length.encoding == ("GSM-7" if gsm else "UCS-2")
    assert sms.length.characters == len(sms.content)
    assert (sms.length.units, sms.length.segments) == (sum(sizes), len(parts))
    assert max(sizes) <= (alone if len(parts) == 1 else among)
    assert "".join(parts) == sms.content


@given(st.lists(st.sampled_from(list(POSTS)), min_size=1, max_size=6))
def test_p20_post(texts):
    """
    P20: the result tells what X's own library says that a post weighs, in any form.
    """
    slots = "\n".join(f"{{{{x{number}}}}}" for number in range(len(texts)))
    weight = sum(POSTS[text] for text in texts) + len(texts) - 1
    for form in ("NFC", "NFD"):
        values = [unicodedata.normalize(form, text) for text in texts]
        named = {f"x{number}": value for number, value in enumerate(values)}
        assert result(slots, "social", **named).length.weighted == weight
