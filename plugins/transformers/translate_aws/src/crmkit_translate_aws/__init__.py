"""
Templates translated by Amazon Translate: the hooks of crmkit-translate-aws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import Document, TransformerInfo, hookimpl
from crmkit_translate_aws._languages import code_of, is_same
from crmkit_translate_aws._service import Order, translator
from crmkit_translate_aws._settings import Settings
from crmkit_translate_aws._translation import fits, parts, speaks, translated

if TYPE_CHECKING:
    from crmkit import Context

__all__ = ["Settings", "crmkit_transform", "crmkit_transformer"]

_STYLE = "preferences.communicationStyle"
_FORMALITIES = {"formal": "FORMAL", "casual": "INFORMAL", "informal": "INFORMAL"}


@hookimpl
def crmkit_transformer() -> TransformerInfo:
    """
    Describe the transformer: it reads language and style, and asks a service.
    """
    return TransformerInfo(
        stage=200,
        reads=("language", _STYLE),
        remote=True,
        machine=True,
        settings=Settings,
    )


@hookimpl
def crmkit_transform(document: Document, context: Context) -> Document | None:
    """
    Return the document in the client's language; None where it is in it, or cannot be.

    Raises a CrmkitError when the service fails or what it answers cannot be used.
    """
    settings = context.settings or Settings()
    order = _order(document, context, settings)
    if order is None:
        return None
    html = context.content_type.endswith("html")
    pieces = list(parts(document, html=html))
    if not any(map(speaks, pieces)):
        return None
    if not all(fits(part) for part in pieces if speaks(part)):
        context.warn(
            "a sentence is longer than Amazon Translate takes; nothing is translated"
        )
        return None
    translate = translator(settings, order, context.warn)
    return Document(translated(pieces, translate, html=html), order.target)


def _order(document: Document, context: Context, settings: Settings) -> Order | None:
    """
    Return what to ask for; None, with a warning unless all is well, for nothing.
    """
    wanted = context.reads.get("language")
    if wanted is None or not str(wanted).strip():
        return None
    source = code_of(document.language) if document.language else settings.source
    target = code_of(str(wanted))
    if source is None or target is None:
        whose = "client's" if target is None else "template's"
        context.warn(
            f"the {whose} language is no tag that Amazon Translate knows, such as es or"
            " pt-BR; nothing is translated"
        )
        return None
    if is_same(source, target) or (settings.targets and target not in settings.targets):
        return None
    return Order(source=source, target=target, formality=_formality(context, settings))


def _formality(context: Context, settings: Settings) -> str | None:
    style = settings.formality
    if style == "client":
        style = str(context.reads.get(_STYLE) or "")
    return _FORMALITIES.get(style.strip().casefold())
