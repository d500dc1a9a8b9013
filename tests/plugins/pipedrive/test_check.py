"""
What a check says of a company and its token.
"""

import pytest
from tests.plugins.pipedrive.conftest import calls

from crmkit import CRMCredentials

ALL = {"base", "contacts:full", "activities:full"}


def found(crm):
    """
    Return the findings about the account, by subject.
    """
    return {finding.subject: finding for finding in crm.check()}


def granted(hub, scopes):
    """
    Return credentials as a grant of these scopes has them.
    """
    return CRMCredentials(
        provider="pipedrive",
        access_token=hub.add_token(scopes=scopes),
        metadata={"scope": ",".join(sorted(scopes))},
    )


@pytest.mark.parametrize("domain", ["api", "acme"])
def test_good(hub, connect, domain):
    """
    With a good token all is well, the company is told, and nothing is written.
    """
    findings = found(connect(hub, company_domain=domain))

    assert {finding.status for finding in findings.values()} == {"ok"}
    assert findings["token"].detail == "company acme"
    assert {"read persons", "read notes", "read activities", "API version"} <= set(findings)
    assert calls(hub, "") == ["GET"] * len(hub.requests)


def test_other_company(hub, connect):
    """
    A token of another company than the setting says is told, with its company.
    """
    finding = found(connect(hub, company_domain="bolt"))["token"]

    assert finding.status == "warning"
    assert "acme" in finding.detail
    assert "bolt" in finding.detail


def test_wrong_token(hub, connect):
    """
    A token that is refused is the only problem that is told.
    """
    findings = found(connect(hub, token="f" * 40)).values()
    (problem,) = [finding for finding in findings if finding.status == "problem"]

    assert "the token is wrong" in problem.detail


@pytest.mark.parametrize(
    ("scopes", "problems"),
    [
        (ALL, []),
        (ALL - {"contacts:full"} | {"contacts:read"}, ["write notes"]),
        (ALL - {"activities:full"} | {"activities:read"}, ["write activities"]),
        (ALL - {"activities:full"}, ["read activities", "write activities"]),
        (
            ALL - {"contacts:full"},
            ["read persons", "read fields", "read notes", "write notes"],
        ),
    ],
    ids=["all", "reading contacts", "reading activities", "no activities", "no contacts"],
)
def test_scopes(hub, connect, scopes, problems):
    """
    Each right that an app lacks is told, by its scope, and what to do.
    """
    findings = found(connect(hub, token=granted(hub, scopes)))
    told = {name: one for name, one in findings.items() if one.status == "problem"}

    assert list(told) == problems
    assert all("scope" in finding.detail and finding.remedy for finding in told.values())


def test_nobody(hub, connect):
    """
    An answer that does not tell the company is no reason to fail.
    """
    hub.fault("404", path="/users/me")

    assert "problem" in {finding.status for finding in found(connect(hub)).values()}
