"""Processes that are measured: each is started here on its cores, and ended here by its own handle."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import msgspec
import psutil

from tests.bench.cores import on
from tests.bench.figures import Sample
from tests.servers import Server

PATIENCE = 120  # seconds for a process that measures itself
LACHAN = (str(Path(sys.executable).with_name("lachan")), "run")
# Not with strace, which can delay calls too: it stops every thread but the first at each of its system calls, and
# what is measured then is strace.
SLOW_DISK = Path(__file__).with_name("slow_disk.c")


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for all that a measurement writes, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lachan-bench-") as made:
        yield Path(made)


def disk() -> str:
    """What such a folder lies on: a file in memory would make every commit look quick."""
    with folder() as here:
        parts = [part for part in psutil.disk_partitions(all=True) if here.is_relative_to(part.mountpoint)]
        return max(parts, key=lambda part: len(part.mountpoint)).fstype if parts else "unknown"


def sampled(module: str, *arguments: str, cores: frozenset[int]) -> Sample:
    """Run a module that measures itself, to its end."""
    with on(cores):
        command = (sys.executable, "-m", f"tests.bench.{module}", *arguments)
        run = subprocess.run(command, stdout=subprocess.PIPE, timeout=PATIENCE, check=True)
    return msgspec.json.decode(run.stdout, type=Sample)


@dataclass(frozen=True, slots=True)
class Answering:
    """A server that answers: its port, and the process whose time and memory count."""

    port: int
    process: psutil.Process

    def cpu(self) -> float:
        """Seconds of the processor it has used."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def memory(self) -> float:
        """Resident memory in MB."""
        return float(self.process.memory_info().rss) / 2**20


@contextmanager
def module(name: str, *arguments: str, cores: frozenset[int]) -> Iterator[Answering]:
    """One of our small servers, which says its port first."""
    with on(cores):
        command = (sys.executable, "-m", f"tests.bench.{name}", *arguments)
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
    with process:
        try:
            assert process.stdout is not None
            yield Answering(int(process.stdout.readline()), psutil.Process(process.pid))
        finally:
            process.kill()


@contextmanager
def lachan(cores: frozenset[int], *, slow_disk: bool = False) -> Iterator[Answering]:
    """The real server, `lachan run`, with an empty folder."""
    with folder() as here:
        server = Server(here, LACHAN, **({"LD_PRELOAD": _compiled(here)} if slow_disk else {}))
        with on(cores):
            server.start()
        try:
            yield answering(server)
        finally:
            with suppress(subprocess.TimeoutExpired):
                server.stop(patience=20)
            server.kill()


def answering(server: Server) -> Answering:
    """A server's port and its process."""
    return Answering(int(server.url.rpartition(":")[2]), psutil.Process(server.pid))


def can_slow_the_disk() -> bool:
    """Whether there is a C compiler."""
    return which("cc") is not None


def _compiled(here: Path) -> str:
    made = here / "slow_disk.so"
    subprocess.run(("cc", "-shared", "-fPIC", "-O2", "-o", made, SLOW_DISK), check=True)
    return str(made)
