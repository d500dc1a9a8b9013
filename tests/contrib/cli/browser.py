"""
A real Chromium, driven through its pipe: what a page looks like, asks for, complains of.
"""

import base64
import json
import os
import select
import subprocess
import sys
import tempfile
from contextlib import contextmanager

PATIENCE_S = 30
DOMAINS = ("Page", "Log", "Runtime", "Network")
# It reads commands from file 3 and writes to file 4.
LAUNCH = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
os.dup2(ends[0], 3)
os.dup2(ends[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
FLAGS = (
    *("--headless=new", "--no-sandbox", "--remote-debugging-pipe", "--hide-scrollbars"),
    *("--no-first-run", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


class Browser:
    """
    The program and the two ends of its pipe.
    """

    def __init__(self, program, folder):
        ours, theirs = os.pipe(), os.pipe()
        ends = map(str, (ours[0], theirs[1]))
        command = (program, *FLAGS, f"--user-data-dir={folder}")
        self._process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *ends, *command],
            pass_fds=(ours[0], theirs[1]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(ours[0])
        os.close(theirs[1])
        self._to, self._from = os.fdopen(ours[1], "wb"), os.fdopen(theirs[0], "rb")
        self._rest, self._number = b"", 0
        self._parents = {}
        self.events = []

    def call(self, method, session=None, **params):
        """
        Run a command of the DevTools protocol; return its result.
        """
        number = self._send(method, session, params)
        while (answer := self._read()).get("id") != number:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def wait(self, method, session, after):
        """
        Read on until there is an event of this name *after* so many others.
        """
        while not any(
            (event["method"], event.get("sessionId")) == (method, session)
            for event in self.events[after:]
        ):
            self._read()

    def of(self, session):
        """
        Return the events of a page and of the frames in it.
        """
        return [
            event
            for event in self.events
            if session
            in {event.get("sessionId"), self._parents.get(event.get("sessionId"))}
        ]

    def close(self):
        """
        End the program.
        """
        self._process.kill()
        self._to.close()
        self._process.wait()
        self._from.close()

    def _read(self):
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], PATIENCE_S)
            assert ready, "the browser says nothing"
            more = os.read(self._from.fileno(), 1 << 16)
            assert more, "the browser is gone"
            self._rest += more
        text, _, self._rest = self._rest.partition(b"\0")
        message = json.loads(text)
        if "method" in message:
            self.events.append(message)
        if message.get("method") == "Target.attachedToTarget" and "sessionId" in message:
            frame = message["params"]["sessionId"]
            self._parents[frame] = message["sessionId"]
            for domain in DOMAINS:
                self._send(f"{domain}.enable", frame, {})
            self._send("Runtime.runIfWaitingForDebugger", frame, {})
        return message

    def _send(self, method, session, params):
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        return self._number


class Page:
    """
    A page in a tab of its own.
    """

    def __init__(
        self, browser, url, *, width=1200, height=900, scheme="light", scripts=True
    ):
        self._browser = browser
        self.url = url
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        attached = browser.call("Target.attachToTarget", targetId=self.target, flatten=True)
        self._session = attached["sessionId"]
        for domain in DOMAINS:
            self.call(f"{domain}.enable")
        # A frame that runs nothing may have a process of its own.
        attach = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
        self.call("Target.setAutoAttach", **attach)
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=features)
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        before = len(browser.events)
        self.call("Page.navigate", url=url)
        browser.wait("Page.loadEventFired", self._session, before)

    def call(self, method, **params):
        """
        Run a command for this page.
        """
        return self._browser.call(method, self._session, **params)

    @property
    def frames(self):
        """
        The sessions of the frames that have a process of their own.
        """
        return [e["params"]["sessionId"] for e in self._events("Target.attachedToTarget")]

    def run(self, script, frame=None):
        """
        Return the value of an expression in the page, or in a frame.
        """
        session, asked = frame or self._session, {"expression": script}
        done = self._browser.call("Runtime.evaluate", session, returnByValue=True, **asked)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def press(self, key):
        """
        Press and release a key.
        """
        codes = {"Tab": 9, "Escape": 27, "ArrowRight": 39}
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=codes[key],
            )

    def close(self):
        """
        Close the tab.
        """
        self._browser.call("Target.closeTarget", targetId=self.target)

    def picture(self, file):
        """
        Write what the page looks like.
        """
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))

    @property
    def requests(self):
        """
        What it asked for, beside itself and what it holds within.
        """
        sent = [event["params"] for event in self._events("Network.requestWillBeSent")]
        urls = [params["request"]["url"] for params in sent]
        return [url for url in urls if url != self.url and not url.startswith("data:")]

    @property
    def complaints(self):
        """
        What it wrote to its console, and what its scripts failed of.
        """
        kinds = ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
        return [event["params"] for kind in kinds for event in self._events(kind)]

    @property
    def dialogs(self):
        """
        What a script had to say in a window.
        """
        return self._events("Page.javascriptDialogOpening")

    def _events(self, method):
        self.run("1")  # whatever happened before this is told by now
        return [e for e in self._browser.of(self._session) if e["method"] == method]


@contextmanager
def opened(program):
    """
    Start a browser, and end it.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(program, folder)
        try:
            yield browser
        finally:
            browser.close()
