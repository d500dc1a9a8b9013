import re
import unicodedata
from contextlib import suppress
from html.parser import HTMLParser
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmkit import ClientData, CRMConnector, TemplateError
from crmkit._encode import clean
from crmkit._html import Context, pieces

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
        "&CounterClockwiseContourIntegra{{x}}",
        f"&#{'0' * 70}6{{{{x}}}}",
        "<p title='&{{x}};'>",
        "<a href='javascript:{{x}}'>",
        "<a href='java&#115;cript:{{x}}'>",
        "<a href='{{x}}:alert(1)'>",
        "<a href='{{x}}script&colon;alert(1)'>",
        "<p\u00a0title='{{x}}'>",
        "<p\x1ftitle='{{x}}'>",
        "<p title='a'\u2003id='{{x}}'>",
        "<p title=\x1f'{{x}}'>",
        "<script>1</\u017fcript>{{x}}",
        '<title></title a="><b title=\'"><b onclick="{{x}}">',
        "<script><!--<script></script>{{x}}",
        "<script><!-- <SCRIPT> </script>{{x}}--></script>",
        "<!-- a --!><script> --> {{x}}</script>",
        "<!--><script>{{x}}</script>",
        "<svg><style><a onclick='</style>{{x}}'>",
        "<svg><script><a onclick='</script>{{x}}'>",
        "<math><title><a onclick='</title>{{x}}'>",
        "<svg><textarea><style><a onclick='</style></textarea>{{x}}'>",
        "<svg><style><style><a onclick='</style>{{x}}'>",
        "<select><style><input onfocus='</style>{{x}}'>",
        "<svg><![CDATA[><a title=\"]]><a onclick='{{x}}'>",
        "<textarea><p title=\"</textarea><p onclick='{{x}}'>\">",
        "<iframe><p title=\"</iframe><p onclick='{{x}}'>\">",
        "<xmp><p title=\"</xmp><p onclick='{{x}}'>\">",
        "<noembed><!--</noembed>{{x}}",
        "<noscript><p title=\"</noscript><p onclick='{{x}}'>\">",
        "<noscript>{{x}}</noscript>",
        "<iframe>{{x}}</iframe>",
        "<xmp>{{x}}</xmp>",
        "<noframes>{{x}}</noframes>",
        "<plaintext>{{x}}",
        "<meta http-equiv=refresh content='0;url={{x}}'>",
        "<META CONTENT='{{x}}'>",
        "<base href='{{x}}'>",
        "<link href='https://x.example/{{x}}' rel=stylesheet>",
        "<script src='https://x.example/{{x}}'></script>",
        "<object data='{{x}}'>",
        "<embed src='{{x}}'>",
        "<param name=movie value='{{x}}'>",
        "<svg><a><set attributeName=href to='{{x}}'>",
        "<svg><a><animate attributeName=href values='{{x}}'>",
        "<img srcset='{{x}} 2x'>",
        "<a ping='{{x}}'>",
        "<div [href]='{{x}}'>",
        "<div @click='{{x}}'>",
        "<div :href='{{x}}'>",
        "<p '='{{x}}'>",
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
        "<script>if (a<b) {}</script>{{x}}",
        "<style><!-- p { color: red } --></style>{{x}}",
        "<!--[if mso]><style>p{}</style><![endif]-->{{x}}",
        "<!--[if !mso]><!--><p>{{x}}</p><!--<![endif]-->",
        "<!-->{{x}}<!--->{{x}}<!---->{{x}}",
        "<!-- a --!>{{x}}",
        "<![if !vml]>{{x}}<![endif]>",
        "<svg><title>{{x}}</title><text title='{{x}}'>{{x}}</text></svg>{{x}}",
        "<select><option>{{x}}</option></select>{{x}}",
        "<table width=600 border=0><tr><td title='{{x}}'>{{x}}</td></tr></table>",
        "<title>a</title\nclass='>'>{{x}}",
        "<noscript><p>a</p></noscript>{{x}}",
        "<p =a title='{{x}}'>",
        "<p data-x.y:z_1='{{x}}'>",
        "<script-x>{{x}}</script-x>",
        "1 < 2, I <3 {{x}}",
        "https://x.example/{{x}}<3 {{x}}",
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


@pytest.mark.parametrize(
    "template",
    [
        "<p {% if yes %}class='x'{% endif %}>{{x}}</p>",
        "<p {% if yes %}class='x'{% else %}id='{{x}}' {% endif %}>{{x}}</p>",
        "<td width=1 {% if yes %}class='{{x}}'{% endif %} id='a'>{{x}}</td>",
        "<p title='{% if yes %}{{x}}{% else %}a{% endif %}'>{{x}}</p>",
        "<title>{% if yes %}{{x}}{% endif %}</title>",
        "<style>{% if yes %}p { color: red }{% endif %}</style>{{x}}",
        "{% if yes %}<b>{{x}}</b>{% else %}<i>{{x}}</i>{% endif %}{{x}}",
        "{% if yes %}<svg></svg>{% endif %}{{x}}",
        "{% if yes %}<svg></svg>{% endif %}<title>{{x}}</title>",
        "<a href='/{{x}}{% if yes %}?b={{x}}{% endif %}'>{{x}}</a>",
        "<a href='https://x.example/{% if yes %}?b={{x}}{% endif %}'>{{x}}</a>",
        "<a href='{% if yes %}//x.example/{% else %}//y.example/b?c={% endif %}{{x}}'>",
        "<a href='{% if yes %}https://x{% else %}//y{% endif %}.example/{{x}}'>",
        "<a href='{% if yes %}page{% else %}page{% endif %}.html'>",
    ],
)
def test_conditions(template):
    """
    A condition may stand in text, between attributes, and in the value of one.
    """
    for variables in ({"yes": 1, "x": "mark"}, {"yes": "", "x": "mark"}):
        html = render(template, variables=variables)
        branch = r"{% if yes %}(.*?)(?:{% else %}(.*?))?{% endif %}"
        alone = re.sub(branch, r"\1" if variables["yes"] else r"\2", template)
        assert html == alone.replace("{{x}}", "mark")


