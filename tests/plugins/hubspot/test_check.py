"""
What a check says of an account of HubSpot.
"""

from datetime import date

import pytest

from crmkit_hubspot._check import version

READ, WRITE = "crm.objects.contacts.read", "crm.objects.contacts.write"
SCHEMA, EMAIL = "crm.schemas.contacts.read", "sales-email-read"
PURPOSES = {
    SCHEMA: ["read properties"],
    WRITE: ["write activities"],
    READ: ["read contacts", "read activities"],
}


def found(crm):
    """
    Return the findings about the account, by subject.
    """
    return {finding.subject: finding for finding in crm.check()}


def test_good(hub, crm):
    """
    With a good token all is well, and nothing is written.
    """
    findings = found(crm)

    assert {finding.status for finding in findings.values()} == {"ok"}
    assert {"read contacts", "write activities", "API version"} <= findings.keys()
    assert hub.activities() == []


@pytest.mark.parametrize("lacking", PURPOSES)
def test_scopes(hub, connect, lacking):
    """
    Each scope that the token lacks is named, with what it is for.
    """
    token = hub.add_token(scopes={READ, WRITE, SCHEMA, EMAIL} - {lacking})
    findings = found(connect(hub, token=token))
    problems = [subject for subject, one in findings.items() if one.status == "problem"]

    assert problems == PURPOSES[lacking]
    assert all(lacking in findings[subject].detail for subject in problems)
    assert all(findings[subject].remedy for subject in problems)


def test_refused_probe(hub, crm):
    """
    A request that is refused for asking nothing shows that the right is there.
    """
    hub.fault(400, path="/batch/create")

    assert found(crm)["write activities"].status == "ok"


def test_token(hub, connect):
    """
    A token that is refused is told once, not for every right.
    """
    findings = [one for one in connect(hub, token="pat-foreign").check() if one.detail]
    problems = [one.subject for one in findings if one.status == "problem"]

    assert problems == ["token"]


@pytest.mark.parametrize(
    ("name", "today", "status", "said"),
    [
        ("2026-03", date(2026, 11, 22), "ok", "September 2027"),
        ("2026-09", date(2026, 11, 22), "ok", "March 2028"),
        ("2026-03", date(2027, 7, 1), "warning", "September 2027"),
        ("2026-03", date(2029, 1, 1), "warning", "September 2027"),
        ("2027-03", date(2026, 11, 22), "warning", "comes out in March 2027"),
    ],
)
def test_version(name, today, status, said):
    """
    A version is told with its end, and warned of when that is near or it is not out yet.
    """
    finding = version(name, today)

    assert (finding.status, said in finding.detail) == (status, True)
