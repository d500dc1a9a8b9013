"""
How long a text is where its length counts: in segments of SMS, in the weights of X.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GSM_7, UCS_2 = "GSM-7", "UCS-2"

# 3GPP TS 23.038: the default alphabet, and what takes an escape before it.
_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = "\f^{}\\[~]|€"
_GSM = re.compile(f"[{re.escape(_ALPHABET + _ESCAPED)}]*+")
_DOUBLE = frozenset(_ESCAPED)
_LIMITS = {GSM_7: (160, 153), UCS_2: (70, 67)}  # of a text alone, of one among several

# X's configuration, version 3.
_LIGHT = re.compile("[\0-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
# What weighs otherwise is counted as that many letters.
_OF_LINK, _OF_EMOJI = "x" * 23, "x" * 2

_SIGN = "[©®\u203c-\u3299]"  # these are emoji only where a style says so
_PICTURE = "[\U0001f000-\U0001f3fa\U0001f400-\U0001faff]"
_STYLE = "(?:\ufe0f|[\U0001f3fb-\U0001f3ff]|[\U000e0020-\U000e007f]++)"
_ONE = f"(?:{_SIGN}{_STYLE}|{_PICTURE}{_STYLE}?+)"
_EMOJI = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|{_ONE}(?:\u200d{_ONE})*+|[0-9#*]\ufe0f?\u20e3"
)

_LETTER = "a-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_SIGNS = r"@\uff20$#\uff03"  # right before a link these make it none
_HOST = re.compile(
    rf"(?<![a-z0-9{_SIGNS}])(https?://)([\w-]++(?:\.[\w-]++)++)"
    rf"|(?<![{_LETTER}{_SIGNS}_./-])([{_LETTER}][{_LETTER}-]*+(?:\.[{_LETTER}-]++)++)(?!://)",
    re.IGNORECASE,
)
_REST = re.compile(
    rf"(?::[0-9]++)?+(?:/(?:[{_LETTER}\u0400-\u04ff!*';:=+,.$/%#\[\]\u2013_~@|&-]"
    r"|\([^\s()]++\))*+)?+(\?[a-z0-9!?*'@();:&=+$/%#\[\]_.,~|-]++)?+",
    re.IGNORECASE,
)
_NOT_LAST = "!?*'@(;:,.$%[]\u2013~|"
_DOMAIN = re.compile(
    r"\.([a-z]{2}|xn--[a-z0-9-]++|com|org|net|edu|gov|int|mil|info|biz|name|pro|app|dev|xyz"
    r"|online|site|website|web|shop|store|tech|blog|cloud|email|link|page|top|vip|club|live"
    r"|news|media|digital|agency|group|global|company|solutions|services|consulting|design"
    r"|studio|space|world|today|life|love|fun|travel|hotel|art|bank|finance|legal|school"
    r"|health|care|estate|realestate|realtor|realty|homes|house|land|immo|immobilien|casa"
    r"|property|properties|apartments|rentals|villas|london|paris|berlin|madrid|tokyo|nyc)"
    r"(?![a-z0-9@+-])",
    re.IGNORECASE | re.ASCII,
)


@frozen(kw_only=True)
class Length:
    """
    How long a text is.

    *characters* are code points. An SMS has an *encoding*, ``GSM-7`` or ``UCS-2``, and is
    so many *units* of it (septets, or halves of UTF-16) in so many *segments*. A post is
    *weighted*: X takes 280.
    """

    characters: int
    encoding: str | None = None
    units: int | None = None
    segments: int | None = None
    weighted: int | None = None


def plain_length(text: str) -> Length:
    """
    Return the length of a text in characters alone.
    """
    return Length(characters=len(text))


def sms_length(text: str) -> Length:
    """
    Return the length of an SMS.

    One character that GSM-7 has not makes all of it UCS-2. An empty one is one segment.
    """
    encoding, cost = _sms(text)
    return Length(
        characters=len(text),
        encoding=encoding,
        units=sum(map(cost, text)),
        segments=len(sms_parts(text)),
    )


def sms_parts(text: str) -> list[str]:
    """
    Return the texts that an SMS travels as; joined they are the text.

    No part splits an escape or a surrogate pair.
    """
    encoding, cost = _sms(text)
    alone, among = _LIMITS[encoding]
    if sum(map(cost, text)) <= alone:
        return [text]
    return list(_cut(text, among, cost))


def social_length(text: str) -> Length:
    """
    Return the weighted length of a post on X.

    Of a text in NFC Latin letters and most signs weigh 1, others and each emoji 2, links
    23. Whether a name without a scheme is a link X knows from a list of all top-level
    domains; here two letters and the usual ones make one.
    """
    normal = unicodedata.normalize("NFC", text)
    counted = _EMOJI.sub(_OF_EMOJI, _shortened(normal))
    light = len(_LIGHT.findall(counted))
    return Length(characters=len(text), weighted=2 * len(counted) - light)


def _sms(text: str) -> tuple[str, Callable[[str], int]]:
    if _GSM.fullmatch(text):
        return GSM_7, lambda character: 2 if character in _DOUBLE else 1
    return UCS_2, lambda character: 2 if character > "\uffff" else 1


def _cut(text: str, limit: int, cost: Callable[[str], int]) -> Iterator[str]:
    start = used = 0
    for at, character in enumerate(text):
        units = cost(character)
        if used + units > limit:
            yield text[start:at]
            start, used = at, 0
        used += units
    yield text[start:]


def _shortened(text: str) -> str:
    parts, at = [], 0
    for host in _HOST.finditer(text):
        end = _end_of_link(host) if host.start() >= at else None
        if end is not None:
            parts += [text[at : host.start()], _OF_LINK]
            at = end
    return "".join([*parts, text[at:]])


def _end_of_link(host: re.Match[str]) -> int | None:
    start, end = host.span(2 if host[1] else 3)
    # What follows the host tells, too, whether it ends in a domain.
    known = [found.end() for found in _DOMAIN.finditer(host.string[start : end + 1])]
    if not known and not host[1]:
        return None
    if known and start + known[-1] < end:
        return start + known[-1]
    rest = _REST.match(host.string, end)
    last = rest[0].rstrip(_NOT_LAST + ")" * bool(rest[1])) if rest else ""
    return end + len(last)
