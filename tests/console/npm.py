"""Packages from npm as they are published: their files, unpacked, without their dependencies."""

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

SECONDS = 120
AXE = ("axe-core", "4.14.1")


def package(name: str, version: str, kept_in: Path) -> Path:
    """Where the files of that version are; they are fetched once. Skips the test that asks where there is no npm."""
    place = kept_in / f"{name}-{version}"
    if not place.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not on PATH: install Node.js to run these")
        packed = subprocess.run(
            [npm, "pack", "--silent", f"{name}@{version}"], cwd=kept_in, capture_output=True, text=True, timeout=SECONDS
        )
        assert packed.returncode == 0, packed.stderr
        archive = kept_in / packed.stdout.strip()
        with tarfile.open(archive) as files:
            files.extractall(place, filter="data")
        archive.unlink()
    return place / "package"
