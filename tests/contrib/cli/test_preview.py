"""
The command preview, and its page in a real browser.
"""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest
from click.testing import CliRunner
from tests.contrib.cli.browser import Page, opened
from tests.tools import chromium

from crmkit import ClientData, CRMConnector, Message, PersonalizedContent, TemplateError
from crmkit.explanations import Explanation
from crmkit_cli._awkward import Shown, select
from crmkit_cli._main import program

LONG = "X" * 300
LIST = [
    {"id": "1", "first_name": "Ana", "email": "ana@example.com", "city": "Faro"},
    {"id": "2", "first_name": "ليلى", "email": "leila@example.com", "city": "بيروت"},
    {"id": "3", "first_name": "Bo", "email": "bo@example.com", "emailOptOut": True},
    {"id": "4", "first_name": "<script>window.ran=1</script>", "email": "a@b.example"},
    {"id": "5", "first_name": '"><img src=x onerror=window.ran=1>', "email": "b@b.example"},
    {"id": "6", "first_name": "</mark>\r\nBcc: x@evil.example", "email": "c@b.example"},
    {"id": "</title>\u202e", "first_name": "'; --", "email": "d@b.example"},
    {"id": "8", "first_name": LONG, "email": "e@b.example"},
    {"id": "9", "first_name": "Cy"},
]
SUBJECT = '{{firstName | default: "You"}}, hello'
TEXT = (
    'Hi {{firstName | default: "you"}}, {{agent}} is in {{city | default: "town"}}.\n{{no}}'
)
HTML = """<style>p {color: rgb(1, 2, 3)}</style><p>Hi {{firstName | default: "you"}}</p>
<a style="color: rgb(4, 5, 6)" title="{{firstName | default: "you"}}">there</a>"""
VARIABLES = {"agent": "Laura"}
BARE = "(part) => { const copy = part.cloneNode(true);"
BARE += (
    "copy.querySelectorAll('.tip').forEach(tip => tip.remove()); return copy.textContent }"
)
CONTRAST = """
(() => {
  const light = color => {
    const [r, g, b] = color.map(part => part / 255).map(
      part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const painted = (...colors) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const bad = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].filter(child => child.nodeType === 3);
    if (!own.some(text => text.data.trim()) || !node.checkVisibility()) continue;
    if (node.closest(".unseen, script, .skip")) continue;
    const behind = [];
    for (let up = node; up; up = up.parentElement) {
      behind.unshift(getComputedStyle(up).backgroundColor);
    }
    const back = light(painted(...behind));
    const front = light(painted(...behind, getComputedStyle(node).color));
    const ratio = (Math.max(back, front) + 0.05) / (Math.min(back, front) + 0.05);
    if (ratio < 4.5) bad.push(`${node.tagName}.${node.className} ${ratio.toFixed(2)}`);
  }
  return [...new Set(bad)];
})()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """
    Make a folder of a message and of clients.
    """
    folder = tmp_path_factory.mktemp("preview")
    (folder / "letter").mkdir()
    (folder / "letter" / "subject.txt").write_text(SUBJECT, "utf-8")
    (folder / "letter" / "text.txt").write_text(TEXT, "utf-8")
    (folder / "letter" / "html.html").write_text(HTML, "utf-8")
    (folder / "crmkit.toml").write_text("[transformers]\n")
    lines = [*map(json.dumps, LIST), "oops"]
    (folder / "list.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


def preview(folder, *arguments):
    """
    Run the command in this process; return the page's file.
    """
    out = folder / f"{len(list(folder.iterdir()))}.html"
    files = ("--clients", str(folder / "list.jsonl"), "--out", str(out))
    config = ("--config", str(folder / "crmkit.toml"))
    done = CliRunner().invoke(
        program, ["preview", *files, *config, *arguments], catch_exceptions=False
    )
    assert done.exit_code == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def page(folder):
    """
    Return the page's file.
    """
    options = ("--var", "agent=Laura", "--unknown", "keep")
    return preview(folder, str(folder / "letter"), *options)


@pytest.fixture(scope="module")
def browser():
    """
    Start the browser, if there is one.
    """
    program = chromium.found()
    if program is None:
        pytest.skip("needs Chromium, which python tests/tools/chromium.py installs")
    with opened(program) as browser:
        yield browser


@pytest.fixture
def look(browser, page):
    """
    Return a function that opens the page, or another, in a tab of its own.
    """
    tabs = []

    def look(file=page, **options):
        tabs.append(Page(browser, file.as_uri(), **options))
        return tabs[-1]

    yield look
    for tab in tabs:
        tab.close()


def show_html(tab):
    """
    Have all frames shown; return them once they are there.
    """
    tab.run("document.querySelectorAll('.at-html').forEach(each => each.click())")
    tab.run("document.querySelectorAll('iframe').forEach(each => each.loading = 'eager')")
    count = tab.run("document.querySelectorAll('iframe').length")
    state, end = "document.readyState", monotonic() + 20
    while len(tab.frames) < count or any(
        tab.run(state, frame) != "complete" for frame in tab.frames
    ):
        assert monotonic() < end, "a frame is not there, or has no process of its own"
    return tab.frames


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_quiet(look, scheme):
    """
    The page asks nobody for anything, complains of nothing, and runs nothing of a client's.
    """
    tab = look(scheme=scheme)

    for frame in show_html(tab):
        assert tab.run("document.querySelector('p').textContent", frame).startswith("Hi ")
        assert tab.run("document.querySelectorAll('script, img').length", frame) == 0
    assert (tab.requests, tab.complaints, tab.dialogs) == ([], [], [])
    assert tab.run("window.ran ?? null") is None
    assert tab.run("document.querySelectorAll('img, object, embed').length") == 0
    assert tab.run("document.scripts.length") == 1
    assert tab.run("document.title") == "Preview of letter"


def test_everybody(look):
    """
    Everybody has a card with name, id and address as they are, in the list's order.
    """
    tab = look()
    cards = tab.run("[...document.querySelectorAll('article')].map(x => x.textContent)")

    assert len(cards) == len(LIST) + 1
    for card, client in zip(cards, LIST, strict=False):
        assert " ".join(client["first_name"].split()) in " ".join(card.split())
        assert f"id {client['id']}" in card
        assert f"to {client.get('email', 'no address')}".removeprefix("to no") in card
    assert "line 10: no JSON" in cards[-1]


def test_as_sent(look):
    """
    Without what is told of them, the texts are to the letter what is sent.
    """
    tab = look()
    message = Message(subject=SUBJECT, text=TEXT, html=HTML)
    classes = {"subject": ".subject", "text": ".of-text", "html": ".of-source"}
    with CRMConnector() as crm:
        for number, values in enumerate(LIST, 1):
            made = crm.preview(message, client(values), variables=VARIABLES, unknown="keep")
            for part, selector in classes.items():
                found = f"document.querySelector('#client-{number} {selector}')"
                shown = tab.run(f"({BARE})({found})").removeprefix("Subject")
                assert shown == made.parts[part]


def test_frame(look):
    """
    The HTML is shown by a frame that runs nothing, and holds what is sent.
    """
    tab = look()
    frames = "[...document.querySelectorAll('iframe')]"
    with CRMConnector() as crm:
        made = [crm.preview(HTML, client(one), content_type="email_html") for one in LIST]

    assert tab.run(f"{frames}.map(frame => frame.getAttribute('sandbox'))") == [""] * 9
    assert tab.run(f"{frames}.map(frame => frame.srcdoc)") == [one.html for one in made]
    assert tab.run(f"{frames}.every(frame => frame.contentDocument === null)")


def client(values):
    """
    Return the client that one of LIST is.
    """
    custom = {"city": values["city"]} if "city" in values else {}
    names = ("id", "first_name", "email")
    given = {name: values[name] for name in names if name in values}
    return ClientData(**given, custom_fields=custom)


def test_hostile_author(look, folder):
    """
    A template loads nothing, runs nothing and connects to nobody, but has its styles.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        there = f"http://127.0.0.1:{server.getsockname()[1]}"
        (folder / "evil.html").write_text(
            f'<p style="color: rgb(1, 2, 3)">x</p><img src="{there}/a">'
            f'<script>fetch("{there}/b"); parent.ran=1</script><svg onload="parent.ran=1">'
            f'<link rel=stylesheet href="{there}/c"><link rel=preconnect href="{there}">'
            f'<meta http-equiv=refresh content="0;url={there}/d">'
            f'<iframe src="{there}/e"></iframe><object data="{there}/f"></object>'
        )
        (folder / "one.json").write_text('{"id": 1, "email": "a@example.com"}')
        one = ("--clients", str(folder / "one.json"))
        tab = look(preview(folder, str(folder / "evil.html"), *one))
        (frame,) = show_html(tab)
        color = tab.run("getComputedStyle(document.querySelector('p')).color", frame)
        complaints = tab.complaints
        server.settimeout(0.5)  # as long as it takes to connect on loopback, and more
        with pytest.raises(TimeoutError):
            server.accept()

    assert color == "rgb(1, 2, 3)"
    assert complaints  # of what it was not let do
    assert tab.run("window.ran ?? null") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(look, scheme):
    """
    Every text stands out from what is behind it, by light and by dark.
    """
    tab = look(scheme=scheme)
    tab.run("document.querySelectorAll('details').forEach(each => each.open = true)")

    assert tab.run(CONTRAST) == []


