"""
simple-salesforce, a client that others wrote, pointed at a simulator that speaks TLS.
"""

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce

VERSION = "66.0"


class ToSimulator(HTTPAdapter):
    """
    Sends what is meant for Salesforce's own hosts to a simulator.
    """

    def __init__(self, base_url):
        super().__init__()
        self._base_url = base_url

    def send(self, request, *arguments, **options):
        """
        Send a request to the simulator, under the name that it was meant for.
        """
        url = requests.utils.urlparse(request.url)
        request.headers["Host"] = url.netloc
        rest = f"{url.path}?{url.query}" if url.query else url.path
        request.url = f"{self._base_url}{rest}"
        return super().send(request, *arguments, **options)


def session_for(org):
    """
    Return a session that trusts the simulator, whatever this machine's settings are.
    """
    session = requests.Session()
    session.verify = org.ca_file
    session.trust_env = False
    return session


def client(session, org, token=None):
    """
    Return the client for a simulator; without a token it uses the simulator's.
    """
    return Salesforce(
        instance_url=org.base_url,
        session_id=token or org.token,
        session=session,
        version=VERSION,
    )
