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
MAX_LOGGED_NAME = 64
# Characters read beyond what is logged: a secret that begins within the limit is recognised by its end.
REDACTION_LOOKAHEAD = 40
# Marks a line whose words have been redacted one by one, once for all lines with that word: a third of its time.
ALREADY_REDACTED = "already_redacted"
# At INFO these repeat the access log, or log a URL with its query.
NOISY_LOGGERS = ("alembic", "asyncio", "httpcore", "httpx", "uvicorn.error")

SECRET_PATTERNS = (
    (re.compile(r"\b[A-Za-z0-9]{5}(?:-?[A-Za-z0-9]{5}){4}\b"), "[licence key]"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)*"), "[token]"),
    (re.compile(r"(?i:\bbearer)[ +]+[^\s\"'\\]+"), "Bearer [token]"),
    (re.compile(r"://[^\s/?#:@\"']*:[^\s/?#@\"']+@"), "://[password]@"),
)


def redact(text: str) -> str:
    """The text without licence keys, tokens and passwords. The second line of defence: the first is not to log them."""
    for pattern, mark in SECRET_PATTERNS:
        text = pattern.sub(mark, text)
    return text


def configure_logging(log_format: Literal["json", "console", "auto"], stream: TextIO | None = None) -> None:
    """Send the lines of structlog and of logging, which libraries use, to one stream (standard error) in one form."""
    stream = sys.stderr if stream is None else stream
    in_colour = stream.isatty()
    readable = log_format == "console" or (log_format == "auto" and in_colour)
    renderers = _console_renderers(in_colour) if readable else _json_renderers()
    shared: list[Processor] = [_add_request_id, structlog.processors.add_log_level, _timestamper()]
    structlog.configure(
        processors=[*shared, *renderers],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name in NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def _timestamper() -> Processor:
    return structlog.processors.TimeStamper(fmt="iso", utc=True)


def _json_renderers() -> list[Processor]:
    # A traceback of text: structured ones carry local variables, where keys and tokens are.
    return [structlog.processors.format_exc_info, _render_json]


def _console_renderers(in_colour: bool) -> list[Processor]:
    plain = structlog.dev.plain_traceback
    return [_drop_marker, structlog.dev.ConsoleRenderer(colors=in_colour, exception_formatter=plain), _redact_line]


def _render_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    already_redacted = event.pop(ALREADY_REDACTED, False)
    line = orjson.dumps(event, default=str).decode()
    return line if already_redacted else redact(line)


def _drop_marker(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event.pop(ALREADY_REDACTED, None)
    return event


def _redact_line(_logger: WrappedLogger, _method: str, line: Any) -> str:
    return redact(line)


def _add_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if request_id := REQUEST_ID.get():
        event["request_id"] = request_id
    return event


def loggable(text: str) -> str:
    """A name that a client chose, cut and redacted for the log."""
    return redact(text[: MAX_LOGGED_NAME + REDACTION_LOOKAHEAD])[:MAX_LOGGED_NAME]
