"""Validation of arguments, before anything runs: a request error names the argument that is invalid."""

import re
from collections.abc import Callable, Container, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, Integer, Text, Uuid
from sqlalchemy.types import TypeEngine

from db.enums import OrderDirection
from db.ids import parse_global_id
from db.mapping.declarations import PageArguments, PagedRelation

MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = 20
MAX_IDS = 100
MAX_FILTER_VALUES = 20
MAX_DAYS = 3650
MAX_STRING_LENGTH = 255

Arguments = Mapping[str, Any]
Check = Callable[[Arguments, Container[str]], Any]

_TIMESTAMP = re.compile(r"\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00")
_RANGES = (("endsFrom", "endsTo"), ("placedFrom", "placedTo"), ("from", "to"))


class BadArgument(Exception):
    """An invalid argument; `argument` is its path, as in `filter.endsFrom`."""

    def __init__(self, argument: str, message: str) -> None:
        super().__init__(f"{argument}: {message}")
        self.argument = argument


def connection_arguments(paged: PagedRelation) -> Check:
    """first, last, after, before, filter and orderBy of a connection, as PageArguments."""

    def check(arguments: Arguments, selected: Container[str]) -> PageArguments:
        validate_strings(arguments)
        size, backward = _page_size(arguments)
        order = arguments.get("orderBy") or {}
        sort = str(order.get("field", paged.default_sort))
        direction = order.get("direction")
        return PageArguments(
            sort=sort,
            descending=paged.default_descending if direction is None else direction == OrderDirection.DESC,
            size=size,
            backward=backward,
            after=_decode_cursor(paged, sort, "after", arguments),
            before=_decode_cursor(paged, sort, "before", arguments),
            filters=_parse_filter(arguments.get("filter") or {}),
            total="totalCount" in selected,
        )

    return check


def within_days(arguments: Arguments, _: Container[str]) -> int:
    days: int = arguments["withinDays"]
    _validate_days("withinDays", days)
    return days


def decode_id(arguments: Arguments, _: Container[str]) -> Any:
    """The (prefix, key) in an `id` argument; None when it is no id of the graph."""
    return parse_global_id(arguments["id"])


def decode_ids(arguments: Arguments, _: Container[str]) -> list[Any]:
    ids = arguments["ids"]
    if len(ids) > MAX_IDS:
        raise BadArgument("ids", f"at most {MAX_IDS} ids can be looked up at once, {len(ids)} were given.")
    return [parse_global_id(text) for text in ids]


def validate_strings(value: Any, name: str = "") -> None:
    """No string has U+0000, which PostgreSQL cannot store, or is longer than any value; no list is too long."""
    if isinstance(value, str):
        if "\x00" in value:
            raise BadArgument(name, "the character U+0000 is not allowed.")
        if len(value) > MAX_STRING_LENGTH:
            raise BadArgument(name, f"at most {MAX_STRING_LENGTH} characters are allowed, {len(value)} were given.")
    elif isinstance(value, Mapping):
        for key, part in value.items():
            validate_strings(part, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        if len(value) > MAX_FILTER_VALUES:
            raise BadArgument(name, f"at most {MAX_FILTER_VALUES} values are allowed, {len(value)} were given.")
        for part in value:
            validate_strings(part, name)


def to_snake_case(name: str) -> str:
    return re.sub(r"([A-Z])", lambda match: f"_{match[1].lower()}", name)


def _page_size(arguments: Arguments) -> tuple[int, bool]:
    first, last = arguments.get("first"), arguments.get("last")
    if first is not None and last is not None:
        raise BadArgument("last", "first and last can not be used together.")
    for name, size in (("first", first), ("last", last)):
        if size is not None and not 1 <= size <= MAX_PAGE_SIZE:
            raise BadArgument(name, f"must be from 1 to {MAX_PAGE_SIZE}, {size} was given.")
    return last or first or DEFAULT_PAGE_SIZE, last is not None


def _decode_cursor(paged: PagedRelation, sort: str, name: str, arguments: Arguments) -> tuple[str, str] | None:
    text = arguments.get(name)
    if text is None:
        return None
    tag, _, rest = text.partition("~")
    tiebreaker, separator, key = rest.partition("~")
    sort_key = paged.sort_keys[sort]
    has_key = sort_key is not paged.tiebreaker
    is_valid = tag == sort and separator and _parses_as(paged.tiebreaker.type, tiebreaker)
    if not is_valid or (not _parses_as(sort_key.type, key) if has_key else key):
        raise BadArgument(name, "is not a cursor of this list in this order; use one that this list returned.")
    return key, tiebreaker


def _parses_as(type_: TypeEngine[Any], text: str) -> bool:
    """Whether a part of a cursor is a value of that type."""
    try:
        if isinstance(type_, Uuid):
            return str(UUID(text)) == text
        if isinstance(type_, Date):
            return text == "infinity" or date.fromisoformat(text).isoformat() == text
        if isinstance(type_, DateTime):
            return bool(_TIMESTAMP.fullmatch(text) and datetime.fromisoformat(text))
        if isinstance(type_, Integer):
            return -(2**31) <= int(text) < 2**31 and str(int(text)) == text
    except ValueError:
        return False
    return isinstance(type_, Text)


def _parse_filter(fields: Arguments) -> tuple[tuple[str, Any], ...]:
    present = {name: value for name, value in fields.items() if value is not None}
    for earlier, later in _RANGES:
        if earlier in present and later in present and present[earlier] > present[later]:
            raise BadArgument(f"filter.{earlier}", f"must not be after filter.{later}.")
    if "expiringWithinDays" in present:
        _validate_days("filter.expiringWithinDays", present["expiringWithinDays"])
    return tuple((to_snake_case(name), _parse_filter_value(name, value)) for name, value in sorted(present.items()))


def _parse_filter_value(name: str, value: Any) -> Any:
    if name.endswith("Id"):
        decoded = parse_global_id(value)
        # An id of nothing we know filters everything out, as one of a product without subscriptions does.
        return str(decoded[1][0]) if decoded and decoded[0] == "prd" else ""
    return tuple(str(choice) for choice in value) if isinstance(value, list) else value


def _validate_days(name: str, value: int) -> None:
    if not 0 <= value <= MAX_DAYS:
        raise BadArgument(name, f"must be from 0 to {MAX_DAYS}, {value} was given.")
