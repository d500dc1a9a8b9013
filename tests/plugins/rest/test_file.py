"""
A file is read whole: every mistake is told, with its line; what is good makes a plugin.
"""

import tomllib

import pytest
from tests.plugins.rest.conftest import EXAMPLES, MINIMAL

import crmkit_rest
from crmkit import ConfigurationError, CRMConnector, PluginLoadError
from crmkit._contract import hooks_of
from crmkit_rest._file import read

WRONG = """
label = "Acme"
base_url = "http://api.acme.example/v1"   # 3: no TLS
auth = "query"
hosts = ["api.acme.example", "*.com"]

[fetch]
pth = "/people/{id}"                      # 8: misspelt, and so it is missing

[client]
name = "full name"                        # 11: no JMESPath
email = "emial(@)"

[find.email]
path = "/people/../admin"                 # 15
params = { email = \"\"\"
{vlue}\"\"\" }

[activities.note]
path = "/notes/{id}"                      # 20
body = { text = "{text}", when = "{timestamp|tomorrow}" }
headers = { Host = "evil.example" }
"""


def mistakes(path):
    """
    Return the mistakes of a file: lines, keys and sentences.
    """
    return read(path)[1]


def test_every_mistake(written):
    """
    All mistakes of a file are told at once, each with its line and its key.
    """
    found = [(line, key) for line, key, _ in mistakes(written(text=WRONG))]

    assert found == [
        (3, "base_url"),
        (4, "auth"),
        (5, "hosts.1"),
        (7, "fetch.path"),
        (8, "fetch.pth"),
        (11, "client.name"),
        (12, "client.email"),
        (15, "find.email.path"),  # without a path its names are not looked at
        (20, "activities.note.path"),
        (21, "activities.note.body"),
        (22, "activities.note.headers"),
    ]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("[lst]", "did you mean list?"),
        ('[list]\npath = "/people"\npage = 1', "first_page"),
        ('[list]\npath = "/people"\nparams = { since = "{sicne}" }', "mean {since}?"),
        ('[list]\npath = "/p"\nparams = { after = "{cursor}" }', "{cursor} sends"),
        (
            '[list]\npath = "/p"\nnext = "n"\nlink = "l"\nparams = { c = "{cursor}" }',
            "one way",
        ),
        ('[list]\npath = "/p"\nmore = "m"', "{page} or {offset}"),
        ('[list]\npath = "https://evil.example/p"', "must be a path"),
        ('[list]\npath = "/p?x=1"', "goes into params"),
        ('[list]\npath = "/p"\ntimes = "iso8601"', "must be iso, date"),
        ('[list]\npath = "/p"\nparams = 5', "must be a table"),
        ('[list]\npath = "/p"\nmethod = "DELETE"', "one of GET, POST, PUT, PATCH"),
        ('[list]\npath = "/p"\nlimit = "slow"', "limits.buckets.slow"),
        ('[list]\npath = "/p"\nbody = { a = 1 }\nform = { b = 2 }', "exclude"),
        ('[list]\npath = "/p"\ndeleted = "join(@)"', "takes 2 arguments, not 1"),
        ('[find.email]\npath = "/p"', "needs {value}"),
        ("[find]\nemail = 7", "must be a table"),
        ('[fields]\npath = "/f"\ntypes = { Z = "zahl" }', "must be one of"),
        ("[limits]\nrequests = 0", "requests"),
        ("[limits]\nrequests = true", "whole number"),
        ('[errors]\nnot_found = "gone"', "must be a list"),
        ("[errors]\nnot_found = [1.5]", "must be a text"),
        (
            '[activities.task]\npath = "/t"\nbody = { text = "{text}" }\ntypes = ["note"]',
            "as note does",
        ),
        (
            '[activities.task]\npath = "/t"\nbody = { a = "{type}" }',
            "what happened is lost",
        ),
        ('[activities.task]\npath = "/t"\nrow = { a = "{text}" }', "needs {rows}"),
        ('[activities.a]\npath = "/t"\nbody = { a = "{text}" }\nwords = { x = {} }', "{x}"),
        ('[list]\npath = "/p"\nlabel = 5', "is unknown"),
        ("[client]", "is not TOML"),
    ],
)
def test_mistake(written, more, told):
    """
    What is wrong is said in one sentence that shows the way out.
    """
    (mistake, *_) = mistakes(written(f"\n{more}\n"))

    assert mistake.line > len(MINIMAL.splitlines())
    assert told in mistake.told


