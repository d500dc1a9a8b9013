"""
A Python client for Pipedrive that others wrote, pointed at a simulator.

It speaks version 1 alone, so its simulator keeps what version 2 has too.
"""

from pipedrive.client import Client


def vendor(pipe, *, access_token=None):
    """
    Return the client, signed with the simulator's API token or an access token.
    """
    made = Client("simulated-app", "simulated-secret", pipe.base_url)
    made.OAUTH_BASE_URL = f"{pipe.base_url}/oauth/"
    if access_token:
        made.set_access_token(access_token)
    else:
        made.set_api_token(pipe.token)
    return made
