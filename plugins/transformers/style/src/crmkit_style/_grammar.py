"""
Where the words around an English word forbid its swap.

Each pattern has the reasons to leave a sort of word, in ⟦brackets⟧, as it is written. They
hold for both styles alike where both forms of the word are in brackets; where its formal
form alone is, for casual: it does not contract what formal would write out again.
"""

from __future__ import annotations

import re

from crmkit_style._layout import BLOCK, INLINE

_GAP = r"[^\S\n]+"  # an unfinished line above does not govern the next one ...
_WRAP = r"(?:[^\S\n]+|\s+(?=⟦(?-i:thank)\b))"  # ... unless the line was merely wrapped
_NEXT = r"(?:\s|<[^<>]*>)+"
_START = (
    rf"(?:\A|[\n.!?:;(\"\u201c\u2013\u2014]|{BLOCK})[^\S\n]*(?:(?:and|but|so|or){_GAP})?"
)

# "If you can't we can": the verb has its subject, which no question has there.
_ASKED = "".join(
    rf"(?<!\b{subject}\s)" for subject in ("I", "you", "he", "she", "it", "we", "they")
)
_AUXILIARY = (
    "can|could|did|do|does|had|has|have|may|might|must|shall|should|will|would|cannot|not"
)
_DETERMINER = (
    "the|a|an|my|your|our|his|her|its|their|this|that|these|those|any|some|every|each|there"
)

_THANKS = rf"""
    # "We sincerely thank you", "let me thank you", "can't thank you enough": a verb.
    \b(?:i|we|they|he|she|who|to|let\ me|let\ us|can|cannot|could|did|do|may|might|must
       |never|not|shall|should|will|would|\w+n['\u2019]t|\w+['\u2019](?:d|ll))
    (?:{_GAP}(?:all|also|always|again|both|do|just|once|\w+ly))? {_WRAP} ⟦
  | ⟧ {_GAP} (?:you|him|her|them|us)\b

    # "Many thanks", "our sincere thanks", "a thank you note", "thanks go to": a noun.
  | \b(?:a|an|another|the|this|my|our|your|his|her|their) (?:{_GAP}\w+)? {_GAP} ⟦
  | \b(?:accept|as|big|extend|express|gave|give|gives|giving|heartfelt|huge|many|million|of
       |offer|owe|send|sending|sends|sent|sincere|sincerest|special|warm|warmest|with)
    {_GAP} ⟦
  | ⟧ {_GAP} (?:are|were|go|goes|due|cards?|gifts?|letters?|messages?|notes?|party|speech
       |videos?)\b

    # "It sold fast thanks to the photos": a preposition.
  | \b(?!(?:also|and|but|or|said|say|saying|says|so)\b)\w+ {_GAP}
    ⟦(?:thanks|thank\ you|thn?x|thanx)⟧ {_GAP} to\b
"""

_GREETING = rf"""
    # "But hey, it has a garden": an interjection.
    \b(?:and|but|oh|so|well) {_GAP} ⟦

    # Hawaii, and "hi" for "high".
  | ,{_GAP} ⟦(?-i:HI)⟧ | ⟦hi⟧ {_GAP} (?:\d{{5}}|def|fi|res|rise|tech|vis)\b
"""

_NEGATION = rf"""
    # "Don't you", "why isn't the": a question, which "do not you" is not.
    {_ASKED} ⟦[^⟧]*⟧ {_NEXT} (?:i|you|he|she|it|we|they)\b
  | {_ASKED}
    ⟦(?:(?:do|does|did|ca|could|should|wo|would)n't
      |(?:do|does|did|could|should|will|would)[ ]not|cannot)⟧
    {_NEXT} (?:(?:{_DETERMINER})\b|_)
  | (?:{_START} | \b(?:how|when|where|why){_GAP}) ⟦
    (?:[^⟧]*⟧ {_NEXT} (?:(?:{_DETERMINER}|one|(?:any|every|some)\w+)\b|_)
     | (?!do(?:n't|[ ]not))[^⟧]*⟧ {_NEXT} (?-i:[A-Z\u00c0-\u00de][a-z\u00df-\u00ff]))
"""

_PRONOUN = rf"""
    # "I know who they are.", "where we are and": nothing follows that the verb is for.
    ⟦\w+[ ]\w+⟧ (?! {_GAP} (?:{INLINE})* \w)
  | ⟦\w+[ ]\w+⟧ {_GAP} (?:and|as|because|but|either|if|nor|or|than|though|too|until|when)\b
  | \b(?:as|here|how|nor|than|there|what|whatever|when|where|wherever|which|who|whom)
    {_GAP} ⟦\w+[ ]

    # "Should we have": the verb stands before; "Phase I will".
  | \b(?:{_AUXILIARY}) {_GAP} ⟦\w+[ ]
  | (?-i:[A-Z])\w+ {_GAP} ⟦i[ ]

    # "The houses near you are sold": you is no subject.
  | (?<!\bif)(?<!\bsure)(?<!\bhope)(?<!\bthat)(?<!\bthink)(?<!\bbecause) (?<=[\w)>])\s+
    ⟦you[ ]

    # "We have a house": no auxiliary.
  | ⟦\w+[ ]have⟧ (?! {_GAP} (?:(?:all|already|also|always|just|now|only|since|\w+ly){_GAP})*
      (?:been|begun|bought|come|done|found|given|gone|got|had|heard|made|met|paid|seen|sent
        |sold|spoken|taken|written
        |\w{{2,}}ed{_GAP}(?:a|all|an|any|everything|for|from|her|him|it|my|our|some|that|the
         |them|these|this|those|to|with|you|your|_)
      )\b )
"""

_LET_US = rf"""
    # "Please let us know": not "let's know".
    ⟦let[ ]us⟧ (?! {_GAP} (?:celebrate|chat|discuss|go|hope|meet|speak|talk)\b )
  | (?<=[\w)>])\s+ ⟦let[ ]us⟧
"""

_NO_WORRIES = rf"""
    # "I have no worries about it": not on its own.
    (?<=[\w)]) {_GAP} ⟦
  | ⟧ (?! [^\S\n]* (?:[\n.!?,:;)<\u2013\u2014] | \Z | (?:at[ ]all|if|whatsoever)\b) )
"""

_SORT = re.compile(
    r"""
    (?P<thanks>thank\b.*|thanks\b.*|thn?x|thanx)
  | (?P<greeting>hello|hey|heya|hi|hiya|howdy)
  | (?P<negation>(?:are|could|did|does|do|had|has|have|is|might|must|need|ought|shall|should
      |was|were|will|would)(?:n't|\ not)|cannot|can't|sha?n't|won't)
  | (?P<pronoun>(?:i|you|he|she|we|they)\ (?:am|are|have|will))
  | (?P<let_us>let\ us)
  | (?P<no_worries>no\ worries)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_REASONS = {
    sort: re.compile(pattern, re.IGNORECASE | re.VERBOSE)
    for sort, pattern in {
        "thanks": _THANKS,
        "greeting": _GREETING,
        "negation": _NEGATION,
        "pronoun": _PRONOUN,
        "let_us": _LET_US,
        "no_worries": _NO_WORRIES,
    }.items()
}


def is_governed(before: str, found: str, after: str) -> bool:
    """
    Whether *found* must stay as it is, for what stands before or after it.
    """
    sort = _SORT.fullmatch(found)
    if sort is None or sort.lastgroup is None:
        return False
    return _REASONS[sort.lastgroup].search(f"{before}⟦{found}⟧{after}") is not None
