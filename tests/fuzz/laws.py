"""
What holds whatever the template, the values and the content type; for the fuzzer to refute.
"""

import re
import time
import unicodedata
import zlib
from collections import Counter

from attrs import frozen
from selectolax.lexbor import LexborHTMLParser

from crmkit import (
    ClientData,
    CRMConnector,
    PersonalizedContent,
    TemplateError,
)
from crmkit._encode import CONTENT_TYPES, clean

CRM = CRMConnector()
TYPES = sorted(CONTENT_TYPES)
POLICIES = ["error", "keep", "blank"]
NAMES = ["firstName", "lastName", "x", "city", "b"]
HARMLESS = "x"
# Of a machine that is busy, and code that counts its own branches.
SECONDS, SECONDS_A_LETTER = 0.5, 2e-5
LONG, SELDOM = 65_536, 256
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202d\u202e\ud800-\udfff]")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|#x27);")
_CODE = re.compile(r"\s*(?:javascript|vbscript|data)\s*:", re.IGNORECASE)
_LINKS = {"href", "src", "action", "formaction", "poster", "background", "cite", "data"}


@frozen
class Case:
    """
    A template, its content type, the policies, and a value for each of NAMES.
    """

    template: str
    values: tuple[str, ...] = ()
    content_type: str = "plain"
    unknown: str = "keep"
    missing: str = "keep"

    @classmethod
    def of(cls, data: bytes) -> "Case":
        """
        Read a case: a byte that chooses, then the template and the values, NUL between.
        """
        choice = data[0] if data else 0
        texts = data[1:].split(b"\0", len(NAMES))
        template, *values = (text.decode("utf-8", "replace") for text in texts)
        choice, content_type = divmod(choice, len(TYPES))
        unknown, missing = divmod(choice % 9, 3)
        return cls(
            template,
            tuple(values),
            TYPES[content_type],
            POLICIES[unknown],
            POLICIES[missing],
        )

    def data(self) -> bytes:
        """
        Return the bytes that are read as this case.
        """
        policies = POLICIES.index(self.unknown) * 3 + POLICIES.index(self.missing)
        choice = policies * len(TYPES) + TYPES.index(self.content_type)
        texts = (self.template, *self.values)
        return bytes([choice]) + b"\0".join(
            text.encode("utf-8", "replace") for text in texts
        )


def check(case: Case) -> None:
    """
    Raise AssertionError where a law does not hold.
    """
    start = time.process_time()
    made = outcome(case)
    limit = SECONDS + SECONDS_A_LETTER * len(case.template)
    assert time.process_time() - start < limit, "it takes too long"
    if zlib.crc32(case.data()) % SELDOM == 0 and case.template:
        check_length(case)
    check_lint(case, made)
    if isinstance(made, Exception):
        return
    check_told(case, made)
    check_text(case, made.content)
    if case.content_type == "email_html":
        check_html(case, made.content)
    else:
        check_escape(case)


def arguments(case: Case, values: tuple[str, ...] | None = None) -> dict[str, object]:
    """
    Return what a case is personalized with.
    """
    given = dict(zip(NAMES, case.values if values is None else values, strict=False))
    client = ClientData(
        id="7",
        first_name=given.pop("firstName", None),
        last_name=given.pop("lastName", None),
        email="a@x.example",
        phone="+34",
        custom_fields={"city": given.pop("city", None), "other": "x"},
    )
    return {
        "template": case.template,
        "client_data": client,
        "content_type": case.content_type,
        "variables": given,
        "unknown": case.unknown,
        "missing": case.missing,
    }


def outcome(
    case: Case, values: tuple[str, ...] | None = None
) -> PersonalizedContent | TemplateError:
    """
    Return the content, or the error that the template has, which is all that may be.
    """
    try:
        return CRM.personalize_content(**arguments(case, values))
    except TemplateError as error:
        made = error
    assert min(made.line, made.column) > 0, "it has no place"
    strange = [text for text in case.values if text not in case.template]
    assert not any(len(text) > 9 and text in str(made) for text in strange), made
    return made


def check_told(case: Case, made: PersonalizedContent) -> None:
    """
    Check that the explanation's segments are the text, and a preview is the same.
    """
    told = made.explain()
    (segments,) = told.segments.values()
    assert "".join(text for text, _ in segments) == made.content
    assert all(number is None or told.tokens[number] for _, number in segments)
    preview = CRM.preview(**arguments(case))
    assert (preview.content, preview.refused) == (made.content, None)


def check_lint(case: Case, made: PersonalizedContent | TemplateError) -> None:
    """
    Check that a template without errors is refused for nobody who has all values.
    """
    report = CRM.lint(
        case.template,
        content_type=case.content_type,
        fields=["city", "other"],
        variables=["x", "b"],
        purpose="transactional",
    )
    wrong = [problem for problem in report if problem.code == "template"]
    assert not wrong or isinstance(made, TemplateError), wrong
    if report.ok:
        whole = Case(case.template, (HARMLESS,) * 5, case.content_type, "error", "error")
        found = outcome(whole)
        # {{ x.y }} looks into x, which is a text here.
        assert not isinstance(found, Exception) or "." in "".join(found.names), found


def check_length(case: Case) -> None:
    """
    Check that what is repeated takes as much longer.
    """
    times = max(1, LONG // len(case.template))
    start = time.process_time()
    outcome(Case(case.template * times, case.values, case.content_type))
    spent = time.process_time() - start
    assert spent < SECONDS + SECONDS_A_LETTER * LONG, "it takes too long when repeated"


def check_text(case: Case, content: str) -> None:
    """
    Check that no control character or bidi override comes but from the template.
    """
    written = Counter(_CONTROLS.findall(unicodedata.normalize("NFC", case.template)))
    brought = Counter(_CONTROLS.findall(content)) - written
    assert not brought, f"a value brought {brought}"
    assert content.encode().decode() == content
    if case.content_type == "subject":
        assert len(f"{content}.".splitlines()) == 1


def check_escape(case: Case) -> None:
    """
    Check that the template renders as itself when its braces are escaped.
    """
    text = re.sub(r"\{[{%]", r"\\\g<0>", case.template)
    if case.content_type != "subject":
        shown = outcome(Case(text, content_type=case.content_type))
        assert shown.content == unicodedata.normalize("NFC", case.template)


def markup(text: str) -> list[tuple[object, ...]]:
    """
    Return what a browser makes of a text: elements and comments, and attributes' names.

    And which links run code.
    """
    root = LexborHTMLParser(text).root
    nodes = root.traverse() if root else ()
    return [
        (
            node.tag,
            *node.attributes,
            *(name for name in node.attributes if runs_code(name, node.attributes[name])),
        )
        for node in nodes
    ]


def runs_code(name: str, value: str | None) -> bool:
    """
    Tell whether an attribute is a link that runs code.
    """
    return name in _LINKS and bool(_CODE.match(re.sub("[\t\r\n]", "", value or "")))


def check_html(case: Case, content: str) -> None:
    """
    Check that the markup is the template's, whatever the values.
    """
    harmless = tuple(HARMLESS if clean(text).strip() else "" for text in case.values)
    expected = outcome(case, harmless).content
    assert markup(content) == markup(expected)
    for letter in "<>\"'":
        assert content.count(letter) == expected.count(letter), letter
    bare = _ENTITY.sub("", content).count("&")
    assert bare <= case.template.count("&")
