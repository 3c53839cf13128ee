"""The rules of a mutation's input: declared with its fields, and checked before anything else."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING
from datetime import date
from decimal import Decimal
from typing import Any

import strawberry
from strawberry.types import get_object_definition, has_object_definition
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from db.errors import Refused, UserErrorCode
from db.tables.base import NOT_STORABLE

RULE = "rule"
TELLS_NULL = "tells null"
MAX_TEXT = 255
MAX_ENTRIES = 100
YEARS = range(1970, 2200)

Path = tuple[str, ...]
Rule = Callable[[Any], Any]
"""The value to go on with; raises ValueError with what the field must be."""
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'\\]+")


def _field(description: str, rule: Rule, default: Any) -> Any:
    return strawberry.field(description=description, default=default, metadata={RULE: rule})


def text(least: int = 1, most: int = MAX_TEXT, *, trimmed: bool = False, note: str = "", default: Any = MISSING) -> Any:
    """A text of so many characters; spaces around a trimmed one neither count nor stay."""

    def rule(value: str) -> str:
        kept = value.strip() if trimmed else value
        if not least <= len(kept) <= most:
            raise ValueError(f"must have {least} to {most} characters, {len(kept)} were given.")
        if NOT_STORABLE.search(kept):
            raise ValueError("must not contain U+0000 or half a surrogate pair.")
        return kept

    return _field(f"{least} to {most} characters. {note}".rstrip(), rule, default)


def number(least: int, most: int, *, note: str = "") -> Any:
    """A whole number within these bounds."""

    def rule(value: int) -> int:
        if not least <= value <= most:
            raise ValueError(f"must be from {least} to {most}, {value} was given.")
        return value

    return _field(f"{least} to {most}. {note}".rstrip(), rule, MISSING)


def amount(*, note: str = "") -> Any:
    """Of money, in some currency."""

    def rule(value: Decimal) -> Decimal:
        if value < 0:
            raise ValueError(f"must not be negative, {value} was given.")
        return value

    return _field(f"Not negative. {note}".rstrip(), rule, MISSING)


def day(*, note: str = "", default: Any = MISSING) -> Any:
    """A day of this business: from it, terms can be counted in both directions."""

    def rule(value: date) -> date:
        if value.year not in YEARS:
            raise ValueError(f"must be in the years {YEARS[0]} to {YEARS[-1]}, {value} was given.")
        return value

    return _field(note, rule, default)


def web_address(*, default: Any = MISSING) -> Any:
    """A link that a page may show as it is."""
    checked: Rule = text(1, 2000).metadata[RULE]

    def rule(value: str) -> str:
        if not _WEB_ADDRESS.fullmatch(checked(value)):
            raise ValueError("must start with https:// or http://, without spaces.")
        return value

    return _field("https:// or http://, up to 2000 characters.", rule, default)


def name_text(default: Any = MISSING) -> Any:
    """What people call a thing."""
    return text(1, 100, trimmed=True, default=default)


def absent_or_null(description: str) -> Any:
    """A field whose absence, which stays UNSET, is another thing than null."""
    return strawberry.field(description=description, default=strawberry.UNSET, metadata={TELLS_NULL: True})


@strawberry.input
class Repeatable:
    """The input of a mutation that takes effect once for each idempotency key."""

    idempotency_key: str | None = text(
        note="Kept for a day: a call that is sent again with it changes nothing more.", default=strawberry.UNSET
    )


def contradicted(field: str, must: str) -> Refused:
    """INVALID_INPUT for a field that does not go with the others: what it must."""
    return Refused(UserErrorCode.INVALID_INPUT, field, sentence=f"{to_camel_case(field)} {must}")


def breaches(given: Any, path: Path = ()) -> list[tuple[Path, str]]:
    """What an input breaks, with the field's path. Afterwards its texts are trimmed, and what is absent is None."""
    found: list[tuple[Path, str]] = []
    for field in _fields(given):
        at = (*path, to_camel_case(field.python_name))
        setattr(given, field.python_name, _obeyed(field, getattr(given, field.python_name), at, found))
    return found


def has_rules(input_type: type) -> bool:
    """Whether anything in it can be wrong; an id can not: one that leads nowhere is not found."""
    return any(RULE in field.metadata or not _is_id(field) for field in _fields(input_type))


def _obeyed(field: StrawberryField, value: Any, at: Path, found: list[tuple[Path, str]]) -> Any:
    """The value to go on with. What it breaks is added to what was found."""
    if value is strawberry.UNSET:
        return value if TELLS_NULL in field.metadata else None
    if isinstance(value, list):
        if len(value) > MAX_ENTRIES:
            found.append((at, f"{'.'.join(at)} must have at most {MAX_ENTRIES} entries, {len(value)} were given."))
            return value
        return [_obeyed(field, entry, (*at, str(position)), found) for position, entry in enumerate(value)]
    if has_object_definition(value):
        found += breaches(value, at)
        return value
    rule = field.metadata.get(RULE) or (_plain_text if isinstance(value, str) and not _is_id(field) else None)
    try:
        return value if rule is None or value is None else rule(value)
    except ValueError as breach:
        found.append((at, f"{'.'.join(at)} {breach}"))
        return value


def _fields(given: Any) -> Sequence[StrawberryField]:
    return get_object_definition(given, strict=True).fields


def _is_id(field: StrawberryField) -> bool:
    return strawberry.ID in _layers(field.type)


def _layers(type_: Any) -> Iterator[Any]:
    while type_ is not None:
        yield type_
        type_ = getattr(type_, "of_type", None)


_plain_text: Rule = text(0).metadata[RULE]
