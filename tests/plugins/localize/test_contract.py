from pathlib import Path

import pytest

import crmkit_localize
from crmkit.testing import TransformerContract
from crmkit_localize._catalogues import names, texts

CATALOGS = str(Path(__file__).parent / "locale")
SETTINGS = {"catalogs": CATALOGS, "currency": "EUR"}
FORMAL = {"language": "es-ES", "preferences.communicationStyle": "formal"}


@pytest.fixture(autouse=True)
def _read():
    """
    Read the catalogues, as the first template does: their folder is no file of a client's.
    """
    settings = crmkit_localize.Settings(catalogs=CATALOGS)
    for name in names(settings):
        texts(settings, name)


class TestLocalize(TransformerContract):
    plugin = crmkit_localize
    settings = SETTINGS
    examples = (
        ("Hello {{ firstName }},", {"language": "es-MX"}, "Hola, {{ firstName }}:"),
        ("Hello", FORMAL, "Buenos días"),
        ("<p>\n Hello\n</p>", {"language": "pt_br"}, "<p>\n Olá\n</p>", "email_html"),
        ("Hello", {"language": "en-GB"}, "Hello"),
        ("Hello", {"language": "fr"}, "Hello"),
    )
