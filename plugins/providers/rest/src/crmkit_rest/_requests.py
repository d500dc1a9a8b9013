"""
The requests that a file may describe, as classes; each refuses what cannot be meant.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar, Literal, NewType

from attrs import field, frozen
from attrs.validators import ge

from crmkit_rest._expressions import ID, KEY, LABEL, NAME, NOTHING, VALUE, WHOLE, Expression
from crmkit_rest._templates import Fields, Headers, Path, Template

if TYPE_CHECKING:
    from collections.abc import Iterator

    Told = Iterator[tuple[str, str]]

Times = NewType("Times", str)
FieldType = Literal["text", "number", "boolean", "date", "datetime", "choice", "choices"]
PAGED = frozenset({"cursor", "offset", "page"})


class TableError(ValueError):
    """
    What is wrong with a table: pairs of a key, empty for the table itself, and a sentence.

    *alone* are those that are so whatever else the table says.
    """

    def __init__(self, alone: list[tuple[str, str]], others: list[tuple[str, str]]) -> None:
        super().__init__("a table that cannot be meant")
        self.alone, self.others = alone, others


@frozen(kw_only=True)
class Table:
    """
    A table that looks at itself once all of its keys are what they must be.
    """

    def __attrs_post_init__(self) -> None:
        alone, others = list(self._wrong_names()), list(self._mistakes())
        if alone or others:
            raise TableError(alone, others)

    def _wrong_names(self) -> Told:
        yield from ()

    def _mistakes(self) -> Told:
        yield from ()


@frozen(kw_only=True)
class Request(Table):
    """
    A request: where it goes, and what with. Of *NEEDS* one name must stand in it.
    """

    NAMES: ClassVar[frozenset[str]] = frozenset()
    NEEDS: ClassVar[frozenset[str]] = frozenset()

    path: Path
    method: Literal["GET", "POST", "PUT", "PATCH"] | None = None
    params: Fields = field(factory=Fields)
    headers: Headers = field(factory=Headers)
    body: Template = field(factory=Template)
    form: Fields = field(factory=Fields)
    limit: str = ""
    times: Times | None = None

    @property
    def names(self) -> frozenset[str]:
        """
        All names that stand in it.
        """
        parts = (self.path, self.params, self.headers, self.body, self.form)
        return frozenset().union(*(part.names for part in parts))

    def _known(self) -> frozenset[str]:
        return self.NAMES

    def _wrong_names(self) -> Told:
        for key in ("path", "params", "headers", "body", "form"):
            yield from unknown_names(key, getattr(self, key).names, self._known())

    def _mistakes(self) -> Told:
        if self.NEEDS and not self.NEEDS & self.names:
            needed = " or ".join(f"{{{name}}}" for name in sorted(self.NEEDS))
            yield "", f"needs {needed} somewhere"
        if self.body.shape is not None and self.form.shape is not None:
            yield "form", "and body exclude each other"


@frozen(kw_only=True)
class Reading(Request):
    """
    A request that reads records *at* a place of its answer, page by page.
    """

    at: Expression = WHOLE
    next: Expression = NOTHING
    link: Expression = NOTHING
    more: Expression = NOTHING
    first_page: int = 1

    def _known(self) -> frozenset[str]:
        return self.NAMES | PAGED

    def _mistakes(self) -> Told:
        yield from super()._mistakes()
        ways = [*sorted(self.names & PAGED), *(["link"] if self.link else [])]
        if len(ways) > 1:
            yield "", f"has more than one way to the next page: {', '.join(ways)}"
        if ("cursor" in ways) != bool(self.next):
            yield "next", "finds the cursor that {cursor} sends: give both or neither"
        if self.more and not {"page", "offset"} & set(ways):
            yield "more", "goes with {page} or {offset}, which is missing"


@frozen(kw_only=True)
class Fetch(Reading):
    """
    How clients are read by id: one by ``{id}``, or a *batch* by ``{ids}``.
    """

    NAMES = NEEDS = frozenset({"id", "ids"})

    batch: int = field(default=50, validator=ge(1))

    @property
    def size(self) -> int:
        """
        How many clients one request reads.
        """
        return self.batch if "ids" in self.names else 1


@frozen(kw_only=True)
class Find(Reading):
    """
    How clients are found by a field: all that *match*, whatever the CRM lists.
    """

    NAMES = frozenset({"field", "value"})
    NEEDS = frozenset({"value"})

    match: Expression = NOTHING
    fetch: bool = False


@frozen(kw_only=True)
class Listing(Reading):
    """
    How all clients are listed, or those changed ``{since}``; *deleted* are ids.
    """

    NAMES = frozenset({"since"})

    deleted: Expression = NOTHING
    fetch: bool = False


@frozen(kw_only=True)
class History(Reading):
    """
    One list of what happened with a client, and where each thing's parts are.
    """

    NAMES = NEEDS = frozenset({"id"})

    id: Expression = ID
    text: Expression = NOTHING
    html: Expression = NOTHING
    timestamp: Expression = NOTHING
    direction: Expression = NOTHING
    type: Expression = NOTHING
    types: dict[str, str] = field(factory=dict)
    metadata: dict[str, Expression] = field(factory=dict)


@frozen(kw_only=True)
class Schema(Reading):
    """
    How the CRM tells its custom fields, and the *options* of choices.
    """

    key: Expression = KEY
    name: Expression = NAME
    type: Expression = NOTHING
    types: dict[str, FieldType] = field(factory=dict)
    options: Expression = NOTHING
    value: Expression = VALUE
    label: Expression = LABEL


def unknown_names(key: str, names: frozenset[str], known: frozenset[str]) -> Told:
    """
    Yield which names have no value here, and what was meant.
    """
    for name in sorted(names):
        head, dot, _ = name.partition(".")
        if head not in known or (dot and head != "metadata"):
            close = get_close_matches(name, known, n=1)
            close = close or sorted(one for one in known if one.endswith(f"_{name}"))
            listed = ", ".join(f"{{{one}}}" for one in sorted(known)) or "none"
            either = " or ".join(f"{{{one}}}" for one in close)
            meant = f"did you mean {either}?" if close else f"there are {listed}"
            yield key, f"has the unknown name {{{name}}}; {meant}"
