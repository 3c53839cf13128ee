"""`licet serve`."""

import asyncio

import structlog

from gateway.server import preflight, process
from gateway.server.app import create_app
from gateway.server.signals import stop_on_signal
from gateway.telemetry.logging import configure_logging
from gateway.version import VERSION


def run(host: str | None, port: int | None) -> None:
    settings = preflight.load_settings()
    configure_logging(settings.log_format)
    host = host or settings.host
    with stop_on_signal(), process.bind(host, settings.port if port is None else port) as listener:
        asyncio.run(preflight.check_database(settings.database_url.get_secret_value()))
        structlog.get_logger().info("serving", version=VERSION, origin=process.origin(host, listener))
        process.run(create_app(settings), listener, request_timeout=settings.request_timeout)
