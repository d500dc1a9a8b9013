"""
The table of faults: what was told of each at first, and what was there in the end.
"""

from collections import Counter, defaultdict

from tests.faults.faults import FAULTS

VERBS = {"one": "one request", "all": "all requests", "flush": "flush", "token": "token"}
TOLD = ("synced", "pending", "uncertain", "dead")
END = ("synced", "dead", "uncertain", "pending", "lost", "twice")
TABLE = defaultdict(lambda: defaultdict(Counter))


def lines():
    """
    Return the table in Markdown, if there is anything to show.
    """
    if not TABLE:
        return []
    cells = [(name, *_told(found), *_end(found)) for name, found in TABLE.items()]
    sums = [sum(found["end"][state] for found in TABLE.values()) for state in END]
    heads = ("fault", *VERBS.values(), *END)
    rows = [heads, ["---"] * len(heads), *cells, ("all", *[""] * len(VERBS), *sums)]
    return ["| " + " | ".join(map(str, row)) + " |" for row in rows]


def _told(found):
    for verb in VERBS:
        counts = found.get(verb, {})
        yield " / ".join(str(counts.get(state, 0)) for state in TOLD) if counts else ""


def _end(found):
    return [found["end"][state] for state in END]


def meaning(name):
    """
    Say what a fault is.
    """
    return FAULTS[name].__doc__.strip() if name in FAULTS else f"Answer {name}."
