"""
Time zones by name.
"""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo | None:
    """
    Return the zone of an IANA name, None where there is none.
    """
    try:
        return ZoneInfo(name.strip())
    except (KeyError, ValueError, OSError):  # unknown; no name at all; a folder in tzdata
        return None
