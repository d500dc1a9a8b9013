"""
A transformer that keeps all rules: casual clients are greeted with Hi.
"""

from attrs import field, frozen

from crmkit import TransformerInfo, hookimpl

STYLE = "preferences.communicationStyle"


@frozen(kw_only=True)
class Settings:
    hello: str = "Hi"
    api_key: str = field(default="", repr=False)


def shout(value, mark="!", *, language, timezone):
    """
    Return a text in capitals, with a mark at its end.
    """
    return f"{value}{mark}".upper()


@hookimpl
def crmkit_transformer():
    """
    Describe it.
    """
    return TransformerInfo(
        stage=300, reads=(STYLE,), settings=Settings, filters={"shout": shout}
    )


@hookimpl
def crmkit_transform(document, context):
    """
    Greet casually.
    """
    if context.reads[STYLE] != "casual":
        return None
    hello = context.settings.hello
    return document.map_text(lambda text: text.replace("Hello", hello))
