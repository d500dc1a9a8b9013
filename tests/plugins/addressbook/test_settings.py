"""
Settings are checked before any file is touched.
"""

from pathlib import Path

import pytest

from crmkit import ConfigurationError
from crmkit_addressbook._settings import Settings


@pytest.mark.parametrize("path", ["", "  "])
def test_no_path(path):
    """
    A missing path is answered with both ways to give it.
    """
    with pytest.raises(
        ConfigurationError, match=r"settings\.addressbook\].*CRMConnector\("
    ):
        Settings(path=path)


@pytest.mark.parametrize(
    ("path", "journal"),
    [
        ("clients.csv", "clients.activities.csv"),
        ("data/my.clients.txt", "data/my.clients.activities.csv"),
        ("clients", "clients.activities.csv"),
    ],
)
def test_activities(path, journal):
    """
    Activities go beside the clients' file unless a place is given.
    """
    assert Settings(path=path).journal == Path(journal)
    assert Settings(path=path, activities="done.csv").journal == Path("done.csv")


def test_home():
    """
    A tilde is the user's own folder.
    """
    assert Settings(path="~/clients.csv").file == Path.home() / "clients.csv"


@pytest.mark.parametrize("activities", ["clients.csv", "./x/../clients.csv"])
def test_same_file(activities):
    """
    Activities are refused to be the clients' file.
    """
    with pytest.raises(ConfigurationError, match=r"both name clients\.csv"):
        Settings(path="clients.csv", activities=activities)


@pytest.mark.parametrize("fields", [{"": "id"}, {"Kundennr": " "}])
def test_fields(fields):
    """
    An empty name in the table of headers is refused.
    """
    with pytest.raises(ConfigurationError, match="`fields` has an empty name"):
        Settings(path="clients.csv", fields=fields)


@pytest.mark.parametrize("encoding", ["utf-9", "hex"])
def test_encoding(encoding):
    """
    An encoding that Python does not know is refused.
    """
    with pytest.raises(ConfigurationError, match=f"`encoding` is '{encoding}'"):
        Settings(path="clients.csv", encoding=encoding)


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n", " "])
def test_delimiter(delimiter):
    """
    A delimiter is one character that is no quote and no newline.
    """
    with pytest.raises(ConfigurationError, match="`delimiter`"):
        Settings(path="clients.csv", delimiter=delimiter)
