"""
Any CRM with a JSON API, from a TOML file that describes it.

``plugins={"acme": crmkit_rest.provider("acme.toml")}``, or ``"acme.toml"`` alone.
"""

from __future__ import annotations

__all__ = ["provider"]


def provider(path: str) -> object:
    """
    Return the plugin that the file at *path* describes.

    Raises ConfigurationError for a mistake; ``crmkit rest check`` tells all there are.
    """
    # The libraries that read it are slow to import, and need not be for a discovery.
    from crmkit_rest._file import load
    from crmkit_rest._plugin import plugin

    return plugin(load(path))
