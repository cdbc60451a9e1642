"""The real server as a process of its own, to be killed and started again."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ELSEWHERE = "https://elsewhere.example/"
"""Where quick exit leads in these tests; the browser is answered before anything leaves the machine."""


class Served:
    """One server on one port with one data folder. It ends only the process that it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        settings = {"LACHAN_DATA": str(self.folder / "data"), "LACHAN_PORT": str(self.port), "LACHAN_EXIT_URL": ELSEWHERE}
        with (self.folder / "log").open("ab") as log:
            command = [str(Path(sys.executable).with_name("lachan")), "run"]
            self._process = subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=log)
        for _try in range(200):
            if self._answers():
                return
            assert self._process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.1)
        raise AssertionError("the server didn't answer within 20 seconds")

    def kill(self) -> None:
        """SIGKILL: as when the power goes."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
        return False
