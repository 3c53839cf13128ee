"""Where a statement's parameters get their values: each by its name, from the arguments of a request."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ARRAY, BindParameter, ColumnElement, Integer, Text, bindparam
from sqlalchemy.types import TypeEngine

from db.ids import GlobalId
from db.mapping.declarations import LookUp
from db.mapping.keyset_pagination import Shape

Source = Callable[[Sequence[Any]], Any]


class Parameters:
    """Those of one statement. What is not here comes with every request: the viewer, the day."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}

    def source(self, name: str) -> Source | str:
        return self._sources.get(name, name)

    def days(self, site: int) -> BindParameter[int]:
        return self._parameter(f"days_{site}", Integer(), lambda arguments: arguments[site])

    def page(self, site: int, shape: Shape) -> str:
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

    def kind(self, site: int, look_up: LookUp, plural: bool) -> BindParameter[Any]:
        """Which of its types the id leads to."""
        return self._id_part(f"kind_{site}", Text(), site, plural, look_up.typename)

    def key(self, site: int, look_up: LookUp, position: int, column: ColumnElement[Any], plural: bool) -> Any:
        """A part of the key that the id leads to. Types whose keys are of one type there share the parameter."""
        visited = column.type.__visit_name__
        lengths = {
            prefix: len(relation.keys)
            for prefix, (_, relation) in look_up.types.items()
            if position < len(relation.keys) and relation.keys[position].type.__visit_name__ == visited
        }

        def part(found: GlobalId | None) -> Any:
            return found[1][position] if found and lengths.get(found[0]) == len(found[1]) else None

        return self._id_part(f"id_{site}_{position}_{visited}", column.type, site, plural, part)

    def _id_part(
        self, name: str, type_: TypeEngine[Any], site: int, plural: bool, part: Callable[[GlobalId | None], Any]
    ) -> BindParameter[Any]:
        if plural:
            return self._parameter(name, ARRAY(type_), lambda arguments: [part(found) for found in arguments[site]])
        return self._parameter(name, type_, lambda arguments: part(arguments[site]))

    def _parameter(self, name: str, type_: TypeEngine[Any], source: Source) -> BindParameter[Any]:
        self._sources[name] = source
        return bindparam(name, type_=type_)


def kinds(look_up: LookUp, argument: GlobalId | list[GlobalId | None] | None) -> tuple[str, ...]:
    """The types that an id, or a list of them, leads to."""
    found = {look_up.typename(each) for each in (argument if isinstance(argument, list) else [argument])}
    return tuple(sorted(kind for kind in found if kind is not None))


def _cursor_part(site: int, side: str, position: int) -> Source:
    return lambda arguments: getattr(arguments[site], side)[position]


def _filter_value(site: int, position: int) -> Source:
    return lambda arguments: arguments[site].filters[position][1]
