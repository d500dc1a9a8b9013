"""
A CRM on loopback whose plugin looks at its account, for the tests.
"""

from crmkit import CustomField, Finding, ProviderInfo, bearer, hookimpl


@hookimpl
def crmkit_provider():
    """
    Describe it; the setting base_url says where it is.
    """
    return ProviderInfo(label="Portal", base_url="https://portal.example", auth=bearer)


@hookimpl
def crmkit_fetch(session, ids):
    """
    Return nobody.
    """
    return []


@hookimpl
def crmkit_sync(session, activities):
    """
    Write nothing.
    """
    return []


@hookimpl
def crmkit_fields(session):
    """
    Tell of a field that templates know by another name; whose it is, is an option.
    """
    owner = {"o": session.user_id or "nobody"}
    yield CustomField(key="cf_17", name="budget", type="choice", options=owner)


@hookimpl
def crmkit_check(session):
    """
    Say until when the API's version lasts, and try the token.
    """
    yield Finding(
        subject="version",
        status="warning",
        detail="2026-09, until 8 March 2028",
        remedy="upgrade the plugin before",
    )
    session.http.get("/crm/objects/2026-09/contacts", params={"limit": 1})
    yield Finding(subject="token", status="ok", detail="reads contacts")
