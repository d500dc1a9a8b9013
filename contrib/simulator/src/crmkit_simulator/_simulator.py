"""
A simulated CRM that is served on loopback.
"""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any, Self

from crmkit_simulator._calls import Calls
from crmkit_simulator._clock import Clock
from crmkit_simulator._crms import named
from crmkit_simulator._faults import Fault, Faults
from crmkit_simulator._people import people

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType

    from crmkit_simulator._server import Server
    from crmkit_simulator._tls import Certificate

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Simulator:
    """
    A CRM on loopback, started by ``with`` or ``start``.

    *crm* names it. It listens on *port* of *host* (0: a free one, which a restart keeps).
    *contacts* are what it holds at the start, by the CRM's own field names, ``id`` for a
    given id; or how many to make up. *token* is the access token that it accepts (None: it
    makes one), *limit* its rate limit, ``off`` or of the form ``190/10s`` (None: the CRM's
    own). With *tls* it speaks HTTPS alone. All other *options* are the CRM's; the README
    lists them.

    Raises ValueError or TypeError for one that is wrong.
    """

    def __init__(
        self,
        crm: str = "hubspot",
        *,
        contacts: Iterable[Mapping[str, Any]] | int = (),
        token: str | None = None,
        limit: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: bool = False,
        **options: Any,
    ) -> None:
        if host not in _LOOPBACK:
            msg = f"a simulator is for loopback only: {', '.join(_LOOPBACK)}, not {host!r}"
            raise ValueError(msg)
        self.clock = Clock()
        self.faults = Faults()
        self.requests = Calls()
        self.lock = RLock()
        self._address = host, port
        self._server: Server | None = None
        self._certificate = _certificate() if tls else None
        self._make = named(crm)
        self._contacts = contacts if isinstance(contacts, int) else list(contacts)
        self._options = {**options, "token": token, "limit": limit}
        self.reset()

    def reset(self) -> None:
        """
        Go back to the contacts of the start, without activities, faults, recorded requests.

        The token stays, and so does the clock.
        """
        with self.lock:
            self.crm = self._make(self.clock, **self._options)
            self._options["token"] = self.crm.token
            self.add_contacts(self._contacts)
            self.faults.clear()
            self.requests.clear()

    def start(self) -> Self:
        """
        Serve, with the state that there is; raises OSError if the port is in use.
        """
        from crmkit_simulator._handler import Handler
        from crmkit_simulator._server import Server

        if self._server is None:
            tls = self._certificate.context if self._certificate else None
            self._server = Server(Handler(self), *self._address, tls)
            self._address = self._address[0], self._server.port
        return self

    def stop(self) -> None:
        """
        Take it away: connections are cut, and new ones refused; the state is kept.
        """
        server, self._server = self._server, None
        if server:
            server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """
        Where it is served; without a port of its own it has none before the first start.
        """
        host, port = self._address
        if not port:
            msg = "the simulator has no address yet: start it, or give it a port"
            raise RuntimeError(msg)
        scheme = "https" if self._certificate else "http"
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

    @property
    def ca_file(self) -> str | None:
        """
        The file of the authority that a client has to trust, None without TLS.

        It is there as long as the simulator is.
        """
        return str(self._certificate.ca_file) if self._certificate else None

    @property
    def token(self) -> str:
        """
        The access token that it accepts.
        """
        return self.crm.token

    @property
    def config(self) -> dict[str, Any]:
        """
        The arguments with which crmkit uses it: ``CRMConnector(**simulator.config)``.
        """
        return self.crm.config(self.base_url)

    def about(self) -> dict[str, str]:
        """
        Return what a client needs: ``base_url``, ``token``, and ``ca_file`` with TLS.
        """
        told = {"base_url": self.base_url, "token": self.token}
        return told | {"ca_file": self.ca_file} if self.ca_file else told

    def contacts(self) -> list[dict[str, Any]]:
        """
        Return the contacts that the CRM holds: ``id`` and ``properties`` of each.
        """
        with self.lock:
            return self.crm.contacts()

    def activities(
        self, kind: str | None = None, client_id: str | None = None
    ) -> list[dict[str, Any]]:
        """
        Return the activities that the CRM holds, of one *kind*, of one client.

        Each has ``kind``, ``id``, ``client_ids`` and ``properties``.
        """
        with self.lock:
            return self.crm.activities(kind, client_id)

    def add_contacts(self, contacts: Iterable[Mapping[str, Any]] | int) -> list[str]:
        """
        Put more contacts in, these or so many made-up ones, and return their ids.

        Raises ValueError.
        """
        with self.lock:
            if isinstance(contacts, int):
                contacts = map(self.crm.made_up, people(contacts))
            return self.crm.add_contacts(contacts)

    def add_token(self, token: str | None = None, **options: Any) -> str:
        """
        Make one more access token, and return it; the README lists the options.
        """
        with self.lock:
            return self.crm.add_token(token, **options)

    def set_limit(self, limit: str) -> None:
        """
        Change the rate limit: ``off``, or of the form ``190/10s``; raises ValueError.
        """
        with self.lock:
            self.crm.set_limit(limit)

    def fault(self, name: str | int, **options: Any) -> Fault:
        """
        Let something go wrong, and return it: its ``struck`` counts how often it did.

        Takes what Fault takes; raises ValueError or TypeError.
        """
        fault = Fault(name=str(name), **options)
        with self.lock:
            self.faults.append(fault)
        return fault


def _certificate() -> Certificate:
    from crmkit_simulator._tls import Certificate

    return Certificate()
