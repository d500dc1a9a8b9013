"""
Every error that crmkit raises, grouped by what the caller does next.

::

    CrmkitError
    ├── ConfigurationError            mend the settings; nothing was done
    │   └── PluginError               .plugin
    │       ├── PluginNotFoundError   install it
    │       ├── PluginConflictError   choose one with prefer=
    │       ├── PluginLoadError       it is broken: see the cause
    │       └── PluginContractError   it breaks a rule of docs/hooks.md
    ├── CredentialsError              sign in
    │   └── CredentialsNotFoundError
    ├── CRMError                      .provider .status .request_id .client_id
    │   ├── RetryableError            later; .retry_after
    │   │   ├── RateLimitedError      nothing was done
    │   │   └── UnavailableError      .sent: something may have been done
    │   ├── AuthenticationError       the token is refused
    │   ├── AccessDeniedError         the token lacks a right
    │   ├── ClientNotFoundError
    │   ├── AmbiguousClientError      .client_ids
    │   ├── InvalidRequestError       the record must change
    │   ├── NotSupportedError         this CRM cannot do that
    │   └── ProtocolError             an answer that cannot be understood
    ├── PersonalizationError          .client_id
    │   ├── TemplateError             .line .column .token .names
    │   │   └── MissingValueError
    │   ├── AddressMissingError       .content_type
    │   └── ConsentRefused            .channel .source .as_of
    └── OutboxError                   the local store
        ├── StoreError                it cannot be read or written
        └── ActivityConflictError     the id is known with other content

``str(error)`` is safe to log: it never holds an answer's body, a token or a client's
data. Every error can be pickled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class CrmkitError(Exception):
    """
    The root of all errors of crmkit.
    """


class ConfigurationError(CrmkitError):
    """
    A setting or an argument is wrong; nothing was done.
    """


class PluginError(ConfigurationError):
    """
    A plugin cannot be used; *plugin* is its name.
    """

    def __init__(self, message: str, *, plugin: str = "") -> None:
        super().__init__(message)
        self.plugin = plugin


class PluginNotFoundError(PluginError):
    """
    No plugin of this name is installed.
    """


class PluginConflictError(PluginError):
    """
    Several distributions offer the same name.
    """


class PluginLoadError(PluginError):
    """
    The plugin fails while it is imported; the cause says why.
    """


class PluginContractError(PluginError):
    """
    The plugin breaks a rule of the hook contract.
    """


class CredentialsError(CrmkitError):
    """
    The credentials cannot be used.
    """


class CredentialsNotFoundError(CredentialsError):
    """
    Nobody gave credentials for this user and provider.
    """


class CRMError(CrmkitError):
    """
    The CRM, or the way to it, refused or failed.

    The core fills *provider* and *client_id* where the plugin left them out. *status* is
    the HTTP status, *request_id* the CRM's own id of the request, each None if unknown.
    """

    def __init__(
        self,
        message: str,
        *,
        provider: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        client_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.provider = provider
        self.status = status
        self.request_id = request_id
        self.client_id = client_id


class RetryableError(CRMError):
    """
    The same call may succeed later, after *retry_after* seconds if the CRM said so.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        provider: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, provider=provider, status=status, request_id=request_id)
        self.retry_after = retry_after


class RateLimitedError(RetryableError):
    """
    Too many requests, locked or busy: the CRM did nothing.
    """


class UnavailableError(RetryableError):
    """
    The CRM does not answer; *sent* tells whether the request may have reached it.
    """

    def __init__(
        self,
        message: str,
        *,
        sent: bool,
        retry_after: float | None = None,
        provider: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(
            message,
            retry_after=retry_after,
            provider=provider,
            status=status,
            request_id=request_id,
        )
        self.sent = sent

    def __reduce__(self) -> tuple[object, ...]:
        return _unavailable, (str(self), self.sent), self.__dict__


def _unavailable(message: str, sent: bool) -> UnavailableError:
    return UnavailableError(message, sent=sent)


class AuthenticationError(CRMError):
    """
    The CRM refuses the token.
    """


class AccessDeniedError(CRMError):
    """
    The token is good but lacks the right to do this.
    """


class ClientNotFoundError(CRMError):
    """
    The CRM knows no such client.
    """


class AmbiguousClientError(CRMError):
    """
    Several clients match; *client_ids* names them.
    """

    def __init__(
        self, message: str, *, client_ids: Sequence[str] = (), provider: str | None = None
    ) -> None:
        super().__init__(message, provider=provider)
        self.client_ids = tuple(client_ids)


class InvalidRequestError(CRMError):
    """
    The CRM refuses the record as it is, and did nothing.
    """


class NotSupportedError(CRMError):
    """
    This CRM, or its plugin, cannot do that.
    """


class ProtocolError(CRMError):
    """
    The answer cannot be understood: not JSON, cut short, too large, or looping.
    """


class PersonalizationError(CrmkitError):
    """
    No content can be made for this client; *client_id* names it.
    """

    def __init__(self, message: str, *, client_id: str | None = None) -> None:
        super().__init__(message)
        self.client_id = client_id


class TemplateError(PersonalizationError):
    """
    The template is wrong at *line* and *column* (both from 1), at *token*.

    *names* lists all variables concerned, not only the first. *of_value*: the template is
    right, and the value of this client is not.
    """

    def __init__(
        self,
        message: str,
        *,
        line: int = 0,
        column: int = 0,
        token: str = "",
        names: Sequence[str] = (),
        of_value: bool = False,
        client_id: str | None = None,
    ) -> None:
        super().__init__(message, client_id=client_id)
        self.names = tuple(names)
        self.of_value = of_value
        self.line = line
        self.column = column
        self.token = token


class MissingValueError(TemplateError):
    """
    The client has no value for a token that has no default.
    """


class AddressMissingError(PersonalizationError):
    """
    The client has no e-mail address or telephone number for this *content_type*.
    """

    def __init__(
        self, message: str, *, content_type: str = "", client_id: str | None = None
    ) -> None:
        super().__init__(message, client_id=client_id)
        self.content_type = content_type


class ConsentRefused(PersonalizationError):
    """
    The client does not want this: *channel*, and who says so since when.
    """

    def __init__(
        self,
        message: str,
        *,
        channel: str = "",
        source: str | None = None,
        as_of: datetime | None = None,
        client_id: str | None = None,
    ) -> None:
        super().__init__(message, client_id=client_id)
        self.channel = channel
        self.source = source
        self.as_of = as_of


class OutboxError(CrmkitError):
    """
    The outbox cannot do that.
    """


class StoreError(OutboxError):
    """
    The store cannot be opened, read or written.
    """


class ActivityConflictError(OutboxError):
    """
    An activity of this id is known with other content.
    """
