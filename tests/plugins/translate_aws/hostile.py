"""
What an engine may make of the texts that it is sent, and should not.
"""

import re

SPAN = re.compile(r'<span translate="no"[^>]*>[^<]*</span>|<span[^>]*>|</span>')

# A pattern, what is put in its place, and how often at most (0: always).
_DONE = {
    "drops": (SPAN, "", 1),
    "doubles": (SPAN, r"\g<0>\g<0>", 1),
    "renames": (' id="s', ' id="s1', 0),
    "translates an id": (" id=", " identificador=", 1),
    "translates a placeholder": (">X", ">Y", 1),
    "translates an attribute": ('translate="no"', 'translate="nein"', 1),
    "nests": (r"(<span[^>]*>)(X\d+)(</span>)", r"\1\1\2\3\3", 1),
    "upper-cases tags": (r"<(/?)span", r"<\1SPAN", 0),
    "inserts a space": ("<span ", "< span ", 1),
    "inserts a space in an end": ("</span>", "</ span>", 1),
    "inserts spaces in a word": (r">(X\d+)<", r"> \1 <", 1),
    "takes off quotes": (SPAN, lambda found: found[0].replace('"', ""), 0),
    "never closes": ("</span>", "", 1),
    "closes too often": ("</span>", "</span></span>", 1),
    "opens for closing": ("</span>", "<span>", 1),
    "adds markup": ("<p>", "<p><script>alert(1)</script>", 0),
    "adds escaped markup": ("<p>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;", 0),
    "adds braces": ("<p>", "<p>{{email}} ", 0),
    "adds half a brace": ("<p>", "<p>{", 0),
    "adds a line": ("<p>", "<p>Bcc:\r\nx ", 0),
    "adds an override": ("<p>", "<p>\u202e", 0),
    "adds half a character": ("<p>", "<p>\ud83d", 0),
    "loses the paragraph": ("</?p>", "", 0),
    "doubles the paragraph": (r"(?s)\A.+\Z", r"\g<0>\g<0>", 0),
    "is empty": (r"(?s)\A.+\Z", "", 0),
    "is blank": (r"(?s)\A.+\Z", "<p> </p>", 0),
    "loses all prose": (
        r"(?s)<p>.+</p>",
        lambda found: f"<p>{''.join(SPAN.findall(found[0]))}</p>",
        0,
    ),
}
HOSTILE = sorted(_DONE)


def spoilt(text, how):
    """
    Return what an engine that is hostile in this way answers.
    """
    pattern, replacement, count = _DONE[how]
    return re.sub(pattern, replacement, text, count=count)
