"""
Proof Key for Code Exchange, RFC 7636.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256


def challenge_of(verifier: str, method: str) -> str:
    """
    Return the challenge that belongs to a verifier.
    """
    if method != "S256":
        return verifier
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
