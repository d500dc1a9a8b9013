"""
What a hook receives: credentials, settings, memory, and the way to the CRM.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from attrs import define, field

from crmkit.asking import once

if TYPE_CHECKING:
    from crmkit._memory import Memory
    from crmkit.http import Http
    from crmkit.models import CRMCredentials, CustomField

_FIELDS = "crmkit.fields"


@define(kw_only=True)
class Session:
    """
    One user's access to one provider, made for each call of a hook.

    ``http`` is the way to the CRM, ``settings`` the plugin's settings (its attrs class,
    or a mapping), ``memory`` what it caches, ``fields()`` the account's custom fields.
    """

    provider: str
    user_id: str | None
    credentials: CRMCredentials
    settings: Any = field(repr=False)
    memory: Memory = field(repr=False)
    _make_http: Callable[[Session], Http] = field(repr=False)
    _list_fields: Callable[[Session], Iterable[CustomField]] = field(repr=False)
    _http: Http | None = field(default=None, init=False, repr=False)

    @property
    def http(self) -> Http:
        """
        The way to the CRM.
        """
        if self._http is None:
            self._http = self._make_http(self)
        return self._http

    def fields(self) -> tuple[CustomField, ...]:
        """
        Return the account's custom fields, read once.
        """
        return once(self, _FIELDS, lambda: tuple(self._list_fields(self)))
