"""
Hypothesis strategies: clients, activities and templates such as make trouble in practice.

``given(clients(), activities(client_id="7"))``; each says what it leaves out. People and
addresses are invented, and lie at example.com or in ``.example``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from crmkit import _template
from crmkit._encode import CONTENT_TYPES
from crmkit.models import ActivityRecord, ClientData, Consent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypothesis.strategies import SearchStrategy

    from crmkit.documents import Document

# Right to left, family name first, one name, marks that stand alone, letters that change
# their length with their case, and what some layer between here and there may take for
# code: markup, braces, a formula, a query, nothing at all.
AWKWARD = (
    *("Ana María López García", "Seán O'Brien", "Jürgen Groß-Schäfer", "Nguyễn Thị Minh"),
    *("محمد العتيبي", "\u200fפרץ\u200f", "山田 太郎", "नमस्ते", "ΣΊΣΥΦΟΣ", "İrem", "ﬁrm"),
    *("Ire\u0301ne", "Å\u030alund", "Zoë 👩\u200d👩\u200d👧", "Sukarno", "Hey", "0", "-1"),
    *("Null", "None", "nan", "true", "1e5", "007", " Ana ", "\u00a0", "a,b;c|d", '"x"'),
    *("<b>Quill</b>", "Nuts & Bolts", "&amp;", "{{email}}", "{% if x %}", "${y}", "%s"),
    *("\\1 \\g<0>", "C:\\new", "=1+1", "'; DROP TABLE x", "../x", "a/b?c=d#e", "%2F"),
)
_LANGUAGES = ("en", "en-GB", "es-419", "pt_br", "DE", "zh-Hant-TW", "ar", "x-klingon", "")
_ZONES = ("Europe/Madrid", "Asia/Kathmandu", "America/St_Johns", "UTC", "Mars/Olympus")
_STYLES = ("formal", "Formal ", "casual", "neutral", "FORMAL", "", "unheard of")
_OFFSETS = st.sampled_from((-720, -210, 0, 345, 840)) | st.integers(-1439, 1439)
_SCALARS = st.none() | st.booleans() | st.integers()
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def texts(*, min_size: int = 0, max_size: int = 40) -> SearchStrategy[str]:
    """
    Return one line of text in any script, often an awkward name.

    Without control characters and half characters, which few CRMs keep.
    """
    characters = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
    fitting = [name for name in AWKWARD if min_size <= len(name) <= max_size]
    free = st.text(characters, min_size=min_size, max_size=max_size)
    return free | st.sampled_from(fitting) if fitting else free


def moments() -> SearchStrategy[datetime]:
    """
    Return an aware datetime from 1971 to 2199, at any offset of whole minutes.

    Of fixed offsets only: an hour that a named zone has twice equals no other datetime.
    """
    zones = _OFFSETS.map(lambda minutes: timezone(timedelta(minutes=minutes)))
    first, last = datetime(1971, 1, 1), datetime(2199, 12, 31)  # noqa: DTZ001 - see zones
    return st.datetimes(first, last, timezones=st.just(UTC) | zones)


def consents() -> SearchStrategy[Consent]:
    """
    Return what a client allows on one channel, known to crmkit or not.
    """
    return st.builds(
        Consent,
        channel=st.sampled_from(("email", "sms", "phone", "push", "*", "fax")),
        status=st.sampled_from(("opted_in", "opted_out", "unspecified", "do_not_contact")),
        source=st.none() | texts(),
        as_of=st.none() | moments(),
    )


def metadata() -> SearchStrategy[dict[str, Any]]:
    """
    Return an activity's metadata: reserved keys with what belongs there, and any others.
    """
    reserved = st.fixed_dictionaries(
        {},
        optional={
            "subject": texts(),
            "html": texts().map("<p>{}</p>".format),
            "direction": st.sampled_from(("in", "out")),
            "outcome": texts(),
            "duration_s": st.integers(0, 86_400),
            "from": _emails(),
            "to": _emails() | st.lists(_emails(), max_size=2),
            "due_at": moments().map(datetime.isoformat),
            "url": _links(),
            "message_id": texts(min_size=1),
            "attachments": st.lists(_links(), max_size=2),
        },
    )
    return st.builds(
        lambda others, known: {**others, **known},
        st.dictionaries(texts(), _json(), max_size=2),
        reserved,
    )


def clients(**fields: Any) -> SearchStrategy[ClientData]:
    """
    Return a client; *fields* are strategies, or plain values, in place of its own.

    Its language, time zone, style and consent may be absent or odd. Without ``history``,
    ``raw`` and what the core fills in.
    """
    name = st.none() | texts()
    own: Mapping[str, SearchStrategy[Any]] = {
        "id": st.integers(1, 10**12).map(str) | texts(min_size=1),
        "first_name": name,
        "last_name": name,
        "email": st.none() | _emails(),
        "phone": st.none() | st.from_regex(r"\+[0-9]{1,3} [0-9 -]{4,12}", fullmatch=True),
        "language": st.none() | st.sampled_from(_LANGUAGES),
        "timezone": st.none() | st.sampled_from(_ZONES),
        "preferences": st.dictionaries(
            st.just("communicationStyle"), st.sampled_from(_STYLES)
        ),
        "tags": st.lists(texts(), max_size=2),
        "custom_fields": st.dictionaries(
            st.sampled_from(("budget", "Close Date")) | texts(min_size=1),
            _SCALARS | _NUMBERS | texts(),
            max_size=3,
        ),
        "consent": st.lists(consents(), max_size=2),
        "updated_at": st.none() | moments(),
        "aliases": st.lists(texts(min_size=1), max_size=1),
    }
    return st.builds(ClientData, **{**own, **_strategies(fields)})


def activities(**fields: Any) -> SearchStrategy[ActivityRecord]:
    """
    Return an activity; *fields* are strategies, or plain values, in place of its own.

    Its description may have several lines. It has no user and no provider.
    """
    own: Mapping[str, SearchStrategy[Any]] = {
        "type": st.sampled_from(("note", "call", "email_sent", "property_view"))
        | texts(min_size=1).filter(str.strip),
        "client_id": texts(min_size=1),
        "description": st.lists(texts(), max_size=3).map("\n".join),
        "timestamp": moments(),
        "metadata": metadata(),
        "id": st.uuids().map(str) | texts(min_size=1),
    }
    return st.builds(ActivityRecord, **{**own, **_strategies(fields)})


def masks(size: int) -> SearchStrategy[tuple[bool, ...]]:
    """
    Return which of *size* records fail: often none, all, or one alone.
    """
    every = st.lists(st.booleans(), min_size=size, max_size=size).map(tuple)
    plain = [(False,) * size, (True,) * size]
    alone = [tuple(i == failing for i in range(size)) for failing in range(size)]
    return st.sampled_from([*plain, *alone]) | every


def templates(
    content_type: str | None = None, words: Sequence[str] = ()
) -> SearchStrategy[str]:
    """
    Return a template: prose with slots, links, code and stray braces; for email_html, tags.

    *words* are mixed into the prose, and into links, tags and code: those that a
    transformer looks for. None stands for any content type.
    """
    words = [word for text in (words or _WORDS) for word in (text, *text.split())]
    hidden = [word for word in words if word.isalnum()] or ["hey"]
    html = content_type in {None, _template.HTML}
    fixed = [
        piece.replace("WORD", word)
        for piece in (*_FIXED, *(_HTML if html else ()))
        for word in (hidden if "WORD" in piece else "-")
    ]
    prose = st.sampled_from(words) | st.sampled_from((*_PROSE, *AWKWARD)) | texts()
    pieces = prose | st.sampled_from(_SLOTS) | st.sampled_from(fixed)
    gaps = st.sampled_from((" ", " ", " ", ", ", ". ", "! ", "\n", "\n\n", "", "\u00a0"))
    return st.lists(st.tuples(pieces, gaps), max_size=8).map(
        lambda pairs: "".join(piece + gap for piece, gap in pairs)
    )


def documents(
    content_type: str | None = None, words: Sequence[str] = ()
) -> SearchStrategy[Document]:
    """
    Return a template's document, as a transformer gets it; see ``templates``.
    """
    if content_type is None:
        return st.sampled_from(sorted(CONTENT_TYPES)).flatmap(
            lambda each: documents(each, words)
        )
    return templates(content_type, words).map(
        lambda text: _template.parse(text, content_type).document
    )


_WORDS = ("hey", "Hello", "THANKS", "thank you")
_PROSE = ("don't", "It’s", "for", "$100", "50 %", "(the)", "1st", "e.g.", "…")
_SLOTS = (
    *("{{firstName}}", "{{ lastName }}", '{{ budget | default: "open" }}', "{{company}}"),
    *("{{firstName}}{{lastName}}", "{{ location | upper }}", "{{id}}"),
)
_FIXED = (
    *("https://x.example/WORD?WORD=1", "https://x.example/{{id}}/WORD", "WORD@x.example"),
    *("`WORD`", "#WORD", '{{ x | default: "WORD" }}', "{% if WORD %}", "\\{{WORD}}"),
    *("{{}}", "{{ a b }}", "{", "}}"),
)
_HTML = (
    *("<p>", "</p>", "<br>", '<b title="WORD">', "</b>", "<!-- WORD -->", "&nbsp;", "&lt;"),
    *("<a href='https://x.example/{{id}}'>WORD</a>", "<code>WORD</code>", "é&eacute;", "<"),
)


def _strategies(fields: Mapping[str, Any]) -> dict[str, SearchStrategy[Any]]:
    return {
        name: value if isinstance(value, st.SearchStrategy) else st.just(value)
        for name, value in fields.items()
    }


def _emails() -> SearchStrategy[str]:
    local = st.from_regex(r"[a-z0-9]+([.+'_-][a-z0-9]+){0,2}", fullmatch=True)
    host = st.sampled_from(("example.com", "x.example", "Mail.Example.com"))
    return st.builds("{}@{}".format, local, host)


def _links() -> SearchStrategy[str]:
    return st.sampled_from(("https://x.example/a", "https://x.example/?q=a%20b&r=é#c"))


def _json() -> SearchStrategy[Any]:
    return st.recursive(
        _SCALARS | _NUMBERS | texts(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(), inner),
        max_leaves=5,
    )
