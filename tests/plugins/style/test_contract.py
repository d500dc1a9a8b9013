import crmkit_style
from crmkit.testing import TransformerContract

FORMAL = {"language": "en", "preferences.communicationStyle": "formal"}
CASUAL = {"preferences.communicationStyle": "casual"}

SETTINGS = {"pairs": {"gonna": "going to"}, "es": {"pairs": {"vale": "de acuerdo"}}}


class TestStyle(TransformerContract):
    plugin = crmkit_style
    settings = SETTINGS
    examples = (
        ("hey {{firstName}}, thanks!", FORMAL, "Hello {{firstName}}, thank you!"),
        ("Thank you, {{firstName}}.", CASUAL, "Thanks, {{firstName}}."),
        ("<p>hey</p> we are gonna", FORMAL, "<p>Hello</p> we are going to", "email_html"),
        ("hey {{firstName}}", FORMAL | {"language": "it"}, "hey {{firstName}}"),
        ("Vale\nsaludos,", FORMAL | {"language": "es"}, "De acuerdo\nAtentamente,"),
        ("Guten Tag", CASUAL | {"language": "de-AT"}, "Hallo"),
        ("I've sold!!! :)\ncheers,\n{{a}}", FORMAL, "I have sold!\nKind regards,\n{{a}}"),
        ("We will not, do you", CASUAL, "We won't, do you"),
    )
