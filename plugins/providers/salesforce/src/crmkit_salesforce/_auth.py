"""
Tokens that no refresh token is for: by client credentials, by a signed assertion.

Sources: Salesforce's help on the OAuth 2.0 client credentials flow and JWT bearer flow;
RFC 7523. Sessions have no expiry: one is over when it is refused.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from attrs import evolve

from crmkit import ConfigurationError, CredentialsError
from crmkit.codec import to_json
from crmkit.models import Secret
from crmkit.reading import content
from crmkit_salesforce._settings import LABEL, LOGIN, TOKEN

if TYPE_CHECKING:
    from crmkit import CRMCredentials, Session

_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFE = timedelta(minutes=3)


def renewed(session: Session) -> CRMCredentials | None:
    """
    Return credentials with a new token, None where a refresh token or nothing is for that.

    Raises CredentialsError when the metadata lack something, ConfigurationError without
    My Domain, and a CRMError when Salesforce gives no token.
    """
    spent = session.credentials
    said = spent.metadata
    if spent.refresh_token or not (said.get("private_key") or said.get("client_secret")):
        return None
    if said.get("private_key"):
        form = {"grant_type": _BEARER, "assertion": _assertion(session)}
    else:
        app = _said(session, "client_id", "client_secret")
        form = {"grant_type": "client_credentials", **app}
        if session.settings.my_domain in {None, *LOGIN}:
            msg = "Salesforce takes client credentials at the org's own host; set my_domain"
            raise ConfigurationError(msg)
    answer = content(session.http.post(TOKEN, form=form), LABEL)
    if not isinstance(answer.get("access_token"), str):
        msg = f"{LABEL}'s token endpoint gave no access token"
        raise CredentialsError(msg)
    place = answer.get("instance_url")
    told = {"instance_url": place} if place and isinstance(place, str) else {}
    token = Secret(answer["access_token"])
    return evolve(spent, access_token=token, metadata={**said, **told})


def _said(session: Session, *names: str) -> dict[str, str]:
    said = session.credentials.metadata
    lacking = [name for name in names if not said.get(name)]
    if lacking:
        msg = f"the credentials of {LABEL} lack {', '.join(lacking)} in their metadata"
        raise CredentialsError(msg)
    return {name: str(said[name]) for name in names}


def _assertion(session: Session) -> str:
    """
    Return a JWT, signed with RS256, that names the app and the user it acts for.
    """
    said = _said(session, "client_id", "username", "private_key")
    domain = session.settings.my_domain or LOGIN[0]
    tests = domain == LOGIN[1] or bool({"sandbox", "scratch"} & {*domain.split(".")})
    claims = {
        "iss": said["client_id"],
        "sub": said["username"],
        "aud": session.credentials.metadata.get("audience", f"https://{LOGIN[tests]}"),
        "exp": int((datetime.now(UTC) + _LIFE).timestamp()),
    }
    parts: tuple[Any, ...] = ({"alg": "RS256", "typ": "JWT"}, claims)
    text = ".".join(_encoded(to_json(part).encode()) for part in parts)
    return f"{text}.{_encoded(_signature(said['private_key'], text.encode()))}"


def _signature(pem: str, text: bytes) -> bytes:
    try:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        msg = "Salesforce's private_key needs: pip install crmkit-salesforce[jwt]"
        raise ConfigurationError(msg) from None
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        msg = "Salesforce's private_key must be an RSA key in PEM, without a password"
        raise CredentialsError(msg)
    return key.sign(text, PKCS1v15(), SHA256())


def _encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")
