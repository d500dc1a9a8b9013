"""
HubSpot's own Python client, pointed at a simulator, and its models as a schema.

The client ignores a key that it does not know, and one of the wrong type. Here it does not:
each answer is compared with the client's model before the client reads it.
"""

import json
import re
import sys

import pytest
import urllib3
from dateutil.parser import isoparse
from hubspot import HubSpot
from hubspot.discovery.discovery_base import DiscoveryBase

POOL = urllib3.PoolManager()
CONTAINER = re.compile(r"(list|dict)\[(?:str, )?(.+)\]")
NEWER = {"dataSensitivity", "hub_id", "scopes"}  # documented, but unknown to the client
ERRORS = {"Error", "ErrorDetail", "StandardError"}  # whose fields are all optional
PLAIN = {"str": str, "int": int, "bool": bool, "float": (int, float), "object": object}


def client(hub, token=None):
    """
    Return HubSpot's client for a simulator; without a token it uses the simulator's.
    """
    return HubSpot(
        access_token=token or hub.token, host=hub.base_url, retry=False, api_factory=_strict
    )


def _strict(package, name, config):
    """
    Make one of the client's APIs; an answer that departs from its models fails.

    So does an answer with a status that it does not expect: it would lose what is in it.
    """
    api = DiscoveryBase._default_api_factory(package, name, config)
    call = api.api_client.call_api

    def call_api(*arguments, response_types_map, **options):
        result = call(*arguments, response_types_map=response_types_map, **options)
        answer = api.api_client.last_response
        expected = response_types_map.get(answer.status)
        if response_types_map and bool(answer.data) != bool(expected):
            pytest.fail(f"{answer.status} is none of {sorted(response_types_map)}")
        if expected:
            wrong = list(misfits(getattr(package, expected), json.loads(answer.data)))
            assert not wrong, "; ".join(wrong)
        return result

    api.api_client.call_api = call_api
    return api


def send(hub, method, path, body=None, token=None):
    """
    Send what the client cannot: return the status, and the JSON that came.

    A body that is bytes goes as it is.
    """
    content = body if body is None or isinstance(body, bytes) else json.dumps(body)
    headers = {
        "Authorization": f"Bearer {token or hub.token}",
        "Content-Type": "application/json",
    }
    url = f"{hub.base_url}{path}"
    answer = POOL.request(method, url, body=content, headers=headers, retries=False)
    return answer.status, json.loads(answer.data) if answer.data else None


def misfits(model, value, at="$"):
    """
    Yield each place where a JSON value departs from one of the client's models.

    That is a key which the model does not have, a required one that is missing, a value of
    another type, or one that is not among those allowed.
    """
    if not isinstance(value, dict):
        yield f"{at}: {type(value).__name__} is no {model.__name__}"
        return
    names = {key: name for name, key in model.attribute_map.items()}
    for key in value.keys() - names.keys() - NEWER:
        yield f"{at}: {model.__name__} has no {key}"
    blank = model.__new__(model)
    blank.local_vars_configuration = sys.modules[model.__module__].Configuration()
    blank.local_vars_configuration.client_side_validation = model.__name__ not in ERRORS
    for key, name in names.items():
        if refusal := _refusal(blank, name, value.get(key)):
            yield f"{at}.{key}: {refusal}"
        elif value.get(key) is not None:
            yield from _misfits(model, model.openapi_types[name], value[key], f"{at}.{key}")


def _refusal(blank, name, value):
    try:
        setattr(blank, name, value)
    except ValueError as error:
        return str(error)
    return None


def _misfits(model, type_, value, at):
    if found := CONTAINER.fullmatch(type_):
        kind, inner = found.groups()
        if type(value).__name__ != kind:
            yield f"{at}: {type(value).__name__} is no {kind}"
            return
        items = value.items() if kind == "dict" else enumerate(value)
        for key, item in items:
            if item is not None:
                yield from _misfits(model, inner, item, f"{at}.{key}")
    elif type_ == "datetime":
        try:
            isoparse(value)
        except (TypeError, ValueError):
            yield f"{at}: {type(value).__name__} is no time"
    elif type_ in PLAIN:
        boolean = isinstance(value, bool) and type_ not in {"bool", "object"}
        if boolean or not isinstance(value, PLAIN[type_]):
            yield f"{at}: {type(value).__name__} is no {type_}"
    else:
        package = sys.modules[model.__module__.rpartition(".")[0]]
        yield from misfits(getattr(package, type_), value, at)


def error_of(raised):
    """
    Return the body of what the client raised.
    """
    return json.loads(raised.value.body)
