"""Writes the hashes of what the explorer takes from elsewhere into its page: `python -m tests.console.integrity`."""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.npm import package

PAGE = Path(str(files("gateway"))) / "console" / "explorer" / "index.html"
PINNED = re.compile(
    r'(?P<url>https://unpkg\.com/(?P<name>[\w-]+)@(?P<version>[\d.]+)/(?P<path>[^"]+))" integrity="(?P<hash>[^"]*)"'
)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A file that the explorer takes from another host, and what npm has published under that name."""

    url: str
    body: bytes


def elsewhere(page: str, kept_in: Path) -> Iterator[Elsewhere]:
    for pinned in PINNED.finditer(page):
        body = (package(pinned["name"], pinned["version"], kept_in) / pinned["path"]).read_bytes()
        yield Elsewhere(pinned["url"], body)


def integrity(body: bytes) -> str:
    return f"sha384-{base64.b64encode(hashlib.sha384(body).digest()).decode()}"


def hashed(page: str, kept_in: Path) -> str:
    """The page with the hashes of what npm has published."""
    hashes = {file.url: integrity(file.body) for file in elsewhere(page, kept_in)}
    return PINNED.sub(lambda pinned: f'{pinned["url"]}" integrity="{hashes[pinned["url"]]}"', page)


if __name__ == "__main__":
    with TemporaryDirectory() as directory:
        PAGE.write_text(hashed(PAGE.read_text(encoding="utf-8"), Path(directory)), encoding="utf-8")
