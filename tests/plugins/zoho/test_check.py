"""
What a check says of an account of Zoho's.
"""

import pytest

from crmkit_zoho import SCOPES

KINDS = ("notes", "calls", "events", "tasks")


def found(crm):
    """
    Return the findings about the account, by subject.
    """
    return {finding.subject: finding for finding in crm.check()}


def test_good(hub, connect):
    """
    With the scopes that the readme names all is well, and nothing is written.
    """
    findings = found(connect(hub, token=hub.add_token(scopes=SCOPES)))

    assert {finding.status for finding in findings.values()} == {"ok"}
    assert {"read clients", "read fields", "query", "API version"} <= findings.keys()
    assert {
        f"{verb} {kind}" for verb in ("read", "write") for kind in KINDS
    } <= findings.keys()
    assert hub.activities() == []


@pytest.mark.parametrize(
    ("scopes", "subject", "named"),
    [
        (["ZohoCRM.modules.ALL", "ZohoCRM.coql.READ"], "read fields",
         "ZohoCRM.settings.fields.READ"),
        (["ZohoCRM.modules.ALL", "ZohoCRM.settings.fields.READ"], "query",
         "ZohoCRM.coql.READ"),
        (["ZohoCRM.modules.READ", *SCOPES[1:]], "write calls", "ZohoCRM.modules.calls.ALL"),
        (["ZohoCRM.modules.contacts.ALL", *SCOPES[1:]], "read tasks",
         "ZohoCRM.modules.tasks.ALL"),
        (["ZohoCRM.modules.notes.ALL", *SCOPES[1:]], "read clients",
         "ZohoCRM.modules.contacts.ALL"),
    ],
)  # fmt: skip
def test_scopes(hub, connect, scopes, subject, named):
    """
    A scope that the token lacks is named, with what it is for and what to do.
    """
    finding = found(connect(hub, token=hub.add_token(scopes=scopes)))[subject]

    assert finding.status in {"problem", "warning"}
    assert named in finding.detail
    assert finding.remedy


def test_rights(hub, connect):
    """
    A right that the user's profile lacks is named.
    """
    token = hub.add_token(lacks=["Crm_Implied_Create_Notes"])
    finding = found(connect(hub, token=token))["write notes"]

    assert (finding.status, "Crm_Implied_Create_Notes" in finding.detail) == (
        "problem",
        True,
    )


def test_token(hub, connect):
    """
    A token that is refused is told once, not for every right, and the data centre named.
    """
    findings = list(connect(hub, token="1000.foreign").check())
    problems = [one for one in findings if one.status == "problem"]

    assert [one.subject for one in problems] == ["token"]
    assert "data_center" in problems[0].detail
