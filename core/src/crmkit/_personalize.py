"""
Personalize: consent, address, the variant, its transformed parts, then the values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from attrs import define, evolve, field

from crmkit import _consent
from crmkit._explained import explained
from crmkit._filling import KEEP
from crmkit._request import request_of
from crmkit._variants import Choice, check_keys, choose
from crmkit.contents import HTML, PARTS, SUBJECT, TEXT, PersonalizedContent
from crmkit.errors import ConfigurationError, CrmkitError, PersonalizationError
from crmkit.messages import Message
from crmkit.models import ClientData

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crmkit._clock import Clock
    from crmkit._pipeline import Pipeline
    from crmkit._request import Arguments, Request
    from crmkit.lint import LintReport

Template: TypeAlias = "str | Message | Mapping[str, str]"
Made: TypeAlias = "PersonalizedContent | CrmkitError"

STYLE = "communicationStyle"
_CONTENT_TYPES = {SUBJECT: "subject", TEXT: "email", HTML: "email_html"}
_WHOLE = Choice(None)
_KEPT_CHOICES = 1024
_NO_CLIENT = "client_data is a ClientData, not a {}"


class Personalized(Iterator[Made]):
    """
    The contents of many clients, or the errors that name them, one after the other.

    *counts* says how many were personalized, and how many errors there were of each type.
    """

    def __init__(self, made: Iterator[Made]) -> None:
        self._made = made
        self.counts: Counter[str] = Counter()

    def __next__(self) -> Made:
        made = next(self._made)
        good = isinstance(made, PersonalizedContent)
        self.counts["personalized" if good else type(made).__name__] += 1
        return made


@define(kw_only=True)
class Personalize:
    """
    The verb *personalize* of one connector.
    """

    clock: Clock
    pipeline: Pipeline
    policy: _consent.Policy
    request: Callable[[Arguments], Request] = request_of
    _choices: dict[object, Choice] = field(factory=dict, init=False)

    def one(
        self, template: Template, client: ClientData, request: Request
    ) -> PersonalizedContent:
        """
        Return the template made for one client.

        Raises ConsentRefused, AddressMissingError, TemplateError or MissingValueError.
        """
        if not isinstance(template, str):
            _check_template(template, request)
        if not isinstance(client, ClientData):
            raise ConfigurationError(_NO_CLIENT.format(type(client).__name__))
        client, address = _consent.admit(
            client, request.content_type, request, self.policy, self.clock
        )
        return self._made(template, client, address, request)

    def preview(
        self, template: Template, client: ClientData, request: Request
    ) -> PersonalizedContent:
        """
        Return what the client would get, and as *refused* why there would be nothing.
        """
        refused = None
        try:
            content = self.one(template, client, request)
        except PersonalizationError as error:
            refused = error
            shown = evolve(request, unknown=KEEP, missing=KEEP, lenient=True)
            content = self._made(template, client, None, shown)
        return evolve(content, preview=True, refused=refused)

    def many(
        self,
        template: Template,
        clients: Iterable[ClientData | Exception],
        request: Request,
    ) -> Personalized:
        """
        Yield the content, or the error with its client_id, for each client in turn.

        An error in place of a client, as get_clients_data has them, is its own result.
        """
        return Personalized(self._result(template, client, request) for client in clients)

    def lint(
        self,
        template: Template,
        request: Request,
        fields: Iterable[str] | None,
    ) -> LintReport:
        """
        Return what is wrong with a template; *fields* are those that clients may have.
        """
        from crmkit._lint import Linter

        _check_template(template, request)
        names = None if fields is None else {*fields, *request.variables}
        linter = Linter(
            content_type=request.content_type,
            known=None if names is None else frozenset(names),
            marketing=request.purpose == _consent.MARKETING,
            parse=self.pipeline.parsed,
            filters=self.pipeline.filters(),
        )
        return linter.report(template)

    def _result(
        self, template: Template, client: ClientData | Exception, request: Request
    ) -> Made:
        if isinstance(client, CrmkitError):
            return client
        if not isinstance(client, ClientData):
            return ConfigurationError(_NO_CLIENT.format(type(client).__name__))
        try:
            return self.one(template, client, request)
        except ConfigurationError:
            raise
        except CrmkitError as error:
            return error
        except Exception as error:  # noqa: BLE001 - one bad client never stops the others
            msg = f"the client {client.id!r} cannot be read ({type(error).__name__})"
            return PersonalizationError(msg, client_id=client.id)

    def _made(
        self, template: Template, client: ClientData, address: str | None, request: Request
    ) -> PersonalizedContent:
        try:
            choice, parts = self._chosen(template, client, request)
            sources = (request.variables, client, client.custom_fields)
            made = {}
            for part, text, content_type in parts:
                compiled = self.pipeline.program(
                    text, content_type, client, choice.language
                )
                made[part] = compiled, compiled.program.fill(sources, request)
        except PersonalizationError as error:
            error.client_id = client.id
            raise
        language = compiled.language or client.language
        texts = {part: "".join(filled.texts) for part, (_, filled) in made.items()}
        return PersonalizedContent(
            content=texts.get(TEXT) or next(reversed(texts.values())),
            parts=texts,
            client_id=client.id,
            content_type=request.content_type,
            to=address,
            language=language,
            variant=choice.key,
            provider=client.provider,
            personalized_at=self.clock.now(),
            explain=partial(explained, made, choice, language),
        )

    def _chosen(
        self, template: Template, client: ClientData, request: Request
    ) -> tuple[Choice, Iterable[tuple[str, str, str]]]:
        """
        Return the variant, and the name, text and content type of each of its parts.
        """
        content_type = request.content_type
        if isinstance(template, str):
            return _WHOLE, ((PARTS.get(content_type, TEXT), template, content_type),)
        variants: Mapping[str, str | Message] = (
            template.variants if isinstance(template, Message) else template
        )
        choice = self._choice(template, variants, client, request) if variants else _WHOLE
        chosen = template if choice.key is None else variants[choice.key]
        if not isinstance(chosen, Message):
            return choice, ((PARTS.get(content_type, TEXT), str(chosen), content_type),)
        parts = chosen.parts().items()
        return choice, [(part, text, _CONTENT_TYPES[part]) for part, text in parts]

    def _choice(
        self,
        template: Template,
        variants: Mapping[str, object],
        client: ClientData,
        request: Request,
    ) -> Choice:
        own = isinstance(template, Message) and bool(template.parts())
        style = client.preferences.get(STYLE)
        style = None if style is None else str(style)
        asked = (tuple(variants), client.language, style, request.default_variant)
        choice = self._choices.get((*asked, own))
        if choice is None:
            check_keys(tuple(variants), request.default_variant)
            choice = choose(*asked, self.pipeline.matches, own=own)
            if len(self._choices) >= _KEPT_CHOICES:
                self._choices.clear()
            self._choices[(*asked, own)] = choice
        return choice


def _check_template(template: object, request: Request) -> None:
    if isinstance(template, Message):
        if request.content_type != "email":
            msg = "the parts of a Message have their own content types; leave it out"
            raise ConfigurationError(msg)
    elif not isinstance(template, str | Mapping):
        msg = f"a template is a text, a mapping or a Message, not {_kind(template)}"
        raise ConfigurationError(msg)
    elif isinstance(template, Mapping) and not _are_texts(template.values()):
        msg = "a mapping of variants maps language tags to texts, at least one"
        raise ConfigurationError(msg)


def _are_texts(values: Iterable[object]) -> bool:
    texts = list(values)
    return bool(texts) and all(isinstance(text, str) for text in texts)


def _kind(value: object) -> str:
    return f"a {type(value).__name__}"
