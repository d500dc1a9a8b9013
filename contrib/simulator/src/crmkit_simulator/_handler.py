"""
From HTTP to a simulated CRM and back, and what goes wrong on the way.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from typing import TYPE_CHECKING

from aiohttp import web

from crmkit_simulator._calls import Call
from crmkit_simulator._control import PREFIX, control
from crmkit_simulator._faults import Fault
from crmkit_simulator._wire import Answer, Request

if TYPE_CHECKING:
    from crmkit_simulator._simulator import Simulator

_RESET_AT_CLOSE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
_PAGE = Answer(
    200,
    b"<!DOCTYPE html><title>Sign in</title><h1>Sign in to go on</h1>\n",
    {"Content-Type": "text/html; charset=utf-8"},
)
_LIMITED = 429
_WITHOUT_ANSWER = {"hang", "reset_before", "reset_after"}


class Handler:
    """
    Answers the requests to a Simulator.
    """

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def __call__(self, http: web.BaseRequest) -> web.StreamResponse:
        """
        Answer one request, or fail as a fault says.
        """
        body = await http.content.read() if http.body_exists else b""
        request = Request(
            http.method, http.raw_path, http.headers, body, scheme=http.scheme
        )
        if request.path.startswith(PREFIX):
            return _reply(control(self._simulator, request))
        with self._simulator.lock:
            fault = self._simulator.faults.striking(request)
        if fault and fault.name == "latency":
            await asyncio.sleep(1 if fault.seconds is None else fault.seconds)
        answer = self._answer(request, fault)
        if answer.after:
            await asyncio.sleep(answer.after)
        return await _send(http, answer, fault) if fault else _reply(answer)

    def _answer(self, request: Request, fault: Fault | None) -> Answer:
        simulator = self._simulator
        with simulator.lock:
            answer = _work(simulator, request, fault)
            lost = fault is not None and fault.name in _WITHOUT_ANSWER
            simulator.requests.add(
                Call(
                    method=request.method,
                    path=request.target,
                    status=None if lost else answer.status,
                    at=simulator.clock.now(),
                    fault=fault.name if fault else None,
                    limited=not lost and (answer.limited or answer.status == _LIMITED),
                )
            )
        return answer


def _work(simulator: Simulator, request: Request, fault: Fault | None) -> Answer:
    if fault is None:
        return simulator.crm.respond(request)
    if fault.status:
        return simulator.crm.failure(request, fault)
    match fault.name:
        case "html" | "hang" | "reset_before":
            return _PAGE
        case "done_but_500":
            simulator.crm.respond(request)
            return simulator.crm.failure(request, Fault(name="500"))
        case "broken_json":
            answer = simulator.crm.respond(request)
            return Answer(200, answer.body[: len(answer.body) // 2], answer.headers)
    return simulator.crm.respond(request)


async def _send(http: web.BaseRequest, answer: Answer, fault: Fault) -> web.StreamResponse:
    match fault.name:
        case "hang":
            await asyncio.Event().wait()
        case "reset_before" | "reset_after":
            _reset(http)
        case "truncated":
            return await _truncate(http, answer)
    return _reply(answer)


def _reply(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


def _reset(http: web.BaseRequest) -> None:
    if http.transport is None:
        return  # the client has left already
    connection = http.transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
    http.transport.abort()


async def _truncate(http: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    headers = {**answer.headers, "Content-Length": str(len(answer.body))}
    response = web.StreamResponse(status=answer.status, headers=headers)
    await response.prepare(http)
    await response.write(answer.body[: len(answer.body) // 2])
    if http.transport is not None:
        http.transport.close()
    return response
