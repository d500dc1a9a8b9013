"""
What a CRM answers has bounds: in size, unpacked too, in depth, in digits and in time.
"""

import gzip
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from tests.core.server import Answer

from crmkit import ProtocolError, UnavailableError, _wire
from crmkit.codec import from_json

MIB = 2**20
READ = """
import sys
sys.path.insert(0, {root!r})
from crmkit import CRMConnector, CRMError
from tests.core import acme

http = CRMConnector(
    default_provider="acme", plugins={{"acme": acme}}, credentials="t", max_retries=0,
    settings={{"acme": {{"base_url": {url!r}}}}},
).session().http
try:
    print(len(http.get("/people").content))
except CRMError as error:
    print(type(error).__name__, error)
status = open("/proc/self/status").read()
print(status.split("VmHWM:")[1].split()[0])
"""
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="tells the peak of memory by /proc"
)


def gigabyte(wbits):
    """
    Return 1 GiB of zeros, packed to a megabyte.
    """
    packer = zlib.compressobj(1, zlib.DEFLATED, wbits)
    first = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush, what follows is packed as if nothing had come before.
    next_one = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + next_one * 1023


BOMBS = {
    "gzip": (gigabyte(31), "gzip"),
    "deflate": (gigabyte(15), "deflate"),
    "raw deflate": (gigabyte(-15), "deflate"),
    "gzip twice": (gzip.compress(gigabyte(31), 9), "gzip, gzip"),
    "gzip of deflate": (gzip.compress(gigabyte(15), 9), "deflate, gzip"),
    "gzip thrice": (gzip.compress(gzip.compress(gigabyte(31), 9)), "gzip, gzip, gzip"),
}


@needs_proc
@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs(server, bomb):
    """
    A gigabyte packed into a megabyte or less is refused, and fills no memory meanwhile.
    """
    content, encoding = BOMBS[bomb]
    server.answer = lambda request: Answer(
        content=content, headers={"Content-Encoding": encoding}
    )
    code = READ.format(root=str(Path.cwd()), url=server.url)

    told, peak = subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=60, capture_output=True, text=True
    ).stdout.splitlines()

    assert told == "ProtocolError the answer of 127.0.0.1 is larger than 64 MiB"
    assert len(content) < 6 * MIB
    assert int(peak) < 300 * 1024


def test_nothing_compressed_is_asked_for(connect, server):
    """
    No compressed answer is asked for, whatever libraries to unpack are installed.
    """
    server.answer = lambda request: {}

    connect().session().http.get("/people")

    assert server.requests[0].headers["accept-encoding"] == "identity"


def test_endless_chunks(connect, server, monkeypatch):
    """
    An answer that never ends is refused once it is too large.
    """
    monkeypatch.setattr(_wire, "MAX_ANSWER", MIB)

    def send(handler):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while True:
            handler.wfile.write(b"10000\r\n" + bytes(2**16) + b"\r\n")

    server.script(Answer(send=send))

    with pytest.raises(ProtocolError, match="larger than 1 MiB"):
        connect().session().http.get("/people")


def forever(handler, *pieces):
    """
    Write the first pieces once and the last again and again, until the caller has gone.
    """
    *first, last = pieces
    for piece in first:
        handler.wfile.write(piece)
    while not handler.server.owner.released.wait(0.01):
        handler.wfile.write(last)


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n"
PACKED = b"Content-Encoding: gzip\r\n\r\n"
NOTHING = b"\x00\x00\x00\xff\xff"  # a block of deflate that holds none


@pytest.mark.parametrize(
    "pieces",
    [
        (OK + b"Content-Length: 100000\r\n\r\n", b" "),
        (CHUNKED + b"\r\n", b"1\r\n \r\n"),
        (CHUNKED + b"\r\n1;", b"x"),
        (CHUNKED + b"\r\n0\r\n", b"X: y\r\n"),
        (OK + PACKED, gzip.compress(b"")[:10], NOTHING),
        (b"HTTP/1.1 200 ", b"x"),
        (OK + b"X: ", b"x"),
        (b"HTTP/1.1 100 Continue\r\n\r\n",),
    ],
    ids=["body", "chunks", "chunk", "trailer", "packed", "status", "header", "continue"],
)
@pytest.mark.parametrize("verb", ["get", "post"])
def test_dripping(connect, server, monkeypatch, pieces, verb):
    """
    An answer that comes byte by byte without end is given up, though no wait is long.
    """
    monkeypatch.setattr(_wire, "MAX_SECONDS", 0.1)
    server.script(Answer(send=lambda handler: forever(handler, *pieces)))

    with pytest.raises(UnavailableError, match=r"broke off|in time") as caught:
        getattr(connect(max_retries=0).session().http, verb)("/notes")

    assert caught.value.sent


