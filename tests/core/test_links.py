import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmkit import ClientData, CRMConnector, TemplateError
from crmkit._encode import clean

CONNECTOR = CRMConnector()
ANA = ClientData(id="7", email="ana@x.example")
VALUES = st.text().filter(lambda text: clean(text).strip())


class Links(HTMLParser):
    """
    What a reader of HTML finds in the attributes of a page.
    """

    def __init__(self, html):
        super().__init__()
        self.found, self.names = [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found += [value for _, value in attrs]
        self.names += [name for name, _ in attrs]


def link(template, *values, attribute="href", **more):
    """
    Return the link that becomes of a template; its slots are {{a}}, {{b}} and so on.
    """
    html = CONNECTOR.personalize_content(
        f"<a {attribute}='{template}'>",
        ANA,
        content_type="email_html",
        variables=dict(zip("abc", values, strict=False)),
        **more,
    ).content
    (found,) = Links(html).found
    return found


def opened(url):
    """
    Return the parts of a link as browsers take it apart: a backslash is a slash.
    """
    url = re.sub(r"[\t\r\n]", "", url).strip("".join(map(chr, range(33))))
    path, mark, rest = re.match(r"([^?#]*)([?#]?)(.*)", url, re.DOTALL).groups()
    path = re.sub(
        r"^(https?:)[/\\]*", r"\1//", path.replace("\\", "/"), flags=re.IGNORECASE
    )
    return urlsplit(path + mark + rest)


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/?a=1&b=2",
        "http://x.example",
        "mailto:ana@x.example",
        "tel:+34612",
        "sms:+34612",
        "HTTPS://x.example",
        "/path:with:colons",
        "www.x.example/a:b",
        "#top",
        "?q=a:b",
        "//x.example",
    ],
)
def test_whole(url):
    """
    A harmless link stands as it is.
    """
    assert link("{{a}}", url) == url
    assert link(" {{a}}", url) == f" {url}"


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
        "view-source:javascript:alert(1)",
    ],
)
@pytest.mark.parametrize(
    "attribute",
    ["href", "SRC", "action", "formaction", "data", "xlink:href", "poster", "background"],
)
def test_hostile(url, attribute):
    """
    A value that would run, or open what is no page, becomes a link to nowhere.
    """
    assert link("{{a}}", url, attribute=attribute) == "#"
    assert link("{{a}}?b={{b}}", url, "x", attribute=attribute) == "#?b=x"


@pytest.mark.parametrize("url", ["http://[x", "//[", "https://ex\u2100mple"])
def test_odd(url):
    """
    A value that is no proper address is still only a value.
    """
    assert link("{{a}}", url) == url


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("{{a}}{{b}}", ("java", "script:alert(1)")),
        ("{{a}}{{b}}", ("java", "\nscript:alert(1)")),
        ("java{{a}}{{b}}", ("script:alert(1)", "x")),
        ("java{{a}}{{b}}", ("script", ":alert(1)")),
        (" {{a}}.{{b}}", ("x", "javascript:alert(1)")),
        ("{{a}}{{b | urlencode}}", ("javascript", ":alert(1)")),
        ("{{a}}{{b | urlencode | prefix: ':'}}", ("javascript", "alert(1)")),
    ],
)
def test_composed(template, values):
    """
    Several values together cannot make a scheme that none of them may bring.
    """
    assert opened(link(template, *values)).scheme == ""


@pytest.mark.parametrize(
    ("template", "values", "found"),
    [
        ("{{a}}{{b}}", ("https://x.example", ".evil.example"), "/.evil.example"),
        ("{{a}}.{{b}}", ("https://x.example", "evil.example"), "/.evil.example"),
        ("{{a}}{{b}}", ("//x.example", "@evil.example"), "/%40evil.example"),
        ("{{a}}{{b}}", ("https:\\x.example", "evil.example"), "/evil.example"),
        ("{{a}}.html", ("https://x.example/me",), "me.html"),
        ("{{a}}.evil.example/", ("//x.example",), "/.evil.example/"),
        ("{{a}}\t/b", ("https://x.example",), "\t/b"),
        ("{{a}}?b={{b}}", ("https://x.example", "1&c"), "?b=1%26c"),
        ("{{a}}/{{b}}", ("https://x.example", "/c?d"), "/%2Fc%3Fd"),
        ("{{a}}/{{b}}/{{c}}", ("https://x.example", "b", "c d"), "/b/c%20d"),
        ("{{a}}#{{b}}", ("https://x.example", "#"), "#%23"),
        ("{{a}}&b={{b}}", ("https://x.example/?a=1", "/"), "&b=%2F"),
    ],
)
def test_base(template, values, found):
    """
    What follows a whole link of a value belongs to its path, query or fragment.
    """
    url = link(template, *values)

    assert url.endswith(found)
    assert opened(url).netloc == "x.example"


