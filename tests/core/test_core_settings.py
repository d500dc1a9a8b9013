"""
The settings of a provider that are the core's own.
"""

import pytest
from tests.core.plugins import provider

from crmkit import ActivityRecord, ConfigurationError


@pytest.mark.parametrize(
    "wrong",
    [
        {"preferences": "Tone"},
        {"preferences": ["Tone"]},
        {"preferences": {"language": 5}},
        {"activity_types": "notes"},
        {"activity_types": {"call": None}},
        {"base_url": 5},
        {"base_url": "api.example.com"},
        {"base_url": "https://"},
        {"base_url": "https://api.example.com:99999"},
        {"base_url": "https://api.example.com/v1?key=x"},
    ],
)
def test_wrong(connect, wrong):
    """
    A setting of the wrong shape is refused by its name before anything is done.
    """
    (name,) = wrong
    crm = connect(provider(info={"kinds": {"*": "notes"}}), settings={"acme": wrong})

    for call in (
        lambda: crm.get_client_data("1"),
        lambda: crm.sync_activity(ActivityRecord(type="call")),
    ):
        with pytest.raises(ConfigurationError, match=f"settings of 'acme': {name}"):
            call()
