"""
The table of faults: what was told of each at first, and what was there in the end.
"""

from collections import Counter, defaultdict

VERBS = {
    "one": "one request",
    "all": "all requests",
    "flush": "in a flush",
    "token": "no token",
}
TOLD = ("synced", "pending", "uncertain", "dead")
END = {"synced": "there once", "dead": "dead", "uncertain": "uncertain"}
END |= {"lost": "lost", "twice": "there twice"}
TABLE = defaultdict(lambda: defaultdict(Counter))
KILLED = Counter()
SIGNED_OUT = Counter()


def lines():
    """
    Return what there is to show, in Markdown.
    """
    yield from _table_of_faults() if TABLE else ()
    if KILLED:
        yield from _rows(("killed", "times"), KILLED.most_common(), ("", KILLED.total()))
        yield f"\nBatches that waited for a new sign-in: {SIGNED_OUT.total()}"


def _table_of_faults():
    cells = [(name, *_told(found), *_end(found)) for name, found in TABLE.items()]
    sums = [sum(found["end"][state] for found in TABLE.values()) for state in END]
    last = ("", *[""] * len(VERBS), *sums)
    return _rows(("fault", *VERBS.values(), *END.values()), cells, last)


def _rows(heads, cells, last):
    yield ""
    for row in (heads, ["---"] * len(heads), *cells, last):
        yield "| " + " | ".join(map(str, row)) + " |"


def _told(found):
    for verb in VERBS:
        counts = found.get(verb, {})
        yield " / ".join(str(counts.get(state, 0)) for state in TOLD) if counts else ""


def _end(found):
    return [found["end"][state] for state in END]