@pytest.mark.parametrize("base", ["https:", "https://", "HTTP:\\", "//", "/", "\\\\"])
@pytest.mark.parametrize("template", ["{{a}}{{b}}", "{{a}}/{{b}}", "{{a}}.{{b}}"])
def test_base_without_host(template, base):
    """
    A whole link of a value that has no host gets none from what follows it.
    """
    assert opened(link(template, base, "evil.example")).netloc == ""


@pytest.mark.parametrize(
    ("template", "value", "found"),
    [
        ("page-{{a}}", "a:b", "page-a%3Ab"),
        ("page-{{a}}", "a/b:c", "page-a/b:c"),
        ("/{{a}}", "a:b", "/a:b"),
        ("/{{a}}", "/evil.example", "/%2Fevil.example"),
        ("/{{a}}", "\\evil.example", "/%5Cevil.example"),
        ("/{{a}}", "\t/evil.example", "/%09/evil.example"),
        (
            "https://x.example/{{a}}",
            "homes/a b?c#d",
            "https://x.example/homes/a%20b%3Fc%23d",
        ),
        ("https://x.example/{{a}}", "100%41", "https://x.example/100%2541"),
        ("https://x.example/u/{{a}}/", "../../admin", "https://x.example/u/admin/"),
        ("https://x.example/u/{{a}}", "..", "https://x.example/u/"),
        ("https://x.example/u/{{a}}", "a/./b/..", "https://x.example/u/a/b"),
        ("https://x.example/u/{{a}}", "..\\..", "https://x.example/u/..%5C.."),
        ("https://x.example/u/{{a}}", "%2e%2e/x", "https://x.example/u/%252e%252e/x"),
        (
            "https://x.example/{{a}}",
            'O\'Brien "é"',
            "https://x.example/O%27Brien%20%22%C3%A9%22",
        ),
        ("https:x.example/{{a}}", "b", "https:x.example/b"),
        ("?q={{a}}", "1 & 2", "?q=1%20%26%202"),
        ("https://x.example?q={{a}}", "?#/:@", "https://x.example?q=%3F%23%2F%3A%40"),
        ("https://x.example/#{{a}}", "a b", "https://x.example/#a%20b"),
        ("mailto:{{a}}", "ana+x@x.example", "mailto:ana+x@x.example"),
        ("mailto:{{a}}", "a@x.example,b@y?bcc=c", "mailto:a@x.example%2Cb@y%3Fbcc%3Dc"),
        ("mailto:a@b.example?body={{a}}", "a&bcc=b", "mailto:a@b.example?body=a%26bcc%3Db"),
        ("tel:{{a}}", "+34 612", "tel:+34%20612"),
        ("whatsapp://send?text={{a}}", "a b", "whatsapp://send?text=a%20b"),
        ("cid:{{a}}", "a/b", "cid:a%2Fb"),
    ],
)
def test_part(template, value, found):
    """
    In each part of a link a value is encoded so that it stays in it.
    """
    assert link(template, value) == found


@pytest.mark.parametrize(
    ("template", "values", "found"),
    [
        ("/{{a}}/{{b}}", ("", "evil.example"), "/./evil.example"),
        ("/{{a}}/{{b}}", ("..", "/evil.example"), "/.//evil.example"),
        ("/{{a}}/{{b}}", ("c", "/d"), "/c//d"),
        ("{{a}}/{{b}}", ("", "/evil.example"), "/%2Fevil.example"),
        ("{{a}}/{{b}}/{{c}}", ("", "", "evil.example"), "/./evil.example"),
        ("{{a}}{{b}}", ("", "//evil.example"), "#%2F%2Fevil.example"),
        ("{{a}}{{b}}", ("", "javascript:c"), "#javascript%3Ac"),
        ("{{a}}?b={{b}}", ("", "c"), "?b=c"),
        ("app:/{{a}}/{{b}}", ("", "evil.example"), "app:/./evil.example"),
        ("{{a}}", ("",), ""),
    ],
)
def test_blank(template, values, found):
    """
    A value that is missing, or is left out, lets none after it choose the host.
    """
    assert link(template, *values, missing="blank") == found


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("https://x.example/?q={{a | urlencode}}", "https://x.example/?q=S%C3%A3o%20P%26"),
        ("https://x.example/{{a | urlencode}}", "https://x.example/S%C3%A3o%20P%26"),
        (
            'https://x.example/{{a | urlencode | prefix: "?q="}}',
            "https://x.example/?q=S%C3%A3o%20P%26",
        ),
    ],
)
def test_encoded_once(template, found):
    """
    What a filter has percent-encoded is not encoded again.
    """
    assert link(template, "São P&") == found


