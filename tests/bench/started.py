"""Processes that are measured: each is started here on its cores, and ended here by its own handle."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
SLOW_DISK = (
    "strace -f --seccomp-bpf -qq -o /dev/null -e trace=fdatasync,fsync "
    "-e inject=fdatasync,fsync:delay_enter=10000"  # microseconds
)


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
        server = Server(here, command=(*SLOW_DISK.split(), *LACHAN) if slow_disk else LACHAN)
        with on(cores):
            server.start()
        found = answering(server)
        try:
            yield found
        finally:
            found.process.terminate()
            psutil.wait_procs([found.process], timeout=20)
            server.kill()


def answering(server: Server) -> Answering:
    """A server's port and its own process, which under strace is strace's child."""
    started = psutil.Process(server.pid)
    return Answering(int(server.url.rpartition(":")[2]), next(iter(started.children()), started))


def can_slow_the_disk() -> bool:
    """Whether strace is here, and allowed to delay the calls of what it starts."""
    if which("strace") is None:
        return False
    return subprocess.run((*SLOW_DISK.split(), "true"), capture_output=True, check=False).returncode == 0
