"""Structured logs on standard error: one JSON object a line. No person's text and no address is ever handed to them."""

import logging
import sys
import traceback
from types import TracebackType

import structlog

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def set_up() -> None:
    """Let our own logs be JSON, and keep libraries quiet below a warning."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Wordless("%(levelname)s %(name)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def places(error: BaseException) -> list[str]:
    """Where in the code an error came from, without a word of what it says: that may quote a person."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return [f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}" for frame in frames]


class _Wordless(logging.Formatter):
    """Of what a library logs only how bad it is, whose it is, and an error's kind and places."""

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - logging's name
        error = ei[1]
        return f"{type(error).__name__} {places(error)}" if error else ""