@pytest.mark.parametrize(
    "template",
    [
        "https://{{a}}",
        "https://{{a}}/",
        "https:{{a}}",
        "https:/{{a}}",
        "HTTPS:///{{a}}",
        "https:\\/{{a}}",
        "https:/\\/{{a}}",
        "ht\ntps://{{a}}",
        "&#104;ttps&colon;&sol;/{{a}}",
        " https://{{a}}",
        "https://a.{{a}}/",
        "https://x.example{{a}}",
        "https://x.example:{{a}}/",
        "https://{{a}}@x.example/",
        "https://a@{{a}}/",
        "//{{a}}",
        "/\\/{{a}}",
        "/\t/{{a}}",
        "//x.example{{a}}",
        "{{a}}//{{b}}",
        "ftp://{{a}}",
        "app://{{a}}/b",
        "file:///{{a}}",
    ],
)
def test_host_refused(template):
    """
    No value stands in the host of a link that the template writes out.
    """
    with pytest.raises(TemplateError, match="a link's host must be written out"):
        link(template, "x", "y")


@pytest.mark.parametrize(
    "template",
    [
        "{{a}}:x",
        "{{a}}://x.example",
        "ja{{a}}:x",
        "{{a}}{{b}}:x",
        "{{a}}x&colon;y",
        "x{{a}}-y:z",
    ],
)
def test_scheme_refused(template):
    """
    No value is, or ends, the scheme of a link.
    """
    with pytest.raises(TemplateError, match="a link's scheme must be written out"):
        link(template, "x", "y")


@pytest.mark.parametrize(
    "template",
    [
        "javascript:{{a}}",
        "java\tscript:{{a}}",
        "&#1;javascript:{{a}}",
        "\x01javascript:{{a}}",
        "VBScript:{{a}}",
        "data:{{a}}",
    ],
)
def test_code_refused(template):
    """
    No value stands in a link that runs.
    """
    with pytest.raises(TemplateError, match=r"variables may not stand in a [a-z]+: link"):
        link(template, "x")


@given(VALUES, VALUES)
def test_query(first, second):
    """
    What stands in a query comes out of it as it was, urlencoded or not.
    """
    first, second = clean(first), clean(second)
    assume("\ufffd" not in first + second)
    for filtered in ("", " | urlencode"):
        url = urlsplit(
            link(
                f"https://x.example/s?a={{{{a{filtered}}}}}&amp;b={{{{b{filtered}}}}}",
                first,
                second,
            )
        )
        assert url[:3] == ("https", "x.example", "/s")
        assert parse_qs(url.query, keep_blank_values=True) == {"a": [first], "b": [second]}


@given(VALUES)
def test_path(value):
    """
    What stands in a path comes out of it, but for steps that lead elsewhere.
    """
    value = clean(value)
    url = urlsplit(link("https://x.example/u/{{a}}?b", value))
    kept = "/".join(step for step in value.split("/") if step not in {".", ".."})

    assert (url.netloc, url.query) == ("x.example", "b")
    assert unquote(url.path) == f"/u/{kept}"


@given(VALUES)
def test_attribute(value):
    """
    Wherever in a link a value stands, it ends neither the attribute nor the tag.
    """
    templates = ("{{a}}", "{{a}}/b", "/{{a}}", "?{{a | urlencode}}", "x-{{a}}", "tel:{{a}}")
    html = "".join(f"<a href='{template}'>" for template in templates)
    found = Links(
        CONNECTOR.personalize_content(
            html, ANA, content_type="email_html", variables={"a": value}
        ).content
    )

    assert found.names == ["href"] * len(templates)
