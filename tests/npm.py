"""Packages from npm, fetched once: as they are published, or a directory's own by its lock file."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SECONDS = 300
AXE = ("axe-core", "4.14.1")


def npm(*arguments: str, within: Path) -> str:
    """What npm says; skips the test that asks where there is none."""
    found = shutil.which("npm")
    if found is None:
        pytest.skip("npm is not on PATH: install Node.js 20 or newer to run these")
    done = subprocess.run([found, *arguments], cwd=within, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def alone_in(directory: Path) -> Iterator[None]:
    """Whatever other processes want to do there waits."""
    held = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def install(directory: Path) -> None:
    """What the directory's lock file lists, into its node_modules."""
    wanted, installed = directory / "package-lock.json", directory / "node_modules" / ".package-lock.json"
    with alone_in(directory):
        if not installed.exists() or installed.stat().st_mtime < wanted.stat().st_mtime:
            npm("ci", "--no-audit", "--no-fund", within=directory)


def package(name: str, version: str, kept_in: Path) -> Path:
    """Where the files of that version are, as published and without their dependencies."""
    place = kept_in / f"{name}-{version}"
    with alone_in(kept_in):
        if not place.exists():
            archive = kept_in / npm("pack", "--silent", f"{name}@{version}", within=kept_in).strip()
            place.mkdir()
            subprocess.run(["tar", "-xzf", archive, "-C", place], check=True)
            archive.unlink()
    return place / "package"
