"""
Which tags Amazon Translate's codes are found for.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit_translate_aws._languages import code_of, is_same

# As Amazon's developer guide lists them.
KNOWN = [
    *("af", "sq", "am", "ar", "hy", "az", "bn", "bs", "bg", "ca", "zh", "zh-TW"),
    *("hr", "cs", "da", "fa-AF", "nl", "en", "et", "fa", "tl", "fi", "fr", "fr-CA"),
    *("ka", "de", "el", "gu", "ht", "ha", "he", "hi", "hu", "is", "id", "ga"),
    *("it", "ja", "kn", "kk", "ko", "lv", "lt", "mk", "ms", "ml", "mt", "mr"),
    *("mn", "no", "ps", "pl", "pt", "pt-PT", "pa", "ro", "ru", "sr", "si", "sk"),
    *("sl", "so", "es", "es-MX", "sw", "sv", "ta", "te", "th", "tr", "uk", "ur"),
    *("uz", "vi", "cy"),
]


def test_known():
    """
    Each of the seventy-five codes is its own.
    """
    assert len(KNOWN) == 75
    assert [code_of(code) for code in KNOWN] == KNOWN


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("es-ES", "es"),
        ("es_419", "es"),
        ("es-mx", "es-MX"),
        ("ES", "es"),
        (" pt_br ", "pt"),
        ("pt-PT", "pt-PT"),
        ("pt-AO", "pt-PT"),
        ("fr_CA", "fr-CA"),
        ("fr-BE", "fr"),
        ("en-GB-oxendict", "en"),
        ("zh-CN", "zh"),
        ("zh-SG", "zh"),
        ("zh-TW", "zh-TW"),
        ("zh-HK", "zh-TW"),
        ("zh-Hant", "zh-TW"),
        ("zh-hant-tw", "zh-TW"),
        ("zh-Hans-TW", "zh"),
        ("cmn-Hans", "zh"),
        ("fa-AF", "fa-AF"),
        ("prs", "fa-AF"),
        ("nb-NO", "no"),
        ("nn", "no"),
        ("iw", "he"),
        ("in-ID", "id"),
        ("fil-PH", "tl"),
        ("sr-Cyrl-RS", "sr"),
        ("de-DE-u-co-phonebk", "de"),
        ("es-x-mx", "es"),
    ],
)
def test_tags(tag, code):
    """
    What makes no difference to Amazon Translate is cut off, however the tag is spelt.
    """
    assert code_of(tag) == code


@pytest.mark.parametrize(
    "tag",
    [
        *(
            "Spanish",
            "español",
            "Deutsch",
            "tlh",
            "x-klingon",
            "gl",
            "",
            " ",
            "es,en",
            "es-",
        ),
        *("es ES", "sr-Latn", "zh-Latn", "uz-Cyrl", "en-Shaw", "e", "-es", "日本語"),
    ],
)
def test_unknown(tag):
    """
    A word is no tag; a language, or a script, that it does not write has no code.
    """
    assert code_of(tag) is None


@given(
    st.text() | st.from_regex(r"[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{1,8}){0,3}", fullmatch=True)
)
def test_total(tag):
    """
    Whatever the text is, there is a known code for it or none, and the code is its own.
    """
    code = code_of(tag)

    assert code is None or (code in KNOWN and code_of(code) == code)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("en", "en", True),
        ("es", "es-MX", True),
        ("pt-PT", "pt", True),
        ("fa", "fa-AF", True),
        ("es", "pt", False),
        ("zh", "zh-TW", False),
        ("zh-TW", "zh-TW", True),
        ("sl", "sk", False),
    ],
)
def test_same(one, other, same):
    """
    A reader of one variant reads the other, but in Chinese, where the script differs.
    """
    assert is_same(one, other) is same
    assert is_same(other, one) is same
