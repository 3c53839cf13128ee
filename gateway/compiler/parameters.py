"""Where a statement's parameters get their values: each by its name, from the arguments of a request."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ARRAY, BindParameter, ColumnElement, Integer, Text, bindparam
from sqlalchemy.types import TypeEngine

from db.ids import GlobalId
from db.mapping.declarations import NodeLookup
from db.mapping.keyset_pagination import PageShape

Source = Callable[[Sequence[Any]], Any]


class Parameters:
    """Those of one statement. What is not here comes with every request: the viewer, the day."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}

    def source(self, name: str) -> Source | str:
        return self._sources.get(name, name)

    def days(self, site: int) -> BindParameter[int]:
        return self._parameter(f"days_{site}", Integer(), lambda arguments: arguments[site])

    def page(self, site: int, shape: PageShape) -> str:
        """The prefix of the parameters of a page with this shape."""
        prefix = f"page_{site}_"
        sources: dict[str, Source] = {"size": lambda arguments: arguments[site].size}
        for side in ("after", "before"):
            for position, name in enumerate(("key", "tie")):
                sources[f"{side}_{name}"] = _cursor_part(site, side, position)
        for position, (name, _) in enumerate(shape.filters):
            sources[f"filter_{name}"] = _filter_value(site, position)
        self._sources |= {f"{prefix}{name}": source for name, source in sources.items()}
        return prefix

    def type_of_id(self, site: int, lookup: NodeLookup, plural: bool) -> BindParameter[Any]:
        """The type of the id, or the types of a list of them."""
        return self._id_part(f"type_{site}", Text(), site, plural, lookup.typename)

    def key(self, site: int, lookup: NodeLookup, position: int, column: ColumnElement[Any], plural: bool) -> Any:
        """A part of the key that the id leads to. Types whose keys are of one type there share the parameter."""
        type_name = column.type.__visit_name__
        lengths = {
            prefix: len(relation.keys)
            for prefix, (_, relation) in lookup.types.items()
            if position < len(relation.keys) and relation.keys[position].type.__visit_name__ == type_name
        }

        def part(global_id: GlobalId | None) -> Any:
            return global_id[1][position] if global_id and lengths.get(global_id[0]) == len(global_id[1]) else None

        return self._id_part(f"id_{site}_{position}_{type_name}", column.type, site, plural, part)

    def _id_part(
        self, name: str, type_: TypeEngine[Any], site: int, plural: bool, part: Callable[[GlobalId | None], Any]
    ) -> BindParameter[Any]:
        if plural:
            return self._parameter(
                name, ARRAY(type_), lambda arguments: [part(global_id) for global_id in arguments[site]]
            )
        return self._parameter(name, type_, lambda arguments: part(arguments[site]))

    def _parameter(self, name: str, type_: TypeEngine[Any], source: Source) -> BindParameter[Any]:
        self._sources[name] = source
        return bindparam(name, type_=type_)


def types_of_ids(lookup: NodeLookup, argument: GlobalId | list[GlobalId | None] | None) -> tuple[str, ...]:
    """The types of an id or of a list of them."""
    typenames = {lookup.typename(global_id) for global_id in (argument if isinstance(argument, list) else [argument])}
    return tuple(sorted(typename for typename in typenames if typename is not None))


def _cursor_part(site: int, side: str, position: int) -> Source:
    return lambda arguments: getattr(arguments[site], side)[position]


def _filter_value(site: int, position: int) -> Source:
    return lambda arguments: arguments[site].filters[position][1]
