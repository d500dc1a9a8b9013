"""
A personalized content as JSON values, and its explanation as lines for people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import asdict

if TYPE_CHECKING:
    from crmkit.contents import PersonalizedContent
    from crmkit.explanations import Explanation, Token


def as_dict(content: PersonalizedContent) -> dict[str, Any]:
    """
    Return a content as JSON values.
    """
    refused = content.refused
    return {
        "client_id": content.client_id,
        "content": content.content,
        "parts": dict(content.parts),
        "content_type": content.content_type,
        "to": content.to,
        "language": content.language,
        "variant": content.variant,
        "provider": content.provider,
        "personalized_at": content.personalized_at.isoformat(),
        "preview": content.preview,
        "refused": refused and {"type": type(refused).__name__, "message": str(refused)},
        "variables": dict(content.variables),
        "defaults_used": list(content.defaults_used),
        "missing": list(content.missing),
        "applied": list(content.applied),
        "skipped": dict(content.skipped),
        "warnings": list(content.warnings),
        "machine_translated": content.machine_translated,
        "lengths": {part: asdict(each) for part, each in content.lengths.items()},
    }


def table(explanation: Explanation) -> str:
    """
    Return an explanation as lines for people: a token each, then what else became of it.
    """
    rows = [("token", "source", "value", "filters", "text"), *map(_row, explanation.tokens)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    lines += (f"applied: {name}" for name in explanation.applied)
    lines += (f"skipped: {name}: {why}" for name, why in explanation.skipped.items())
    lines += (f"warning: {warning}" for warning in explanation.warnings)
    for what in ("language", "variant"):
        if (value := getattr(explanation, what)) is not None:
            lines.append(f"{what}: {value}")
    return "\n".join(line.rstrip() for line in lines)


def _row(token: Token) -> tuple[str, ...]:
    where = f"{token.part} {token.line}:{token.column}"
    source = token.source or token.status
    filters = " | ".join(token.filters)
    return (f"{token.name} ({where})", source, token.value or "", filters, token.text)
