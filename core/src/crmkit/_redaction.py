"""
Keeping paths, queries and headers, where ids stand, out of the HTTP library's log.
"""

from __future__ import annotations

import logging

_LOGGERS = ("urllib3.connectionpool", "urllib3.connection")
_CUT = "/..."


class _Redaction(logging.Filter):
    """
    Cuts the path of every request to a host that crmkit talks to; others stay as they are.

    An error is cut to its name: that of headers which cannot be read shows them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.hosts: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        values = record.args if isinstance(record.args, tuple) else ()
        texts = [value for value in values if isinstance(value, str)]
        if any(host in text for host in self.hosts for text in texts):
            record.args = tuple(map(_cut, values))
            record.exc_info = None
        return True


def _cut(value: object) -> object:
    if isinstance(value, Exception):
        return type(value).__name__
    if not isinstance(value, str) or "/" not in value or value.startswith("HTTP/"):
        return value
    return _CUT if value.startswith("/") or "://" in value else value


_REDACTION = _Redaction()
for _logger in _LOGGERS:
    logging.getLogger(_logger).addFilter(_REDACTION)


def redact(host: str) -> None:
    """
    From now on, keep what is asked of this host out of the log.
    """
    if host:
        _REDACTION.hosts.add(host)
