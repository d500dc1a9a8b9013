import pytest

import crmkit_translate_aws
from crmkit.testing import TransformerContract

SPANISH = {"language": "es-ES", "preferences.communicationStyle": "formal"}
GERMAN = {"language": "de"}


class TestTranslate(TransformerContract):
    plugin = crmkit_translate_aws
    examples = (
        ("hey {{firstName}}, thanks!", GERMAN, "hallo {{firstName}}, danke!"),
        ("hey <b>you</b>", SPANISH, "hola <b>usted</b>", "email_html"),
    )

    @pytest.fixture(autouse=True)
    def near(self, service):
        """
        Ask the fake service.
        """
        self.settings = service.settings
