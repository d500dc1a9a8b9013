"""
Where the words around a greeting or thanks forbid a swap, in both directions alike.
"""

from __future__ import annotations

import re

_GAP = r"[^\S\n]+"  # an unfinished line above does not govern the next one ...
_WRAP = r"(?:[^\S\n]+|\s+(?=⟦(?-i:thank)\b))"  # ... unless the line was merely wrapped

_GOVERNED = re.compile(
    rf"""
    # "But hey, it has a garden": an interjection, not a greeting.
    \b(?:and|but|oh|so|well) {_GAP} ⟦(?:hello|hey|heya|hi|hiya)⟧

    # Hawaii, and "hi" for "high".
  | ,{_GAP} ⟦(?-i:HI)⟧ | ⟦hi⟧ {_GAP} (?:\d{{5}}|def|fi|res|rise|tech|vis)\b

    # "We sincerely thank you", "let me thank you", "can't thank you enough": a verb.
  | \b(?:i|we|they|he|she|who|to|let\ me|let\ us|can|cannot|could|did|do|may|might|must
       |never|not|shall|should|will|would|\w+n['\u2019]t|\w+['\u2019](?:d|ll))
    (?:{_GAP}(?:all|also|always|again|both|do|just|once|\w+ly))? {_WRAP} ⟦(?:thank|thx)
  | ⟦(?:thank|thx)[^⟧]*⟧ {_GAP} (?:you|him|her|them|us)\b

    # "Many thanks", "our sincere thanks", "a thank you note", "thanks go to": a noun.
  | \b(?:a|an|another|the|this|my|our|your|his|her|their) (?:{_GAP}\w+)? {_GAP}
    ⟦(?:thank|thx)
  | \b(?:accept|as|big|extend|express|gave|give|gives|giving|heartfelt|huge|many|million|of
       |offer|owe|send|sending|sends|sent|sincere|sincerest|special|warm|warmest|with)
    {_GAP} ⟦(?:thank|thx)
  | ⟦(?:thank|thx)[^⟧]*⟧ {_GAP} (?:are|were|go|goes|due|cards?|gifts?|letters?|messages?
       |notes?|party|speech|videos?)\b

    # "It sold fast thanks to the photos": a preposition.
  | \b(?!(?:also|and|but|or|said|say|saying|says|so)\b)\w+ {_GAP}
    ⟦(?:thanks|thank\ you|thx)⟧ {_GAP} to\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def is_governed(before: str, found: str, after: str) -> bool:
    """
    Whether *found* must stay as it is, for what stands before or after it.
    """
    return _GOVERNED.search(f"{before}⟦{found}⟧{after}") is not None
