"""One server for one SQLite file: a lock that dies with its process, however that ends."""

import fcntl
import os
from pathlib import Path

from storage.database import AlreadyServed, StorageUnavailable


class Lock:
    """Held while this object is kept; the file stays behind, since removing it would let two in."""

    def __init__(self, database: Path) -> None:
        try:
            real = database.resolve()  # under whatever name: one file, one lock
            self._file = os.open(real.with_name(real.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
            raise StorageUnavailable(f"There can be no lock beside {database}: {error}.") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise AlreadyServed(f"Another server is running on {database}.") from error

    def release(self) -> None:
        """Let the next server in."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
