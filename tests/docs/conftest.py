"""The stages of the conversations: what the docs show is played as those are."""

from tests.talks.conftest import app, clock, stage, talk

__all__ = ["app", "clock", "stage", "talk"]
