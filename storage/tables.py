"""All tables together: who needs the whole schema imports this, so that no noun's table is missed."""

from storage import consents, erased, inbox, links, outbox, people, progress, states, tokens
from storage.schema import metadata

__all__ = ["consents", "erased", "inbox", "links", "metadata", "outbox", "people", "progress", "states", "tokens"]
