"""
The program: its commands, each imported when it is run, and what ends it.
"""

from __future__ import annotations

import os
import sys
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper

import click

from crmkit_cli import _commands

OWN = {
    "fetch": "Show clients, by id or by e-mail address.",
    "personalize": "Fill in a template for a client.",
    "lint": "Say what is wrong with a template.",
    "coverage": "Count who would get a default, nothing, or an error.",
    "preview": "Show what clients would get, on one page.",
    "sync": "Write activities to the CRM.",
    "outbox": "See and mend what waits to be sent.",
    "forget": "Erase a client from what waits to be sent.",
    "credentials": "Keep tokens, sealed; sign in.",
    "fields": "Show the custom fields that templates can name.",
    "doctor": "Look for what is wrong, and say what to do.",
    "plugins": "Show which plugins there are, and which are broken.",
    "demo": "See all of it work, offline, in two seconds.",
}
AS_JSON = "crmkit_cli.json"
_INTERRUPTED, _BROKEN_PIPE = 130, 141  # as shells count: 128 and the signal's number


class Program(click.Group):
    """
    The commands of this package, then those of other distributions.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own
        """
        Return the names of all commands; none is imported.
        """
        return [*OWN, *(name for name in _commands.offered() if name not in OWN)]

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's own
        cmd_name: str,
    ) -> click.Command | None:
        """
        Import a command, None if there is none of this name.
        """
        if cmd_name in OWN:
            own: click.Command = import_module(f"crmkit_cli._{cmd_name}").command
            return own
        return _commands.load(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """
        Write the list of commands without importing them.
        """
        names = self.list_commands(ctx)
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, OWN.get(name) or _commands.origin(name)) for name in names]
            )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """
        Find the command; for an unknown one say which is close, or what to install.
        """
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-"):
            close = get_close_matches(name, known, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else _commands.remedy(name)
            ctx.fail(f"No such command {name!r}.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> None:
        """
        Run a command; what ends it early becomes one line and an exit code.
        """
        try:
            code = self._run(ctx)
            sys.stdout.flush()
        except (KeyboardInterrupt, click.Abort):
            code = _INTERRUPTED
        except BrokenPipeError:
            # Nobody reads on; what Python still wants to flush at its end goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = _BROKEN_PIPE
        ctx.exit(code)

    def _run(self, ctx: click.Context) -> int:
        try:
            super().invoke(ctx)
        except click.exceptions.Exit as end:
            return end.exit_code
        except (click.ClickException, click.Abort):
            raise
        except Exception as error:  # noqa: BLE001 - a bug goes on, the rest is told
            return _failed(error, as_json=ctx.meta.get(AS_JSON, False))
        return 0


def _failed(error: Exception, *, as_json: bool) -> int:
    from crmkit_cli._exits import BUG, code_of
    from crmkit_cli._output import complain, described, emit

    code = code_of(error)
    if code == BUG:
        raise error
    complain(error)
    if as_json:
        emit({"error": described(error)})
    return code


@click.command(
    cls=Program,
    epilog="Exit codes: 0 done, 2 usage or configuration, 3 final, 4 run again later, "
    "5 credentials, 1 a bug. Each command has --help with examples.",
)
@click.version_option(package_name="crmkit-cli")
def program() -> None:
    """
    Fetch clients from any CRM, personalize texts for them, sync activities back.
    """


def run() -> None:
    """
    Run the program with this process's arguments, and exit.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A name that this stream's encoding lacks is shown in ASCII, not an error.
            stream.reconfigure(errors="backslashreplace")
    program(prog_name="crmkit")
