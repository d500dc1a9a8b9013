"""
Language tags as people and CRMs write them, and the codes that Amazon Translate knows.
"""

from __future__ import annotations

import re
from itertools import takewhile

# What it translates between, by the script that it writes: a client who reads Serbian in
# Latin letters is not served by Cyrillic ones. Variants of a country are below.
_LANGUAGES = {
    "arab": "ar fa ps ur",
    "armn": "hy",
    "beng": "bn",
    "cyrl": "bg kk mk mn ru sr uk",
    "deva": "hi mr",
    "ethi": "am",
    "geor": "ka",
    "grek": "el",
    "gujr": "gu",
    "guru": "pa",
    "hans": "zh",
    "hebr": "he",
    "jpan": "ja",
    "knda": "kn",
    "kore": "ko",
    "latn": "af az bs ca cs cy da de en es et fi fr ga ha hr ht hu id is it lt lv ms mt nl"
    " no pl pt ro sk sl so sq sv sw tl tr uz vi",
    "mlym": "ml",
    "sinh": "si",
    "taml": "ta",
    "telu": "te",
    "thai": "th",
}
_SCRIPT_OF = {
    code: script for script, codes in _LANGUAGES.items() for code in codes.split()
}
_ALIASES = {"cmn": "zh", "fil": "tl", "in": "id", "iw": "he", "nb": "no", "nn": "no"}
_VARIANTS = {
    "es-mx": "es-MX",
    "fa-af": "fa-AF",
    "fr-ca": "fr-CA",
    "prs": "fa-AF",
    **dict.fromkeys(("pt-ao", "pt-cv", "pt-mz", "pt-pt"), "pt-PT"),
    **dict.fromkeys(("zh-hant", "zh-hk", "zh-mo", "zh-tw"), "zh-TW"),
    "zh-hans": "zh",
}
_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")
_SCRIPT = re.compile(r"[a-z]{4}")


def code_of(tag: str) -> str | None:
    """
    Return Amazon Translate's code of a language tag; None for what it does not write.

    Case does not matter, nor ``_`` for ``-``; what it makes no difference of is cut off.
    A word, such as Spanish, is no tag.
    """
    tag = tag.strip().lower().replace("_", "-")
    if not _TAG.fullmatch(tag):
        return None
    language, *others = takewhile(_says_something, tag.split("-"))
    language = _ALIASES.get(language, language)
    for variant in (language, *(f"{language}-{other}" for other in others)):
        if variant in _VARIANTS:
            return _VARIANTS[variant]
    script = _SCRIPT_OF.get(language)
    if any(_SCRIPT.fullmatch(other) and other != script for other in others[:1]):
        return None
    return language if script else None


def _says_something(subtag: str) -> bool:
    # One character begins an extension, or what is private.
    return len(subtag) > 1


def is_same(one: str, other: str) -> bool:
    """
    Whether two codes are variants of one language that are written alike.
    """
    if one.startswith("zh") or other.startswith("zh"):
        return one == other
    return one.partition("-")[0] == other.partition("-")[0]
