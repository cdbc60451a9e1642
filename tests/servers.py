"""A real server as a process of its own, on a data folder of its own: started, asked, killed, started again.

Only processes that were started here are ever ended, each by its own handle.
"""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

PATIENCE = 30  # seconds for a start on a machine that is busy with other tests
_ADDRESS = re.compile(rb"http://127\.0\.0\.1:\d+")
_LACHAN = (str(Path(sys.executable).with_name("lachan")),)


class Server:
    """`lachan run` with a free port. All that it could write to lies in one folder: data, home, temporary, logs."""

    def __init__(self, folder: Path, command: tuple[str, ...] = (*_LACHAN, "run"), **settings: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "stderr.log"
        self.said = folder / "stdout.log"
        self.url = ""
        self.command = command
        self.settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("home", "tmp", "here"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    @property
    def pid(self) -> int:
        """The process that was started last."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> float:
        """Start and wait until messages are answered; how many seconds that took."""
        begun = time.monotonic()
        known = self.launch()
        assert self._process is not None
        while time.monotonic() - begun < PATIENCE:
            if self._answers(known):
                return time.monotonic() - begun
            assert self._process.poll() is None, self.log.read_text()
            time.sleep(0.02)
        raise AssertionError(f"the server didn't answer within {PATIENCE} seconds")

    def launch(self) -> int:
        """Start without waiting; how much was said on stdout before."""
        with self.said.open("ab") as said, self.log.open("ab") as log:
            self._process = subprocess.Popen(self.command, stdout=said, stderr=log, **self._surroundings())
            return said.tell()

    def kill(self) -> None:
        """SIGKILL: as when the power goes. Does nothing to a server that doesn't run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self, patience: float = 10) -> int:
        """SIGTERM; the exit code, or an exception after `patience` seconds."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(patience)

    def run(self, *arguments: str, typed: str = "", errors: str = "strict") -> subprocess.CompletedProcess[str]:
        """Another `lachan` command on the same data, to its end; `errors` as in str.encode."""
        ran = subprocess.run(
            [*_LACHAN, *arguments],
            input=typed.encode(errors=errors),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            **self._surroundings(),
        )
        return subprocess.CompletedProcess(ran.args, ran.returncode, ran.stdout.decode(), ran.stderr.decode())

    def beside(self, *arguments: str, stdin: int) -> subprocess.Popen[bytes]:
        """Another `lachan` command on the same data, which the caller ends."""
        command, pipe = [*_LACHAN, *arguments], subprocess.PIPE
        return subprocess.Popen(command, stdin=stdin, stdout=pipe, stderr=pipe, **self._surroundings())

    def _surroundings(self) -> dict[str, Any]:
        """Nothing of this machine's own settings reaches the process."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("LACHAN_")}
        places = {"HOME": str(self.folder / "home"), "TMPDIR": str(self.folder / "tmp")}
        ours = {"LACHAN_DATA": str(self.data), "LACHAN_PORT": "0", "LACHAN_SESSIONS_A_MINUTE": "1000000"}
        return {"env": inherited | places | ours | self.settings, "cwd": self.folder / "here"}

    def _answers(self, known: int) -> bool:
        found = _ADDRESS.search(self.said.read_bytes()[known:])
        if found is None:
            return False
        self.url = found[0].decode()
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@dataclass(frozen=True, slots=True)
class Got:
    """One HTTP answer, whole; the names of headers in small letters."""

    status: int
    body: bytes
    headers: dict[str, str]


class Caller:
    """Asks a server over HTTP. A server that is down or dies meanwhile raises aiohttp.ClientError or OSError."""

    def __init__(self, server: Server, http: aiohttp.ClientSession) -> None:
        self._server = server
        self._http = http

    async def begin(self) -> str:
        """A new session's token."""
        async with self._http.post(f"{self._server.url}/chat/api/sessions") as answer:
            assert answer.status == 201, await answer.text()
            token: str = (await answer.json())["session"]
            return token

    async def send(self, session: str, message: dict[str, str]) -> Got:
        """One message, asked once."""
        address = f"{self._server.url}/chat/api/sessions/{session}/messages"
        async with self._http.post(address, json=message) as answer:
            return Got(answer.status, await answer.read(), {name.lower(): one for name, one in answer.headers.items()})
