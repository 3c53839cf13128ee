"""Validation of a mutation's input: rules are declared with its fields and checked before anything else."""

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

from db.tables.base import NOT_STORABLE
from db.user_errors import MutationRefused, UserErrorCode

RULE = "rule"
DISTINGUISHES_NULL = "distinguishes_null"
MAX_STRING_LENGTH = 255
MAX_INPUT_ENTRIES = 100
ALLOWED_YEARS = range(1970, 2200)

Path = tuple[str, ...]
Rule = Callable[[Any], Any]
"""The value to go on with; raises ValueError with what the field must be."""
_URL = re.compile(r"https?://[^\s<>\"'\\]+")


def _field(description: str, rule: Rule, default: Any) -> Any:
    return strawberry.field(description=description, default=default, metadata={RULE: rule})


def text_field(
    min_length: int = 1,
    max_length: int = MAX_STRING_LENGTH,
    *,
    trimmed: bool = False,
    note: str = "",
    default: Any = MISSING,
) -> Any:
    """A text of so many characters; spaces around a trimmed one neither count nor stay."""

    def rule(value: str) -> str:
        stripped = value.strip() if trimmed else value
        if not min_length <= len(stripped) <= max_length:
            raise ValueError(f"must have {min_length} to {max_length} characters, {len(stripped)} were given.")
        if NOT_STORABLE.search(stripped):
            raise ValueError("must not contain U+0000 or half a surrogate pair.")
        return stripped

    return _field(f"{min_length} to {max_length} characters. {note}".rstrip(), rule, default)


def integer_field(minimum: int, maximum: int, *, note: str = "") -> Any:
    """A whole number within these bounds."""

    def rule(value: int) -> int:
        if not minimum <= value <= maximum:
            raise ValueError(f"must be from {minimum} to {maximum}, {value} was given.")
        return value

    return _field(f"{minimum} to {maximum}. {note}".rstrip(), rule, MISSING)


def money_field(*, note: str = "") -> Any:
    """An amount of money, in some currency."""

    def rule(value: Decimal) -> Decimal:
        if value < 0:
            raise ValueError(f"must not be negative, {value} was given.")
        return value

    return _field(f"Not negative. {note}".rstrip(), rule, MISSING)


def date_field(*, note: str = "", default: Any = MISSING) -> Any:
    """A day of this business: from it, terms can be counted in both directions."""

    def rule(value: date) -> date:
        if value.year not in ALLOWED_YEARS:
            raise ValueError(f"must be in the years {ALLOWED_YEARS[0]} to {ALLOWED_YEARS[-1]}, {value} was given.")
        return value

    return _field(note, rule, default)


def url_field(*, default: Any = MISSING) -> Any:
    """A link that a page may show as it is."""
    check_length: Rule = text_field(1, 2000).metadata[RULE]

    def rule(value: str) -> str:
        if not _URL.fullmatch(check_length(value)):
            raise ValueError("must start with https:// or http://, without spaces.")
        return value

    return _field("https:// or http://, up to 2000 characters.", rule, default)


def name_field(default: Any = MISSING) -> Any:
    """What people call a thing."""
    return text_field(1, 100, trimmed=True, default=default)


def nullable_optional(description: str) -> Any:
    """An optional nullable field: UNSET (unchanged) differs from null (cleared)."""
    return strawberry.field(description=description, default=strawberry.UNSET, metadata={DISTINGUISHES_NULL: True})


@strawberry.input
class IdempotentInput:
    """The input of a mutation that takes effect once for each idempotency key."""

    idempotency_key: str | None = text_field(
        note="Kept for a day: a call that is sent again with it changes nothing more.", default=strawberry.UNSET
    )


def conflicting(field: str, must: str) -> MutationRefused:
    """INVALID_INPUT for a field that contradicts others: what it must be."""
    return MutationRefused(UserErrorCode.INVALID_INPUT, field, message=f"{to_camel_case(field)} {must}")


def validate(input: Any, path: Path = ()) -> list[tuple[Path, str]]:
    """The errors of an input, each with its field's path. Trims its texts, and sets absent fields to None."""
    errors: list[tuple[Path, str]] = []
    for field in _fields(input):
        field_path = (*path, to_camel_case(field.python_name))
        setattr(input, field.python_name, _validate_value(field, getattr(input, field.python_name), field_path, errors))
    return errors


def has_rules(input_type: type) -> bool:
    """Whether anything in it can be invalid; an id cannot: one that leads nowhere is not found."""
    return any(RULE in field.metadata or not _is_id(field) for field in _fields(input_type))


def _validate_value(field: StrawberryField, value: Any, path: Path, errors: list[tuple[Path, str]]) -> Any:
    """The value to go on with. Its errors are appended."""
    if value is strawberry.UNSET:
        return value if DISTINGUISHES_NULL in field.metadata else None
    if isinstance(value, list):
        if len(value) > MAX_INPUT_ENTRIES:
            errors.append(
                (path, f"{'.'.join(path)} must have at most {MAX_INPUT_ENTRIES} entries, {len(value)} were given.")
            )
            return value
        return [_validate_value(field, entry, (*path, str(position)), errors) for position, entry in enumerate(value)]
    if has_object_definition(value):
        errors += validate(value, path)
        return value
    rule = field.metadata.get(RULE) or (_default_text_rule if isinstance(value, str) and not _is_id(field) else None)
    try:
        return value if rule is None or value is None else rule(value)
    except ValueError as error:
        errors.append((path, f"{'.'.join(path)} {error}"))
        return value


def _fields(input: Any) -> Sequence[StrawberryField]:
    return get_object_definition(input, strict=True).fields


def _is_id(field: StrawberryField) -> bool:
    return strawberry.ID in _layers(field.type)


def _layers(type_: Any) -> Iterator[Any]:
    while type_ is not None:
        yield type_
        type_ = getattr(type_, "of_type", None)


_default_text_rule: Rule = text_field(0).metadata[RULE]
