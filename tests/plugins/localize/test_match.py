"""
Which variant is for a client; P31.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.testing.strategies import texts
from crmkit_localize import match

TAGS = [
    *(
        "en",
        "en-GB",
        "en-US",
        "es",
        "es-419",
        "es-MX",
        "pt",
        "pt-PT",
        "pt-BR",
        "de",
        "de-CH",
    ),
    *(
        "no",
        "nb",
        "nn",
        "da",
        "zh",
        "zh-Hans",
        "zh-Hant",
        "zh-TW",
        "sr",
        "sr-Latn",
        "sr-Cyrl",
    ),
    *("he", "ar", "arz", "gsw", "gl", "ca", "uk", "ru", "tlh", "x-klingon", "en-x-house"),
]
STYLES = ["", "formal", "casual"]
SLOPPY = [str.upper, str.lower, lambda tag: tag.replace("-", "_"), lambda tag: f" {tag} "]

tags = st.sampled_from(TAGS)
keys = st.builds(
    lambda tag, style: f"{tag}+{style}" if style else tag, tags, st.sampled_from(STYLES)
)
languages = st.none() | tags | st.sampled_from(["", "Spanish", "iw", "*", "und"]) | texts()
styles = st.none() | st.sampled_from([*STYLES, " Formal ", "CASUAL", "odd"]) | texts()


@pytest.mark.parametrize(
    ("language", "available", "chosen"),
    [
        ("es_419", "es", "es"),
        ("no", "nb", "nb"),
        ("nb", "no", "no"),
        ("pt_br", "pt-PT", "pt-PT"),
        ("pt_br", "pt-PT pt", "pt"),
        ("pt_br", "pt pt_BR", "pt_BR"),
        ("EN", "EN en", "en"),
        ("iw", "he", "he"),
        ("en-GB", "en en-US", "en"),
        ("es-MX", "es es-419", "es-419"),
        ("en-AU", "en en-GB", "en-GB"),
        ("de-AT", "de de-CH", "de"),
        ("gsw", "de", "de"),
        ("zh-TW", "zh-Hans zh-Hant", "zh-Hant"),
        ("zh", "zh-Hans zh-Hant", "zh-Hans"),
        ("gl", "es", None),
        ("ca", "es", None),
        ("uk", "ru", None),
        ("de", "gsw", None),
        ("sr-Latn", "sr-Cyrl", None),
        ("sr-Latn", "sr", None),
        ("zh-TW", "zh-Hans", None),
        ("zh-TW", "zh", None),
        ("x-klingon", "en", None),
        ("und", "en", None),
        ("*", "en", None),
        ("", "en", None),
        ("en-x" + "-abcdefgh" * 3, "en", "en"),
        ("en-x" + "-abcdefgh" * 4, "en", None),
        (None, "en", None),
    ],
)
def test_language(language, available, chosen):
    """
    The exact tag is taken, else the nearest in the same script, else none.
    """
    assert match(available.split(), language, None) == chosen


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        *(("Spanish", "es"), ("SPANISH", "es"), ("español", "es"), ("Espanol ", "es")),
        *(("Deutsch", "de"), ("Français", "fr"), ("Francais", "fr"), ("日本語", "ja")),
        *(("Thai", "th"), ("Urdu", "ur"), ("norsk", "no"), ("العربية", "ar")),
        *(("Brazilian Portuguese", "pt-BR"), ("Traditional Chinese", "zh-Hant")),
        *(("Klingon!", None), ("Spain", None), ("none", None), ("n/a", None)),
    ],
)
def test_names(name, tag):
    """
    A language's English name, and its own, are as good as a tag; another word is none.
    """
    available = ["ar", "de", "es", "fr", "ja", "no", "pt-BR", "th", "ur", "zh-Hant"]

    assert match(available, name, None) == tag


@pytest.mark.parametrize(
    ("language", "style", "available", "chosen"),
    [
        ("es", "formal", "es es+formal", "es+formal"),
        ("es", " Formal ", "es es+FORMAL", "es+FORMAL"),
        ("es", "casual", "es es+formal", "es"),
        ("es", None, "es es+formal", "es"),
        ("es", "neutral", "es es+formal", "es"),
        ("es", "casual", "en es+formal", "es+formal"),
        ("es", None, "es+casual es+formal", "es+formal"),
        ("es-MX", "formal", "es-MX es+formal", "es-MX"),
        ("es-MX", "formal", "es-MX+casual es", "es"),
        ("gsw", "formal", "gsw+casual de+formal", "gsw+casual"),
    ],
)
def test_style(language, style, available, chosen):
    """
    The style decides within a language; one of another style goes before another language.
    """
    assert match(available.split(), language, style) == chosen


@given(st.lists(keys | texts(max_size=8), max_size=6), languages, styles, st.randoms())
def test_p31_total(available, language, style, random):
    """
    P31: for any language the answer is a key or None, whatever the order of the keys.
    """
    shuffled = random.sample(available, len(available))
    chosen = match(available, language, style)

    assert chosen is None or chosen in available
    assert match(shuffled, language, style) == chosen
    assert match(iter([*shuffled, *shuffled]), language, style) == chosen


@pytest.mark.parametrize("language", ["00", "00_AAA_000", "i-klingon", "x-foo", "C", "*"])
def test_odd_language(language):
    """
    What a CRM may hold for a language, and is none, fits nothing.
    """
    assert match(["en", "es"], language) is None


@given(st.sets(keys), tags, st.sampled_from(STYLES))
def test_p31_exact(available, tag, style):
    """
    P31: the exact key wins, whatever else there is.
    """
    exact = f"{tag}+{style}" if style else tag

    assert match({*available, exact}, tag, style) == exact


@given(st.sets(keys), tags, styles, st.sampled_from(SLOPPY))
def test_p31_sloppy(available, tag, style, written):
    """
    P31: a sloppy tag is as good as the canonical one.
    """
    assert match(available, written(tag), style) == match(available, tag, style)


@given(st.sets(keys, min_size=1), tags, st.sampled_from(STYLES), keys)
def test_p31_more_choice(available, tag, style, further):
    """
    P31: a further key is taken, or changes nothing.
    """
    before = match(available, tag, style)

    assert match({*available, further}, tag, style) in {before, further}
