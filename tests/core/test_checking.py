"""
A right is tried, and what is found says which one and what to do.
"""

import pytest

from crmkit import (
    AccessDeniedError,
    Finding,
    InvalidRequestError,
    ProtocolError,
    Response,
    UnavailableError,
)
from crmkit.checking import right


def raising(error):
    """
    Return what raises this error.
    """

    def ask():
        raise error

    return ask


def test_there():
    """
    What answers is a right, and so is what is only asked in the wrong way.
    """
    good = Finding(subject="read", status="ok")

    assert right("read", list) == good
    assert right("read", raising(InvalidRequestError("no ids"))) == good


def test_lacking():
    """
    What is denied is a problem, or only a warning, with the CRM's reason and the remedy.
    """
    denied = raising(AccessDeniedError("needs the scope x"))

    assert right("read", denied, remedy="give it") == Finding(
        subject="read", status="problem", detail="needs the scope x", remedy="give it"
    )
    assert right("read", denied, status="warning").status == "warning"


def test_no_json():
    """
    What is no JSON comes from something else than the CRM, which tells of no right.
    """
    page = Response(status=200, headers={}, url="https://a.test/", content=b"<h1>Hi</h1>")
    empty = Response(status=204, headers={}, url="https://a.test/", content=b"")

    assert right("read", lambda: empty).status == "ok"
    with pytest.raises(ProtocolError):
        right("read", lambda: page)


def test_unknown():
    """
    What cannot be told now is no finding.
    """
    with pytest.raises(UnavailableError):
        right("read", raising(UnavailableError("down", sent=True)))