def test_schemes(look):
    """
    The page is light or dark as the reader's system is.
    """
    script = "getComputedStyle(document.body).backgroundColor"

    assert look(scheme="light").run(script) != look(scheme="dark").run(script)


@pytest.mark.parametrize("view", ["text", "html", "source"])
def test_narrow(look, view):
    """
    On the narrowest phone nothing has to be scrolled sideways, whatever is shown.
    """
    tab = look(width=320, height=640)
    tab.run(f"document.querySelectorAll('.at-{view}').forEach(each => each.click())")
    tab.run("document.querySelectorAll('details').forEach(each => each.open = true)")
    widest = "Math.max(innerWidth, document.documentElement.scrollWidth)"

    assert tab.run(widest) == 320
    for mark in ("#client-8 mark", "#client-2 .subject mark", "#client-1 .text mark"):
        tab.run(f"document.querySelector('{mark}').focus()")
        assert tab.run(widest) == 320


def test_sources(look):
    """
    Each substitution is marked with where it is from.
    """
    script = """
        ["1", "3"].map(place => Object.fromEntries(
            [...document.querySelectorAll(`#client-${place} .of-text mark`)].map(
                mark => [mark.querySelector("bdi").textContent, mark.className])))
    """
    ana, bo = look().run(script)

    expected = ("client", "variable", "custom", "missing")
    assert ana == dict(zip(("Ana", "Laura", "Faro", "{{no}}"), expected, strict=True))
    assert bo["town"] == "default"


