"""A server under fire, and what must hold of it after each attack."""

import re
from collections.abc import Iterator

import pytest

from tests.fuzz.calling import PLANT, Page
from tests.servers import Server

_BROKE = re.compile(r"Traceback|failed|ERROR")


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all attacks: what one leaves behind, the next one meets."""
    made = Server(tmp_path_factory.mktemp("fuzz"))
    made.start()
    yield made
    made.kill()


@pytest.fixture
def page(server: Server) -> Iterator[Page]:
    """A connection to it; afterwards it still answers, nothing broke, and no word of a request is in its logs."""
    begun = server.log.stat().st_size
    made = Page(server)
    yield made
    assert made.ask("GET", "/healthz").status == 200
    made.close()
    logged = server.log.read_bytes()[begun:].decode()
    assert PLANT not in logged
    assert not _BROKE.search(logged), logged
