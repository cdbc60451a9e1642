"""How the hunters ask: one connection, one request after the other, and what a clear answer is."""

import http.client
import json
import sqlite3
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from hypothesis import HealthCheck, Verbosity, given, settings
from hypothesis.strategies import SearchStrategy

from tests.servers import Got, Server

JSON = {"Content-Type": "application/json"}
PLANT = "z7qCanary9x"
"""Stands in all that is sent, and is searched for in all that was written."""
REFUSED = {400, 404, 405, 410, 413, 422, 429}
LONG = 1_000  # examples from which on a hunt looks elsewhere each time


class Page:
    """Asks one server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._connection: http.client.HTTPConnection | None = None

    def begin(self) -> str:
        """A new session's token."""
        token: str = json.loads(self.ask("POST", "/chat/api/sessions", b"{}").body)["session"]
        return token

    def say(self, token: str, **what: str) -> Got:
        """One message with an id of its own."""
        return self.send(token, {"id": str(uuid.uuid4()), **what})

    def send(self, token: str, message: object) -> Got:
        """One message as it is given."""
        return self.ask("POST", f"/chat/api/sessions/{token}/messages", json.dumps(message).encode())

    def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Got:
        """Any request; asked once more where an idle connection was closed meanwhile."""
        try:
            return self._ask(method, path, body, headers or JSON)
        except (http.client.RemoteDisconnected, ConnectionError):
            self.close()
            return self._ask(method, path, body, headers or JSON)

    def close(self) -> None:
        """Give up the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Got:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(urlsplit(self.server.url).netloc, timeout=20)
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        return Got(answer.status, answer.read(), {name.lower(): one for name, one in answer.getheaders()})


def answered(got: Got) -> dict[str, Any]:
    """The parts of an answer to a message, which must be a whole and usable one."""
    assert got.status == 200, got
    answer: dict[str, Any] = json.loads(got.body)
    assert answer["messages"], "an answer without a message"
    assert all(message["text"].strip() for message in answer["messages"]), "a message without words"
    for button in (button for message in answer["messages"] for button in message["buttons"]):
        assert button["label"].strip(), "a button without words"
        assert 0 < len(button["action"].encode()) <= 64, "an action that no channel could carry"
    assert answer["messages"][-1]["buttons"], "a dead end"
    return answer


def clear(got: Got) -> None:
    """A clear answer: a usable one, or a refusal with its reason and a sentence."""
    if got.status == 200:
        answered(got)
        return
    assert got.status in REFUSED, got
    assert got.headers["content-type"].startswith("application/json"), got
    refusal = json.loads(got.body)
    assert refusal["error"] != "broken", got
    assert len(refusal["message"].split()) > 3, got
    assert PLANT not in got.body.decode(), "a refusal that repeats what was sent"


def hunt(examples: int, check: Callable[..., None], **strategies: SearchStrategy[Any]) -> None:
    """Try many examples: the same ones each time in the short form, others each time in the long one."""
    hunting(examples)(given(**strategies)(check))()


def hunting(examples: int) -> settings:
    """How a hunt goes: nothing is kept between runs, and a busy machine is no failure."""
    return settings(
        max_examples=examples,
        derandomize=examples < LONG,
        database=None,
        deadline=None,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )


class Watch:
    """Sees whether anything was committed to the server's database since it was asked last."""

    def __init__(self, server: Server) -> None:
        database = server.data / "lachan.db"
        self._look = sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None)
        self._wal = database.with_name("lachan.db-wal")
        self._known, self._codes = self._version(), self._count()

    def written(self) -> bool:
        """Whether a transaction of anybody changed something since. What the clock does isn't meant: codes that ran
        out, and emptying the WAL, which changes the version too."""
        before, self._known = self._known, self._version()
        codes, self._codes = self._codes, self._count()
        return before != self._known and self._codes >= codes and self._wal.stat().st_size > 0

    def close(self) -> None:
        """Look no more."""
        self._look.close()

    def _count(self) -> int:
        counted = "SELECT (SELECT count(*) FROM link) + (SELECT count(*) FROM guess)"
        found: int = self._look.execute(counted).fetchone()[0]
        return found

    def _version(self) -> int:
        version: int = self._look.execute("PRAGMA data_version").fetchone()[0]
        return version