def test_tip(look):
    """
    What a substitution is from is shown to the keyboard, and Escape hides it.
    """
    tab = look()
    mark = "document.querySelector('#client-1 .of-text mark')"
    tip = f"document.getElementById({mark}.getAttribute('aria-describedby'))"
    shown = f"{tip}.checkVisibility()"
    assert tab.run(shown) is False

    tab.run(f"{mark}.focus()")
    assert tab.run(shown) is True
    assert "from client" in tab.run(f"{tip}.textContent")

    tab.press("Escape")
    assert tab.run(shown) is False


def test_keyboard(look):
    """
    The first stop of the keyboard leads past everything to the clients.
    """
    tab = look()
    tab.press("Tab")

    assert tab.run("document.activeElement.getAttribute('href')") == "#clients"


def test_filter(look):
    """
    Refused ones, defaults and names can be picked out.
    """
    tab = look()
    shown = "[...document.querySelectorAll('article')].filter(x => x.checkVisibility())"
    places = f"{shown}.map(card => card.id)"

    tab.run("document.querySelector('#only-refused').click()")
    assert tab.run(places) == ["client-3", "client-9", "client-10"]

    tab.run("document.querySelector('#only-all').click()")
    tab.run("document.querySelector('.search input').focus()")
    tab.call("Input.insertText", text="ANA")
    assert tab.run(places) == ["client-1"]


def test_without_script(look):
    """
    Without its script the page is whole, but for the search, which is not there then.
    """
    tab = look(scripts=False)
    shown = "[...document.querySelectorAll('article')].filter(x => x.checkVisibility())"

    assert tab.run(f"{shown}.length") == 10
    assert tab.run("document.querySelector('.search').checkVisibility()") is False
    tab.run("document.querySelector('#client-1 .at-source').checked = true")
    assert tab.run("document.querySelector('#client-1 .of-source').checkVisibility()")
    assert not tab.run("document.querySelector('#client-1 .of-text').checkVisibility()")


