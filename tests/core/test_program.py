import pytest

from crmkit import (
    ClientData,
    CRMConnector,
    MissingValueError,
    PersonalizationError,
    TemplateError,
)

ANA = ClientData(
    id="7",
    first_name="Ana María",
    last_name="López",
    email="ana@x.example",
    phone="+34 612",
    custom_fields={
        "budget": 450_000,
        "Budget Max": 500_000,
        "floor": 0,
        "garden": False,
        "company": None,
        "note": "  ",
    },
)
CONNECTOR = CRMConnector()


def personalized(template, client=ANA, **request):
    """
    Return what becomes of a template that needs no address.
    """
    request = {"content_type": "plain", **request}
    return CONNECTOR.personalize_content(template, client, **request)


def render(template, client=ANA, **request):
    """
    Return the text that becomes of a template.
    """
    return personalized(template, client, **request).content


def failure(template, client=ANA, **request):
    """
    Return the error that a template ends in.
    """
    with pytest.raises(PersonalizationError) as caught:
        render(template, client, **request)
    return caught.value


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{firstName}} {{lastName}}", "Ana María López"),
        ("{{fullName}}", "Ana María López"),
        ("{{email}}, {{phone}}, {{id}}", "ana@x.example, +34 612, 7"),
        ("{{budget}}", "450000"),
    ],
)
def test_built_in(template, text):
    """
    The client's own data and custom fields fill a template, verbatim.
    """
    assert render(template) == text


def test_dollar():
    """
    The dollar before a variable is the author's own, and nobody groups the digits.
    """
    client = ClientData(id="7", custom_fields={"budget": 500_000})

    assert render("Based on your budget of ${{ budget }}", client) == (
        "Based on your budget of $500000"
    )


@pytest.mark.parametrize("name", ["firstName", "first_name", "FirstName", "first-name"])
def test_alias(name):
    """
    Built-in names may be spelt without regard to case, underscores and hyphens.
    """
    assert render(f"{{{{ {name} }}}}") == "Ana María"


@pytest.mark.parametrize("name", ["budgetMax", "budget_max", "BUDGETMAX", "Budget-Max"])
def test_custom_alias(name):
    """
    So may custom fields, whose own names may hold spaces.
    """
    assert render(f"{{{{ {name} }}}}") == "500000"


@pytest.mark.parametrize(
    ("name", "close"),
    [
        ("name", {"fullName", "firstName", "lastName"}),
        ("nmae", set()),
        ("budgetMx", {"Budget Max", "budget"}),
        ("cty", {"city"}),
        ("qqq", set()),
    ],
)
def test_unknown_close(name, close):
    """
    An unknown name is told with the close ones that are known, however they are spelt.
    """
    message = str(failure(f"{{{{ {name} }}}}", variables={"city": "Lisbon"}))

    told = message.partition("did you mean ")[2].partition("?")[0]
    assert set(filter(None, told.split(", "))) == close
    assert "pass variables=" in message


def test_exact_name_first():
    """
    A custom field of exactly this name wins over one of the same alias.
    """
    client = ClientData(id="7", custom_fields={"a_b": 1, "aB": 2, "AB": 3})

    assert render("{{a_b}} {{aB}} {{AB}}", client) == "1 2 3"


@pytest.mark.parametrize("name", ["firstName", "first_name", "FIRST-NAME"])
@pytest.mark.parametrize("given", ["firstName", "first name", "first_name"])
def test_variable_alias(name, given):
    """
    A caller's variable wins however it and the template spell the name.
    """
    assert render(f"{{{{{name}}}}}", variables={given: "Given"}) == "Given"


@pytest.mark.parametrize(
    ("name", "fields", "variables", "rivals", "taken"),
    [
        ("ab", {"a_b": 1, "A B": 2}, {}, "A B, a_b", "2"),
        ("ab", {}, {"a_b": 1, "aB": 2}, "aB, a_b", "2"),
        ("phone", {"Phone": "2"}, {}, "the client's own, Phone", "1"),
    ],
)
def test_collision(name, fields, variables, rivals, taken):
    """
    Where a name could mean several values the result says so, and which was taken.
    """
    client = ClientData(id="7", phone="1", custom_fields=fields)
    result = personalized(f"{{{{{name}}}}}", client, variables=variables)

    assert result.content == taken
    assert result.warnings == (f"{name} could be any of {rivals}; the first was taken",)


