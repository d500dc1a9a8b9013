"""
The kinds of activity that a file may describe: what is written, told back, looked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field, frozen
from attrs.validators import ge

from crmkit_rest._expressions import ID, NOTHING, WHOLE, Expression
from crmkit_rest._requests import Reading, Request, Table, unknown_names
from crmkit_rest._templates import Template

if TYPE_CHECKING:
    from crmkit_rest._requests import Told

METADATA = frozenset(
    {"attachments", "direction", "due_at", "duration_s", "from", "message_id", "outcome"}
    | {"subject", "to", "url"}
)
WRITTEN = METADATA | {
    *("activity_id", "client_id", "html", "mark", "metadata", "text", "timestamp"),
    *("title", "type", "user_id"),
}


@frozen(kw_only=True)
class Look(Reading):
    """
    How an activity is looked for, before it is sent again: by its *mark*.
    """

    NAMES = frozenset({"activity_id", "client_id", "mark", "timestamp", "type"})

    id: Expression = ID
    mark: Expression


@frozen(kw_only=True)
class Outcomes(Table):
    """
    What an answer tells of each row: by its *key*, by its *index*, else by its place.
    """

    at: Expression = WHOLE
    key: Expression = NOTHING
    index: Expression = NOTHING
    id: Expression = NOTHING
    error: Expression = NOTHING

    def _mistakes(self) -> Told:
        if self.key and self.index:
            yield "index", "and key exclude each other"


@frozen(kw_only=True)
class Kind(Request):
    """
    One kind of activity: the caller's *types* that become it, and the request that writes.

    With a *row* a *batch* is one request, in which ``{rows}`` stands for all of them.
    """

    types: tuple[str, ...] = ()
    row: Template = field(factory=Template)
    batch: int = field(default=50, validator=ge(1))
    id: Expression = NOTHING
    outcomes: Outcomes | None = None
    words: dict[str, dict[str, Any]] = field(factory=dict)
    longest: int = field(default=1_000_000, validator=ge(100))
    cut: bool = False
    repeatable: bool = False
    look: Look | None = None

    @property
    def in_rows(self) -> bool:
        """
        Whether one request takes many.
        """
        return self.row.shape is not None

    @property
    def said(self) -> frozenset[str]:
        """
        The names by which one activity is told.
        """
        return self.row.names if self.in_rows else self.names

    @property
    def has_mark(self) -> bool:
        """
        Whether the mark has a place of its own. A header is none: nobody can look there.
        """
        parts = (self.path, self.params, self.body, self.form, self.row)
        return any("mark" in part.names for part in parts)

    def _known(self) -> frozenset[str]:
        return frozenset({"rows"}) if self.in_rows else WRITTEN

    def _wrong_names(self) -> Told:
        yield from super()._wrong_names()
        yield from unknown_names("row", self.row.names, WRITTEN)
        yield from unknown_names("words", frozenset(self.words), METADATA | {"type"})

    def _mistakes(self) -> Told:
        yield from super()._mistakes()
        if self.in_rows and "rows" not in self.names:
            yield "row", 'needs {rows} elsewhere, such as body = { notes = "{rows}" }'
        if self.in_rows and self.id:
            yield "id", "is of one; of rows the ids are told by outcomes.id"
        if self.outcomes and not self.in_rows:
            yield "outcomes", "are of many; give a row, or id alone"
        if not self.said & {"text", "html"}:
            yield "", "needs {text} or {html} somewhere, else what happened is lost"
