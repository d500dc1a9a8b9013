"""
What can be read of an account itself: the organization, users, modules, fields, tags.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator._wire import Answer, answer
from crmkit_simulator.zoho._asked import MOST_PER_PAGE, nothing
from crmkit_simulator.zoho._custom import described
from crmkit_simulator.zoho._errors import (
    invalid_id,
    invalid_module,
    invalid_url,
    missing_param,
    wrong_method,
)
from crmkit_simulator.zoho._modules import MODULES, TITLES
from crmkit_simulator.zoho._org import ORG_ID, full_name
from crmkit_simulator.zoho._read import RELATED
from crmkit_simulator.zoho._tokens import require

if TYPE_CHECKING:
    from crmkit_simulator.zoho._asked import Asked
    from crmkit_simulator.zoho._org import Org

_USERS = ("AllUsers", "ActiveUsers", "CurrentUser", "AdminUsers", "ActiveConfirmedUsers")


def organization(org: Org, asked: Asked) -> Answer:
    """
    Return the organization, with its time zone; raises Refused.
    """
    require(asked.token, "ZohoCRM.org.READ")
    _reads(asked)
    about = {
        "id": ORG_ID,
        "zgid": ORG_ID[-9:],
        "company_name": "Simulated",
        "domain_name": "simulated",
        "type": "production",
        "time_zone": org.time_zone.key,
        "created_time": org.local(org.began),
        "currency": "US Dollar - USD",
        "currency_symbol": "$",
        "iso_code": "USD",
        "currency_locale": "en_US",
        "country_code": "US",
        "country": None,
        "primary_email": next(iter(org.users.values())).get("email"),
        "privacy_settings": False,
        "max_per_page": MOST_PER_PAGE,
        "oauth_presence": True,
        "license_details": {"paid": True, "paid_type": "standard"},
    }
    return answer(200, {"org": [about]})


def users(org: Org, asked: Asked) -> Answer:
    """
    Return the users, or the one of an id, or the one of the token; raises Refused.
    """
    require(asked.token, "ZohoCRM.users.READ")
    _reads(asked)
    if len(asked.parts) > 2:  # noqa: PLR2004 - users, an id
        raise invalid_url()
    if len(asked.parts) > 1:
        if asked.parts[1] not in org.users:
            raise invalid_id()
        return answer(200, {"users": [_user(org, asked.parts[1])]})
    mine = asked.one_of("type", *_USERS) == "CurrentUser"
    page = asked.number("page", 1)
    per_page = asked.number("per_page", MOST_PER_PAGE, MOST_PER_PAGE)
    ids = [org.user] if mine else list(org.users)
    start = (page - 1) * per_page
    found = [_user(org, id_) for id_ in ids[start : start + per_page]]
    more = len(ids) > start + per_page
    info = {"per_page": per_page, "count": len(found), "page": page, "more_records": more}
    return answer(200, {"users": found, "info": info}) if found else nothing()


def _user(org: Org, id_: str) -> dict[str, Any]:
    user = org.users[id_]
    administrator = {"name": "Administrator", "id": "5725767000000026011"}
    return {
        "id": id_,
        "first_name": user.get("first_name"),
        "last_name": user.get("last_name"),
        "full_name": full_name(user),
        "email": user.get("email"),
        "role": {"name": "CEO", "id": "5725767000000026005"},
        "profile": administrator,
        "status": "active",
        "confirm": True,
        "zuid": id_[-9:],
        "locale": "en_US",
        "time_zone": org.time_zone.key,
        "created_time": org.local(org.began),
        "Modified_Time": org.local(org.began),
        "type__s": "Regular User",
    }


def settings(org: Org, asked: Asked) -> Answer:
    """
    Return modules, fields, related lists or tags; raises Refused.
    """
    area = asked.parts[1] if len(asked.parts) > 1 else ""
    if area not in _AREAS:
        raise invalid_url()
    require(asked.token, f"ZohoCRM.settings.{area}.READ")
    _reads(asked)
    return answer(200, _AREAS[area](org, asked))


def _reads(asked: Asked) -> None:
    if asked.method != "GET":
        raise wrong_method()


def _modules(org: Org, asked: Asked) -> dict[str, Any]:
    names = asked.parts[2:] or MODULES
    if not set(names) <= set(MODULES):
        raise invalid_module(resource_path_index=2)
    return {"modules": [_module(org, name) for name in names]}


def _module(org: Org, name: str) -> dict[str, Any]:
    return {
        "id": org.module_id(name),
        "api_name": name,
        "module_name": name,
        "singular_label": name.removesuffix("s"),
        "plural_label": name,
        "display_field": TITLES[name],
        "generated_type": "default",
        "api_supported": True,
        "creatable": True,
        "editable": True,
        "deletable": True,
        "viewable": True,
        "visible": True,
        "visibility": 1,
        "per_page": 10,
        "modified_time": None,
    }


def _module_asked(asked: Asked) -> str:
    name = asked.param("module")
    if name is None:
        raise missing_param(name="module")
    if name not in MODULES:
        raise invalid_module(param_name="module")
    return name


def _fields(org: Org, asked: Asked) -> dict[str, Any]:
    module = _module_asked(asked)
    first = int(f"572576700{MODULES.index(module):02}00000000")
    found = [
        described(org, field, str(first + number * 1000))
        for number, field in enumerate(org.shelves[module].fields.values(), start=1)
        if not field.hidden
    ]
    if len(asked.parts) > 2:  # noqa: PLR2004 - settings, fields, an id
        found = [field for field in found if field["id"] == asked.parts[2]]
        if not found:
            raise invalid_id(2)
    return {"fields": found}


def _related(org: Org, asked: Asked) -> dict[str, Any]:
    module = _module_asked(asked)
    lists = [
        {
            "id": f"57257670000000022{number:02}",
            "api_name": name,
            "name": name.replace("_", " "),
            "display_label": name.replace("_", " "),
            "module": {
                "api_name": name.partition("_")[0],
                "id": org.module_id(name.partition("_")[0]),
            },
            "href": f"{module}/{{ENTITYID}}/{name}",
            "sequence_number": str(number),
            "type": "default",
            "visible": True,
        }
        for number, name in enumerate(RELATED, start=1)
    ]
    return {"related_lists": lists}


def _tags(org: Org, asked: Asked) -> dict[str, Any]:
    module = _module_asked(asked)
    names = [name for owner, name in org.tags if owner == module]
    found = [org.tag(module, name) for name in names]
    info = {"count": len(found), "allowed_count": 100}
    return {"tags": found, "info": info}


_AREAS = {
    "modules": _modules,
    "fields": _fields,
    "related_lists": _related,
    "tags": _tags,
}
