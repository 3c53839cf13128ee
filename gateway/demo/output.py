"""What the demo says to the person who started it: its steps, and a card with all one needs to try it."""

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
from db.seed import FreeKey
from db.seed.people import Person

QUESTION = (
    '{ account(id: "%s") { name productOverviews'
    " { product { name } activeSubscriptions expiringSoon licenses licensesUsed nextExpirationOn } } }"
)
KEYS_SHOWN = 2
FOR = {AccountKind.PERSONAL: "for a person's account", AccountKind.BUSINESS: "for a company's account"}


@dataclass(frozen=True, slots=True)
class Card:
    """The facts of a running demo.

    `made_on` is the day its dates relate to; `data_dir` is None when the database is kept elsewhere.
    """

    version: str
    origin: str
    people: Sequence[Person]
    token: str
    token_days: int
    account_id: str
    keys: Sequence[FreeKey]
    made_on: date
    data_dir: Path | None


def curl(card: Card) -> str:
    """The question as one line for a POSIX shell."""
    body = orjson.dumps({"query": QUESTION % card.account_id}).decode()
    return " ".join(
        (
            f"curl -s {card.origin}/graphql",
            f"-H {shlex.quote('content-type: application/json')}",
            f"-H {shlex.quote(f'authorization: Bearer {card.token}')}",
            f"--data {shlex.quote(body)}",
        )
    )


def lines(card: Card) -> Iterator[tuple[str, str]]:
    """The card line by line, each with its style. What is meant to be copied stands alone on its line, unwrapped."""
    first = card.people[0]
    yield "", ""
    yield f"Licet {card.version}", "bold green"
    yield f"  page      {card.origin}/", ""
    yield f"  GraphQL   {card.origin}/graphql", ""
    yield f"  SDL       {card.origin}/schema.graphql", ""
    yield f"  health    {card.origin}/readyz", ""
    yield from _section("People you can be (licet token PERSON makes a token of any of them)")
    width = max(len(person.subject) for person in card.people)
    for person in card.people:
        yield f"  {person.subject:<{width}}  {person.name}: {person.description}", ""
    yield from _section(f"A token of {first.name}, good for {card.token_days} days")
    yield card.token, ""
    if card.keys:
        yield from _section("Licence keys that nobody has registered yet")
    for free in card.keys[:KEYS_SHOWN]:
        kind = "for any account" if free.audience is None else FOR[AccountKind(free.audience)]
        yield f"{free.product}, {kind}", "dim"
        yield free.key, ""
    yield from _section(f"What the company of {first.name} has: paste it into another terminal")
    yield curl(card), ""
    yield "", ""
    if card.data_dir is not None:
        yield f"What you change is kept in {card.data_dir}.", "dim"
    yield f"Its dates relate to {card.made_on}, when it was made; --reset makes it anew. Ctrl-C stops it.", "dim"
    yield "", ""


def _section(title: str) -> Iterator[tuple[str, str]]:
    yield "", ""
    yield title, "bold"


class Narrator:
    """Speaks to one console; of the steps only when a person watches."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, doing: str) -> Iterator[None]:
        if not self._console.is_terminal:
            yield
            return
        began = time.monotonic()
        with self._console.status(doing):
            yield
        self._console.print(f"[green]✓[/green] {doing} [dim]{time.monotonic() - began:.1f} s[/dim]", highlight=False)

    @contextmanager
    def progress(self, doing: str) -> Iterator[Callable[[int, int], None]]:
        """A bar; the function is told what is done, and of how many."""
        with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=self._console) as bar:
            task = bar.add_task(doing, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)

    def show(self, card: Card) -> None:
        for text, style in lines(card):
            # A soft wrap is the terminal's own: what is copied has no line break in it.
            self._console.print(Text(text, style), soft_wrap=True)
        self._console.file.flush()
