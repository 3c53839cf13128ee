"""Relay connections over keyset pages. Their resolvers are the attributes of db.mapping.batch_loading.RowPage."""

from typing import Generic, TypeVar

import strawberry

NodeType = TypeVar("NodeType")


@strawberry.type(description="What lies around the page.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type(description="A row of a connection, with its place in it.")
class Edge(Generic[NodeType]):
    cursor: str
    node: NodeType


@strawberry.type(
    description="One page. first or last, 1 to 100 (20 when neither is given); a cursor is good for its own order."
)
class Connection(Generic[NodeType]):
    edges: list[Edge[NodeType]]
    nodes: list[NodeType]
    page_info: PageInfo
    total_count: int = strawberry.field(description="Rows of all pages; counted only when selected.")
