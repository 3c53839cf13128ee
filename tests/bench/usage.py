"""What processes use, as Linux tells it: CPU time in seconds, resident memory in bytes. Elsewhere nothing is known."""

import os
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


def cpu(pids: Iterable[int]) -> float:
    """Seconds that they have run so far, all their threads."""
    return sum(_ran(task) for pid in pids for task in (_PROC / str(pid) / "task").glob("*"))


def cpu_of_children(parent: int) -> float:
    """Seconds that the children of this process have run so far, those that have ended too."""
    try:
        fields = (_PROC / str(parent) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return cpu(children(parent)) + (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


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