@pytest.mark.parametrize(
    "content",
    [
        b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n",
        OK + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
        OK + b"X: y\r\n" * 1000 + b"\r\n",
        b"x" * 70_000,
        CHUNKED + b"\r\n" + b"f" * 70_000,
        OK + b"Content-Length: 3\r\n" + PACKED + b"abc",
        OK
        + b"Content-Length: 3\r\nContent-Encoding: "
        + b"gzip, " * 6
        + b"gzip\r\n\r\nabc",
    ],
    ids=["status", "header", "headers", "no http", "chunk", "not packed", "encodings"],
)
def test_broken_framing(connect, server, content):
    """
    An answer that is no HTTP, or has too much around it, is one that broke off.
    """

    def answer(handler):
        handler.wfile.write(content)
        handler.close_connection = True

    server.script(Answer(send=answer))

    with pytest.raises(UnavailableError, match="broke off") as caught:
        connect(max_retries=0).session().http.get("/people")

    assert caught.value.sent


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        " [" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000,
        "1" * 5_000,
        '{"id": -' + "9" * 5_000 + "}",
        "1e999",
        "[-1e999]",
        "NaN",
        "[Infinity]",
        '{"a": -Infinity}',
        "\ud800",
        b"\xff",
        b"\x00",
        b"",
    ],
    ids=lambda text: ascii(text[:8]),
)
def test_json_that_is_none(text):
    """
    JSON that Python takes and others do not, or that has no end, is refused as no JSON.
    """
    with pytest.raises(ValueError, match=r"JSON|digit|not UTF-8") as caught:
        from_json(text)

    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1" * 4_000, int("1" * 4_000)),
        ("1e308", 1e308),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ('"' + "x" * MIB + '"', "x" * MIB),
    ],
    ids=lambda value: ascii(value)[:8],
)
def test_json_that_is_odd(text, value):
    """
    What is odd and within the bounds is read: of a name that stands twice, the last.
    """
    assert from_json(text) == value


def test_a_page_of_very_many(connect, server):
    """
    A page of more records than was asked for is read whole, or refused as a whole.
    """
    people = [{"id": str(n), "name": "Ada", "more": {}} for n in range(20_000)]
    server.script({"people": people})

    assert sum(1 for _ in connect().iter_clients()) == len(people)


def test_the_same_page_for_ever(connect, server):
    """
    A list whose pages lead in a circle ends with an error.
    """
    pages = iter(range(10_000))

    def answer(request):
        return {"people": [], "next": str(next(pages) % 3)}

    server.answer = answer

    with pytest.raises(ProtocolError):
        list(connect().iter_clients())


@pytest.mark.parametrize(
    "value",
    [
        "1e308",
        "-1e308",
        "9" * 400,
        "Fri, 01 Jan 9999 00:00:00 +2359",
        "Mon, 01 Jan 0001 00:00:00 +2359",
        "Mon, 01 Jan 0001 00:00:00 -2359",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "Fri, 99 Jan 2026 99:99:99 GMT",
        "Fri, 01 Jan 2026 00:00:00 +999999",
        "Fri, 01 Jan 99999999 00:00:00 GMT",
        "\xff\x80",
        "x" * 60_000,
    ],
    ids=lambda value: value[:32],
)
def test_retry_after(connect, server, value):
    """
    No Retry-After makes the caller wait beyond its patience, or breaks anything.
    """
    server.answer = lambda request: Answer(429, headers={"Retry-After": value})
    connector = connect(max_wait=60)

    with pytest.raises(Exception, match="429") as caught:
        connector.session().http.get("/people")

    assert type(caught.value).__name__ == "RateLimitedError"
