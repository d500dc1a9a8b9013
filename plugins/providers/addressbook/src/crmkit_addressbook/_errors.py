"""
What is wrong with one row.
"""

from __future__ import annotations

from crmkit import ConfigurationError


class RowError(ConfigurationError):
    """
    A row that cannot be read as one client; it costs that client alone.

    No CRMError, because that would end the reading of the rows after it.
    """
