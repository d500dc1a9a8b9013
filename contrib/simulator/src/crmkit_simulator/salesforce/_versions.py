"""
The versions of the API.
"""

from __future__ import annotations

import re

from crmkit_simulator.salesforce._errors import Refused, not_found

_FIRST, _LAST, _RETIRED = 59, 67, 30
_SEASONS = ("Winter", "Spring", "Summer")  # three releases a year
_FIRST_YEAR = 24  # of v59.0, which was Winter '24
_FORM = re.compile(r"v(\d{1,3})\.0")


def _label(number: int) -> str:
    years, season = divmod(number - _FIRST, len(_SEASONS))
    return f"{_SEASONS[season]} '{_FIRST_YEAR + years}"


VERSIONS = {f"{number}.0": _label(number) for number in range(_FIRST, _LAST + 1)}


def version_of(segment: str) -> str:
    """
    Return the version that a path names; raises Refused.
    """
    if segment == "latest":
        return f"v{_LAST}.0"
    found = _FORM.fullmatch(segment)
    if found and int(found[1]) <= _RETIRED:
        text = (
            "The requested resource has been retired or removed. Delete or update any "
            "references to the resource."
        )
        raise Refused(410, "GONE", text)
    if not found or segment[1:] not in VERSIONS:
        raise not_found()
    return segment
