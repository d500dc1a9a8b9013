"""
What personalizing costs: beside a join and two template engines, by length, and in memory.

Both sides fill the same text with the same values, in turn, and are warm; their template
is made once unless the line says otherwise. Jinja2's autoescape is off. Ours also looks at
consent and address, cleans values and tells what it did; theirs render, and nothing else.

    python tests/bench/personalize.py                 # all, in minutes
    python tests/bench/personalize.py reused unseen   # of reused, unseen, memory, linear
"""

import gc
import re
import statistics
import subprocess
import sys
import time
from contextlib import suppress

import jinja2
import liquid

from crmkit import ClientData, CRMConnector, CrmkitError
from crmkit._encode import CONTENT_TYPES, clean
from crmkit._request import Request

ROUNDS, TIMES, NEW = 31, 1000, 25
STREAMED = (10_000, 1_000_000)
LENGTHS = (100_000, 1_000_000)
GOAL = 12  # times as long for ten times the text

LETTER = """Hello {{ firstName }},

Thanks for talking to us on Friday. You asked for homes in {{ location }} that do not go \
over {{ budget }}, and we went through all that came to the market since. Three of them \
have {{ bedrooms }} bedrooms, a garden that looks to the south, and a school that children \
can walk to; two are close to the line that you take to work each day.

All of them can be seen next week, on Tuesday and on Thursday from four in the afternoon. \
Have a look at the pictures first: {{ listingUrl }} shows them by price, and each has a \
plan of the rooms with their sizes, what heating and water cost last year, and what the \
neighbours say about the street. If none of them is right, tell us what is missing, and we \
will go on looking. You need not sign anything before you have found the one you want.

You reach me on {{ agentPhone }} until seven every evening, and by mail at any time. I \
look forward to hearing from you, and to showing you {{ street }} in the sun.

With kind regards from our office by the river, and until soon,
{{ agentName }}
"""
CLIENT = ClientData(
    id="7",
    first_name="Jürgen",
    last_name="Groß",
    email="j.gross@mail.example",
    phone="+49 89 555 0199",
    language="en-GB",
    timezone="Europe/Berlin",
    preferences={"communicationStyle": "formal"},
    custom_fields={"location": "Munich-Schwabing", "budget": 785_000, "bedrooms": 4},
)
VARIABLES = {
    "listingUrl": "https://homes.example/lists/889",
    "street": "12 Linden Street",
    "agentPhone": "+49 89 555 0100",
    "agentName": "Laura Pérez",
}
VALUES = {"firstName": CLIENT.first_name, **CLIENT.custom_fields, **VARIABLES}
PIECES = re.split(r"\{\{ (\w+) \}\}", LETTER)
TEXT = "".join(str(VALUES.get(piece, piece)) for piece in PIECES)

HOSTILE = {
    "a.a.a.": "a.",
    "words": "word",
    "spaces": " ",
    "lines": "\n",
    "{{{{": "{",
    "{{ a {{ a": "{{ a ",
    "{{ a | b: 'c": "{{ a | b: 'c",
    '{{ a | b: "c", "c",': '{{ a | b: "c", "c", ',
    "{{ a | b | b |": "{{ a | b | b | b | b | b | b | b | b | b ",
    "{% if a %}": "{% if a %}",
    "{% if": "{% if ",
    "{% else %}": "{% else %}",
    "slots": "{{ id }}",
    "\\{{": "\\{{",
    "`": "`",
    "` `{{": "` {{id}} `\n",
    "@a@a": "@a",
    "://": "://",
    "<<<<": "<",
    "<a <a": "<a ",
    "<a b='": "<a b='",
    '<a b="{{id}}" ': '<a b="{{id}}" ',
    "<a href='": "<a href='x:{{id}}'>",
    "<b>": "<b>",
    "<!-- ": "<!-- ",
    "<title>": "<title>",
    "<pre>": "<pre><pre>",
    "<title>{% if a %}": "<title>{% if a %}",
    "<p {% if a %}": "<p {% if a %}",
    "<svg>{{id}}": "<svg>{{id}}",
    "&&&&": "&",
    "&amp": "&amp",
    "&amp;": "&amp;",
    "accents": "e\u0301",
    "marks": "\u0301",
    "emoji": "👩\u200d",
}


