"""Bytes that are hardly HTTP: each gets a refusal or a closed door, and the server goes on."""

import json
import re
import socket
import uuid
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from tests.fuzz.calling import PLANT, Page, Watch

pytestmark = pytest.mark.fuzz

_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_GOOD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
_END = b"Connection: close\r\n\r\n"
_POST = b"POST /chat/api/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
_P = PLANT.encode()

REQUESTS: dict[str, bytes] = {
    "nothing but ends": b"\r\n\r\n\r\n\r\n",
    "noise": bytes(range(256)) * 40,
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    "http/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "unknown version": b"GET /" + _P + b" HTTP/9.9\r\nHost: x\r\n\r\n",
    "unknown method": b"BREW /" + _P + b" HTTP/1.1\r\nHost: x\r\n" + _END,
    "http/1.0": b"GET /healthz HTTP/1.0\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n" + _END,
    "absolute address": b"GET http://" + _P + b".example/healthz HTTP/1.1\r\nHost: x\r\n" + _END,
    "star": b"OPTIONS * HTTP/1.1\r\nHost: x\r\n" + _END,
    "raw letters in the path": "GET /giúp/😀 HTTP/1.1\r\nHost: x\r\n".encode() + _END,
    "bytes in the path": b"GET /\xff\xfe" + _P + b" HTTP/1.1\r\nHost: x\r\n" + _END,
    "endless path": b"GET /" + _P * 20_000 + b" HTTP/1.1\r\nHost: x\r\n" + _END,
    "endless header": _GOOD + b"X-A: " + _P * 20_000 + b"\r\n" + _END,
    "very many headers": _GOOD + b"".join(b"X-%d: %b\r\n" % (n, _P) for n in range(5_000)) + _END,
    "no colon": _GOOD + _P + b"\r\n" + _END,
    "nul in a header": _GOOD + b"X-A: a\x00" + _P + b"\r\n" + _END,
    "bytes in a header": _GOOD + b"X-A: \xff\xfe\x80\r\nAccept: \xe1\xbb\x9f\r\n" + _END,
    "folded header": _GOOD + b"X-A: a\r\n  " + _P + b"\r\n" + _END,
    "line feeds only": _GOOD.replace(b"\r\n", b"\n") + b"Connection: close\n\n",
    "two lengths": _POST + b"Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}{}",
    "negative length": _POST + b"Content-Length: -1\r\n\r\n{}",
    "length that is none": _POST + b"Content-Length: " + _P + b"\r\n\r\n{}",
    "a terabyte announced": _POST + b"Content-Length: 1099511627776\r\n\r\n{}",
    "length and chunks": _POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /" + _P,
    "chunks of no size": _POST + b"Transfer-Encoding: chunked\r\n\r\n" + _P + b"\r\n{}\r\n0\r\n\r\n",
    "foreign encoding": _POST + b"Transfer-Encoding: " + _P + b"\r\nContent-Length: 2\r\n\r\n{}",
    "a websocket": _GOOD + b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAA\r\n\r\n",
    "expects to be asked": _POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
    "cut off in the body": _POST + b"Content-Length: 1000\r\n\r\n" + _P,
    "cut off in a header": _GOOD + b"X-A: " + _P,
    "smuggled": _GOOD + b"Content-Length: 40\r\nConnection: close\r\n\r\nGET /" + _P + b" HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_what_is_hardly_a_request_harms_nobody(page: Page, request_: bytes) -> None:
    """Refused, answered or waited for: never a failure, never an echo."""
    said = _exchange(page, request_, 0.5)
    for status in map(int, _STATUS.findall(said)):
        assert 100 <= status < 500
    assert _P not in said


def test_a_message_in_chunks_is_a_message(page: Page) -> None:
    """Proxies send bodies in chunks."""
    text = json.dumps({"id": str(uuid.uuid4()), "text": f"{PLANT} chào bạn"}).encode()
    said = _exchange(page, _chunked(page, [text[:10], text[10:30], text[30:]]))
    assert _STATUS.findall(said) == [b"200"]


def test_a_megabyte_in_chunks_is_too_large(page: Page) -> None:
    """The limit counts what arrives, not what was announced."""
    watch = Watch(page.server)
    said = _exchange(page, _chunked(page, [b'{"text": "', *[_P * 100] * 1_000, b'"}']))
    assert _STATUS.findall(said)[:1] == [b"413"]
    assert not watch.written()
    watch.close()


def _chunked(page: Page, parts: list[bytes]) -> bytes:
    head = _POST.replace(b"/sessions ", f"/sessions/{page.begin()}/messages ".encode())
    body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + body + b"0\r\n\r\n"


def _exchange(page: Page, request: bytes, patience: float = 20) -> bytes:
    """Send bytes and read until the door is shut, or nothing comes (the request is only half there); then go."""
    host = urlsplit(page.server.url)
    said = b""
    line = socket.create_connection((str(host.hostname), host.port), timeout=patience)
    with line, suppress(OSError):
        line.sendall(request)
        while part := line.recv(65536):
            said += part
    return said
