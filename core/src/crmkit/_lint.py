"""
Lint a template: each part of each variant by the rules, then the variants side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from crmkit._compile import checked
from crmkit._lint_rules import RULES, Part
from crmkit.contents import HTML, PARTS, SUBJECT, TEXT
from crmkit.errors import TemplateError
from crmkit.lint import ERROR, WARNING, LintReport, Problem
from crmkit.messages import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crmkit._filters import Filter
    from crmkit._personalize import Template
    from crmkit._template import Parsed

    Named = Mapping[str, tuple[str, str]]  # part -> text, content type

CONTENT_TYPES = {SUBJECT: "subject", TEXT: "email", HTML: "email_html"}


@frozen(kw_only=True)
class Linter:
    """
    What templates are looked at with; *known* are names of values, None: nobody told.
    """

    content_type: str
    known: frozenset[str] | None
    marketing: bool
    parse: Callable[[str, str], Parsed]
    filters: Mapping[str, Filter]

    def report(self, template: Template) -> LintReport:
        """
        Return what is wrong with a template.
        """
        problems: list[Problem] = []
        used: dict[str | None, set[str]] = {}
        for variant, parts in _variants(template, self.content_type):
            used[variant] = set()
            for part, (text, content_type) in parts.items():
                found, slots = self._part(part, text, content_type)
                problems += (evolve(problem, variant=variant) for problem in found)
                used[variant] |= slots
        return LintReport(problems=[*problems, *_unlike(used)])

    def _part(
        self, name: str, text: str, content_type: str
    ) -> tuple[list[Problem], set[str]]:
        try:
            parsed = self.parse(text, content_type)
        except TemplateError as error:
            return [_wrong(error, name)], set()
        program, errors = checked(parsed.document, content_type, parsed, self.filters)
        part = Part(name, content_type, parsed, program, self.known, self.marketing)
        problems = [_wrong(error, name) for error in errors]
        problems += (problem for rule in RULES for problem in rule(part))
        problems.sort(key=lambda problem: (problem.line, problem.column))
        return problems, {piece.alias for piece in program.pieces}


def _variants(template: Template, content_type: str) -> Iterator[tuple[str | None, Named]]:
    part = PARTS.get(content_type, TEXT)
    if isinstance(template, str):
        yield None, {part: (template, content_type)}
    elif isinstance(template, Message):
        if template.parts():
            yield None, _parts(template)
        for key, variant in template.variants.items():
            yield key, _parts(variant)
    else:
        for key, text in template.items():
            yield key, {part: (text, content_type)}


def _parts(message: Message) -> Named:
    return {part: (text, CONTENT_TYPES[part]) for part, text in message.parts().items()}


def _wrong(error: TemplateError, part: str) -> Problem:
    return Problem(
        severity=ERROR,
        code="template",
        message=str(error).partition(": ")[2] or str(error),
        line=error.line,
        column=error.column,
        token=error.token,
        part=part,
    )


def _unlike(used: Mapping[str | None, set[str]]) -> Iterator[Problem]:
    """
    Yield the variants that do not use what all the others together do.
    """
    every = set().union(*used.values())
    for variant, names in used.items():
        if lacking := sorted(every - names):
            yield Problem(
                severity=WARNING,
                code="variants",
                message=f"it does not use {', '.join(lacking)}, which other variants do",
                variant=variant,
            )
