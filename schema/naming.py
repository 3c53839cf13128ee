"""Names of the graph's types."""

from typing import Any

from strawberry.directive import StrawberryDirective
from strawberry.schema.name_converter import NameConverter
from strawberry.types.base import StrawberryType


def type_name(class_name: str) -> str:
    """The graph's name of a Python class or enum.

    `Subscription` is the name that GraphQL gives to the root of live operations (October 2021 specification, section
    3.3.1), and clients, composers and code generators take a type of that name for it.
    """
    return f"Product{class_name}" if class_name.startswith("Subscription") else class_name


class TypeNames(NameConverter):
    """Strawberry's names, with `type_name` applied to every type: also to connections and edges, which it composes."""

    def from_type(self, type_: StrawberryType | StrawberryDirective[Any]) -> str:
        return type_name(super().from_type(type_))
