"""Hostile requests get a clear answer: usable or a refusal with a sentence, never a failure, never an echo."""

import json
import uuid

import pytest

from tests.fuzz.calling import JSON, PLANT, Page, answered, clear

pytestmark = pytest.mark.fuzz

TEXTS = {
    "nul": "\0",
    "control": "".join(map(chr, range(32))),
    "right to left": "\u202e\u2066gnp.exe\u2069\u202c",
    "zero width": "\u200b\u200d\ufeff",
    "combining": "a" + "\u0301" * 3_000,
    "emoji": "😀" * 4_000 + PLANT,
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "markdown": "**[x](javascript:alert(1))** `_*~",
    "template": "{{7*7}} ${7*7} {0.__class__} %s%n %(a)s",
    "sql": "'; DROP TABLE person; -- \" OR 1=1",
    "path": "../../../../etc/passwd\\..\\..\\windows",
    "percent": "%00%0a%0d%2e%2e%2f",
    "line ends": "a\r\nX-Evil: 1\r\n\r\n\u2028\u2029\x85",
    "number": "9" * 3_900,
    "digits of others": "१२³①",
    "choice": "câu  H)",
    "command": "/start@bot /huy /../../",
    "language": "ﷺ ıİſK ß ǆ",
}
_ID = str(uuid.UUID(int=7, version=4))
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "null": b"null",
    "list": b"[]",
    "a word": f'"{PLANT}"'.encode(),
    "half": f'{{"id": "{_ID}", "text": "{PLANT}'.encode(),
    "deep list": b"[" * 60_000,
    "deep object": b'{"a":' * 10_000,
    "deep in a key": f'{{"id": "{_ID}", "text": {"[" * 50_000}'.encode(),
    "one megabyte": b'{"text": "' + PLANT.encode() * 100_000 + b'"}',
    "lone surrogate": f'{{"id": "{_ID}", "text": "{PLANT} \\ud800"}}'.encode(),
    "surrogates turned": f'{{"id": "{_ID}", "action": "{PLANT} \\udc00\\ud800"}}'.encode(),
    "surrogate bytes": f'{{"id": "{_ID}", "text": "{PLANT} '.encode() + b'\xed\xa0\x80"}',
    "not utf-8": f'{{"id": "{_ID}", "text": "{PLANT} '.encode() + b'\xff\xfe"}',
    "utf-16": json.dumps({"id": _ID, "text": PLANT}).encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + json.dumps({"id": _ID, "text": PLANT}).encode(),
    "duplicate keys": f'{{"id": "{_ID}", "text": "{PLANT}", "text": null, "action": "menu"}}'.encode(),
    "huge number": b'{"id": 1e99999, "text": 123456789012345678901234567890}',
    "numbers that are none": b'{"id": NaN, "text": Infinity}',
    "foreign keys": json.dumps({"id": _ID, "text": PLANT, PLANT: 1}).encode(),
    "both": json.dumps({"id": _ID, "text": PLANT, "action": "menu"}).encode(),
    "neither": json.dumps({"id": _ID}).encode(),
    "wrong id": json.dumps({"id": PLANT, "text": PLANT}).encode(),
    "too long": json.dumps({"id": _ID, "text": "😀" * 5_000 + PLANT}).encode(),
    "too many bytes in few letters": json.dumps({"id": _ID, "text": "😀" * 3_999}).encode(),
    "trailing": json.dumps({"id": _ID, "text": PLANT}).encode() + b" {} trailing",
}
KINDS = ["text/plain", "text/html", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
         "application/msgpack", "application/json; charset=utf-16", "application/json; charset=utf-7", "",
         "a" * 5_000, "application/xml", "*/*", ";;;", PLANT]  # fmt: skip
HEADERS = [
    {"Content-Encoding": "gzip"},
    {"Accept": f"text/html;q={PLANT}"},
    {"Accept-Language": PLANT * 500},
    {"X-Forwarded-For": f"{PLANT}, 999.999.999.999"},
    {"X-HTTP-Method-Override": "DELETE"},
    {"Host": PLANT},
    {"Cookie": f"session={PLANT}; " * 200},
    {"Authorization": f"Bearer {PLANT}"},
    {"Origin": f"https://{PLANT}.example", "Sec-Fetch-Site": "cross-site"},
    {"Last-Event-ID": PLANT},
    {"If-None-Match": PLANT, "Range": "bytes=0-18446744073709551615"},
    {f"X-{number}": PLANT for number in range(200)},
]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_hostile_text_is_answered_like_any_other(page: Page, text: str) -> None:
    """As a text, as an action, as both halves of a real action: usable answers, the text nowhere in them."""
    token = page.begin()
    said = {"text": f"{PLANT} {text}"[:4_000]}
    tapped = (
        {"action": form.format(text[:1_000])} for form in ("{}", "card:{}", "scene:{0}:{0}", "quiz:a:{0}:{0}", "me:{}")
    )
    for message in (said, *tapped):
        got = page.say(token, **message)
        answered(got)
        assert PLANT not in got.body.decode()


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_hostile_body_gets_a_clear_answer(page: Page, body: bytes) -> None:
    """At each address that takes a body."""
    for path in (f"/chat/api/sessions/{page.begin()}/messages", "/chat/api/sessions"):
        got = page.ask("POST", path, body)
        if got.status != 201:  # an empty body begins a session
            clear(got)


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_content_type_gets_a_clear_answer(page: Page, kind: str) -> None:
    """Whatever a client says that it sends."""
    body = json.dumps({"id": str(uuid.uuid4()), "text": PLANT}).encode()
    clear(page.ask("POST", f"/chat/api/sessions/{page.begin()}/messages", body, {"Content-Type": kind}))


@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: next(iter(headers)))
def test_absurd_headers_get_a_clear_answer(page: Page, headers: dict[str, str]) -> None:
    """Headers that we don't need aren't listened to."""
    body = json.dumps({"id": str(uuid.uuid4()), "text": PLANT}).encode()
    clear(page.ask("POST", f"/chat/api/sessions/{page.begin()}/messages", body, JSON | headers))
