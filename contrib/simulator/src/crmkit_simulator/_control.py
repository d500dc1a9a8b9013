"""
What can be asked of the simulator itself, over HTTP, from any language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator._wire import Answer, Request, answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit_simulator._simulator import Simulator

PREFIX = "/_simulator"


def control(simulator: Simulator, request: Request) -> Answer:
    """
    Answer a request whose path begins with PREFIX.
    """
    path = request.path.rstrip("/")
    act = _ACTS.get((request.method, path))
    if act is None:
        status = 405 if path in {known for _, known in _ACTS} else 404
        acts = sorted(f"{method} {known}" for method, known in _ACTS)
        return answer(status, {"error": "unknown", "known": acts})
    try:
        with simulator.lock:
            return answer(200, act(simulator, request))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return answer(400, {"error": f"{type(error).__name__}: {error}"})


def _about(simulator: Simulator, _: Request) -> Any:
    return simulator.about()


def _faults(simulator: Simulator, _: Request) -> Any:
    return [fault.as_dict() for fault in simulator.faults]


def _add_fault(simulator: Simulator, request: Request) -> Any:
    return simulator.fault(**request.json()).as_dict()


def _clear_faults(simulator: Simulator, request: Request) -> Any:
    simulator.faults.clear()
    return _faults(simulator, request)


def _contacts(simulator: Simulator, _: Request) -> Any:
    return simulator.contacts()


def _add_contacts(simulator: Simulator, request: Request) -> Any:
    return simulator.add_contacts(request.json())


def _activities(simulator: Simulator, request: Request) -> Any:
    return simulator.activities(request.query.get("kind"), request.query.get("client_id"))


def _clock(simulator: Simulator, _: Request) -> Any:
    return {"now": simulator.clock.moment().isoformat()}


def _advance(simulator: Simulator, request: Request) -> Any:
    simulator.clock.advance(request.json()["advance"])
    return _clock(simulator, request)


def _requests(simulator: Simulator, _: Request) -> Any:
    calls = simulator.requests
    listed = [call._asdict() for call in calls]
    return {"total": calls.total, "limited": calls.limited, "requests": listed}


def _forget(simulator: Simulator, request: Request) -> Any:
    simulator.requests.clear()
    return _requests(simulator, request)


def _limit(simulator: Simulator, request: Request) -> Any:
    limit = request.json()["limit"]
    simulator.set_limit(limit)
    return {"limit": limit}


def _add_token(simulator: Simulator, request: Request) -> Any:
    return {"token": simulator.add_token(**request.json())}


def _reset(simulator: Simulator, request: Request) -> Any:
    simulator.reset()
    return _about(simulator, request)


_ACTS: dict[tuple[str, str], Callable[[Simulator, Request], Any]] = {
    ("GET", PREFIX): _about,
    ("GET", f"{PREFIX}/faults"): _faults,
    ("POST", f"{PREFIX}/faults"): _add_fault,
    ("DELETE", f"{PREFIX}/faults"): _clear_faults,
    ("GET", f"{PREFIX}/contacts"): _contacts,
    ("POST", f"{PREFIX}/contacts"): _add_contacts,
    ("GET", f"{PREFIX}/activities"): _activities,
    ("GET", f"{PREFIX}/clock"): _clock,
    ("POST", f"{PREFIX}/clock"): _advance,
    ("GET", f"{PREFIX}/requests"): _requests,
    ("DELETE", f"{PREFIX}/requests"): _forget,
    ("PUT", f"{PREFIX}/limit"): _limit,
    ("POST", f"{PREFIX}/tokens"): _add_token,
    ("POST", f"{PREFIX}/reset"): _reset,
}
