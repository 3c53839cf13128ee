"""How logs are written, and what never gets into them: licence keys, tokens and passwords."""

import logging
import re
import sys
from contextvars import ContextVar
from typing import Any, Literal, TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# The id of the request being answered; "" outside of one.
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")


LOGGED_NAME = 64
# Read beyond what is shown: a key that begins there is recognised by its end.
LOOKAHEAD = 40
# Marks a line whose words have been redacted one by one, once for all lines with that word: a third of its time.
CLEAN = "is_clean"
# These tell at INFO what the access line tells already, or a URL with its query.
TALKATIVE = ("alembic", "asyncio", "httpcore", "httpx", "uvicorn.error")

SECRETS = (
    (re.compile(r"\b[A-Za-z0-9]{5}(?:-?[A-Za-z0-9]{5}){4}\b"), "[licence key]"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)*"), "[token]"),
    (re.compile(r"(?i:\bbearer)[ +]+[^\s\"'\\]+"), "Bearer [token]"),
    (re.compile(r"://[^\s/?#:@\"']*:[^\s/?#@\"']+@"), "://[password]@"),
)


def redact(text: str) -> str:
    """The text without licence keys, tokens and passwords. The second wall: the first is not to log them."""
    for pattern, mark in SECRETS:
        text = pattern.sub(mark, text)
    return text


def configure_logging(log_format: Literal["json", "console", "auto"], stream: TextIO | None = None) -> None:
    """Send the lines of structlog and of logging, which libraries use, to one stream (standard error) in one form."""
    stream = sys.stderr if stream is None else stream
    in_colour = stream.isatty()
    readable = log_format == "console" or (log_format == "auto" and in_colour)
    form = _readable(in_colour) if readable else _json()
    shared: list[Processor] = [_with_request_id, structlog.processors.add_log_level, _stamped()]
    structlog.configure(
        processors=[*shared, *form],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *form]
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _stamped() -> Processor:
    return structlog.processors.TimeStamper(fmt="iso", utc=True)


def _json() -> list[Processor]:
    # A traceback of text: structured ones carry local variables, where keys and tokens are.
    return [structlog.processors.format_exc_info, _json_line]


def _readable(in_colour: bool) -> list[Processor]:
    plain = structlog.dev.plain_traceback
    return [_unmarked, structlog.dev.ConsoleRenderer(colors=in_colour, exception_formatter=plain), _redacted]


def _json_line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    is_clean = event.pop(CLEAN, False)
    line = orjson.dumps(event, default=str).decode()
    return line if is_clean else redact(line)


def _unmarked(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event.pop(CLEAN, None)
    return event


def _redacted(_logger: WrappedLogger, _method: str, line: Any) -> str:
    return redact(line)


def _with_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if request_id := REQUEST_ID.get():
        event["request_id"] = request_id
    return event


def shown(text: str) -> str:
    """What a client named something, as a log may have it."""
    return redact(text[: LOGGED_NAME + LOOKAHEAD])[:LOGGED_NAME]
