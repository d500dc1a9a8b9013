"""
Rules of loading a transformer, and of what it says of itself.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

from attrs import evolve, fields

from crmkit import ConfigurationError, PluginError
from crmkit._host import Host
from crmkit.codec import structured
from crmkit.testing._importing import BUDGET, Imported, imported
from crmkit.testing._transformer.watched import watched
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from crmkit.testing._transformer.subject import Transformer

_SECRET = re.compile(r"(?:.*_)?(?:key|secret|token|password)")
_MARK = "s3cret-of-a-test"


class Loading:
    """
    What a transformer that is loaded holds to.
    """

    @rule
    def test_t01_contract(self, subject: Transformer) -> None:
        """
        A plugin has the two hooks of a transformer, and none that does not exist.
        """
        subject.hook = "crmkit_transformer"
        try:
            subject.host.transformer(subject.name)
        except PluginError as error:
            subject.broken(f"is refused: {error}", cause=error)

    @rule
    def test_t02_same(self, subject: Transformer) -> None:
        """
        A transformer describes itself the same each time, and touches nothing for it.
        """
        subject.hook = "crmkit_transformer"
        first = subject.info
        try:
            with watched() as did:
                again = Host({subject.name: subject.plugin}).transformer(subject.name)
        except PluginError:
            again = first
        if did:
            subject.broken(did[0])
        # Functions may be made anew.
        names = (evolve(info, filters={}, match=None) for info in (first, again))
        if len(set(map(repr, names))) > 1 or first.filters.keys() != again.filters.keys():
            subject.broken("describes itself in another way when it is asked again")

    @rule
    def test_t03_import(self, subject: Transformer) -> None:
        """
        Importing the plugin reads and writes no file, starts nothing, reaches no network.
        """
        if did := _imported(subject).did:
            subject.broken(f"is in a module that {did[0]} when it is imported")

    @rule
    def test_t04_light(self, subject: Transformer) -> None:
        """
        Importing the plugin is quick: what is slow to import is imported on first use.
        """
        found = _imported(subject)
        if found.heavy:
            subject.broken(f"is in a module that imports {', '.join(found.heavy)}")
        if len(found.loaded) > BUDGET:
            subject.broken(
                f"is in a module that imports {len(found.loaded)} modules beyond crmkit's"
                f" own; {BUDGET} are allowed"
            )

    @rule
    def test_t05_reads(self, subject: Transformer) -> None:
        """
        Of a client, a transformer reads language, timezone and preferences, nothing else.
        """
        subject.hook = "crmkit_transformer"
        if wrong := subject.wrong_reads():
            subject.broken(f"reads {', '.join(wrong)}")

    @rule
    def test_t06_settings(self, subject: Transformer) -> None:
        """
        A setting that the plugin does not know is refused by its name.
        """
        subject.hook = "crmkit_transformer"
        kind = subject.info.settings
        if kind is None and not subject.settings:
            subject.not_offered("no settings")
        given = {**subject.settings, "no_such_setting": 1}
        try:
            structured(given, kind, subject.name)
        except ConfigurationError as error:
            if "no_such_setting" not in str(error):
                subject.broken("refuses a setting without naming it", cause=error)
        else:
            subject.broken("takes any setting; give TransformerInfo a class of settings")

    @rule
    def test_t07_secrets(self, subject: Transformer) -> None:
        """
        A key, token or password among the settings shows in no repr of them.
        """
        subject.hook = "crmkit_transformer"
        kind = subject.info.settings
        names = [] if kind is None else [field.name for field in fields(kind)]
        secrets = [name for name in names if _SECRET.fullmatch(name)]
        if not secrets:
            subject.not_offered("no secret among its settings")
        for name in secrets:
            given = {**subject.settings, name: _MARK}
            if _MARK in repr(structured(given, kind, subject.name)):
                subject.broken(f"shows the setting {name}; make it field(repr=False)")


def _imported(subject: Transformer) -> Imported:
    if not inspect.ismodule(subject.plugin):
        subject.not_proven("the plugin is no module")
    try:
        return imported(subject.plugin.__name__)
    except ImportError as error:
        subject.not_proven(str(error))
