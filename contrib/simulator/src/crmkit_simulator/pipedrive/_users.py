"""
Users, types of activities and mail, which only version 1 has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.pipedrive._account import COMPANY
from crmkit_simulator.pipedrive._asked import Asked, said
from crmkit_simulator.pipedrive._paging import old_page
from crmkit_simulator.pipedrive._times import as_old

if TYPE_CHECKING:
    from collections.abc import Mapping

_APPS = ("sales", "global", "account_settings")


def me(asked: Asked) -> dict[str, Any]:
    """
    Return the token's user, and the company.
    """
    user = asked.account.users[asked.token.user_id]
    company = {
        "company_id": COMPANY,
        "company_name": asked.account.domain.title(),
        "company_domain": asked.account.domain,
        "company_country": "EE",
        "company_industry": None,
        "language": {"language_code": "en", "country_code": "US"},
    }
    return said(_as_wire(asked, user) | company)


def get(asked: Asked) -> dict[str, Any]:
    """
    Return a user.
    """
    return said(_as_wire(asked, asked.account.user(asked.id)))


def listing(asked: Asked) -> dict[str, Any]:
    """
    Return all users.
    """
    users = [_as_wire(asked, user) for user in asked.account.users.values()]
    return said(users, additional_data={"company_id": COMPANY})


def _as_wire(asked: Asked, user: Mapping[str, Any]) -> dict[str, Any]:
    began, admin = as_old(asked.account.began), bool(user.get("is_admin"))
    return {
        "id": user["id"],
        "name": user["name"],
        "default_currency": "EUR",
        "locale": "en_US",
        "lang": 1,
        "email": user["email"],
        "phone": user.get("phone"),
        "activated": True,
        "last_login": began,
        "created": began,
        "modified": began,
        "has_created_company": admin,
        "access": [
            {"app": app, "admin": admin, "permission_set_id": f"{user['id']:08}-{app}"}
            for app in _APPS
        ],
        "active_flag": True,
        "timezone_name": user.get("timezone_name", "Europe/Tallinn"),
        "timezone_offset": user.get("timezone_offset", "+02:00"),
        "role_id": 1,
        "icon_url": None,
        "is_you": user["id"] == asked.token.user_id,
        "is_deleted": False,
        "is_admin": int(admin),
    }


def activity_types(asked: Asked) -> dict[str, Any]:
    """
    Return the types of activities.
    """
    began = as_old(asked.account.began)
    types = [
        {
            "id": number,
            "order_nr": number,
            "name": name,
            "key_string": key,
            "icon_key": key if number <= _OWN else "task",
            "active_flag": True,
            "color": None,
            "is_custom_flag": number > _OWN,
            "add_time": began,
            "update_time": None,
        }
        for number, (key, name) in enumerate(asked.account.activity_types.items(), start=1)
    ]
    return said(types)


_OWN = 6  # the types that every company has


def mail(asked: Asked) -> dict[str, Any]:
    """
    Return the mail of a person: there is none here.
    """
    asked.account.persons.live(asked.id)
    found, told = old_page([], asked.query)
    return said(found, additional_data=told)
