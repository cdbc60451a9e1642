"""The real app on both databases, as the conversations have it."""

from tests.talks.conftest import app, clock

__all__ = ["app", "clock"]
