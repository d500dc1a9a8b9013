"""
The filters and the choice of variants in their place: in a connector.
"""

import pytest

from crmkit import ClientData, CRMConnector, TemplateError

VARIANTS = {
    "en": "Hello {{ firstName }}, a home for {{ budget | currency }}.",
    "es": "Hola, {{ firstName }}: una vivienda por {{ budget | currency }}.",
    "es+formal": "Estimada Sra. {{ lastName }}: una vivienda por {{ budget | currency }}.",
    "ja": "{{ lastName }}様、{{ budget | currency }}の物件が見つかりました。",
    "zh-Hans": "您好",
}


def personalized(
    template, *, settings=None, variables=None, default_variant=None, **client
):
    """
    Return what a connector makes of a template for a client who has these fields.
    """
    given = {"first_name": "Ana", "last_name": "Ruiz", "email": "ana@example.com", **client}
    with CRMConnector(transformers={"localize": settings or {}}) as crm:
        return crm.personalize_content(
            template,
            ClientData(id="1", **given),
            variables=variables or {},
            default_variant=default_variant,
        )


@pytest.mark.parametrize(
    ("language", "style", "fields", "text"),
    [
        (
            "es-ES",
            None,
            {"budget": 450000, "currency": "EUR"},
            "Hola, Ana: una vivienda por 450.000\u00a0€.",
        ),
        (
            "es_mx",
            "Formal ",
            {"budget": "450000", "currency": "USD"},
            "Estimada Sra. Ruiz: una vivienda por USD\u00a0450,000.",
        ),
        (
            "ja-JP",
            None,
            {"budget": 85000000, "currency": "JPY"},
            "Ruiz様、￥85,000,000の物件が見つかりました。",
        ),
    ],
)
def test_variants(language, style, fields, text):
    """
    A client gets the nearest variant, with amounts as they are written where they live.
    """
    made = personalized(
        VARIANTS,
        language=language,
        preferences={"communicationStyle": style},
        custom_fields=fields,
    )

    assert made.content == text
    assert not made.warnings


def test_default_variant():
    """
    A client in whose language there is none gets the default, in the default's own format.
    """
    made = personalized(
        VARIANTS,
        language="gl",
        default_variant="es",
        custom_fields={"budget": 450000, "currency": "EUR"},
    )

    assert made.content == "Hola, Ana: una vivienda por 450.000\u00a0€."
    assert (made.variant, made.language) == ("es", "es")
    assert made.warnings


def test_settings():
    """
    The settings reach the filters.
    """
    made = personalized(
        "{{ budget | currency }} {{ at | time }}",
        settings={"currency": "GBP", "timezone": "Europe/Madrid"},
        variables={"budget": 5, "at": "2026-05-01T12:00Z"},
        language="en-GB",
    )

    assert made.content == "£5 14:00"


def test_zone_of_client():
    """
    An instant is shown in the client's time zone.
    """
    made = personalized(
        "{{ at | date: short }} {{ at | time }}",
        variables={"at": "2026-12-05T23:30:00Z"},
        language="sv",
        timezone="Asia/Tokyo",
    )

    assert made.content == "2026-12-06 08:30"


def test_refused():
    """
    A value that could be two numbers is an error that names place, filter and variable.
    """
    with pytest.raises(
        TemplateError, match=r"^1:4: number cannot render budget: .*12\.5$"
    ) as e:
        personalized("ab {{ budget | number }}", custom_fields={"budget": "1.250.000"})

    assert "1.250.000" not in str(e.value)


@pytest.mark.parametrize(
    "filters",
    [
        'number: "1", "2"',
        'currency: "EUR", "x"',
        'date: "short", "x"',
        "truncate",
        "truncate: 1,2,3",
    ],
)
def test_wrong_arguments(filters):
    """
    Another number of arguments is found before any client is looked at.
    """
    with pytest.raises(TemplateError, match="takes other arguments"):
        personalized(f"{{% if never %}}{{{{ firstName | {filters} }}}}{{% endif %}}")
