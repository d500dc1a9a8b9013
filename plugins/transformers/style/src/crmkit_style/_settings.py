"""
The settings: words that the user adds to ours, and habits that are switched off.
"""

from __future__ import annotations

from attrs import field, frozen

from crmkit import ConfigurationError
from crmkit_style._language import ENGLISH
from crmkit_style._lexicon import lexicon
from crmkit_style._words import Words


@frozen(kw_only=True)
class Settings(Words):
    """
    English words, those of other languages, and English habits.

    An entry for a word of ours takes its place. *contractions* are swapped (we've, don't),
    and *emphasis* is toned down in formal, unless they are False. Raises ConfigurationError
    that names the entries which are no words, stand for the same, or would be rewritten
    again.
    """

    es: Words = field(factory=Words)
    de: Words = field(factory=Words)
    fr: Words = field(factory=Words)
    contractions: bool = True
    emphasis: bool = True

    def __attrs_post_init__(self) -> None:
        for language in (ENGLISH, "es", "de", "fr"):
            try:
                lexicon(language, self.words(language), contractions=self.contractions)
            except ConfigurationError as error:
                msg = f"{error} (in {language})"
                raise ConfigurationError(msg) from None

    def words(self, language: str) -> Words:
        """
        Return what the user adds to a language.
        """
        if language == ENGLISH:
            return Words(**self.tables())
        words: Words = getattr(self, language)
        return words
