"""
The rule that a transformer's own examples hold, through the connector.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit import CRMConnector
from crmkit.models import ClientData
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit.testing._transformer.cases import Example
    from crmkit.testing._transformer.subject import Transformer

_PREFERENCE = "preferences."


class Examples:
    """
    What its author promises.
    """

    @rule
    def test_t21_examples(self, subject: Transformer) -> None:
        """
        Each example becomes what is expected when a connector personalizes it.
        """
        if all(example.template == example.expected for example in subject.examples):
            subject.not_proven("there is no example in which anything changes")
        if subject.wrong_reads():
            subject.not_proven("it reads what no connector lets it read")
        with CRMConnector() as plain, subject.connect() as connector:
            for example in subject.examples:
                expected = _personalized(plain, example.expected, example)
                found = _personalized(connector, example.template, example)
                if found.content != expected.content:
                    why = "".join(f"; {warning}" for warning in found.warnings)
                    subject.broken(
                        f"makes {found.content!r} of {example.template!r}, not"
                        f" {example.expected!r}, for {example.reads}{why}"
                    )


def _personalized(connector: CRMConnector, template: str, example: Example) -> Any:
    return connector.personalize_content(
        template,
        _client(example.reads),
        content_type=example.content_type,
        unknown="keep",
        missing="keep",
    )


def _client(reads: Mapping[str, str]) -> ClientData:
    preferences = {
        name.removeprefix(_PREFERENCE): value
        for name, value in reads.items()
        if name.startswith(_PREFERENCE)
    }
    return ClientData(
        id="7",
        language=reads.get("language"),
        timezone=reads.get("timezone"),
        preferences=preferences,
        email="ana@example.com",
        phone="+34 555 0100",
    )
