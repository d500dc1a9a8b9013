"""
The contract of transformers as tests; docs/contract.md says each rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from crmkit.testing._provider import named
from crmkit.testing._told import Telling
from crmkit.testing._transformer.cases import Example
from crmkit.testing._transformer.examples import Examples
from crmkit.testing._transformer.filters import Filters
from crmkit.testing._transformer.laws import Laws
from crmkit.testing._transformer.loading import Loading
from crmkit.testing._transformer.output import Output
from crmkit.testing._transformer.subject import Transformer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class TransformerContract(Examples, Filters, Laws, Output, Loading, Telling):
    """
    Some twenty tests for a transformer: give them the *plugin*, and *examples* of its work.

    An example is a template, what the client's ``language``, ``timezone`` and
    ``preferences.*`` are, and the template that it becomes; a content type may follow
    (default: email). Its words are mixed into the documents that the laws are tried with.

    *settings* are the transformer's own; *transformer* is the name that it is registered
    under, by default what follows ``crmkit_`` in its module's name.
    """

    plugin: Any
    examples: ClassVar[Sequence[tuple[Any, ...]]] = ()
    settings: ClassVar[Mapping[str, Any]] = {}
    transformer: str | None = None

    @pytest.fixture
    def subject(self) -> Transformer:
        """
        Return the transformer as it is tried.
        """
        return Transformer(
            plugin=self.plugin,
            name=self.transformer or named(self.plugin),
            settings=self.settings,
            examples=[Example(*given) for given in self.examples],
        )
