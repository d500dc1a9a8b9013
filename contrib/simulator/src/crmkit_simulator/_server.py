"""
Serving on loopback, from a thread of its own, so that it can be taken away and come back.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from ssl import SSLContext

    Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

_LINE = 256 * 1024  # what is too long is for the CRM to say


class Server:
    """
    A listening socket, and the thread that answers; connections wait until it does.
    """

    def __init__(
        self, handle: Handle, host: str, port: int, tls: SSLContext | None = None
    ) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=512)
        self._handle = handle
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="crm-simulator", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """
        The port that it listens on.
        """
        port: int = self._socket.getsockname()[1]
        return port

    def stop(self) -> None:
        """
        Close the socket and every connection at once, as a crash would.
        """
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        http = web.Server(
            self._handle, access_log=None, max_line_size=_LINE, max_field_size=_LINE
        )
        listening = await self._loop.create_server(http, sock=self._socket, ssl=self._tls)
        await self._stopped.wait()
        listening.close()
        for connection in http.connections:
            if connection.transport:
                connection.transport.abort()
        # What is still at work, late or hanging, is cancelled when the loop ends.
