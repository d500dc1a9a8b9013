"""
What goes wrong between a connector and its CRM; any status from 400 on does, too.

Each is a way to treat one request: *it* is the proxy's Exchange.
"""

from time import sleep

PAUSE = 0.002
FAULTS = {}


def fault(function):
    """
    Add a fault to the list, under its function's name.
    """
    FAULTS[function.__name__] = function
    return function


@fault
def late(it):
    """
    Answer late, but in time.
    """
    sleep(50 * PAUSE)
    it.pass_on()
    it.reply()


@fault
def drip(it):
    """
    Answer byte by byte, to the end.
    """
    it.pass_on()
    it.head(len(it.content))
    for byte in it.content[:100]:
        it.wfile.write(bytes([byte]))
        sleep(PAUSE)
    it.wfile.write(it.content[100:])


@fault
def reset_before(it):
    """
    Reset the connection; nothing was done.
    """
    it.end(reset=True)


@fault
def reset_after(it):
    """
    Do the work, then reset the connection.
    """
    it.pass_on()
    it.end(reset=True)


@fault
def closed_before(it):
    """
    Close the connection; nothing was done.
    """
    it.end()


@fault
def closed_after(it):
    """
    Do the work, then close the connection.
    """
    it.pass_on()
    it.end()


@fault
def truncated(it):
    """
    Do the work, and end the answer in its middle.
    """
    it.pass_on()
    it.head(len(it.content))
    it.wfile.write(it.content[: len(it.content) // 2])
    it.end()


@fault
def hang_before(it):
    """
    Never answer; nothing was done.
    """
    it.until_gone()


@fault
def hang_after(it):
    """
    Do the work, and never answer.
    """
    it.pass_on()
    it.until_gone()


@fault
def endless(it):
    """
    Do the work, and answer byte by byte without an end.
    """
    it.pass_on()
    it.head(10**9)
    while True:
        it.wfile.write(b" ")
        sleep(10 * PAUSE)


@fault
def held(it):
    """
    Do not answer, and do the work when the client has long left.
    """
    it.server.gate.wait()
    it.pass_on()
    it.end()


@fault
def done_but_500(it):
    """
    Do the work, and answer 500.
    """
    it.pass_on()
    it.reply(500, b"{}")


@fault
def html(it):
    """
    Answer 200 with a page for people; nothing was done.
    """
    it.reply(200, b"<!DOCTYPE html><h1>Sign in</h1>", {"Content-Type": "text/html"})


@fault
def done_but_html(it):
    """
    Do the work, and answer 200 with a page for people.
    """
    it.pass_on()
    it.reply(200, b"<!DOCTYPE html><h1>Welcome</h1>", {"Content-Type": "text/html"})


@fault
def broken_json(it):
    """
    Do the work, and answer 200 with half of the JSON.
    """
    it.pass_on()
    it.reply(200, it.content[: len(it.content) // 2])


@fault
def other_json(it):
    """
    Answer 200 with JSON that tells nothing; nothing was done.
    """
    it.reply(200, b'{"results": []}', {"Content-Type": "application/json"})


@fault
def done_but_other_json(it):
    """
    Do the work, and answer 200 with JSON that tells nothing.
    """
    it.pass_on()
    it.reply(200, b'{"results": []}')


@fault
def empty(it):
    """
    Do the work, and answer 200 with nothing.
    """
    it.pass_on()
    it.reply(200, b"")


@fault
def no_http(it):
    """
    Answer with the alert of a TLS server, which is no HTTP.
    """
    it.wfile.write(b"\x15\x03\x01\x00\x02\x02\x28")
    it.end()


REFUSED = {"400", "409"}
STATUSES = [*sorted(REFUSED), "401", "403", "404", "408", "423", "429", "477"]
FEW = ["reset_after", "truncated", "done_but_500", "done_but_other_json", "empty"]
FEW += ["400", "401", "403", "429", "503"]
ALL = [*(name for name in FAULTS if name != "held"), *STATUSES, "500", "502", "503", "504"]
# That a client has no activities is an answer like any other: it cannot be told from a lie.
TOLD = [name for name in ALL if not name.endswith("other_json")]
HARMLESS = {"late", "drip"}
SLOW = {*HARMLESS, "hang_before", "hang_after", "endless"}
QUICK = [name for name in TOLD if name not in SLOW]
