"""
The vendor's models, used as a schema, find what departs from them.
"""

import pytest
from hubspot.crm import contacts as wire
from tests.contrib.simulator.vendor import misfits

RECORD = {
    "id": "1",
    "properties": {"email": "ana@example.com", "phone": None},
    "createdAt": "2026-05-04T09:30:00.250Z",
    "updatedAt": "2026-05-04T09:30:00.250Z",
    "archived": False,
}
INPUT = {
    "properties": {"hs_note_body": "Hello"},
    "associations": [
        {
            "to": {"id": "1"},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}],
        }
    ],
}


def test_fits():
    """
    What has the documented form fits, null properties and missing options included.
    """
    batch = {"inputs": [INPUT, {"properties": {}, "objectWriteTraceId": "a"}]}

    assert list(misfits(wire.SimplePublicObject, RECORD)) == []
    create = wire.BatchInputSimplePublicObjectBatchInputForCreate
    assert list(misfits(create, batch)) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({"colour": "red"}, "has no colour", id="unknown"),
        pytest.param({"id": None}, "`id`, must not be `None`", id="required"),
        pytest.param({"id": 1}, "$.id: int is no str", id="number"),
        pytest.param({"archived": "false"}, "str is no bool", id="text"),
        pytest.param({"createdAt": "yesterday"}, "$.createdAt", id="time"),
        pytest.param({"createdAt": 1777887000250}, "int is no time", id="milliseconds"),
        pytest.param({"properties": []}, "list is no dict", id="list"),
        pytest.param({"properties": {"phone": 1}}, "$.properties.phone", id="value"),
    ],
)
def test_record(change, told):
    """
    A record that departs from the model is told by place and reason.
    """
    (wrong,) = misfits(wire.SimplePublicObject, {**RECORD, **change})

    assert told in wrong


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"associationCategory": "HUBSPOT", "associationTypeId": 202}, "must be one of"),
        ({"associationTypeId": 202}, "must not be `None`"),
        ({"associationCategory": "WORK", "associationTypeId": "202"}, "str is no int"),
        (202, "int is no AssociationSpec"),
    ],
)
def test_nested(spec, told):
    """
    What departs deep inside is found there.
    """
    association = {"to": {"id": "1"}, "types": [spec]}
    batch = {"inputs": [{**INPUT, "associations": [association]}]}

    wrong = list(misfits(wire.BatchInputSimplePublicObjectBatchInputForCreate, batch))

    assert any(told in line for line in wrong)
    assert all(line.startswith("$.inputs.0.associations.0.types.0") for line in wrong)
