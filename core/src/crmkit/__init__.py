"""
Fetch client data from any CRM, personalize content with it, sync activities back.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from crmkit._connector import CRMConnector
from crmkit.errors import (
    AccessDeniedError,
    ActivityConflictError,
    AddressMissingError,
    AmbiguousClientError,
    AuthenticationError,
    ClientNotFoundError,
    ConfigurationError,
    ConsentRefused,
    CredentialsError,
    CredentialsNotFoundError,
    CRMError,
    CrmkitError,
    InvalidRequestError,
    MissingValueError,
    NotSupportedError,
    OutboxError,
    PersonalizationError,
    PluginConflictError,
    PluginContractError,
    PluginError,
    PluginLoadError,
    PluginNotFoundError,
    ProtocolError,
    RateLimitedError,
    RetryableError,
    StoreError,
    TemplateError,
    UnavailableError,
)
from crmkit.hookspecs import hookimpl
from crmkit.infos import (
    Finding,
    Limit,
    OAuth2,
    ProviderInfo,
    Rate,
    TransformerInfo,
    basic,
    bearer,
    header,
)

if TYPE_CHECKING:
    from crmkit._session import Session
    from crmkit._values import stable_id
    from crmkit.contents import PersonalizedContent
    from crmkit.documents import Context, Document, Span
    from crmkit.http import Response
    from crmkit.messages import Message
    from crmkit.models import (
        ActivityRecord,
        ClientData,
        ClientInteraction,
        ClientPage,
        Consent,
        CRMCredentials,
        CustomField,
        Secret,
    )
    from crmkit.reports import CacheStats, SyncOutcome, SyncReport

__all__ = [
    "AccessDeniedError",
    "ActivityConflictError",
    "ActivityRecord",
    "AddressMissingError",
    "AmbiguousClientError",
    "AuthenticationError",
    "CRMConnector",
    "CRMCredentials",
    "CRMError",
    "CacheStats",
    "ClientData",
    "ClientInteraction",
    "ClientNotFoundError",
    "ClientPage",
    "ConfigurationError",
    "Consent",
    "ConsentRefused",
    "Context",
    "CredentialsError",
    "CredentialsNotFoundError",
    "CrmkitError",
    "CustomField",
    "Document",
    "Finding",
    "InvalidRequestError",
    "Limit",
    "Message",
    "MissingValueError",
    "NotSupportedError",
    "OAuth2",
    "OutboxError",
    "PersonalizationError",
    "PersonalizedContent",
    "PluginConflictError",
    "PluginContractError",
    "PluginError",
    "PluginLoadError",
    "PluginNotFoundError",
    "ProtocolError",
    "ProviderInfo",
    "Rate",
    "RateLimitedError",
    "Response",
    "RetryableError",
    "Secret",
    "Session",
    "Span",
    "StoreError",
    "SyncOutcome",
    "SyncReport",
    "TemplateError",
    "TransformerInfo",
    "UnavailableError",
    "basic",
    "bearer",
    "header",
    "hookimpl",
    "stable_id",
]

# To make the models' classes takes a third of the import, and many scripts need few.
_ON_FIRST_USE = (
    *("_values", "documents", "models", "reports", "contents", "messages", "_session"),
    "http",
)


if not TYPE_CHECKING:  # which would take any name for a good one

    def __getattr__(name: str) -> Any:
        if name in __all__:
            for module in _ON_FIRST_USE:
                found = getattr(import_module(f"crmkit.{module}"), name, None)
                if found is not None:
                    globals()[name] = found
                    return found
        msg = f"module 'crmkit' has no attribute {name!r}"
        raise AttributeError(msg)


def __dir__() -> list[str]:
    return __all__