@pytest.mark.parametrize(
    "template",
    [
        "<p {% if yes %}class='x{% endif %}'>",
        "<p {% if yes %}class='x' title='{% endif %}'>",
        "<p class='{% if yes %}a{% else %}' title='{% endif %}'>",
        "<p class='{% if yes %}'{% else %}' title=\"{% endif %}\">",
        "{% if yes %}<style>{% endif %}{{x}}",
        "<style>{% if yes %}</style>{% endif %}{{x}}",
        "<title></title {% if yes %}>{% endif %}",
        "{% if yes %}<title>{% else %}<textarea>{% endif %}{{x}}",
        "{% if yes %}<p {% else %}<a {% endif %}title='x'>",
        "{% if yes %}<a href='{% else %}<a title='{% endif %}{{x}}'>",
        "<a href='{% if yes %}https://{% endif %}{{x}}'>",
        "<a href='{% if yes %}//x.example{% else %}//x.example/{% endif %}{{x}}'>",
        "<a href='{% if yes %}java{% endif %}script:{{x}}'>",
        "<a href='{% if yes %}/{% endif %}/{{x}}'>",
        "<a href='{% if yes %}javascript:{% else %}vbscript:{% endif %}1'>",
    ],
)
def test_conditions_unlike(template):
    """
    A condition is refused after which two ways would read, or encode, differently.
    """
    with pytest.raises(TemplateError, match="both ways"):
        render(template, variables={"yes": 1, "x": "b"})


@pytest.mark.parametrize(
    "template",
    [
        "<p class={% if yes %}a{% endif %}>",
        "<p {% if yes %}selected{% endif %}>",
        "<p onclick {% if yes %}='{{x}}'{% endif %}>",
        "<p class {% if yes %}= 'a' {% endif %}>",
        "<p onclick= {% if yes %}'{{x}}'{% endif %}>",
        "<p class='a'/{% if yes %} {% endif %}>",
        "<p class=a{% if yes %}b{% endif %}>",
        "<td{% if yes %} class='a'{% endif %}>",
        "<my-td{% if yes %} class='a'{% endif %}>",
        "<{% if yes %}b{% endif %}>",
        "&{% if yes %}lt;{% endif %}",
        "<title></ti{% if yes %}tle{% endif %}>",
        "<script>{% if yes %}go(){% endif %}</script>",
        "<!doctype {% if yes %}html{% endif %}>",
        "<a href='x{{x}}{% if yes %}:alert(1){% endif %}'>",
        "<plaintext>{% if yes %}{% endif %}",
    ],
)
def test_conditions_refused(template):
    """
    A condition does not stand within a name, a sign, a script, or a link's scheme.
    """
    with pytest.raises(TemplateError, match="conditions"):
        render(template, variables={"yes": 1, "x": "b"})


@pytest.mark.parametrize(
    ("template", "bare"),
    [
        ("", True),
        ("<p>", True),
        ("<p title='", False),
        ("<p ", False),
        ("<title>", False),
        ("<textarea>", False),
        ("<title>a</title>", True),
        ("<svg><text>", False),
        ("<svg><text></svg>", True),
        ("<SVG></SVG>", True),
        ("<math><select></select>", False),
        ("<select><option>", False),
        ("<select><svg></select>", True),
        ("<p title='a'>", True),
    ],
)
def test_bare(template, bare):
    """
    An element may stand in text, not in attributes, titles, drawings or lists of options.
    """
    context = Context()
    context.feed(template)

    assert context.bare() is bare


@pytest.mark.parametrize(
    "template",
    [
        "",
        "<p ",
        "<p title='a ",
        "<a href='https://x.example/?a=",
        "<title>a <b>c</b>",
        "<svg>",
    ],
)
def test_restore(template):
    """
    What was fed since a state was taken is forgotten with it.
    """
    context = Context()
    context.feed(template)
    state = context.state()
    context.feed("'x>y</title></svg><b id=\"")
    assert context.state() != state
    context.feed("unread")
    context.restore(state)

    assert context.state() == state
    assert hash(context.state()) == hash(state)


def test_stroke():
    """
    A long stroke over nothing stays one, in Unicode's form NFC too, and spares the tag.
    """
    html = render("<p>{{x}}</p>", variables={"x": "\u0338 onclick=alert(1)"})

    assert unicodedata.is_normalized("NFC", html)
    assert Page(html).texts[1] == "\u0338 onclick=alert(1)"


@pytest.mark.parametrize(
    "text",
    [
        *("<", "<a ", "<a href='", "<!--", "--!>", "<title>", "</title", "<svg><style>"),
        *("&#", "<a b=c ", "<script><!--", "</", "<svg><title></title>", "<pre></pre"),
    ],
)
def test_linear(text):
    """
    Ten times the template takes ten times as long, not a hundred times.
    """

    def seconds(size):
        template = text * (size // len(text))
        started = process_time()
        list(pieces(template))
        context = Context()
        context.feed(template)
        with suppress(TemplateError):
            context.encoder("")
        return process_time() - started

    quick = min(seconds(20_000) for _ in range(3))
    assert seconds(200_000) < 40 * quick + 0.1
