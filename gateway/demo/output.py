"""The progress of commands, and the demo's banner."""

import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import orjson
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress
from rich.text import Text

from db.enums import AccountKind
from db.seed import RegistrableKey
from db.seed.demo.people import Person

SAMPLE_QUERY = (
    '{ account(id: "%s") { name productOverviews'
    " { product { name } activeSubscriptions expiringSoon licenses licensesUsed nextExpirationOn } } }"
)
MAX_LISTED_KEYS = 2
AUDIENCE_TEXT = {AccountKind.PERSONAL: "for a person's account", AccountKind.BUSINESS: "for a company's account"}


@dataclass(frozen=True, slots=True)
class DemoBanner:
    """The facts of a running demo.

    `seeded_on` is the day its dates relate to; `data_dir` is None when the database is elsewhere.
    """

    version: str
    origin: str
    people: Sequence[Person]
    token: str
    token_days: int
    account_id: str
    keys: Sequence[RegistrableKey]
    seeded_on: date
    data_dir: Path | None


def curl_command(banner: DemoBanner) -> str:
    """The sample query as one line for a POSIX shell."""
    body = orjson.dumps({"query": SAMPLE_QUERY % banner.account_id}).decode()
    return " ".join(
        (
            f"curl -s {banner.origin}/graphql",
            f"-H {shlex.quote('content-type: application/json')}",
            f"-H {shlex.quote(f'authorization: Bearer {banner.token}')}",
            f"--data {shlex.quote(body)}",
        )
    )


def banner_lines(banner: DemoBanner) -> Iterator[tuple[str, str]]:
    """The banner line by line, each with its style. What is meant to be copied stands alone on its line, unwrapped."""
    first = banner.people[0]
    yield "", ""
    yield f"Licet {banner.version}", "bold green"
    yield f"  page      {banner.origin}/", ""
    yield f"  GraphQL   {banner.origin}/graphql", ""
    yield f"  SDL       {banner.origin}/schema.graphql", ""
    yield f"  health    {banner.origin}/readyz", ""
    yield from _section("People you can be (licet token PERSON makes a token of any of them)")
    width = max(len(person.subject) for person in banner.people)
    for person in banner.people:
        yield f"  {person.subject:<{width}}  {person.name}: {person.description}", ""
    yield from _section(f"A token of {first.name}, good for {banner.token_days} days")
    yield banner.token, ""
    if banner.keys:
        yield from _section("Licence keys that nobody has registered yet")
    for free_key in banner.keys[:MAX_LISTED_KEYS]:
        audience = "for any account" if free_key.audience is None else AUDIENCE_TEXT[AccountKind(free_key.audience)]
        yield f"{free_key.product}, {audience}", "dim"
        yield free_key.key, ""
    yield from _section(f"What the company of {first.name} has: paste it into another terminal")
    yield curl_command(banner), ""
    yield "", ""
    if banner.data_dir is not None:
        yield f"What you change is kept in {banner.data_dir}.", "dim"
    yield f"Its dates relate to {banner.seeded_on}, when it was made; --reset makes it anew. Ctrl-C stops it.", "dim"
    yield "", ""


def _section(title: str) -> Iterator[tuple[str, str]]:
    yield "", ""
    yield title, "bold"


class ProgressReporter:
    """Prints to one console; steps only when it is a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, description: str) -> Iterator[None]:
        if not self._console.is_terminal:
            yield
            return
        started_at = time.monotonic()
        with self._console.status(description):
            yield
        self._console.print(
            f"[green]✓[/green] {description} [dim]{time.monotonic() - started_at:.1f} s[/dim]", highlight=False
        )

    @contextmanager
    def progress(self, description: str) -> Iterator[Callable[[int, int], None]]:
        """A progress bar; call the function with how many are done, and of how many."""
        with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=self._console) as bar:
            task = bar.add_task(description, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)

    def print_banner(self, banner: DemoBanner) -> None:
        for text, style in banner_lines(banner):
            # A soft wrap is the terminal's own: what is copied has no line break in it.
            self._console.print(Text(text, style), soft_wrap=True)
        self._console.file.flush()
