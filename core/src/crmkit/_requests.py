"""
What goes out: one request, its body encoded, and how many of them may be writes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from attrs import define, field, frozen

from crmkit.codec import to_json
from crmkit.errors import InvalidRequestError, PluginContractError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit._urls import Place

_HEADER_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
FITS_A_HEADER = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


@frozen(kw_only=True)
class Request:
    """
    What goes out: *path* as the plugin wrote it, *place* as it is on the wire.
    """

    method: str
    path: str
    place: Place = field(repr=False)
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    bucket: str = ""

    @headers.validator
    def _check_headers(self, _attribute: object, headers: Mapping[str, str]) -> None:
        for name, value in headers.items():
            named = _HEADER_NAME.fullmatch(name) is not None
            # What would be raised further down shows the value.
            if not (named and FITS_A_HEADER.fullmatch(str(value))):
                msg = (
                    f"what is given as the header {name if named else 'of a request'} "
                    "holds a line break or a letter beyond Latin-1"
                )
                raise InvalidRequestError(msg)


@define
class Writes:
    """
    How many unrepeatable requests are *left* to a hook call; None: any number.
    """

    left: int | None

    def count(self, provider: str) -> None:
        """
        Take one; raise PluginContractError when none is left.
        """
        if self.left is None:
            return
        if self.left == 0:
            msg = (
                f"the provider {provider!r} makes a second unrepeatable request in one "
                "crmkit_sync; lower sync_batch, or say repeatable=True where the same "
                "request may be sent twice (reads by POST too)"
            )
            raise PluginContractError(msg, plugin=provider)
        self.left -= 1


def encoded(
    json: object, form: Mapping[str, object] | None, content: bytes | None
) -> tuple[bytes | None, Mapping[str, str]]:
    """
    Return a request's body in bytes, and the header that names its type.
    """
    if json is not None:
        return to_json(json).encode(), {"Content-Type": "application/json"}
    if form is not None:
        kind = "application/x-www-form-urlencoded"
        return urlencode(form).encode(), {"Content-Type": kind}
    return content, {}
