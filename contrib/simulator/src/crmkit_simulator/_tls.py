"""
TLS on loopback: a certificate, and the authority that a client is told to trust.
"""

from __future__ import annotations

import shutil
import ssl
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import trustme

_NAMES = ("localhost", "127.0.0.1", "::1")


class Certificate:
    """
    A certificate for loopback, by an authority that nobody else has.

    *ca_file* is the authority's certificate; it is removed with this object. Raises
    ValueError if the extra that makes certificates is not installed.
    """

    def __init__(self) -> None:
        authority = _authority()
        folder = tempfile.mkdtemp(prefix="crmkit-simulator-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.ca_file = Path(folder, "ca.pem")
        authority.cert_pem.write_to_path(str(self.ca_file))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*_NAMES).configure_cert(self.context)


def _authority() -> trustme.CA:
    try:
        import trustme
    except ImportError:
        msg = "tls needs trustme: pip install 'crmkit-simulator[tls]'"
        raise ValueError(msg) from None
    return trustme.CA(organization_name="crmkit-simulator")
