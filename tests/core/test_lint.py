import json

import attrs
import pytest

from crmkit import (
    ClientData,
    ConfigurationError,
    Consent,
    CRMConnector,
    Message,
    NotSupportedError,
    TemplateError,
    TransformerInfo,
    hookimpl,
)

CONNECTOR = CRMConnector()
MAIL = "Hi {{ firstName | default: 'there' }}, https://x.example/unsubscribe"


def codes(template, **arguments):
    """
    Return severity and code of what lint finds.
    """
    report = CONNECTOR.lint(template, **arguments)
    return [(problem.severity, problem.code) for problem in report]


def test_nothing_wrong():
    """
    A good template has no problems, in whatever content type.
    """
    report = CONNECTOR.lint(MAIL)

    assert (list(report), report.ok, len(report)) == ([], True, 0)
    assert codes("Hi. Reply STOP to opt out", content_type="sms") == []
    assert codes("Hi", content_type="social") == []


@pytest.mark.parametrize(
    ("text", "code", "place", "token"),
    [
        ("{{ a | shout }}", "template", (1, 1), "a"),
        ("x\n {{ a | upper: 'b' }}", "template", (2, 2), "a"),
        ("{% if a %}", "template", (1, 1), ""),
        ("{{ a b }}", "malformed", (1, 1), ""),
        ("x {{ a | default: “b” }}", "malformed", (1, 3), ""),
        ("a\n{{ firstNme | default: 'x' }}{{ nick | upper }}", "unknown", (2, 30), "nick"),
    ],
)
def test_errors(text, code, place, token):
    """
    What would fail, or show braces, is an error with place and variable.
    """
    report = CONNECTOR.lint(text, content_type="plain", variables=["a"], fields=[])
    problem = next(each for each in report if each.severity == "error")

    assert (problem.code, problem.part) == (code, "text")
    assert (problem.line, problem.column, problem.token) == (*place, token)
    assert not report.ok
    assert str(problem).startswith(f"text:{place[0]}:{place[1]}: error: ")


def test_all_errors():
    """
    Every error is told, not only the first.
    """
    text = "{{ a | shout }} {{}} {{ a | cry }} {% endif %}"

    assert codes(text, content_type="plain") == [
        ("error", "template"),
        ("error", "malformed"),
        ("error", "template"),
        ("error", "template"),
    ]


def test_typographic_quotes():
    """
    Quotes that a word processor wrote are told with the remedy.
    """
    report = CONNECTOR.lint("{{ a | default: “b” }}", content_type="plain")

    assert report[0].message.endswith("write straight quotes")


def test_unknown():
    """
    Names are looked for in what the caller says there is; with a default it is a warning.
    """
    template = "{{ cty | default: 'a' }}{{ nick | required }}{{ Agent }}{{ id }}"
    known = {"fields": ["City"], "variables": ["agent"], "content_type": "plain"}
    report = CONNECTOR.lint(template, **known)

    told = [(p.severity, p.token, p.message) for p in report if p.code == "unknown"]
    assert told == [
        ("warning", "cty", "nobody knows cty; did you mean City?"),
        ("error", "nick", "nobody knows nick"),
    ]
    assert "unknown" not in str(CONNECTOR.lint(template, content_type="plain").problems)


@pytest.mark.parametrize(
    ("token", "warned"),
    [
        ("{{ lastName }}", True),
        ("{{ lastName | upper }}", True),
        ("{{ lastName | default: 'x' }}", False),
        ("{{ lastName | required }}", False),
        ("{{ lastName | prefix: ' ' }}", False),
        ("{{ id }}", False),
        ("{{ city }}", False),
        ("{% if lastName %}Hi{% endif %}", False),
        ("{% if lastName %}{% if id %}{{ last_name }}{% endif %}{% endif %}", False),
        ("{% if lastName %}a{% else %}{{ lastName }}{% endif %}", True),
        ("{% if lastName %}a{% endif %}{{ lastName }}", True),
        ("{% if a %}" * 5_000 + "{{ a }}" + "{% endif %}" * 5_000, False),
        ("{% if a %}{% if a %}{% endif %}{{ a }}{% endif %}", False),
        ("{% if a %}{% if a %}{% endif %}{% endif %}{{ a }}", True),
    ],
)
def test_without_default(token, warned):
    """
    A token that says nothing of clients without a value is warned of.
    """
    found = codes(token, content_type="plain", variables=["City"])

    assert found == [("warning", "no-default")] * warned


