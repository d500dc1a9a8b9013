"""
Zoho's own Python client, pointed at a simulator, and its models as a schema.

The client keeps a key that it does not know, and reads most values of the wrong type. Here
it does not: each answer is compared with its models before the client reads it.
"""

import json
import re
from functools import cache
from importlib.resources import files

from dateutil.parser import isoparse
from zohocrmsdk.src.com.zoho.api.authenticator import OAuthToken
from zohocrmsdk.src.com.zoho.api.authenticator.store import FileStore
from zohocrmsdk.src.com.zoho.crm.api import HeaderMap, Initializer, ParameterMap
from zohocrmsdk.src.com.zoho.crm.api.dc import DataCenter
from zohocrmsdk.src.com.zoho.crm.api.record import (
    BodyWrapper,
    Record,
    RecordOperations,
)
from zohocrmsdk.src.com.zoho.crm.api.sdk_config import SDKConfig
from zohocrmsdk.src.com.zoho.crm.api.util import Choice
from zohocrmsdk.src.com.zoho.crm.api.util.json_converter import JSONConverter

ROOT = "zohocrmsdk.src.com.zoho.crm.api"
CHECKS = {
    "String": lambda value: isinstance(value, str),
    "Integer": lambda value: type(value) is int,
    "Boolean": lambda value: isinstance(value, bool),
    "Map": lambda value: isinstance(value, dict),
    "List": lambda value: isinstance(value, list),
    "Long": lambda value: isinstance(value, str) and value.isdecimal(),
    "DateTime": lambda value: re.search(r"[+-]\d\d:\d\d$", value) and isoparse(value),
}
OPEN = {"Record", "Participants"}  # whose keys are the fields of a module
# What was seen of Zoho, and the client's models have not.
SEEN = {"Note": {"$field_states", "$se_module"}, "Users": {"type__s"}}


@cache
def models():
    """
    Return the client's models by name.
    """
    return json.loads(files("zohocrmsdk.src").joinpath("json_details.json").read_text())


def connect(hub, folder, token=None, **more):
    """
    Let the client talk to a simulator, by a token of its own unless there is another.
    """
    own = {"access_token": token or hub.token, "api_domain": hub.base_url}
    environment = DataCenter.Environment(
        hub.base_url, f"{hub.base_url}/oauth/v2/token", hub.base_url
    )
    Initializer.initialize(
        environment,
        OAuthToken(**(more or own), find_user=False),
        store=FileStore(str(folder / "tokens.txt")),
        sdk_config=SDKConfig(auto_refresh_fields=False, pick_list_validation=False),
        resource_path=str(folder),
    )


def be_strict(monkeypatch):
    """
    Let an answer that departs from the client's models fail.
    """
    read = JSONConverter.get_wrapped_response

    def checked(self, response, package):
        if response.content:
            wrong = list(misfits(model_of(package), response.json()))
            assert not wrong, "; ".join(wrong)
        return read(self, response, package)

    monkeypatch.setattr(JSONConverter, "get_wrapped_response", checked)


def model_of(module):
    """
    Return the name of the model in a module of the client.
    """
    package, _, name = module.rpartition(".")
    return f"{package}.{''.join(part.capitalize() for part in name.split('_'))}"


def misfits(model, value, at="$"):
    """
    Yield each place where a JSON value departs from one of the client's models.
    """
    if not isinstance(value, dict):
        yield f"{at}: {type(value).__name__} is no {model}"
        return
    model = meant(model, value)
    fields = {field.get("name"): field for field in models()[model].values()}
    short = model.rpartition(".")[2]
    for key, item in value.items():
        if key not in fields:
            if short not in OPEN and key not in SEEN.get(short, ()):
                yield f"{at}: {short} has no {key}"
        elif item is not None:
            yield from _misfits(fields[key], item, f"{at}.{key}")


def meant(model, value):
    """
    Return which of the models that an interface stands for a value means.
    """
    known = models()[model]
    if not known.get("interface"):
        return model
    wanted = {"error": "APIException", "success": "SuccessResponse"}.get(
        value.get("status")
    )
    ends = (wanted,) if wanted else ("ResponseWrapper", "ActionWrapper", "RecordsWrapper")
    found = [name for name in known["classes"] if name.endswith(ends)]
    assert found, f"{value} is none of {known['classes']}"
    return found[0]


def _misfits(field, value, at):
    kind, structure = field["type"], field.get("structure_name")
    if kind == "List" and isinstance(value, list):
        for number, item in enumerate(value if structure else ()):
            yield from misfits(structure, item, f"{at}[{number}]")
    elif structure and kind != "List":
        yield from misfits(structure, value, at)
    elif not CHECKS.get(kind.rpartition(".")[2], lambda _: True)(value):
        yield f"{at}: {value!r} is no {kind}"
    elif at.endswith(".status") and value not in field.get("values", [value]):
        yield f"{at}: {value!r} is none of {field['values']}"


def params(**given):
    """
    Return parameters as the client takes them, whichever request they are for.
    """
    made = ParameterMap()
    made.request_parameters.update({name: str(value) for name, value in given.items()})
    return made


def headers(**given):
    """
    Return headers likewise; underscores are hyphens.
    """
    made = HeaderMap()
    sent = {name.replace("_", "-"): value for name, value in given.items()}
    made.request_headers.update(sent)
    return made


def record(**values):
    """
    Return a record as the client writes one; a text that is a choice is a Choice.
    """
    made = Record()
    for name, value in values.items():
        made.add_key_value(name, value)
    return made


def reference(id_):
    """
    Return what a lookup takes.
    """
    made = Record()
    made.set_id(int(id_))
    return made


def choice(value):
    """
    Return a value of a picklist.
    """
    return Choice(value)


def rows(*records, trigger=None):
    """
    Return a body with these records.
    """
    body = BodyWrapper()
    body.set_data(list(records))
    if trigger is not None:
        body.set_trigger(trigger)
    return body


def of(module):
    """
    Return what the client does with records of a module.
    """
    return RecordOperations(module)


def codes(response):
    """
    Return the codes of the results in an answer.
    """
    return [result.get_code().get_value() for result in response.get_object().get_data()]


def refusal(response):
    """
    Return status and code of an answer that is a refusal as a whole.
    """
    return response.get_status_code(), response.get_object().get_code().get_value()
