"""
What a check says of an org and of the user's rights.
"""

import pytest
from tests.plugins.salesforce.conftest import PEOPLE
from tests.plugins.salesforce.test_syncing import KEY


def found(crm):
    """
    Return the findings about the account, by subject.
    """
    return {finding.subject: finding for finding in crm.check()}


def test_good(org, crm):
    """
    With all rights all is well, and nothing is written.
    """
    findings = found(crm)

    assert {finding.status for finding in findings.values()} == {"ok"}
    assert {"read Contact", "read Lead", "write Task", "API version"} <= findings.keys()
    assert org.activities() == []


@pytest.mark.parametrize(
    ("hidden", "subject", "status", "told"),
    [
        ("Lead", "read Lead", "warning", "hidden"),
        ("Task", "write Task", "problem", "hidden"),
        ("Task.Description", "write Task", "problem", "Description"),
        ("Contact.HasOptedOutOfEmail", "opt-outs", "warning", "Contact shows no"),
    ],
)
def test_hidden(crm_simulator, connect, hidden, subject, status, told):
    """
    What is hidden from the user is named, with the remedy.
    """
    org = crm_simulator("salesforce", contacts=PEOPLE, limit="off", hidden=[hidden])
    finding = found(connect(org))[subject]

    assert (finding.status, told in finding.detail) == (status, True)
    assert "permission set" in finding.remedy


def test_read_only(crm_simulator, connect):
    """
    A user who may read tasks, and not write them, is told.
    """
    org = crm_simulator("salesforce", limit="off", read_only=["Task"])
    finding = found(connect(org))["write Task"]

    assert finding.status == "problem"
    assert "WhoId" in finding.detail


def test_own_object(org, connect):
    """
    The object that the settings name is needed.
    """
    assert found(connect(org, object="Byer__c"))["read Byer__c"].status == "problem"


def test_external_id(crm_simulator, connect):
    """
    The external id is looked for; where it lacks, what creates it is printed.
    """
    org = crm_simulator("salesforce", limit="off", fields={"Activity": [KEY]})
    there = found(connect(org, external_id_field="crmkit_Id__c"))["external id"]
    absent = found(connect(org, external_id_field="Other__c"))["external id"]
    unset = found(connect(org))["external id"]

    assert (there.status, absent.status, unset.status) == ("ok", "problem", "ok")
    assert "<fullName>Other__c</fullName>" in absent.remedy
    assert "<fullName>crmkit_Id__c</fullName>" in unset.remedy
    assert "<unique>true</unique>" in unset.remedy


@pytest.mark.parametrize("lacking", ["externalId", "unique"])
def test_no_external_id(crm_simulator, connect, lacking):
    """
    A field that is no external id, or whose values are not unique, will not do.
    """
    fields = {"Activity": [{**KEY, lacking: False}]}
    org = crm_simulator("salesforce", limit="off", fields=fields)
    finding = found(connect(org, external_id_field="crmkit_Id__c"))["external id"]

    assert finding.status == "problem"


@pytest.mark.parametrize(
    ("version", "status"), [("66.0", "ok"), ("99.0", "problem"), ("59.0", "warning")]
)
def test_version(org, connect, version, status):
    """
    A version that the org does not have is a problem, an old one a warning.
    """
    assert found(connect(org, api_version=version))["API version"].status == status


def test_token(org, connect):
    """
    A token that is refused is told once, not for every right.
    """
    problems = [
        one for one in connect(org, token="foreign").check() if one.status == "problem"
    ]

    assert [one.subject for one in problems] == ["token"]