@pytest.mark.parametrize(
    ("fields", "variables"),
    [
        ({"a_b": 1, "ab": 2}, {}),
        ({"a_b": 1, "A B": 2}, {"ab": 3}),
        ({"first_name": "Ana", "FirstName": "Ana"}, {}),
        ({"x y": 1, "x_y": 2}, {"ab": 3}),
    ],
)
def test_no_collision(fields, variables):
    """
    An exact name, an explicit variable, equal values and unused names are no collision.
    """
    client = ClientData(id="7", first_name="Ana", custom_fields=fields)
    template = "{{firstName}}{{ ab | default: '' }}"

    assert personalized(template, client, variables=variables).warnings == ()


def test_precedence():
    """
    A variable wins over the client's own data, these over a custom field.
    """
    client = ClientData(
        id="7", first_name="Ana", custom_fields={"firstName": "Custom", "city": "Leeds"}
    )
    template = '{{firstName}} {{city}} {{country | default: "none"}}'
    variables = {"firstName": "Given", "city": "Given"}

    assert render(template, client) == "Ana Leeds none"
    assert render(template, client, variables=variables) == "Given Given none"


@pytest.mark.parametrize("name", ["floor", "garden"])
def test_zero_is_a_value(name):
    """
    0 and False are values like any other, even where a default is given.
    """
    value = {"floor": "0", "garden": "false"}[name]

    assert render(f"{{{{ {name} | default: 'none' }}}}") == value


@pytest.mark.parametrize("name", ["company", "note"])
def test_missing(name):
    """
    None and blank text are missing: the default stands, and is reported.
    """
    result = personalized(f"{{{{ {name} | default: 'none' }}}}")

    assert result.content == "none"
    assert result.defaults_used == (name,)
    assert name not in result.variables


@pytest.mark.parametrize(
    "value",
    [None, "", " \n\u00a0", "\x00", "\u202e", [], {}, (), set(), [None, " "], {"a": ""}],
)
def test_blank_is_missing(value):
    """
    A value without any text to show is missing, whatever its kind.
    """
    result = personalized("{{ x | default: 'none' }}", variables={"x": value})

    assert result.content == "none"
    assert result.defaults_used == ("x",)


def test_missing_refused():
    """
    Without a default all missing variables are named at once, each with its place.
    """
    error = failure("Hi {{firstName}}\n at {{ company }} {{note}}\n{{company}}")

    assert isinstance(error, MissingValueError)
    assert "company (2:5), note (2:19), company (3:1)" in str(error)
    assert (error.line, error.column, error.token) == (2, 5, "company")
    assert error.names == ("company", "note")
    assert error.client_id == "7"
    assert 'default: "text"' in str(error)


def test_unknown_refused():
    """
    All variables that nobody knows are named at once, each with its place.
    """
    error = failure("\\{{nick}} {{nick}} {{ firstNmae }} {{company}}")

    assert not isinstance(error, MissingValueError)
    assert "nick (1:11), firstNmae (1:20)" in str(error)
    assert (error.line, error.column, error.token) == (1, 11, "nick")
    assert error.names == ("nick", "firstNmae")
    assert "variables=" in str(error)


def test_place_of_each():
    """
    A variable that stands twice is named with both its places, escaped ones aside.
    """
    error = failure("\\{{nick}} {{nick}}\n{{a}} {{nick}}", variables={"a": 1})

    assert "nick (1:11), nick (2:7)" in str(error)


def test_place_in_composed_text():
    """
    Columns count what a reader sees: letters with their accents, not their parts.
    """
    assert failure("e\u0301 {{cafe\u0301}}").column == 3


@pytest.mark.parametrize(
    ("policy", "text"), [("keep", "a{{ nick | upper }}b"), ("blank", "ab")]
)
def test_unknown_policy(policy, text):
    """
    An unknown variable stays as it is written, or vanishes, as the caller chooses.
    """
    result = personalized("a{{ nick | upper }}b", unknown=policy)

    assert result.content == text
    assert result.missing == ("nick",)


