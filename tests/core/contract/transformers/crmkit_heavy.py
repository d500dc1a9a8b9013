"""
A transformer whose import loads what it hardly needs.
"""

from urllib.request import unquote

from crmkit import TransformerInfo, hookimpl


@hookimpl
def crmkit_transformer():
    """
    Describe it.
    """
    return TransformerInfo(stage=300)


@hookimpl  # Heavy
def crmkit_transform(document):
    """
    Greet casually.
    """
    return document.map_text(lambda text: text.replace("Hello", unquote("Hi")))
