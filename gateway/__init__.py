"""The service: command line, server, HTTP, operations, sign-in, compiler, telemetry, jobs, console and demo."""
