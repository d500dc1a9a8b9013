"""
What people write for a language, as a BCP 47 tag.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LONGEST = 35  # what RFC 5646 asks everyone to take; no tag in use is as long
_LONGEST_CODE = 3  # of a language, at the start of a tag

# What languages are called by those who speak them; the English names are Babel's.
_OWN_NAMES = {
    "af": "Afrikaans",
    "ar": "العربية",
    "bg": "български",
    "bn": "বাংলা",
    "ca": "català",
    "cs": "čeština",
    "cy": "Cymraeg",
    "da": "dansk",
    "de": "Deutsch",
    "el": "ελληνικά",
    "en": "English",
    "es": "español",
    "et": "eesti",
    "eu": "euskara",
    "fa": "فارسی",
    "fi": "suomi",
    "fr": "français",
    "ga": "Gaeilge",
    "gl": "galego",
    "he": "עברית",
    "hi": "हिन्दी",
    "hr": "hrvatski",
    "hu": "magyar",
    "hy": "հայերեն",
    "id": "Bahasa Indonesia",
    "is": "íslenska",
    "it": "italiano",
    "ja": "日本語",
    "ka": "ქართული",
    "ko": "한국어",
    "lt": "lietuvių",
    "lv": "latviešu",
    "mk": "македонски",
    "ms": "Bahasa Melayu",
    "nb": "norsk bokmål",
    "nl": "Nederlands",
    "nn": "norsk nynorsk",
    "no": "norsk",
    "pl": "polski",
    "pt": "português",
    "ro": "română",
    "ru": "русский",
    "sk": "slovenčina",
    "sl": "slovenščina",
    "sq": "shqip",
    "sr": "српски",
    "sv": "svenska",
    "sw": "Kiswahili",
    "ta": "தமிழ்",
    "th": "ไทย",
    "tr": "Türkçe",
    "uk": "українська",
    "ur": "اردو",
    "vi": "Tiếng Việt",
    "zh": "中文",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
}


@lru_cache(maxsize=1024)
def tag_of(text: str) -> str | None:
    """
    Return the standard form of a tag, however written, or that of a language's name.

    None where it is neither: ``pt_br`` is pt-BR, ``iw`` he, ``Español`` es, ``Klingon!``
    nothing.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    # Thai and Urdu could be tags, of a script alone; so longer words are names first.
    is_word = len(text) > _LONGEST_CODE and not {"-", "_"} & set(text)
    readings = (_named, _standard) if is_word else (_standard, _named)
    return readings[0](text) or readings[1](text)


def script(tag: str) -> str | None:
    """
    Return the script in which a standard tag is written, also where it does not say so.
    """
    from langcodes import Language

    return Language.get(tag).prefer_macrolanguage().maximize().script


def _standard(text: str) -> str | None:
    import langcodes

    try:
        tag = langcodes.standardize_tag(text)
        langcodes.Language.get(tag)  # it makes some that it cannot read itself
    except ValueError:
        return None
    return tag


def _named(name: str) -> str | None:
    return _names().get(_folded(name))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    from babel import Locale

    english = Locale("en").languages
    names = {_folded(name): code.replace("_", "-") for code, name in english.items()}
    return names | {_folded(name): tag for tag, name in _OWN_NAMES.items()}


def _folded(name: str) -> str:
    """
    Return a name without capitals and accents: Francais is what a keyboard may give.
    """
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in letters if not unicodedata.combining(sign))
