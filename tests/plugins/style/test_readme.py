"""
The readme tells the truth about words and settings.
"""

import re
import tomllib
from pathlib import Path

import pytest
from attrs import fields

from crmkit.codec import structured
from crmkit_style import Settings
from crmkit_style._lexicon import ours

PACKAGE = Path(__file__).parents[3] / "plugins" / "transformers" / "style"
README = (PACKAGE / "README.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.*) \| [⇄→] \| (.*) \|$", README, re.MULTILINE)
SETTINGS = re.search(r"```toml\n(.*?)```", README, re.DOTALL)[1]


@pytest.mark.parametrize("language", ["en", "es", "de", "fr"])
def test_words(language):
    """
    Each casual word of ours stands in a table, but those that a pronoun and "not" make.
    """
    listed = {
        re.sub(r" \(.*\)", "", word)
        for casual, _ in ROWS
        for word in re.split(r"[,;] ", casual.rpartition("| ")[2])
    }
    words = [
        word
        for name, table in ours(language).items()
        if name != "emphasis"
        for word in table
    ]

    assert {word for word in words if word not in listed} == {
        word for word in words if re.fullmatch(r"\w+ \w+n't|\w+'\w+ not", word)
    }


def test_settings():
    """
    The example of settings has each setting, and is taken as it stands.
    """
    given = tomllib.loads(SETTINGS)["transformers"]["style"]
    found = structured(given, Settings, "style")

    assert {field.name for field in fields(Settings)} - {"de", "fr"} == set(given)
    assert found.words("es").pairs == {"vale": "de acuerdo"}
    assert found.closings == {"later": "yours sincerely"}
