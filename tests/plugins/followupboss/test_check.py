"""
A look at the account names what is wrong with it.
"""

import pytest
from tests.plugins.followupboss.conftest import ANA


def findings(crm):
    """
    Return the status of each thing that the plugin looked at.
    """
    return {finding.subject: finding for finding in crm.check()}


def test_good(fub, crm):
    """
    A good key can do all, and nothing is written for it.
    """
    found = findings(crm)

    assert {found[name].status for name in ("token", "read people", "system")} == {"ok"}
    assert found["token"].detail == "of user 1 in account 4242"
    assert {call.method for call in fub.requests} == {"GET"}


def test_wrong_key(fub, connect):
    """
    A wrong key is a problem.
    """
    found = findings(connect(fub, token={"followupboss": "fka_wrong"}))

    assert "problem" in {finding.status for finding in found.values()}


def test_agent(fub, connect):
    """
    An agent's key is good, with a warning of what it cannot do.
    """
    crm = connect(fub, token={"followupboss": fub.add_token(user=8)})

    assert findings(crm)["rank"].status == "warning"


def test_unregistered(fub, connect):
    """
    Without a registered system there is a warning, and where to register.
    """
    found = findings(connect(fub, system=None))["system"]

    assert found.status == "warning"
    assert "system-registration" in found.remedy


@pytest.mark.parametrize(
    "subject", ["read people", "read custom fields", "read activities"]
)
def test_expired(crm_simulator, connect, subject):
    """
    An expired account is a problem of each right, though its key logs in.
    """
    fub = crm_simulator("followupboss", contacts=[ANA], expired=True)
    found = findings(connect(fub))

    assert found["token"].status == "ok"
    assert found[subject].status == "problem"
