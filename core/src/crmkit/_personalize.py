"""
Personalize: consent, address, the variant, its transformed parts, then the values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from attrs import define, evolve, field

from crmkit import _consent
from crmkit._request import Request
from crmkit._variants import Choice, check_keys, choose
from crmkit.contents import PersonalizedContent, content_of
from crmkit.errors import (
    ConfigurationError,
    CrmkitError,
    PersonalizationError,
    TemplateError,
)
from crmkit.messages import HTML, PARTS, SUBJECT, TEXT, Message, parts_of
from crmkit.models import ClientData

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit._clock import Clock
    from crmkit._filling import Filled
    from crmkit._pipeline import Compiled, Pipeline

Template: TypeAlias = "str | Message | Mapping[str, str]"
Result: TypeAlias = "PersonalizedContent | CrmkitError"
Made: TypeAlias = "tuple[Compiled, Filled]"

STYLE = "communicationStyle"
_WHOLE = Choice(None)
_KEPT_CHOICES = 1024
_NO_CLIENT = "client_data is a ClientData, not a {}"


class Personalized(Iterator[Result]):
    """
    The contents of many clients, or the errors that name them, one after the other.

    *counts* says how many were personalized, and how many errors there were of each type.
    """

    def __init__(self, made: Iterator[Result]) -> None:
        self._made = made
        self.counts: Counter[str] = Counter()

    def __next__(self) -> Result:
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
    request: type[Request] = field(default=Request, init=False)
    _choices: dict[object, Choice] = field(factory=dict, init=False)

    def one(
        self, template: Template, client: ClientData, request: Request
    ) -> PersonalizedContent:
        """
        Return the template made for one client.

        Raises ConsentRefused, AddressMissingError, TemplateError or MissingValueError.
        """
        if not isinstance(template, str):
            check_template(template, request)
        if not isinstance(client, ClientData):
            raise ConfigurationError(_NO_CLIENT.format(type(client).__name__))
        client, address = _consent.admit(client, request, self.policy, self.clock)
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
        except ConfigurationError:
            raise
        except CrmkitError as error:
            refused = error
            content = self._made(template, client, None, request.shown())
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

    def _result(
        self, template: Template, client: ClientData | Exception, request: Request
    ) -> Result:
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
        parts, choice = None, _WHOLE
        try:
            if isinstance(template, str):
                compiled, filled = self._part(
                    template, request.content_type, client, request.language, request
                )
                made = {PARTS.get(request.content_type, TEXT): (compiled, filled)}
                content = "".join(filled.texts)
            else:
                choice, made = self._parts(template, client, request)
                parts = {name: "".join(filled.texts) for name, (_, filled) in made.items()}
                content = next(
                    parts[name] for name in (TEXT, HTML, SUBJECT) if name in parts
                )
        except PersonalizationError as error:
            error.client_id = client.id
            raise
        return content_of(
            {
                "content": content,
                "client_id": client.id,
                "content_type": request.content_type,
                "to": address,
                "provider": client.provider,
                "personalized_at": self.clock.now(),
                "preview": False,
                "refused": None,
                "_parts": parts,
                "_explain": (made, choice, client.language),
            }
        )

    def _parts(
        self, template: Message | Mapping[str, str], client: ClientData, request: Request
    ) -> tuple[Choice, dict[str, Made]]:
        """
        Return the variant that fits the client, and what was made of each of its parts.
        """
        variants: Mapping[str, str | Message] = (
            template.variants if isinstance(template, Message) else template
        )
        choice = self._choice(template, variants, client, request) if variants else _WHOLE
        chosen = template if choice.key is None else variants[choice.key]
        language = choice.language or request.language
        made = {}
        for name, (text, content_type) in parts_of(chosen, request.content_type).items():
            try:
                made[name] = self._part(text, content_type, client, language, request)
            except TemplateError as error:
                where = " ".join(filter(None, (choice.key, name)))
                error.args = (f"{where}: {error}",)
                raise
        return choice, made

    def _part(
        self,
        text: str,
        content_type: str,
        client: ClientData,
        language: str | None,
        request: Request,
    ) -> Made:
        compiled = self.pipeline.program(text, content_type, client, language)
        sources = (request.variables or {}, client, client.custom_fields)
        return compiled, compiled.program.fill(sources, request)

    def _choice(
        self,
        template: Message | Mapping[str, str],
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


def check_template(template: object, request: Request) -> None:
    """
    Refuse what is no template, or has no content type of its own to be given.
    """
    if isinstance(template, Message):
        if request.content_type != "email":
            msg = "the parts of a Message have their own content types; leave it out"
            raise ConfigurationError(msg)
    elif not isinstance(template, Mapping):
        msg = f"a template is a text, a mapping or a Message, not {_kind(template)}"
        raise ConfigurationError(msg)
    elif not _are_texts(template.values()):
        msg = "a template of variants maps language tags to texts, at least one"
        raise ConfigurationError(msg)


def _are_texts(values: Iterable[object]) -> bool:
    texts = list(values)
    return bool(texts) and all(isinstance(text, str) for text in texts)


def _kind(value: object) -> str:
    return f"a {type(value).__name__}"
