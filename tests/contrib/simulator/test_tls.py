"""
TLS: a certificate for loopback, and the authority to trust.
"""

import builtins
import gc
import json
import ssl
import subprocess
import sys
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crmkit_simulator import Simulator

CONTACTS = "/crm/objects/2026-09/contacts"


def get(base_url, token, context, path=CONTACTS):
    """
    Return the status of a request, and what it brings.
    """
    connection = HTTPSConnection(urlsplit(base_url).netloc, timeout=10, context=context)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_trusted(crm_simulator, host):
    """
    Who trusts the authority is served, by address and by name; nobody else is.
    """
    hub = crm_simulator("hubspot", contacts=2, tls=True, host=host)
    trusting = ssl.create_default_context(cafile=hub.ca_file)

    assert hub.base_url.startswith(f"https://{host}:")
    status, found = get(hub.base_url, hub.token, trusting)
    assert (status, len(found["results"])) == (200, 2)
    with pytest.raises(ssl.SSLCertVerificationError):
        get(hub.base_url, hub.token, ssl.create_default_context())


def test_restarted(crm_simulator):
    """
    A restart keeps the certificate, and the simulator tells of its authority.
    """
    hub = crm_simulator("hubspot", tls=True)
    trusting = ssl.create_default_context(cafile=hub.ca_file)
    hub.stop()
    hub.start()

    about = get(hub.base_url, hub.token, trusting, "/_simulator")[1]
    assert about == {"base_url": hub.base_url, "token": hub.token, "ca_file": hub.ca_file}


@pytest.mark.parametrize("fault", ["reset_before", "reset_after", "truncated"])
def test_faults(crm_simulator, fault):
    """
    Connections end early as they do without TLS.
    """
    hub = crm_simulator("hubspot", tls=True)
    trusting = ssl.create_default_context(cafile=hub.ca_file)
    hub.fault(fault)

    with pytest.raises((OSError, HTTPException)):
        get(hub.base_url, hub.token, trusting)
    assert get(hub.base_url, hub.token, trusting)[0] == 200


def test_without():
    """
    Without TLS there is no authority.
    """
    assert Simulator("hubspot", port=8712).ca_file is None


def test_removed():
    """
    The authority's file goes with the simulator.
    """
    hub = Simulator("hubspot", tls=True)
    file = Path(hub.ca_file)
    assert file.exists()
    del hub
    gc.collect()

    assert not file.parent.exists()


def test_extra(monkeypatch):
    """
    Without the extra that makes certificates it is named.
    """
    real = builtins.__import__

    def lacking(name, *arguments):
        if name == "trustme":
            raise ImportError(name)
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", lacking)

    with pytest.raises(ValueError, match=r"pip install 'crmkit-simulator\[tls\]'"):
        Simulator("hubspot", tls=True)


def test_command():
    """
    The command tells the authority's file, in JSON and to people, and removes it.
    """
    files = []
    for arguments in (["--json"], []):
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "crmkit_simulator",
                "hubspot",
                "--port=0",
                "--tls",
                *arguments,
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            if arguments:
                ready = json.loads(process.stdout.readline())
                files.append(ready["ca_file"])
                trusting = ssl.create_default_context(cafile=ready["ca_file"])
                assert get(ready["base_url"], ready["token"], trusting)[0] == 200
            else:
                lines = [process.stdout.readline() for _ in range(4)]
                assert "https://127.0.0.1:" in lines[0]
                assert lines[2].startswith("  export SSL_CERT_FILE=")
                files.append(lines[2].strip().partition("=")[2])
            assert Path(files[-1]).exists()
        finally:
            process.terminate()
            process.communicate(timeout=10)

    assert not any(Path(file).exists() for file in files)
