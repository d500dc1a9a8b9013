"""
Rules of loading a provider, and of what it says of itself.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from attrs import evolve

from crmkit import PluginContractError
from crmkit._host import Host
from crmkit.testing._importing import BUDGET, imported
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from crmkit.infos import ProviderInfo
    from crmkit.testing._importing import Imported
    from crmkit.testing._provider.subject import Subject

TYPES = (
    *("note", "call", "meeting", "task", "email_sent", "email_received"),
    *("email_opened", "sms_sent", "property_view"),
)


class Loading:
    """
    What a provider that is loaded holds to.
    """

    @rule
    def test_l01_contract(self, subject: Subject) -> None:
        """
        A plugin has the hooks that a provider needs, and none that does not exist.
        """
        try:
            subject.host.provider(subject.name)
        except PluginContractError as error:
            subject.broken(f"is refused: {error}", cause=error)

    @rule
    def test_l02_import(self, subject: Subject) -> None:
        """
        Importing a plugin does nothing else: no network, no process, no file, no thread.
        """
        did = _imported(subject).did
        if did:
            subject.broken(f"is in a module whose import {', '.join(did)}")

    @rule
    def test_l03_light(self, subject: Subject) -> None:
        """
        Importing a plugin loads nothing that few runs need, and few modules at all.
        """
        found = _imported(subject)
        if found.heavy:
            heavy = ", ".join(found.heavy)
            subject.broken(f"is in a module that loads {heavy}: import it where it is used")
        if len(found.loaded) > BUDGET:
            subject.broken(f"is in a module that loads {len(found.loaded)} others")

    @rule
    def test_l04_same(self, subject: Subject) -> None:
        """
        A provider describes itself the same each time.
        """
        first = subject.info
        again = Host({subject.name: subject.plugin}).provider(subject.name)
        if _described(first) != _described(again):
            subject.broken("describes itself in another way when it is asked again")

    @rule
    def test_l05_https(self, subject: Subject) -> None:
        """
        A base URL is HTTPS, and hosts name no more than one company's machines.
        """
        info = subject.info
        if info.base_url is None:
            subject.not_offered("no base_url")
        if not info.base_url.startswith(("https://", "{")):
            subject.broken(f"has a base_url that is not HTTPS: {info.base_url}")
        wide = [host for host in info.hosts if host.removeprefix("*.").count(".") < 1]
        if wide:
            subject.broken(f"has hosts that are too many: {', '.join(wide)}")

    @rule
    def test_l06_types(self, subject: Subject) -> None:
        """
        A table of kinds knows each type of activity that crmkit names, or has a rest.
        """
        kinds = subject.info.kinds
        unknown = [name for name in TYPES if kinds and {name, "*"}.isdisjoint(kinds)]
        if unknown:
            subject.broken(f"has kinds without {', '.join(unknown)}")


def _described(info: ProviderInfo) -> ProviderInfo:
    """
    Return all but the functions: header("X-Token") makes a new one each time.
    """
    return evolve(info, auth=None, error_from=None, limit_from=None)


def _imported(subject: Subject) -> Imported:
    if not isinstance(subject.plugin, ModuleType):
        subject.not_offered("it is no module")
    try:
        return imported(subject.plugin.__name__)
    except ImportError as error:
        subject.not_proven(str(error))