def test_structure(look):
    """
    There are landmarks, one heading of the first order, unique ids, and a name for all.
    """
    tab = look()
    count = "document.querySelectorAll('{}').length"

    for landmark in ("body > header", "nav[aria-label]", "main", "body > footer", "h1"):
        assert tab.run(count.format(landmark)) == 1
    ids = tab.run("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))
    tree = tab.call("Accessibility.getFullAXTree")["nodes"]
    roles = {"button", "link", "radio", "searchbox", "Iframe", "article", "navigation"}
    nameless = [
        node
        for node in tree
        if node.get("role", {}).get("value") in roles
        and not node.get("name", {}).get("value")
    ]
    assert nameless == []


def test_refused(look):
    """
    Who would get nothing is marked as a preview, with the reason.
    """
    tab = look()
    mark = "getComputedStyle(document.querySelector('#client-{} .mail'), '::after').content"

    assert tab.run(mark.format(3)) == '"Preview"'
    assert tab.run(mark.format(1)) == "none"
    told = tab.run("document.querySelector('#client-3 .notice').textContent")
    assert told.startswith("Would not be sent: the client '3' has opted out")


def test_directions(look):
    """
    A text reads in its own direction, and says its language.
    """
    tab = look()
    script = """
        getComputedStyle(document.querySelector("#client-2 h2 bdi")).direction
    """

    assert tab.run(script.strip()) == "rtl"
    assert tab.run("document.querySelector('#client-2 .of-text').dir") == "auto"


@pytest.mark.parametrize(
    ("content_type", "text", "told"),
    [
        ("sms", "ж" * 71, "2 segments71 units of UCS-2"),
        ("sms", "x" * 160, "1 segment160 units of GSM-7"),
        ("social", "x" * 281, "weight 281 of 280, too long"),
        ("social", "日" * 140, "weight 280 of 280"),
    ],
)
def test_lengths(folder, look, content_type, text, told):
    """
    Segments and weights are told where they count.
    """
    (folder / "phones.json").write_text('[{"id": 1, "phone": "+351 1"}]')
    arguments = ("--content-type", content_type, "--clients", str(folder / "phones.json"))
    tab = look(preview(folder, "--text", text, *arguments))

    assert tab.run("document.querySelector('.length').textContent") == told


def test_policy(page):
    """
    The page forbids itself everything but its own styles and its one script.
    """
    text = page.read_text("utf-8")

    assert "default-src 'none'" in text
    assert "script-src 'sha256-" in text


def test_counts(folder):
    """
    With --json it is told how many would get it, and why others would not.
    """
    arguments = ("preview", "--text", "Hi {{firstName}}", "--json", "--no-open")
    files = ("--clients", str(folder / "list.jsonl"), "--out", str(folder / "x.html"))
    done = CliRunner().invoke(program, [*arguments, *files])

    assert json.loads(done.stdout) == {
        "total": 10,
        "refused": {"no consent": 1, "no address": 1, "unreadable": 1},
        "shown": 10,
        "page": str(folder / "x.html"),
    }


@pytest.mark.skipif(os.name != "posix", reason="needs a terminal of POSIX's")
@pytest.mark.parametrize(("more", "opens"), [((), True), (("--no-open",), False)])
def test_opened(tmp_path, environment, more, opens):
    """
    On a terminal the page is opened in the browser, unless that is not wanted.
    """
    (tmp_path / "list.csv").write_text("id,email\n1,a@example.com\n")
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    browser.chmod(0o755)
    ours, theirs = os.openpty()
    command = ("preview", "--text", "x", "--clients", "list.csv", *more)
    subprocess.run(
        [sys.executable, "-m", "crmkit_cli", *command],
        cwd=tmp_path,
        env={**environment, "BROWSER": f"{browser} %s"},
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=60,
    )
    os.close(ours)
    os.close(theirs)
    opened = tmp_path / "opened"

    assert opened.exists() is opens
    if opens:
        assert opened.read_text().strip() == (tmp_path / "preview.html").as_uri()


def shown(number, **made):
    """
    Return a client with what it would get.
    """
    told = Explanation(language=made.pop("language", None))
    values = {"content": "x", **made, "explain": told}
    content = PersonalizedContent(client_id=str(number), **values)
    return Shown(ClientData(id=str(number)), content)


def test_selected():
    """
    Of many the first are shown, two of each awkward kind, and the longest; all are counted.
    """
    refused = {"preview": True, "refused": TemplateError("no")}
    many = [
        *(shown(number) for number in range(50)),
        *(shown(number, **refused) for number in range(50, 60)),
        *(shown(number, language="es") for number in range(60, 70)),
        *(shown(number, content="x" * (number % 80)) for number in range(70, 100)),
    ]

    selection = select(iter(many), 3)

    ids = [each.client.id for each in selection.shown]
    assert ids == ["0", "1", "2", "50", "51", "60", "61", "79"]
    assert [each.why for each in selection.shown[3:]] == [
        *[("template",)] * 2,
        *[("es",)] * 2,
        ("longest",),
    ]
    assert (selection.total, selection.refused) == (100, {"template": 10})


def test_few_kinds():
    """
    A list of ever other languages does not fill the page.
    """
    many = (shown(number, language=f"x-{number}") for number in range(1000))

    assert len(select(many, 5).shown) < 60


def test_example(inside):
    """
    The demo's list and letter can be previewed as they are.
    """
    demo = Path(sys.modules["crmkit_cli"].__file__).parent / "demo"
    arguments = [
        "preview",
        str(demo / "letter.txt"),
        "--clients",
        str(demo / "clients.csv"),
    ]

    done = inside(*arguments, "--json")

    assert done.json["refused"] == {"no address": 1, "no consent": 1}
