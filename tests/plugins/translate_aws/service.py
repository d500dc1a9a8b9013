"""
A fake of Amazon Translate on loopback, which knows some words of a few languages.
"""

import re

from crmkit.testing import Answer, Server

SIGNED = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_EC2_METADATA_DISABLED": "true",
}
WORDS = {
    "es": {
        "hey": "hola",
        "thanks": "gracias",
        "you": "tú",
        "house": "casa",
        "new": "nueva",
    },
    "de": {"hey": "hallo", "thanks": "danke", "you": "du", "house": "Haus", "new": "neu"},
    "pl": {"hey": "cześć", "thanks": "dziękuję", "house": "dom"},
    "pt": {"hey": "olá", "thanks": "obrigado"},
}
POLITE = {"es": {"you": "usted"}, "de": {"you": "Sie"}}  # who knows formality, and how
_TOKEN = re.compile(r'<span translate="no"[^>]*>[^<]*</span>|<[^>]*>|&#?\w+;|\w+')


def translated(text, target, formality=None):
    """
    Return HTML word by word in the target language, without what is not to be translated.
    """
    words = dict(WORDS.get(target, {}))
    if formality == "FORMAL":
        words |= POLITE.get(target, {})
    return _TOKEN.sub(lambda found: words.get(found[0], found[0]), text)


class Service(Server):
    """
    The service: *engine* makes the answer's text of a request, or returns an Answer.

    *requests* are those that came in, and *texts* what was to be translated.
    """

    def __init__(self):
        super().__init__(self.answer)
        self.reset()

    def reset(self):
        self.requests = []
        self.engine = self.honest

    @property
    def asked(self):
        return [request.json() for request in self.requests]

    @property
    def texts(self):
        return [asked["Text"] for asked in self.asked]

    @property
    def settings(self):
        """
        The transformer's settings that lead here.
        """
        return {"region": "eu-central-1", "endpoint_url": self.url}

    def honest(self, asked):
        formality = asked.get("Settings", {}).get("Formality")
        return translated(asked["Text"], asked["TargetLanguageCode"], formality)

    def answer(self, request):
        self.requests.append(request)
        asked = request.json()
        made = self.engine(asked)
        if isinstance(made, Answer):
            return made
        target = asked["TargetLanguageCode"]
        applied = asked.get("Settings", {}) if target in POLITE else {}
        return Answer(
            json={
                "TranslatedText": made,
                "SourceLanguageCode": asked["SourceLanguageCode"],
                "TargetLanguageCode": target,
                "AppliedSettings": applied,
            }
        )


def refusal(code, status=400):
    """
    Make the answer by which AWS refuses, with a text that nobody should repeat.
    """
    return Answer(status=status, json={"__type": code, "message": "told-by-aws"})