def test_channels(written):
    """
    A consent of a channel that there is not would let mail go out: it is a mistake.
    """
    said = 'consent.mail = { opted_out = "no" }\nopted_out_tags = { e-mail = ["No"] }'
    file = MINIMAL.replace("[client]", f'[client]\ntags = "tags"\n{said}')

    told = {one.key: one.told for one in mistakes(written("", file))}

    assert set(told) == {"client.consent.mail", "client.opted_out_tags.e-mail"}
    assert all("email, sms, phone, push" in each for each in told.values())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('auth = "bearer"', 'auth = "query"', "logs"),
        ('auth = "bearer"', 'auth = "bearer"\nheaders = { X-A = "{id}" }', "name {id}"),
        ('auth = "bearer"', 'auth = "token"', "one of none, bearer, basic"),
        ('auth = "bearer"', 'auth = { kind = "header" }', "needs name"),
        ('auth = "bearer"', 'auth = { kind = "bearer", scopes = ["a"] }', "is not for"),
        (
            'auth = "bearer"',
            'auth = { kind = "client_credentials", token_url = "https://id.example/t" }',
            "must name id.example",
        ),
        ('"https://api.acme.example/v1"', '"https://{x.__class__}/"', "must be such as"),
        (
            '"https://api.acme.example/v1"',
            '"https://user@api.acme.example"',
            "must be such as",
        ),
        ('label = "Acme"', 'label = " "', "name for people"),
        ('name = "full_name"', "name = 7", "must be a text"),
        ('body = { text = "{text}" }', 'body = { t = "{text|upper}" }', "no format"),
    ],
)
def test_changed(written, old, new, told):
    """
    What is wrong with a file's own keys is told, too.
    """
    assert old in MINIMAL
    found = mistakes(written(text=MINIMAL.replace(old, new)))

    assert told in " ".join(mistake.told for mistake in found)


def test_absent(tmp_path):
    """
    A file that is not there, or no text, is a mistake like any other.
    """
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")

    assert "cannot be read" in mistakes(str(tmp_path / "absent.toml"))[0].told
    assert "is not TOML" in mistakes(str(tmp_path / "bytes.toml"))[0].told


def test_first_mistake(written):
    """
    Who loads a file is told its first mistake, and how to see the others.
    """
    with pytest.raises(ConfigurationError, match=r"line 3: base_url .* all 11 mistakes"):
        crmkit_rest.provider(written(text=WRONG))


def test_presence(written):
    """
    A plugin has the hooks that its file describes, and no others.
    """
    assert set(hooks_of(crmkit_rest.provider(written()))) == {
        "crmkit_provider",
        "crmkit_fetch",
        "crmkit_sync",
    }
    for more, hook in (
        ('[find.email]\npath = "/p"\nparams = { e = "{value}" }', "crmkit_find_clients"),
        ('[list]\npath = "/p"', "crmkit_list_clients"),
        ('[history.note]\npath = "/p/{id}"', "crmkit_history"),
        ('[fields]\npath = "/f"', "crmkit_fields"),
        ('[client.custom_fields]\nbudget = "b"', "crmkit_fields"),
        ('[check.people]\npath = "/p"', "crmkit_check"),
        ("[activities.note.look]\npath = '/p'\nmark = 'm'", "crmkit_find_activity"),
    ):
        offered = set(hooks_of(crmkit_rest.provider(written(f"\n{more}\n"))))
        assert offered - {"crmkit_provider", "crmkit_fetch", "crmkit_sync"} == {hook}


@pytest.mark.parametrize("name", ["acme", "harbor"])
def test_by_path(name):
    """
    The path of a file is as good as the plugin that it makes; several are there at once.
    """
    plugins = {one: str(EXAMPLES / f"{one}.toml") for one in ("acme", "harbor")}
    with CRMConnector(plugins=plugins, default_provider=name, credentials="t") as crm:
        assert crm.session(provider=name).provider == name


def test_by_configuration(tmp_path, monkeypatch):
    """
    A configuration names files as it names modules.
    """
    acme, harbor = ((EXAMPLES / f"{name}.toml").as_posix() for name in ("acme", "harbor"))
    config = tmp_path / "crmkit.toml"
    config.write_text(f'default_provider = "b"\n[plugins]\na = "{acme}"\nb = "{harbor}"\n')
    with CRMConnector.from_config(config, credentials="t") as crm:
        assert [crm.session(provider=name).provider for name in "ab"] == ["a", "b"]


def test_wrong_by_path(written):
    """
    A wrong file is a plugin that cannot be loaded.
    """
    crm = CRMConnector(plugins={"acme": written("\n[lst]\n")}, default_provider="acme")
    with pytest.raises(
        PluginLoadError, match=r"'.*acme\.toml' cannot be loaded: line 17: lst"
    ):
        crm.session()


def test_examples():
    """
    The examples have no mistake, and differ in how they sign, page and write.
    """
    acme, harbor = (
        tomllib.loads((EXAMPLES / f"{name}.toml").read_text("utf-8"))
        for name in ("acme", "harbor")
    )

    assert (
        mistakes(str(EXAMPLES / "acme.toml"))
        == mistakes(str(EXAMPLES / "harbor.toml"))
        == []
    )
    assert acme["auth"] != harbor["auth"]
    assert "next" in acme["list"]
    assert "next" not in harbor["list"]
