"""
What can be asked of the objects and fields themselves.
"""

from __future__ import annotations

from email.utils import formatdate, parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from crmkit_simulator._wire import Answer, answer
from crmkit_simulator.salesforce._read import fields_of
from crmkit_simulator.salesforce._schema import CHOICES, TEXTS

if TYPE_CHECKING:
    from crmkit_simulator._wire import Request
    from crmkit_simulator.salesforce._org import Org
    from crmkit_simulator.salesforce._schema import Field, Kind

_SOAP = {"id": "tns:ID", "reference": "tns:ID", "address": "urn:address"} | {
    "datetime": "xsd:dateTime",
    "currency": "xsd:double",
    "percent": "xsd:double",
}
_PLAIN = {"int", "double", "boolean", "date", "time"}
_NO_FIELD_HAS = {
    **dict.fromkeys(
        ("aiPredictionField", "autoNumber", "calculated", "cascadeDelete"), False
    ),
    **dict.fromkeys(("caseSensitive", "dependentPicklist", "deprecatedAndHidden"), False),
    **dict.fromkeys(("displayLocationInDecimal", "encrypted", "highScaleNumber"), False),
    **dict.fromkeys(("formulaTreatNullNumberAsZero", "htmlFormatted"), False),
    **dict.fromkeys(("queryByDistance", "restrictedDelete", "searchPrefilterable"), False),
    **dict.fromkeys(("writeRequiresMasterRead",), False),
    **dict.fromkeys(("calculatedFormula", "controllerName", "defaultValueFormula")),
    **dict.fromkeys(("extraTypeInfo", "filteredLookupInfo", "inlineHelpText", "mask")),
    **dict.fromkeys(("maskType", "referenceTargetField", "relationshipOrder")),
}
_NO_KIND_HAS = {
    **dict.fromkeys(("activateable", "customSetting", "deepCloneable"), False),
    **dict.fromkeys(("deprecatedAndHidden", "hasSubtypes", "isInterface"), False),
    **dict.fromkeys(("isSubtype",), False),
    **dict.fromkeys(("associateEntityType", "associateParentEntity")),
}
_EVERY_KIND_HAS = {
    **dict.fromkeys(("feedEnabled", "layoutable", "mruEnabled", "queryable"), True),
    **dict.fromkeys(("replicateable", "retrieveable", "searchable", "triggerable"), True),
}
_ONLY_WHOLE = {
    **dict.fromkeys(("actionOverrides", "childRelationships", "namedLayoutInfos"), ()),
    **dict.fromkeys(("recordTypeInfos", "supportedScopes"), ()),
    **dict.fromkeys(("defaultImplementation", "extendedBy", "extendsInterfaces")),
    **dict.fromkeys(("implementedBy", "implementsInterfaces", "listviewable")),
    **dict.fromkeys(("lookupLayoutable", "networkScopeFieldName")),
    **dict.fromkeys(("compactLayoutable", "searchLayoutable"), True),
    "sobjectDescribeOption": "FULL",
}
_IDS = {"id", "reference"}
_MERGED = {"Account", "Contact", "Lead"}


def everything(org: Org, request: Request, version: str) -> Answer:
    """
    Return the objects that the user sees.
    """
    seen = [kind for kind in org.kinds.values() if kind.name.lower() not in org.hidden]
    listed = [_head(org, kind, version) for kind in sorted(seen, key=_by_name)]
    body = {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": listed}
    return _unless_known(org, request, body)


def described(org: Org, request: Request, kind: Kind, version: str) -> Answer:
    """
    Return all of an object, with the fields that the user sees.
    """
    fields = [_field(org, kind, field) for field in fields_of(org, kind, None)]
    body = {**_head(org, kind, version), **_ONLY_WHOLE, "fields": fields}
    return _unless_known(org, request, body)


def basics(org: Org, kind: Kind, version: str) -> dict[str, Any]:
    """
    Return what is told of an object without its fields.
    """
    return {"objectDescribe": _head(org, kind, version), "recentItems": []}


def _unless_known(org: Org, request: Request, body: dict[str, Any]) -> Answer:
    headers = {"Last-Modified": formatdate(org.defined, usegmt=True)}
    since = request.headers.get("If-Modified-Since")
    try:
        known = parsedate_to_datetime(since).timestamp() if since else None
    except ValueError:
        known = None
    if known is not None and known >= int(org.defined):
        return Answer(304, b"", headers)
    return answer(200, body, headers)


def _by_name(kind: Kind) -> str:
    return kind.name


def _head(org: Org, kind: Kind, version: str) -> dict[str, Any]:
    path = f"/services/data/{version}/sobjects/{kind.name}"
    writable = kind.name.lower() not in org.read_only
    own = kind.name != "User"
    return {
        "name": kind.name,
        "label": kind.label,
        "labelPlural": kind.label_plural,
        "keyPrefix": kind.prefix,
        "custom": kind.custom,
        "createable": writable,
        "updateable": writable,
        "deletable": writable and own,
        "undeletable": writable and own,
        "mergeable": kind.name in _MERGED,
        **_EVERY_KIND_HAS,
        **_NO_KIND_HAS,
        "urls": {
            "sobject": path,
            "describe": f"{path}/describe",
            "rowTemplate": f"{path}/{{ID}}",
        },
    }


def _field(org: Org, kind: Kind, field: Field) -> dict[str, Any]:
    writable = org.writable(kind, field.name)
    texts = field.type in TEXTS | CHOICES
    whole = field.type == "int"
    part = field.type in {"double", "currency", "percent"}
    return {
        **_NO_FIELD_HAS,
        "name": field.name,
        "type": field.type,
        "label": field.label,
        "length": 0 if whole else field.length,
        "byteLength": field.length * 3 if texts else (18 if field.type in _IDS else 0),
        "digits": field.length if whole else 0,
        "precision": 18 if part else 0,
        "scale": 2 if part else 0,
        "soapType": _soap(field),
        "createable": field.createable and writable,
        "updateable": field.updateable and writable,
        "nillable": field.nillable,
        "defaultedOnCreate": field.defaulted,
        "defaultValue": field.default,
        "custom": field.custom,
        "externalId": field.external,
        "unique": field.unique,
        "idLookup": field.lookup,
        "restrictedPicklist": field.restricted,
        "picklistValues": [_option(field, value) for value in field.options],
        "referenceTo": list(field.refers_to),
        "relationshipName": field.relationship,
        "polymorphicForeignKey": len(field.refers_to) > 1,
        "namePointing": len(field.refers_to) > 1,
        "nameField": field.name == _name_field(kind),
        "compoundFieldName": None,
        "filterable": field.filterable,
        "sortable": field.filterable and field.type != "address",
        "groupable": field.filterable and (texts or field.type in _IDS),
        "aggregatable": field.filterable and field.type not in {"boolean", "address"},
        "permissionable": field.nillable and field.createable,
    }


def _soap(field: Field) -> str:
    return (
        _SOAP.get(field.type) or f"xsd:{field.type if field.type in _PLAIN else 'string'}"
    )


def _name_field(kind: Kind) -> str:
    return "Subject" if kind.name in {"Task", "Event"} else "Name"


def _option(field: Field, value: str) -> dict[str, Any]:
    return {
        "active": True,
        "defaultValue": value == field.default,
        "label": field.options[value],
        "validFor": None,
        "value": value,
    }
