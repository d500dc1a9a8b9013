"""
What personalization reports: the content made for one client, and how it came about.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import field, fields, frozen

from crmkit._values import now
from crmkit.errors import ConfigurationError
from crmkit.explanations import Explanation
from crmkit.messages import HTML, PARTS, SUBJECT, TEXT
from crmkit.models import ActivityRecord

if TYPE_CHECKING:
    from crmkit.lengths import Length


@frozen(kw_only=True, slots=False)  # made a million times, and so made faster
class PersonalizedContent:
    """
    A text, or the parts of a message, made for one client, and how it came about.

    *to* is the address for the content type. *preview*: it is only to be looked at;
    *refused* is the error that there would be without. *content* of a message is its text,
    else its HTML.
    """

    content: str = field(repr=False)
    client_id: str
    content_type: str = "email"
    to: str | None = field(default=None, repr=False)
    provider: str | None = None
    personalized_at: datetime = field(factory=now)
    preview: bool = False
    refused: Exception | None = field(default=None, repr=False)
    _parts: Mapping[str, str] | None = field(default=None, repr=False)
    _explain: Explanation | tuple[Any, ...] = field(
        factory=Explanation, repr=False, eq=False
    )

    @property
    def parts(self) -> Mapping[str, str]:
        """
        The text of each part: subject, text, html.
        """
        if self._parts is None:
            return {PARTS.get(self.content_type, TEXT): self.content}
        return self._parts

    @cached_property
    def _explanation(self) -> Explanation:
        told = self._explain
        if isinstance(told, Explanation):
            return told
        from crmkit._explained import explained

        return explained(*told)

    def explain(self) -> Explanation:
        """
        Return each token with its source and value, and what else became of the template.
        """
        return self._explanation

    @property
    def subject(self) -> str | None:
        """
        The subject line, of a message that has one.
        """
        return self.parts.get(SUBJECT)

    @property
    def text(self) -> str | None:
        """
        The text part, if there is one.
        """
        return self.parts.get(TEXT)

    @property
    def html(self) -> str | None:
        """
        The HTML part, if there is one.
        """
        return self.parts.get(HTML)

    @property
    def variables(self) -> Mapping[str, str]:
        """
        What was filled in, by the names in the template.
        """
        return self.explain().variables

    @property
    def defaults_used(self) -> tuple[str, ...]:
        """
        The names whose ``default`` stood in.
        """
        return self.explain().names("default")

    @property
    def missing(self) -> tuple[str, ...]:
        """
        The names that were kept as they are, or left blank.
        """
        return self.explain().names("missing", "unknown", "failed")

    @property
    def applied(self) -> tuple[str, ...]:
        """
        The transformers that changed the template.
        """
        return self.explain().applied

    @property
    def skipped(self) -> Mapping[str, str]:
        """
        The transformers that did not, each with the reason.
        """
        return self.explain().skipped

    @property
    def warnings(self) -> tuple[str, ...]:
        """
        What to look at before it is sent.
        """
        return self.explain().warnings

    @property
    def language(self) -> str | None:
        """
        The language of the text where it is known, else the client's.
        """
        return self.explain().language

    @property
    def variant(self) -> str | None:
        """
        The key of the template's variant, if it has some.
        """
        return self.explain().variant

    @property
    def machine_translated(self) -> bool:
        """
        Whether no person has written this text in its language.
        """
        return self.explain().machine_translated

    @property
    def length(self) -> Length:
        """
        How long the content is, as its content type counts.
        """
        return _length(self.content, self.content_type)

    @property
    def lengths(self) -> dict[str, Length]:
        """
        How long each part is.
        """
        kind = self.content_type
        return {part: _length(text, kind) for part, text in self.parts.items()}

    def activity(
        self,
        type: str,
        description: str | None = None,
        **fields: Any,
    ) -> ActivityRecord:
        """
        Make the record to sync once this was sent; *fields* are ActivityRecord's.

        The description is the content unless another is given; subject and HTML are in the
        metadata, too, for CRMs that show them. Raises ConfigurationError for a preview.
        """
        if self.preview:
            msg = "a preview was not sent; make the content with personalize_content"
            raise ConfigurationError(msg)
        shown = {part: self.parts[part] for part in (SUBJECT, HTML) if part in self.parts}
        return ActivityRecord(
            **{
                "type": type,
                "description": self.content if description is None else description,
                "client_id": self.client_id,
                "provider": self.provider,
                **fields,
                "metadata": {**shown, **(fields.get("metadata") or {})},
            }
        )

    def as_dict(self) -> dict[str, Any]:
        """
        Return it as JSON values.
        """
        from crmkit._telling import as_dict

        return as_dict(self)

    def __reduce__(self) -> tuple[object, ...]:
        values = {each.alias: getattr(self, each.name) for each in fields(type(self))}
        return _restored, ({**values, "explain": self.explain()},)


def _restored(values: Mapping[str, Any]) -> PersonalizedContent:
    return PersonalizedContent(**values)


def content_of(values: dict[str, Any]) -> PersonalizedContent:
    """
    Return a content of the values of all its attributes, as they are.

    This is quicker than the constructor, and done for a million clients.
    """
    content = object.__new__(PersonalizedContent)
    object.__setattr__(content, "__dict__", values)
    return content


def _length(text: str, content_type: str) -> Length:
    from crmkit import lengths

    if content_type == "sms":
        return lengths.sms_length(text)
    if content_type == "social":
        return lengths.social_length(text)
    return lengths.plain_length(text)
