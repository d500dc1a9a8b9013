"""
Lint a template: each part of each variant by the rules, then the variants side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from crmkit._compile import checked
from crmkit._consent import MARKETING
from crmkit._lint_rules import RULES, Part
from crmkit._personalize import check_template
from crmkit._values import fold
from crmkit._variants import check_keys
from crmkit.errors import TemplateError
from crmkit.lint import ERROR, WARNING, LintReport, Problem
from crmkit.messages import Message, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmkit._personalize import Template
    from crmkit._pipeline import Pipeline
    from crmkit._request import Request
    from crmkit.messages import Named


def lint(
    template: Template,
    request: Request,
    fields: Iterable[str] | None,
    pipeline: Pipeline,
) -> LintReport:
    """
    Return what is wrong with a template; *fields* are those that clients may have.
    """
    if not isinstance(template, str):
        check_template(template, request)
    names = None if fields is None else frozenset({*fields, *(request.variables or ())})
    given = frozenset(map(fold, ("id", *(request.variables or ()))))
    marketing = request.purpose == MARKETING
    problems: list[Problem] = []
    used: dict[str | None, set[str]] = {}
    made_of: dict[str | None, set[str]] = {}
    for variant, parts in _variants(template, request.content_type):
        used[variant], made_of[variant] = set(), set(parts)
        for name, (text, content_type) in parts.items():
            try:
                parsed = pipeline.parsed(text, content_type)
            except TemplateError as error:
                problems.append(evolve(_wrong(error, name), variant=variant))
                continue
            filters, document = pipeline.filters(), parsed.document
            program, errors = checked(document, content_type, parsed, filters)
            part = Part(name, content_type, parsed, program, names, given, marketing)
            found = [_wrong(error, name) for error in errors]
            found += (problem for rule in RULES for problem in rule(part))
            found.sort(key=lambda problem: (problem.line, problem.column))
            problems += (evolve(problem, variant=variant) for problem in found)
            used[variant] |= {piece.alias for piece in program.pieces}
    problems += _unlike(made_of, "it has no {}, which other variants have")
    problems += _unlike(used, "it does not use {}, which other variants do")
    return LintReport(problems=problems)


def _variants(template: Template, content_type: str) -> Iterator[tuple[str | None, Named]]:
    if isinstance(template, str) or (isinstance(template, Message) and template.parts()):
        yield None, parts_of(template, content_type)
    if not isinstance(template, str):
        variants = template.variants if isinstance(template, Message) else template
        check_keys(tuple(variants), None)
        for key, variant in variants.items():
            yield key, parts_of(variant, content_type)


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


def _unlike(has: Mapping[str | None, set[str]], message: str) -> Iterator[Problem]:
    """
    Yield the variants that lack what others have.
    """
    every = set().union(*has.values())
    for variant, own in has.items():
        if lacking := sorted(every - own):
            yield Problem(
                severity=WARNING,
                code="variants",
                message=message.format(", ".join(lacking)),
                variant=variant,
            )