def render(crm):
    """
    Return what fills the letter from a mapping alone.
    """
    program = crm._open.personalize.pipeline.program(LETTER, "email", CLIENT, None).program
    sources, request = (VALUES, ClientData(id="7"), {}), Request()
    return lambda: "".join(program.fill(sources, request).texts)


def join():
    """
    Join the letter's texts with the values between them, which is the least one can do.
    """
    pieces = PIECES.copy()
    pieces[1::2] = [str(VALUES[name]) for name in PIECES[1::2]]
    return "".join(pieces)


def cleaned_join():
    """
    Join the letter's texts with the values between them, each cleaned.
    """
    pieces = PIECES.copy()
    pieces[1::2] = [clean(str(VALUES[name])) for name in PIECES[1::2]]
    return "".join(pieces)


def personalizing(crm, template=LETTER):
    """
    Return the whole call.
    """
    return lambda: crm.personalize_content(template, CLIENT, variables=VARIABLES).content


def seconds(function, times=TIMES):
    """
    Return the CPU seconds of so many calls.
    """
    gc.collect()
    start = time.process_time()
    for _ in range(times):
        function()
    return time.process_time() - start


def ratio(ours, theirs):
    """
    Return how many times longer ours takes, the median of rounds that take turns.
    """
    assert ours() == theirs() == TEXT
    return statistics.median(seconds(ours) / seconds(theirs) for _ in range(ROUNDS))


def microseconds(function):
    """
    Return what one call takes, the median of rounds.
    """
    return statistics.median(seconds(function) for _ in range(ROUNDS)) / TIMES * 1e6


def reused():
    """
    Print what a letter costs whose template is known.
    """
    environment = jinja2.Environment(autoescape=False, keep_trailing_newline=True)
    jinja = environment.from_string(LETTER)
    other = liquid.Environment().from_string(LETTER)
    with CRMConnector() as crm:
        rendered, whole = render(crm), personalizing(crm)
        print(f"a known template of {len(LETTER)} characters with {len(PIECES) // 2} slots")
        least, beside = ratio(rendered, join), ratio(rendered, cleaned_join)
        print(f"  render : join: {least:.2f} (goal <= 3)")
        print(f"  render : join of cleaned values: {beside:.2f}")
        bare = ratio(whole, lambda: jinja.render(VALUES))
        print(f"  personalize_content : Jinja2's render: {bare:.2f} (goal <= 0.8)")
        theirs = ratio(whole, lambda: other.render(**VALUES))
        print(f"  personalize_content : python-liquid's render: {theirs:.2f} (goal <= 0.5)")
        for name, function in (("render", rendered), ("personalize_content", whole)):
            print(f"  {name}: {microseconds(function):.1f} µs")
    transformed()


def transformed():
    """
    Print what style and language add, once they have seen the template.
    """
    transformers = {"style": {}, "localize": {}}
    variants = {"en": LETTER, "es": "Hola"}
    with CRMConnector() as bare, CRMConnector(transformers=transformers) as crm:
        plain, bare_variants = personalizing(bare), personalizing(bare, variants)
        both, chosen = personalizing(crm), personalizing(crm, variants)
        assert both() == chosen() == plain().replace("Thanks", "Thank you") != plain()
        for name, ours, theirs, goal in (
            ("with style and localize : without", both, plain, " (goal <= 1.2)"),
            ("of variants, with them : without", chosen, bare_variants, " (goal <= 1.2)"),
            ("variants, style, localize : a text, none", chosen, plain, ""),
        ):
            pairs = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
            more = statistics.median(one / other for one, other in pairs)
            print(f"  {name}: {more:.2f}{goal}")


