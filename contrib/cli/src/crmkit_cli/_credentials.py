"""
The commands ``crmkit credentials``: set, list, remove, login, rotate, new-key.
"""

from __future__ import annotations

import os
import sys
import webbrowser

import click

from crmkit_cli._exits import FINAL
from crmkit_cli._options import Chosen, common, examples
from crmkit_cli._output import complain, emit, note, one_line, say
from crmkit_cli._setup import setup
from crmkit_cli._table import table
from crmkit_cli._tokens import asked_for, given_as_json, made_of, prompt

_PORT, _PATIENCE = 8719, 300
_SECRET = "CRMKIT_CLIENT_SECRET"  # noqa: S105 - a variable's name
_ROTATE = (
    "In {place} only you can put a new key: put it before the old one, run this again, "
    "then take the old one out."
)
_provider = click.argument("name", metavar="[PROVIDER]", required=False)


@click.group("credentials")
def command() -> None:
    """
    Keep tokens in the store, sealed with a key; nothing shows them again.

    They serve where no token is given to a connector, before CRMKIT_<PROVIDER>_TOKEN.
    Without a key nothing is kept: new-key makes one.
    """


@command.command(
    "set",
    epilog=examples(
        "crmkit credentials set hubspot",
        "crmkit credentials set hubspot --user ana --refresh",
        "pass show hubspot | crmkit credentials set hubspot",
    ),
)
@_provider
@click.option("--refresh", is_flag=True, help="Ask for refresh token and app, too.")
@click.option(
    "--from-json",
    metavar="FILE",
    help="JSON with access_token, refresh_token, expires_at, metadata; - is stdin.",
)
@common
def set_(chosen: Chosen, *, name: str | None, refresh: bool, from_json: str | None) -> None:
    """
    Keep a token, which is asked for or read from standard input.

    It is never an argument, which the shell and other users of the machine would see. From
    standard input it is the first line; with --refresh refresh token, client id and client
    secret are on the lines after it.
    """
    ready = setup(_of(chosen, name))
    with ready.connect() as crm:
        crm.credentials.check()
        given = given_as_json(from_json) if from_json else asked_for(refresh=refresh)
        crm.credentials.set(made_of(ready.provider, given), chosen.user)
    _tell(chosen, ready.provider, "kept")


@command.command(
    "list", epilog=examples("crmkit credentials list", "crmkit credentials list --json")
)
@common
def list_(chosen: Chosen) -> None:
    """
    Show whose credentials are kept, what there is of them, and until when; never a value.
    """
    with setup(chosen).connect() as crm:
        kept = [
            each
            for each in crm.credentials.list()
            if chosen.provider in {None, each.provider}
            and chosen.user in {None, each.user_id}
        ]
    if chosen.as_json:
        for each in kept:
            emit(each)
        return
    rows = [
        (
            one_line(each.provider),
            one_line(each.user_id or "-"),
            f"{each.expires_at:%Y-%m-%d %H:%M} UTC" if each.expires_at else "-",
            ", ".join(each.holds),
        )
        for each in kept
    ]
    header = ("provider", "user", "expires", "there are")
    for line in table([header, *rows]) if rows else ["no credentials are kept"]:
        say(line)


@command.command("remove", epilog=examples("crmkit credentials remove hubspot --user ana"))
@_provider
@common
def remove(chosen: Chosen, *, name: str | None) -> None:
    """
    Delete a user's credentials from the store; in the CRM they stay good.
    """
    ready = setup(_of(chosen, name))
    with ready.connect() as crm:
        removed = crm.credentials.remove(ready.provider, chosen.user)
    if not removed:
        complain(f"no credentials are kept {_whose(ready.provider, chosen.user)}")
        raise click.exceptions.Exit(FINAL)
    _tell(chosen, ready.provider, "removed")


@command.command(
    "login",
    epilog=examples("crmkit credentials login hubspot --client-id 0123-4567 --user ana"),
)
@_provider
@click.option("--client-id", required=True, metavar="ID", help="The app's, from the CRM.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=_PORT,
    show_default=True,
    help="Of the redirect URL http://127.0.0.1:PORT/callback, which the app must allow.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=_PATIENCE,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for the sign-in.",
)
@click.option("--no-browser", is_flag=True, help="Only show the page's address.")
@common
def login(
    chosen: Chosen,
    *,
    name: str | None,
    client_id: str,
    port: int,
    timeout: float,
    no_browser: bool,
) -> None:
    """
    Sign in with OAuth, in a browser on this machine, and keep what the CRM gives.

    The app's client secret is asked for, or taken from CRMKIT_CLIENT_SECRET; an app
    without one needs none.
    """
    from crmkit_cli._callback import Callback

    ready = setup(_of(chosen, name))
    secret = os.environ.get(_SECRET)
    if secret is None and sys.stdin.isatty():
        secret = prompt("Client secret (empty for none)")
    with ready.connect() as crm, Callback(port) as callback:
        begun = crm.credentials.begin(
            ready.provider, client_id=client_id, client_secret=secret, back=callback.url
        )
        note(f"Sign in here: {begun.url}")
        if not no_browser:
            webbrowser.open(begun.url)
        code = callback.code(begun.proof.state, timeout)
        crm.credentials.finish(begun, code, chosen.user)
    _tell(chosen, ready.provider, "kept")


@command.command(
    "rotate",
    epilog=examples("crmkit credentials rotate", "crmkit credentials rotate --keep-old"),
)
@click.option(
    "--keep-old", is_flag=True, help="Keep the old key, if other stores are sealed with it."
)
@common
def rotate(chosen: Chosen, *, keep_old: bool) -> None:
    """
    Make a new key, seal everything in the store with it, and drop the old key.
    """
    with setup(chosen).connect() as crm:
        done = crm.credentials.rotate(keep_old=keep_old)
    if chosen.as_json:
        emit(done)
        return
    say(f"sealed anew: {done.sealed}, with the {'new ' * done.new_key}key in {done.place}")
    if not done.new_key:
        note(_ROTATE.format(place=done.place))


@command.command(
    "new-key",
    epilog=examples("crmkit credentials new-key", "crmkit credentials new-key --keyring"),
)
@click.option("--keyring", is_flag=True, help="In the system's keyring, not in a file.")
@common
def new_key(chosen: Chosen, *, keyring: bool) -> None:
    """
    Make the key that seals what is kept. Whoever has it, and the store, has the tokens.
    """
    with setup(chosen).connect() as crm:
        place = crm.credentials.new_key(in_keyring=keyring)
    if chosen.as_json:
        emit({"place": place})
        return
    say(f"the new key is in {place}")
    note("Without it nobody opens what is kept: keep a copy, not beside the store's.")


def _of(chosen: Chosen, name: str | None) -> Chosen:
    return chosen if name is None else chosen._replace(provider=name)


def _whose(provider: str, user: str | None) -> str:
    whom = "for calls without a user" if user is None else f"for user {user!r}"
    return f"of {one_line(provider)}, {whom}"


def _tell(chosen: Chosen, provider: str, done: str) -> None:
    if chosen.as_json:
        emit({"provider": provider, "user_id": chosen.user, done: True})
    else:
        say(f"{done}: credentials {_whose(provider, chosen.user)}")
