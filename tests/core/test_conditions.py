import pytest

from crmkit import ClientData, CRMConnector, TemplateError

CONNECTOR = CRMConnector()
ANA = ClientData(
    id="7",
    first_name="Ana",
    custom_fields={
        "company": "Böhm & Co",
        "city": "Bonn",
        "vip": True,
        "spam": False,
        "floor": 0,
        "note": " \t",
        "none": None,
        "tags": [],
        "scheme": "javascript:alert(1)",
    },
)


def render(template, content_type="plain", **request):
    """
    Return what becomes of a template for Ana.
    """
    made = CONNECTOR.personalize_content(
        template, ANA, content_type=content_type, **request
    )
    return made.content


def html(template):
    """
    Return what becomes of a template in HTML, for Ana with an address.
    """
    client = ClientData(id="7", email="a@x.example", custom_fields=ANA.custom_fields)
    made = CONNECTOR.personalize_content(template, client, content_type="email_html")
    return made.content


@pytest.mark.parametrize("name", ["firstName", "company", "vip", "floor", "first_name"])
def test_holds(name):
    """
    A condition holds for every value: 0 and True among them.
    """
    assert render(f"a{{% if {name} %}}b{{% else %}}c{{% endif %}}d") == "abd"


@pytest.mark.parametrize("name", ["lastName", "spam", "note", "none", "tags", "email"])
def test_does_not_hold(name):
    """
    It does not hold without a value, nor for False.
    """
    assert render(f"a{{% if {name} %}}b{{% else %}}c{{% endif %}}d") == "acd"
    assert render(f"a{{%if {name} %}}b{{%  endif%}}d") == "ad"


def test_nested():
    """
    Conditions stand within each other and one after the other, with slots in them.
    """
    template = (
        "{% if vip %}{% if lastName %}1{% else %}2 {{ city }}{% endif %}{% else %}3"
        "{% endif %}{% if note %}4{% endif %}{% if city %}{{ firstName }}{% endif %}"
    )

    assert render(template) == "2 BonnAna"


def test_branch_not_taken():
    """
    What is not taken asks for no value, and knows no names.
    """
    made = CONNECTOR.personalize_content(
        "{% if lastName %}{{ lastName }} {{ nick | required }}{% endif %}Hi",
        ANA,
        content_type="plain",
    )

    assert made.content == "Hi"
    assert made.missing == ()
    assert made.variables == {}


def test_unknown():
    """
    An unknown name in a condition is told like one in a slot, unless the call allows it.
    """
    with pytest.raises(TemplateError, match=r"nick \(1:1\), nack \(2:1\)") as caught:
        render("{% if nick %}a{% endif %}\n{{ nack }}")

    assert caught.value.names == ("nick", "nack")
    for policy in ("keep", "blank"):
        assert render("{% if nick %}a{% else %}b{% endif %}", unknown=policy) == "b"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("Hi\n{% if vip %}a", "2:1: this {% if %} has no {% endif %}"),
        ("a{% endif %}", "1:2: there is no {% if %} for this {% endif %}"),
        ("{% else %}", "1:1: there is no {% if %} for this {% else %}"),
        (
            "{% if vip %}a{% else %}b{% else %}c{% endif %}",
            "1:25: this {% else %} is the second of its {% if %}",
        ),
    ],
)
def test_unbalanced(template, message):
    """
    A condition without its end, or an end without its condition, is refused with its place.
    """
    with pytest.raises(TemplateError) as caught:
        render(template)

    assert str(caught.value) == message
    assert caught.value.line == int(message[0])


def test_other_tags():
    """
    Tags that are no condition stay as they are, and are reported.
    """
    made = CONNECTOR.personalize_content("{% for a in b %}", ANA, content_type="plain")

    assert made.content == "{% for a in b %}"
    assert made.warnings[0].startswith("1:1: '{% for a in b %}' is no variable")


@pytest.mark.parametrize(
    ("template", "text"),
    [
        (
            "<p>{% if vip %}<b>{{ company }}</b>{% endif %}</p>",
            "<p><b>Böhm &amp; Co</b></p>",
        ),
        (
            '<p title="{% if none %}x{% else %}{{ company }}{% endif %}">a</p>',
            '<p title="Böhm &amp; Co">a</p>',
        ),
        (
            '<a href="https://x.example/{% if vip %}?c={{ company }}{% endif %}">a</a>',
            '<a href="https://x.example/?c=B%C3%B6hm%20%26%20Co">a</a>',
        ),
    ],
)
def test_html(template, text):
    """
    In HTML a slot in a branch is encoded for its place, too.
    """
    assert html(template) == text


@pytest.mark.parametrize(
    "template",
    [
        "{% if vip %}<p title='{% endif %}{{ company }}'>",
        "<p {% if vip %}title='{% else %}>{% endif %}{{ company }}",
        "{% if vip %}<script>{% endif %}{{ company }}",
        "{% if vip %}{% else %}<!--{% endif %}{{ company }}",
        '<a href="{% if vip %}https://x.example/{% else %}{% endif %}{{ scheme }}">',
    ],
)
def test_html_torn(template):
    """
    A condition whose ways leave the markup in different states is refused.
    """
    with pytest.raises(TemplateError, match="1:"):
        html(template)


def test_subject():
    """
    In a subject, breaks in a branch become spaces as they do elsewhere.
    """
    client = ClientData(id="7", email="a@x.example")
    made = CONNECTOR.personalize_content(
        "a{% if id %}\nb{% endif %}\n", client, content_type="subject"
    )

    assert made.content == "a b"


def test_html_within_a_tag():
    """
    A condition in the middle of a tag is told once, with its place.
    """
    report = CONNECTOR.lint(
        "{% if vip %}<a {% endif %}", content_type="email_html", purpose="transactional"
    )

    assert [(problem.code, problem.column) for problem in report] == [("template", 16)]
