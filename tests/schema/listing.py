"""A connection as a client pages through it, and the pages that it must get."""

from dataclasses import dataclass
from typing import Any

from tests.conftest import Client

ASKED = """
query($first: Int, $after: String, $last: Int, $before: String) {
  %s {
    list: %s(first: $first, after: $after, last: $last, before: $before %s) {
      totalCount
      edges { cursor node { id } }
      nodes { id }
      pageInfo { hasPreviousPage hasNextPage startCursor endCursor }
    }
  }
}
"""
MOST_PAGES = 60


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page, each with its cursor, and what there is around them."""

    ids: list[str]
    cursors: list[str]
    has_previous: bool
    has_next: bool

    def cut(self, start: int, stop: int, *, has_previous: bool = False, has_next: bool = False) -> "Page":
        """The rows from `start` up to `stop` of a whole list; there are others around them, or the flags say so."""
        behind, ahead = start > 0 or has_previous, stop < len(self.ids) or has_next
        return Page(self.ids[start:stop], self.cursors[start:stop], behind, ahead)


@dataclass(frozen=True, slots=True)
class Listing:
    """A connection of a parent, which is the text of a field; `fixed` is the text of its other arguments.

    Without a parent it is a field of the root.
    """

    client: Client
    parent: str
    field: str
    fixed: str = ""

    async def page(self, **arguments: int | str | None) -> Page:
        """One page, after making sure that all it says of itself agrees."""
        parent = f"parent: {self.parent}" if self.parent else "... on Query"
        data = await self.client.ask(ASKED % (parent, self.field, self.fixed), arguments)
        found: dict[str, Any] = data.get("parent", data)["list"]
        ids, cursors = [node["id"] for node in found["nodes"]], [edge["cursor"] for edge in found["edges"]]
        assert [edge["node"]["id"] for edge in found["edges"]] == ids
        around = found["pageInfo"]
        assert (around["startCursor"], around["endCursor"]) == ((cursors[0], cursors[-1]) if cursors else (None, None))
        assert found["totalCount"] >= len(ids)
        return Page(ids, cursors, around["hasPreviousPage"], around["hasNextPage"])

    async def forwards(self, size: int) -> list[Page]:
        pages = [await self.page(first=size)]
        while pages[-1].has_next and len(pages) < MOST_PAGES:
            pages.append(await self.page(first=size, after=pages[-1].cursors[-1]))
        return pages

    async def backwards(self, size: int) -> list[Page]:
        pages = [await self.page(last=size)]
        while pages[-1].has_previous and len(pages) < MOST_PAGES:
            pages.append(await self.page(last=size, before=pages[-1].cursors[0]))
        return pages


def onwards(whole: Page, size: int) -> list[Page]:
    """What paging forwards through a whole list must give."""
    count = len(whole.ids)
    return [whole.cut(start, min(start + size, count)) for start in range(0, max(count, 1), size)]


def inwards(whole: Page, size: int) -> list[Page]:
    """What paging backwards from the end of a whole list must give."""
    count = len(whole.ids)
    return [whole.cut(max(stop - size, 0), stop) for stop in range(count, min(count, 1) - 1, -size)]
