"""
The assertion by which an app asks for a token in the name of a user: RFC 7523.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any


def claims_of(assertion: str, public_key: str | None) -> dict[str, Any]:
    """
    Return what an assertion claims; its signature is checked if there is a public key.

    Raises ValueError.
    """
    signed, _, signature = assertion.rpartition(".")
    header, claims = (_decoded(part) for part in signed.split("."))
    if json.loads(header).get("alg") != "RS256":
        msg = "an assertion is signed by RS256"
        raise ValueError(msg)
    if public_key is not None:
        _verify(signed.encode(), _decoded(signature), public_key)
    found: dict[str, Any] = {**json.loads(claims)}
    return found


def _verify(signed: bytes, signature: bytes, public_key: str) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key = load_pem_public_key(public_key.encode())
    if not isinstance(key, RSAPublicKey):
        msg = "the public key of the app is not one of RSA"
        raise TypeError(msg)
    try:
        key.verify(signature, signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        msg = "the signature is not that of the app"
        raise ValueError(msg) from None


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
