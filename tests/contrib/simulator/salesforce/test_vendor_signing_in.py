"""
simple-salesforce gets its session by OAuth.
"""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed
from tests.contrib.simulator.salesforce.vendor import ToSimulator, session_for

from crmkit_simulator import Simulator

PRIVATE = rsa.generate_private_key(65537, 2048)
PEM = PRIVATE.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
).decode()
PUBLIC = (
    PRIVATE.public_key()
    .public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    .decode()
)
OTHER = rsa.generate_private_key(65537, 2048).private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
)
APP = {"consumer_key": "simulated-app", "consumer_secret": "simulated-secret"}


@pytest.fixture(scope="module")
def org():
    """
    Return an organization whose app has a key.
    """
    with Simulator("salesforce", tls=True, app={"public_key": PUBLIC}) as org:
        yield org


@pytest.fixture
def session(org):
    """
    Return a session in which Salesforce's hosts are the simulator.
    """
    with session_for(org) as session:
        session.mount("https://", ToSimulator(org.base_url))
        yield session


def test_client_credentials(session):
    """
    An app signs in by itself at its My Domain, and its token is good there.
    """
    sf = Salesforce(**APP, domain="acme.my", session=session, version="66.0")

    assert sf.sf_instance == "acme.my.salesforce.com"
    assert sf.query("SELECT Id FROM User")["totalSize"] == 1


def test_wrong_secret(session):
    """
    An app with another secret is refused.
    """
    with pytest.raises(SalesforceAuthenticationFailed, match="invalid client credentials"):
        Salesforce(**{**APP, "consumer_secret": "x"}, domain="acme.my", session=session)


def test_assertion(session):
    """
    A signed assertion gets a session in the name of its user.
    """
    sf = Salesforce(
        username="sync@example.com",
        consumer_key="simulated-app",
        privatekey=PEM,
        session=session,
    )

    assert sf.query("SELECT Id FROM User")["totalSize"] == 1


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"privatekey": OTHER}, "invalid assertion"),
        ({"username": "other@example.com"}, "user hasn't approved this consumer"),
        ({"consumer_key": "other"}, "client identifier invalid"),
    ],
)
@pytest.mark.filterwarnings("ignore:\n:UserWarning")
def test_wrong_assertion(session, changed, problem):
    """
    An assertion by another key, for another user, of another app is refused.
    """
    given = {
        "username": "sync@example.com",
        "consumer_key": "simulated-app",
        "privatekey": PEM,
        **changed,
    }

    with pytest.raises(SalesforceAuthenticationFailed, match=problem):
        Salesforce(**given, session=session)


def test_password(session):
    """
    A password is not enough: that way in is blocked in new organizations.
    """
    with pytest.raises(SalesforceAuthenticationFailed, match="authentication failure"):
        Salesforce(**APP, username="sync@example.com", password="x", session=session)
