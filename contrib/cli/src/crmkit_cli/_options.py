"""
The options that every command takes, and the examples in its help.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, NamedTuple, ParamSpec

import click

from crmkit_cli._main import AS_JSON

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")


class Chosen(NamedTuple):
    """
    What the user chose by the options that every command takes.
    """

    provider: str | None
    user: str | None
    config: str | None
    settings: tuple[str, ...]
    plugins: tuple[str, ...]
    as_json: bool


def _trace(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001, FBT001 - click's own
    if value:
        from crmkit_cli._trace import shown

        ctx.with_resource(shown())


_OPTIONS = (
    click.option("--provider", metavar="NAME", help="The CRM, such as addressbook."),
    click.option("--user", metavar="ID", help="Whose account it is; each has a token."),
    click.option(
        "--config",
        metavar="FILE",
        help="Settings in TOML; else CRMKIT_CONFIG, else crmkit.toml if it is here.",
    ),
    click.option(
        "--set",
        "settings",
        metavar="[PROVIDER.]KEY=VALUE",
        multiple=True,
        help="A setting of the CRM, such as path=clients.csv; repeatable.",
    ),
    click.option(
        "--plugin",
        "plugins",
        metavar="FILE",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False),
        help="A plugin that is not installed: ./acme.py is acme; repeatable.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs."),
    click.option(
        "--trace",
        is_flag=True,
        expose_value=False,
        callback=_trace,
        help="Show each request and answer, without any value.",
    ),
)

dry_run = click.option(
    "--dry-run", is_flag=True, help="Show what would be done, and do nothing."
)


def common(function: Callable[Concatenate[Chosen, P], None]) -> Callable[..., None]:
    """
    Give a command the common options; it gets them as its first argument.
    """

    @wraps(function)
    def command(
        provider: str | None,
        user: str | None,
        config: str | None,
        settings: tuple[str, ...],
        plugins: tuple[str, ...],
        as_json: bool,  # noqa: FBT001 - click gives it by name
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        click.get_current_context().meta[AS_JSON] = as_json
        chosen = Chosen(provider, user, config, settings, plugins, as_json)
        function(chosen, *args, **kwargs)

    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def examples(*lines: str) -> str:
    """
    Return the end of a command's help: what one may type, one line each.
    """
    title = "Example:" if len(lines) == 1 else "Examples:"
    return "\n".join(("\b", title, *(f"  {line}" for line in lines)))
