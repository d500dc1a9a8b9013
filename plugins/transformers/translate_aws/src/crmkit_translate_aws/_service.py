"""
The door to Amazon Translate: texts there and back, with its timeouts and a deadline.
"""

from __future__ import annotations

import os
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING, Any

from attrs import frozen

from crmkit import ProtocolError, UnavailableError
from crmkit_translate_aws._errors import explained

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit_translate_aws._settings import Settings

DEADLINE = 60.0  # seconds for all texts of one template
_ATTEMPTS = 2


@frozen(kw_only=True)
class Order:
    """
    From which language to which one, and how formal: FORMAL, INFORMAL or None.
    """

    source: str
    target: str
    formality: str | None = None


def translator(
    settings: Settings, order: Order, warn: Callable[[str], None]
) -> Callable[[str], str]:
    """
    Return a function that translates the texts of one template.

    It raises a CrmkitError whose sentence names what is wrong and the remedy, never a text;
    ``UnavailableError`` too when the template takes longer than a minute.
    """
    until = monotonic() + DEADLINE
    known: dict[str, str] = {}

    def translate(text: str) -> str:
        if text not in known:
            if monotonic() >= until:
                msg = f"Amazon Translate took longer than {DEADLINE:.0f} s; run again later"
                raise UnavailableError(msg, sent=True)
            answer = _ask(settings, order, text)
            if not known and order.formality:
                _look_at_formality(answer, order, warn)
            known[text] = answer["TranslatedText"]
        return known[text]

    return translate


def _look_at_formality(
    answer: dict[str, Any], order: Order, warn: Callable[[str], None]
) -> None:
    if answer.get("AppliedSettings", {}).get("Formality") != order.formality:
        warn(
            f"Amazon Translate ignored the formality {order.formality}, which it does not"
            f" know in {order.target}"
        )


def _ask(settings: Settings, order: Order, text: str) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "Text": text,
        "SourceLanguageCode": order.source,
        "TargetLanguageCode": order.target,
    }
    if order.formality:
        asked["Settings"] = {"Formality": order.formality}
    if settings.terminology:
        asked["TerminologyNames"] = [settings.terminology]
    with explained():
        place = (settings.region, settings.profile, settings.endpoint_url)
        answer: dict[str, Any] = client(*place, os.getpid()).translate_text(**asked)
    if not isinstance(answer.get("TranslatedText"), str):
        msg = "the answer of Amazon Translate has no text; run again later"
        raise ProtocolError(msg)
    return answer


@cache
def client(
    region: str | None, profile: str | None, endpoint_url: str | None, _process: int
) -> Any:
    """
    Return this process's client of Amazon Translate; threads share it.
    """
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=3,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
    )
    session = boto3.session.Session(region_name=region, profile_name=profile)
    return session.client("translate", endpoint_url=endpoint_url, config=config)
