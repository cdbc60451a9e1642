"""Structured logs on standard error: one JSON object a line. No person's text and no address is ever handed to them."""

import json
import logging
import sys
import time
import traceback

import structlog

TO_THE_MINUTE = "%Y-%m-%dT%H:%M"  # in UTC


def set_up() -> None:
    """Let all logs be JSON, and keep libraries quiet below a warning."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Wordless())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt=TO_THE_MINUTE, utc=True),
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
    """Of what a library logs only how bad it is, whose it is, and an error's kind and places: a line like ours."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        told = {"logger": record.name}
        broken = {"kind": type(error).__name__, "at": places(error)} if error else {}
        when = time.strftime(TO_THE_MINUTE, time.gmtime(record.created))
        event = {"event": "a library warns", "level": record.levelname.lower(), "timestamp": when}
        return json.dumps(told | broken | event)
