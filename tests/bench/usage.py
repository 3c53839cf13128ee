"""What processes use, as Linux tells it: CPU time in seconds, resident memory in bytes. Elsewhere nothing is known."""

from collections.abc import Iterable
from pathlib import Path

import asyncpg

_PROC = Path("/proc")


async def postmaster(url: str) -> int | None:
    """The process that all of the server's are children of; None when it runs on another machine."""
    conn = await asyncpg.connect(url)
    try:
        backend = await conn.fetchval("SELECT pg_backend_pid()")
        name = _PROC / str(backend) / "comm"
        return _parent(backend) if name.exists() and name.read_text().startswith("postgres") else None
    finally:
        await conn.close()


def children(parent: int) -> list[int]:
    pids = (int(path.name) for path in _PROC.glob("[0-9]*"))
    return [pid for pid in pids if _parent(pid) == parent]


def cpu(pids: Iterable[int]) -> dict[int, float]:
    """Seconds that each has run so far, its threads together."""
    return {pid: sum(_ran(task) for task in (_PROC / str(pid) / "task").glob("*")) for pid in pids}


def used(before: dict[int, float], after: dict[int, float]) -> float:
    """Seconds between the two; what is new began at 0."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def resident(pids: Iterable[int]) -> int:
    """The largest of them."""
    return max((_resident(pid) for pid in pids), default=0)


def _ran(task: Path) -> float:
    try:
        return int((task / "schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def _parent(pid: int) -> int | None:
    try:
        # The name, in brackets, may hold anything.
        return int((_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def _resident(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)