def unseen():
    """
    Print what a letter costs whose template is seen for the first time.
    """
    environment = jinja2.Environment(autoescape=False, keep_trailing_newline=True)
    numbers = iter(range(10**9))

    def theirs():
        text = f"{LETTER}{next(numbers)}"
        return environment.from_string(text).render(VALUES)

    with CRMConnector() as crm:

        def ours():
            text = f"{LETTER}{next(numbers)}"
            return crm.personalize_content(text, CLIENT, variables=VARIABLES).content

        assert theirs().startswith(TEXT)
        assert ours().startswith(TEXT)
        pairs = [(seconds(ours, NEW), seconds(theirs, NEW)) for _ in range(ROUNDS)]
    first = statistics.median(one / other for one, other in pairs)
    print("a template seen for the first time, parsed and rendered")
    print(f"  personalize_content : Jinja2: {first:.3f} (goal <= 0.15)")
    print(f"  personalize_content: {min(pairs)[0] / NEW * 1e6:.0f} µs")


def parsed(text, content_type):
    """
    Return the seconds that a new text takes, or its refusal.
    """
    with CRMConnector() as crm:
        gc.collect()
        start = time.process_time()
        with suppress(CrmkitError):
            crm.personalize_content(
                text, CLIENT, content_type=content_type, unknown="keep", missing="keep"
            )
        return time.process_time() - start


def growth(bit, content_type):
    """
    Return how many times longer ten times the text takes, and the longer's seconds.

    The least of several, and of more where it seems too long: others use the machine.
    """
    short, long = (bit * (length // len(bit)) for length in LENGTHS)
    less = min(parsed(short, content_type) for _ in range(3))
    more = parsed(long, content_type)
    for _ in range(2):
        if more > less * GOAL:
            more = min(more, parsed(long, content_type))
    return more / less, more


def linear():
    """
    Print how the time grows with hostile texts, the worst of each content type.
    """
    few, many = (f"{length // 1000:,} KB" for length in LENGTHS)
    print(f"parsing hostile texts, {many} : {few} (goal <= {GOAL})")
    for content_type in sorted(CONTENT_TYPES):
        found = {name: growth(bit, content_type) for name, bit in HOSTILE.items()}
        worst = max(found, key=lambda name: found[name][0])
        slowest = max(found, key=lambda name: found[name][1])
        print(
            f"  {content_type}: {found[worst][0]:.1f} ({worst});"
            f" longest {found[slowest][1]:.2f} s ({slowest})"
        )


CHILD = """
import pathlib, re, sys
from crmkit import ClientData, CRMConnector
number = int(sys.argv[1])
clients = (
    ClientData(id=one, first_name=f"Ana {one}", email=f"{one}@mail.example",
               custom_fields={"budget": one})
    for one in range(number)
)
with CRMConnector() as crm:
    results = crm.personalize_many("Hello {{ firstName }}, {{ budget }}!", clients)
    assert sum(1 for result in results if result.content) == number
print(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
"""


def peak(number):
    """
    Return the most memory that a process took to stream so many clients, in MiB.
    """
    command = [sys.executable, "-c", CHILD, str(number)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def memory():
    """
    Print how much more memory many clients take than few.
    """
    few, many = map(peak, STREAMED)
    print(f"peak memory of a stream, {STREAMED[1]:,} : {STREAMED[0]:,} clients")
    print(f"  {many / few:.2f} (goal <= 1.1), {few:.0f} and {many:.0f} MiB")


def main():
    """
    Print the tables that were asked for, or all.
    """
    tables = {"reused": reused, "unseen": unseen, "memory": memory, "linear": linear}
    for name in [name for name in tables if name in sys.argv] or tables:
        tables[name]()


if __name__ == "__main__":
    main()
