"""All tables together: who needs the whole schema imports this, so that no noun's table is missed."""

from storage import consents, erased, inbox, outbox, people, progress, states
from storage.schema import metadata

__all__ = ["consents", "erased", "inbox", "metadata", "outbox", "people", "progress", "states"]
