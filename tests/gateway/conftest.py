"""What the tests of requests share."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from gateway import telemetry


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Where the log goes, as JSON; logging is put back afterwards."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    written = io.StringIO()
    telemetry.configure("json", written)
    yield written
    root.handlers[:], root.level = before[0], before[1]
    structlog.reset_defaults()
