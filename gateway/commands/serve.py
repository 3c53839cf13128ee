"""`licet serve`."""

import asyncio

import structlog

from gateway import production, serving, telemetry
from gateway.app import create_app
from gateway.version import VERSION


def run(host: str | None, port: int | None) -> None:
    settings = production.own_settings()
    telemetry.configure(settings.log_format)
    host = host or settings.host
    with serving.until_stopped(), serving.bind(host, settings.port if port is None else port) as listener:
        asyncio.run(production.require_ready(settings.database_url.get_secret_value()))
        structlog.get_logger().info("serving", version=VERSION, origin=serving.origin(host, listener))
        serving.run(create_app(settings), listener, longest=settings.request_timeout)
