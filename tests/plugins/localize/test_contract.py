from pathlib import Path

import crmkit_localize
from crmkit.testing import TransformerContract

FORMAL = {"language": "es-ES", "preferences.communicationStyle": "formal"}


class TestLocalize(TransformerContract):
    plugin = crmkit_localize
    settings = {"catalogs": str(Path(__file__).parent / "locale"), "currency": "EUR"}
    examples = (
        ("Hello {{ firstName }},", {"language": "es-MX"}, "Hola, {{ firstName }}:"),
        ("Hello", FORMAL, "Buenos días"),
        ("<p>\n Hello\n</p>", {"language": "pt_br"}, "<p>\n Olá\n</p>", "email_html"),
        ("Hello", {"language": "en-GB"}, "Hello"),
        ("Hello", {"language": "fr"}, "Hello"),
    )
