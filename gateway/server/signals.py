"""The signals that end a process: SIGINT, SIGTERM and SIGHUP. While it serves, `process.Server` handles them."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
INTERRUPTED_EXIT_CODE = 130  # as shells report a command that Ctrl-C ended


@contextmanager
def stop_on_signal() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal end the block, wherever it is, and count as success."""
    handle_signals(signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        yield
    ignore_signals()


def handle_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in STOP_SIGNALS:
        # What nohup or a shell's & made us ignore stays ignored.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def ignore_signals() -> None:
    """The process is about to end by itself: no impatient second Ctrl-C cuts the end of the database short."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
