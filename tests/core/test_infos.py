"""
What a plugin says of itself is checked as soon as it says it.
"""

import pytest
from tests.core.plugins import provider

from crmkit import PluginContractError, ProviderInfo, TransformerInfo, hookimpl


@pytest.mark.parametrize(
    "wrong",
    [
        {"fetch_batch": 0},
        {"fetch_batch": "50"},
        {"sync_batch": -1},
        {"sync_batch": {"notes": 0}},
        {"sync_batch": True},
    ],
)
def test_provider(wrong):
    """
    A batch is a whole number from 1; the error names the field.
    """
    (name,) = wrong

    with pytest.raises(ValueError, match=name):
        ProviderInfo(label="Acme", **wrong)


@pytest.mark.parametrize("wrong", [{"stage": "300"}, {"filters": {"money": 5}}])
def test_transformer(wrong):
    """
    A stage is a number, a filter a function; the error names the field.
    """
    (name,) = wrong

    with pytest.raises(ValueError, match=name):
        TransformerInfo(**{"stage": 300, **wrong})


def test_single_texts():
    """
    One host, or one thing to read, may be given without a list.
    """
    assert ProviderInfo(label="Acme", hosts="api.acme.example").hosts == (
        "api.acme.example",
    )
    assert TransformerInfo(stage=1, reads="language").reads == ("language",)


def test_told(connect):
    """
    The caller hears which plugin is wrong, and in what.
    """
    plugin = provider()
    plugin.crmkit_provider = hookimpl(lambda: ProviderInfo(label="Acme", fetch_batch=0))

    with pytest.raises(
        PluginContractError, match=r"'acme' fails in crmkit_provider.*fetch"
    ):
        connect(plugin).get_client_data("1")