@pytest.mark.parametrize(
    "text",
    [
        "Hi",
        "Please unsubscribe by mail",
        "https://x.example/news",
    ],
)
@pytest.mark.parametrize("content_type", ["email", "email_html"])
def test_unsubscribe(text, content_type):
    """
    A marketing mail without a link to unsubscribe is an error, a transactional one is not.
    """
    request = {"content_type": content_type}

    assert codes(text, **request) == [("error", "unsubscribe")]
    assert codes(text, **request, purpose="transactional") == []


@pytest.mark.parametrize(
    ("text", "content_type"),
    [
        ("https://x.example/unsubscribe?u=1", "email"),
        ("{{ unsubscribe_url | required }}", "email"),
        ("{{ optOutLink | required }}", "email"),
        ('<a href="https://x.example/abmelden">Abmelden</a>', "email_html"),
        ('<a href="https://x.example/{{ optOut | required }}">a</a>', "email_html"),
    ],
)
def test_link_to_unsubscribe(text, content_type):
    """
    A link or a variable that says so is one.
    """
    assert codes(text, content_type=content_type) == []


def test_other_rules():
    """
    A sign beside a currency, a token in a comment, foreign letters and length are told.
    """
    price = Message(text=f"{MAIL}", html=f"<!-- {{{{ id }}}} --><p>{MAIL}</p>")
    assert codes(price) == [("warning", "comment")]
    assert codes("“Olá” STOP", content_type="sms") == [("warning", "alphabet")]
    assert codes("Olé", content_type="sms") == [("warning", "unsubscribe")]
    assert codes("x" * 79, content_type="subject") == [("warning", "length")]
    assert codes("x" * 78 + "{{ phone }}", content_type="subject") == [
        ("warning", "no-default")
    ]
    assert codes("x" * 281, content_type="social") == [("warning", "length")]


class Money:
    """
    A transformer that only brings a filter.
    """

    @hookimpl
    def crmkit_transformer(self):
        return TransformerInfo(stage=300, filters={"currency": "{} €".format})

    @hookimpl
    def crmkit_transform(self):
        return None


@pytest.mark.parametrize("text", ["${{ price | currency }}", "{{ price | currency }} €"])
def test_currency_sign(text):
    """
    A sign typed beside a token that brings its own is an error.
    """
    with CRMConnector(plugins={"money": Money()}, transformers={"money": {}}) as crm:
        found = [problem.code for problem in crm.lint(text, content_type="plain")]

    assert found == ["no-default", "currency-sign"]


def test_arguments_that_fail():
    """
    A filter that refuses every kind of value has wrong arguments.
    """

    def money(value, code, *, currency):
        if code not in {"EUR", currency}:
            raise TemplateError("there is no such currency")  # noqa: EM101, TRY003 - short
        return f"{value} {code}"

    plugin = Money()
    plugin.crmkit_transformer = hookimpl(
        lambda: TransformerInfo(stage=300, filters={"money": money})
    )
    with CRMConnector(plugins={"money": plugin}, transformers={"money": {}}) as crm:
        good = crm.lint("{{ id | money: 'EUR' }}", content_type="plain")
        bad = crm.lint("a {{ id | money: 'EURO' }}", content_type="plain")

    assert good.ok
    assert [(p.code, p.column, p.token) for p in bad] == [("template", 3, "id")]
    assert "other arguments: there is no such currency" in bad[0].message


def test_variants():
    """
    Each variant is looked at; one that lacks what others use is warned of.
    """
    template = {"en": "{{ id | required }} {{}}", "de": "Hallo"}
    report = CONNECTOR.lint(template, content_type="plain")

    assert [(p.variant, p.code) for p in report] == [
        ("en", "malformed"),
        ("de", "variants"),
    ]
    assert report[1].message == "it does not use id, which other variants do"
    assert str(report[1]).startswith("de: warning: it does not use id")
    assert json.loads(json.dumps(report.as_dict()))["problems"][0]["variant"] == "en"


