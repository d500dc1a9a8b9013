"""
Personalize: consent, address, the transformed template from the cache, then the values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict

from attrs import define, evolve, field, frozen

from crmkit import _consent
from crmkit._encode import CONTENT_TYPES
from crmkit._program import ERROR, Values, check_policy
from crmkit.errors import ConfigurationError, CrmkitError, PersonalizationError
from crmkit.models import ClientData
from crmkit.reports import PersonalizedContent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmkit._clock import Clock
    from crmkit._pipeline import Compiled, Pipeline


class Arguments(TypedDict, total=False):
    """
    The keyword arguments that make a Request.
    """

    content_type: str
    variables: Mapping[str, object]
    unknown: str
    missing: str
    purpose: str
    mode: str
    user_id: str | None


def _variables(given: Mapping[str, object] | None) -> Mapping[str, object]:
    given = {} if given is None else given
    if isinstance(given, Mapping) and all(isinstance(name, str) for name in given):
        return given
    msg = "variables= takes a mapping of names to values"
    raise ConfigurationError(msg)


@frozen(kw_only=True)
class Request:
    """
    What a caller asks of one personalization, beside template and client.
    """

    content_type: str = "email"
    variables: Mapping[str, object] = field(factory=dict, converter=_variables)
    unknown: str = ERROR
    missing: str = ERROR
    purpose: str = _consent.MARKETING
    mode: str = _consent.PERMISSIVE
    user_id: str | None = None

    def __attrs_post_init__(self) -> None:
        check_policy("unknown", self.unknown)
        check_policy("missing", self.missing)
        if self.content_type not in CONTENT_TYPES:
            known = ", ".join(sorted(CONTENT_TYPES))
            msg = f"unknown content type {self.content_type!r}; there are {known}"
            raise ConfigurationError(msg)


_NO_CLIENT = "client_data is a ClientData, not a {}"


@define(kw_only=True)
class Personalize:
    """
    The verb *personalize* of one connector.
    """

    clock: Clock
    pipeline: Pipeline
    policy: _consent.Policy

    def one(
        self, template: str, client: ClientData, request: Request
    ) -> PersonalizedContent:
        """
        Return the template's text for one client.

        Raises ConsentRefused, AddressMissingError, TemplateError or MissingValueError.
        """
        if not isinstance(template, str):
            msg = f"a template is a text, not a {type(template).__name__}"
            raise ConfigurationError(msg)
        if not isinstance(client, ClientData):
            raise ConfigurationError(_NO_CLIENT.format(type(client).__name__))
        policy = evolve(
            self.policy,
            purpose=request.purpose,
            mode=request.mode,
            user_id=request.user_id,
        )
        client, address = _consent.admit(client, request.content_type, policy, self.clock)
        try:
            compiled = self.pipeline.program(template, request.content_type, client)
            return self._filled(compiled, client, address, request)
        except PersonalizationError as error:
            error.client_id = client.id
            raise

    def many(
        self, template: str, clients: Iterable[ClientData | Exception], request: Request
    ) -> Iterator[PersonalizedContent | CrmkitError]:
        """
        Yield the content, or the error with its client_id, for each client in turn.

        An error in place of a client, as get_clients_data has them, is its own result.
        """
        for client in clients:
            yield self._result(template, client, request)

    def _result(
        self, template: str, client: ClientData | Exception, request: Request
    ) -> PersonalizedContent | CrmkitError:
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

    def _filled(
        self,
        compiled: Compiled,
        client: ClientData,
        address: str | None,
        request: Request,
    ) -> PersonalizedContent:
        values = Values.of(client, request.variables)
        filled = compiled.program.fill(
            values,
            unknown=request.unknown,
            missing=request.missing,
            localized={"language": client.language, "timezone": client.timezone},
        )
        return PersonalizedContent(
            content="".join(filled.texts),
            client_id=client.id,
            content_type=request.content_type,
            to=address,
            language=client.language,
            variables=filled.variables,
            personalized_at=self.clock.now(),
            defaults_used=dict.fromkeys(filled.defaults),
            missing=dict.fromkeys(filled.missing),
            applied=compiled.applied,
            skipped=compiled.skipped,
            warnings=(*compiled.warnings, *_collisions(values, filled.variables)),
            provider=client.provider,
        )


def _collisions(values: Values, used: Iterable[str]) -> Iterator[str]:
    for name in used:
        rivals = values.rivals(name)
        if len(rivals) > 1:
            yield f"{name} could be any of {', '.join(rivals)}; the first was taken"