@pytest.mark.parametrize(("policy", "text"), [("keep", "a{{ company }}b"), ("blank", "ab")])
def test_missing_policy(policy, text):
    """
    So does a variable without a value; an unknown one is still refused.
    """
    result = personalized("a{{ company }}b", missing=policy)

    assert result.content == text
    assert result.missing == ("company",)
    assert failure("{{nick}}", missing=policy).names == ("nick",)


@pytest.mark.parametrize("policy", ["error", "keep", "blank"])
def test_required(policy):
    """
    A required value is required whatever the policy, and a default does not help.
    """
    template = "{{ company | required | default: 'none' }}"
    error = failure(template, missing=policy, unknown=policy)

    assert isinstance(error, MissingValueError)
    assert error.names == ("company",)


def test_prefix_needs_no_default():
    """
    A prefix stands only before a value, so that "Hello ," is never written.
    """
    template = "Hello{{ firstName | prefix: ' ' }}, {{ company | suffix: '!' }}"

    assert render(template) == "Hello Ana María, "
    assert render(template, ClientData(id="8"), unknown="blank") == "Hello, "


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1.0"),
        (True, "true"),
        (["a", None, "b", 0], "a, b, 0"),
        ({"city": "Leeds", "zip": 1}, "city: Leeds, zip: 1"),
        ("1.250.000", "1.250.000"),
        ("Straße", "Straße"),
        ("0", "0"),
    ],
)
def test_verbatim(value, text):
    """
    A value is rendered as it is, not grouped, not rounded, not guessed from.
    """
    assert render("{{x}}", variables={"x": value}) == text


def test_unused_keys():
    """
    What the template does not name cannot change the content.
    """
    more = ClientData(id="7", first_name="Ana", custom_fields={"x": "{{firstName}}"})
    less = ClientData(id="7", first_name="Ana")

    assert render("{{firstName}}", more, variables={"y": 1}) == render(
        "{{firstName}}", less
    )


def test_report():
    """
    The result tells what was filled in, from whom, and for which client.
    """
    result = personalized("{{firstName}} {{budget | prefix: '$'}}")

    assert result.variables == {"firstName": "Ana María", "budget": "$450000"}
    assert result.client_id == "7"
    assert result.content_type == "plain"
    assert (result.missing, result.defaults_used, result.warnings) == ((), (), ())


def test_report_names_once():
    """
    A variable that stands twice is reported once.
    """
    result = personalized(
        "{{note}}{{note}}{{ company | default: 'x' }}{{ company | default: 'y' }}",
        missing="blank",
    )

    assert result.content == "xy"
    assert (result.missing, result.defaults_used) == (("note",), ("company",))


def test_no_variables():
    """
    None stands for no variables.
    """
    assert render("{{id}}", variables=None) == "7"


def test_malformed_reported():
    """
    Malformed braces stay, and are reported with their place.
    """
    result = personalized("Hi {{}}\n{{ firstName")

    assert result.content == "Hi {{}}\n{{ firstName"
    assert [warning[:4] for warning in result.warnings] == ["1:4:", "2:1:"]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("\n {{ budget | currency }}", "2:2: .*'currency'.* pip install crmkit-localize"),
        ("{{ budget | shout }}", "1:1: there is no filter 'shout'; there are .*upper"),
        ("{{ budget | default }}", "1:1: default takes one text"),
        ("{{ budget | default: 'a', 'b' }}", "1:1: default takes one text"),
        ("{{ budget | prefix }}", "1:1: the filter prefix takes other arguments: missing"),
        (
            "{{ budget | upper: 'a' }}",
            "1:1: the filter upper takes other arguments: too many",
        ),
    ],
)
def test_filter_refused(template, message):
    """
    A wrong filter is an error with line and column, the variable, and the remedy.
    """
    with pytest.raises(TemplateError, match=message) as caught:
        render(template)

    assert caught.value.names == ("budget",)
    assert "450" not in str(caught.value)
