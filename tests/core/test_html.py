from html import escape
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from crmkit import ClientData, CRMConnector, TemplateError
from crmkit._encode import clean

CONNECTOR = CRMConnector()
ANA = ClientData(id="7", email="ana@x.example")
HOSTILE = st.sampled_from(
    [
        "O'Brien",
        'Tom & Jerry "The <Lettings>"',
        "</p><script>alert(1)</script>",
        '" onmouseover="alert(1)',
        "' onmouseover='alert(1)",
        "--><b>",
        "&amp;",
        "lt;",
        "#60;",
        "b",
        "/p",
        "=x",
        "x onload=alert(1)",
        "javascript:alert(1)",
        "{{email}}",
        "`${x}`",
    ]
)
VALUES = HOSTILE | st.text().filter(lambda text: clean(text).strip())
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
        "<a href='https://x.example/?q=%s&amp;r=%s'>x</a>",
        "<title>%s</title>",
        "<style>p > b { color: red }</style>%s",
        "<code>hey %s</code>",
    ]
)


class Page(HTMLParser):
    """
    What a reader of HTML finds: tags with the names of their attributes, and the texts.
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


def render(template, client=ANA, **request):
    """
    Return the HTML that becomes of a template.
    """
    request = {"content_type": "email_html", **request}
    return CONNECTOR.personalize_content(template, client, **request).content


def filled(template, values):
    """
    Return the page that becomes of a template whose variables are x0, x1 and so on.
    """
    variables = {f"x{number}": value for number, value in enumerate(values)}
    return Page(render(template, variables=variables))


@given(st.lists(SHELLS, min_size=1, max_size=5), st.data())
def test_values_are_inert(shells, data):
    """
    Where a value stands a reader finds that value cleaned, and only the template's tags.
    """
    written = "".join(shells)
    count = written.count("%s")
    template = written % tuple(f"{{{{x{number}}}}}" for number in range(count))
    values = data.draw(st.lists(VALUES, min_size=count, max_size=count))
    marks = [f"mark{number}mark" for number in range(count)]

    page, marked = filled(template, values), filled(template, marks)

    def unmarked(text):
        for mark, value in zip(marks, values, strict=True):
            text = text.replace(mark, clean(value))
        return text

    assert page.tags == marked.tags
    assert page.texts == [unmarked(text) for text in marked.texts]


NASTY = st.text(st.sampled_from("<>&\"'/=!-abp#; \n"), max_size=30)


@given(st.lists(NASTY, min_size=2, max_size=3), st.lists(VALUES, min_size=2, max_size=2))
@example(["<p>", "&", ""], ["lt;", "b"])
@example(["<", ">", ""], ["script", "b"])
@example(["<a title=", " <b>", ""], ["x onload=a", "b"])
def test_no_template_lets_values_out(parts, values):
    """
    However odd a template is, it is refused, or no value can change its tags.
    """
    template = parts[0] + "".join(f"{{{{x{n}}}}}{part}" for n, part in enumerate(parts[1:]))
    try:
        page = filled(template, values)
    except TemplateError:
        return

    assert page.tags == filled(template, ["v", "v"]).tags


@pytest.mark.parametrize(
    "template",
    [
        "<script>var a = '{{x}}'</script>",
        "<script src='a.js'>{{x}}",
        "<SCRIPT\n>{{x}}</SCRIPT>",
        "<style>p { color: {{x}} }</style>",
        "<p onclick='go(\"{{x}}\")'>",
        "<p OnClick=\"a='{{x}}'\">",
        "<p onclick='x=\"{{x}}\"'>",
        "<p style='color: {{x}}'>",
        "<iframe srcdoc='{{x}}'>",
        "<p title={{x}}>",
        "<p title=a{{x}}>",
        "<p title= {{x}}>",
        "<p title={{x}} <b>",
        "<p {{x}}>",
        "<p {{x}}='a'>",
        "<p title='a'{{x}}>",
        "<p{{x}}>",
        "<{{x}}>",
        "</{{x}}>",
        "<!doctype {{x}}>",
        "<title>a <b {{x}}</title>",
        "&{{x}};",
        "&#{{x}};",
        "&am{{x}}",
        "<p title='&{{x}};'>",
        "<a href='javascript:{{x}}'>",
        "<a href='java&#115;cript:{{x}}'>",
        "<a href='{{x}}:alert(1)'>",
        "<a href='{{x}}script&colon;alert(1)'>",
    ],
)
def test_refused(template):
    """
    Where no encoding makes a value safe a slot is refused, with line and column.
    """
    with pytest.raises(TemplateError) as caught:
        render(f"<p>\n  {template}", variables={"x": "b"})

    line = template.count("\n", 0, template.index("{{")) + 2
    error = caught.value
    assert (error.line, error.token, error.names) == (line, "x", ("x",))
    assert str(error).startswith(f"{line}:{error.column}: ")
    assert (f"<p>\n  {template}".splitlines()[line - 1][error.column - 1 :]).startswith(
        "{{"
    )


@pytest.mark.parametrize(
    "template",
    [
        "<!-- don't --><p>{{x}}</p>",
        '<p title="it\'s {{x}}">a</p>',
        "<p title='a > b {{x}}'>a</p>",
        "<title>{{x}}</title>",
        "<textarea>{{x}}</textarea>",
        "<script>a < b</script>{{x}}",
        "<script-x>{{x}}</script-x>",
        "1 < 2, I <3 {{x}}",
        "https://x.example/{{x}}<3 {{x}}",
        "<a href='?a=1&b={{x}}'>a</a>",
        "<pre>{{x}}</pre>",
    ],
)
def test_accepted(template):
    """
    Text, quoted attributes and titles are filled, whatever odd things stand before them.
    """
    assert render(template, variables={"x": "1 & 2"}) == template.replace(
        "{{x}}", "1 &amp; 2"
    )


def test_comments():
    """
    Nothing is filled in within a comment, and nothing there is asked for.
    """
    template = "<!-- {{nobody}} \\{{x}} --><p>{{id}}</p><!--{{nobody}}"

    assert render(template) == template.replace("{{id}}", "7")


def test_code_is_fixed():
    """
    The text of code and pre elements is no prose, but its slots are filled.
    """
    assert render("<code>{{id}} <b>{{id}}</b></code>") == "<code>7 <b>7</b></code>"


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/?a=1&b=2",
        "http://x.example",
        "mailto:ana@x.example",
        "tel:+34612",
        "HTTPS://x.example",
        "/path:with:colons",
        "www.x.example/a:b",
        "#top",
        "?q=a:b",
    ],
)
def test_links(url):
    """
    A harmless link stands in href as it is, escaped once.
    """
    assert render("<a href='{{x}}'>", variables={"x": url}) == f"<a href='{escape(url)}'>"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "java\tscript:alert(1)",
        "vbscript:x",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "http\u017f://x.example",
    ],
)
@pytest.mark.parametrize("attribute", ["href", "SRC", "action", "formaction", "data"])
def test_hostile_links(url, attribute):
    """
    A value that would run, or open what is no page, becomes a link to nowhere.
    """
    assert render(f'<a {attribute}="{{{{x}}}}">', variables={"x": url}) == (
        f'<a {attribute}="#">'
    )


@pytest.mark.parametrize("url", ["http://[x", "//[", "https://ex\u2100mple"])
def test_odd_links(url):
    """
    A value that is no proper address is still only a value.
    """
    assert render("<a href='{{x}}'>", variables={"x": url}) == f"<a href='{escape(url)}'>"


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("<a href='{{a}}{{b}}'>", ("java", "script:alert(1)")),
        ("<a href='{{a}}{{b}}'>", ("java", "\nscript:alert(1)")),
        ("<a href='java{{a}}{{b}}'>", ("script:alert(1)", "x")),
        ("<a href=' {{a}}.{{b}}'>", ("x", "javascript:alert(1)")),
    ],
)
def test_composed_links(template, values):
    """
    Several values together cannot make a scheme that none of them may bring.
    """
    page = Page(render(template, variables=dict(zip("ab", values, strict=True))))

    assert urlsplit(page.texts[1].strip()).scheme == ""


@pytest.mark.parametrize(
    ("template", "value", "link"),
    [
        ("page-{{x}}", "a:b", "page-a%3Ab"),
        ("page-{{x}}", "a/b:c", "page-a/b:c"),
        ("/{{x}}", "a:b", "/a:b"),
        ("https://{{x}}", "x.example:80", "https://x.example:80"),
    ],
)
def test_rest_of_link(template, value, link):
    """
    Within a link a colon is kept from ending a scheme, and left alone where it cannot.
    """
    assert render(f"<a href='{template}'>", variables={"x": value}) == f"<a href='{link}'>"


@given(VALUES, VALUES)
def test_query(first, second):
    """
    What is urlencoded into a query comes out of it as it was; host and scheme stay.
    """
    assume("\ufffd" not in clean(first) + clean(second))
    page = Page(
        render(
            "<a href='https://x.example/s?a={{a | urlencode}}&amp;b={{b | urlencode}}'>",
            variables={"a": first, "b": second},
        )
    )
    url = urlsplit(page.texts[1])

    assert (url.scheme, url.netloc, url.path) == ("https", "x.example", "/s")
    assert parse_qs(url.query, keep_blank_values=True) == {"a": [first], "b": [second]}


def test_escaped_once():
    """
    A reader sees the very characters of a value, entities too.
    """
    assert Page(render("{{x}}", variables={"x": "&amp;"})).texts == ["&amp;"]


def test_default_is_escaped():
    """
    A default is text like a value: its quotes cannot end the attribute.
    """
    html = render('<p title="{{ x | default: \'a "b"\' }}">', unknown="blank")

    assert Page(html).texts[1] == 'a "b"'


def test_kept_is_escaped():
    """
    A token that is kept cannot open the attribute for the next value.
    """
    template = "<p title='{{ nick | suffix: '!' }} {{ x }}'>"
    page = Page(render(template, unknown="keep", variables={"x": "onclick=alert(1)"}))

    assert page.tags == [("p", "title")]
    assert page.texts[1] == "{{ nick | suffix: '!' }} onclick=alert(1)"