def test_message_parts():
    """
    The parts of a message and of its variants are named.
    """
    message = Message(subject="{{}}", variants={"es": Message(html="<p>{{}}</p>")})
    report = CONNECTOR.lint(message, purpose="transactional")

    assert [(p.variant, p.part, p.column, p.code) for p in report] == [
        (None, "subject", 1, "malformed"),
        ("es", "html", 4, "malformed"),
        (None, "", 0, "variants"),
        ("es", "", 0, "variants"),
    ]
    assert report[3].message == "it has no subject, which other variants have"


@pytest.mark.parametrize("template", [None, 5, {}, {"en": 5}])
def test_no_template(template):
    """
    What is no template is refused, as in personalize_content.
    """
    with pytest.raises(ConfigurationError, match="template"):
        CONNECTOR.lint(template)


def test_half_a_character():
    """
    A template that cannot be encoded is an error of lint, not of the program.
    """
    assert codes("a\ud800", content_type="plain") == [("error", "template")]


def clients():
    """
    Yield thirty clients who lack various things.
    """
    for number in range(30):
        yield ClientData(
            id=str(number),
            email=None if number == 7 else f"{number}@x.example",
            first_name=None if number % 10 == 3 else "Ana",
            language="es" if number < 5 else "de",
            consent=[Consent(channel="email", status="opted_out")] if number > 24 else [],
            custom_fields={"city": "Lima"} if number != 9 else {"city": ""},
        )
    yield NotSupportedError("no such client")


def test_coverage():
    """
    Coverage says how many would be refused, get a default or have no value, and who.
    """
    template = {
        "es": "{{ firstName | default: 'x' }} {{ city }}",
        "en": "{{ firstName | default: 'x' }} {{ city }}{{ lastName | prefix: ' ' }}",
    }
    coverage = CONNECTOR.coverage(template, clients(), default_variant="en")

    assert (coverage.total, coverage.personalized) == (31, 23)
    told = coverage.as_dict()
    assert told["refused"] == {
        "AddressMissingError": {"count": 1, "clients": ["7"]},
        "MissingValueError": {"count": 1, "clients": ["9"]},
        "ConsentRefused": {"count": 5, "clients": ["25", "26", "27", "28", "29"]},
        "NotSupportedError": {"count": 1, "clients": []},
    }
    assert told["defaults"] == {"firstName": {"count": 3, "clients": ["3", "13", "23"]}}
    assert told["missing"]["city"] == {"count": 1, "clients": ["9"]}
    assert told["missing"]["lastName"]["count"] == 18
    assert told["variants"] == {"es": 5, "en": 18}
    assert told["languages"] == {"es": 5, "en": 18}
    assert sum(told["warnings"].values()) == 18
    assert json.loads(json.dumps(told)) == told


def test_coverage_unknown():
    """
    A name that nobody knows is counted for each client who would be refused.
    """
    made = CONNECTOR.coverage("{{ nick }} {{ nack }}", list(clients())[:3])

    assert made.as_dict()["unknown"] == {
        name: {"count": 3, "clients": ["0", "1", "2"]} for name in ("nick", "nack")
    }
    blank = CONNECTOR.coverage("{{ nick }}", list(clients())[:3], unknown="blank")
    assert (blank.personalized, blank.unknown["nick"].count) == (3, 3)


def test_coverage_examples():
    """
    Of many clients the first twenty are named, and no value of any.
    """
    many = (
        attrs.evolve(client, id=f"c{number}", email=None)
        for number in range(2)
        for client in list(clients())[:24]
    )
    made = CONNECTOR.coverage("Hi", many)

    assert made.refused["AddressMissingError"].count == 48
    assert made.refused["AddressMissingError"].clients == ["c0"] * 20
    assert "Lima" not in str(made.as_dict()) + repr(made)
