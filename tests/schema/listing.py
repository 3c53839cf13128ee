"""A connection read page by page, and the pages expected of it."""

from dataclasses import dataclass
from typing import Any

from tests.conftest import Client

CONNECTION_QUERY = """
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
MAX_PAGES = 60


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page, each with its cursor, and what there is around them."""

    ids: list[str]
    cursors: list[str]
    has_previous: bool
    has_next: bool

    def slice(self, start: int, stop: int, *, has_previous: bool = False, has_next: bool = False) -> "Page":
        """The rows from `start` up to `stop` of a whole list; there are others around them, or the flags say so."""
        behind, ahead = start > 0 or has_previous, stop < len(self.ids) or has_next
        return Page(self.ids[start:stop], self.cursors[start:stop], behind, ahead)


@dataclass(frozen=True, slots=True)
class ConnectionReader:
    """A connection of a parent, which is the text of a field; `fixed` is the text of its other arguments.

    Without a parent it is a field of the root.
    """

    client: Client
    parent: str
    field: str
    fixed_arguments: str = ""

    async def page(self, **arguments: int | str | None) -> Page:
        """One page, after making sure that all it says of itself agrees."""
        parent = f"parent: {self.parent}" if self.parent else "... on Query"
        data = await self.client.ask(CONNECTION_QUERY % (parent, self.field, self.fixed_arguments), arguments)
        connection: dict[str, Any] = data.get("parent", data)["list"]
        ids, cursors = [node["id"] for node in connection["nodes"]], [edge["cursor"] for edge in connection["edges"]]
        assert [edge["node"]["id"] for edge in connection["edges"]] == ids
        page_info = connection["pageInfo"]
        assert (page_info["startCursor"], page_info["endCursor"]) == (
            (cursors[0], cursors[-1]) if cursors else (None, None)
        )
        assert connection["totalCount"] >= len(ids)
        return Page(ids, cursors, page_info["hasPreviousPage"], page_info["hasNextPage"])

    async def pages_forward(self, size: int) -> list[Page]:
        pages = [await self.page(first=size)]
        while pages[-1].has_next and len(pages) < MAX_PAGES:
            pages.append(await self.page(first=size, after=pages[-1].cursors[-1]))
        return pages

    async def pages_backward(self, size: int) -> list[Page]:
        pages = [await self.page(last=size)]
        while pages[-1].has_previous and len(pages) < MAX_PAGES:
            pages.append(await self.page(last=size, before=pages[-1].cursors[0]))
        return pages


def expected_pages_forward(whole: Page, size: int) -> list[Page]:
    """The pages of a whole list, from its start."""
    count = len(whole.ids)
    return [whole.slice(start, min(start + size, count)) for start in range(0, max(count, 1), size)]


def expected_pages_backward(whole: Page, size: int) -> list[Page]:
    """The pages of a whole list, from its end."""
    count = len(whole.ids)
    return [whole.slice(max(stop - size, 0), stop) for stop in range(count, min(count, 1) - 1, -size)]
