import crmkit_style
from crmkit.testing import TransformerContract

FORMAL = {"language": "en", "preferences.communicationStyle": "formal"}
CASUAL = {"preferences.communicationStyle": "casual"}

SETTINGS = {"pairs": {"gonna": "going to"}}


class TestStyle(TransformerContract):
    plugin = crmkit_style
    settings = SETTINGS
    examples = (
        ("hey {{firstName}}, thanks!", FORMAL, "Hello {{firstName}}, thank you!"),
        ("Thank you, {{firstName}}.", CASUAL, "Thanks, {{firstName}}."),
        ("<p>hey</p> we are gonna", FORMAL, "<p>Hello</p> we are going to", "email_html"),
        ("hey {{firstName}}", FORMAL | {"language": "es"}, "hey {{firstName}}"),
    )
