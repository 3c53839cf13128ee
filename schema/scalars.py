"""The custom scalars. Output is the text that PostgreSQL wrote; input is read strictly."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import strawberry
from strawberry.types.scalar import ScalarDefinition

# The digits of other scripts are digits to Python too.
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,4})?", re.ASCII)


def parse_date(value: object) -> date:
    """Raises ValueError unless it is a text of the form YYYY-MM-DD that names a day."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError('A Date is written as "2027-03-31".')
    return date.fromisoformat(value)


def parse_datetime(value: object) -> datetime:
    """Raises ValueError unless it is an RFC 3339 text with its offset; returns it in UTC."""
    if not isinstance(value, str) or not _DATE_TIME.fullmatch(value):
        raise ValueError('A DateTime is written as "2027-03-31T09:30:00Z".')
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except OverflowError as overflow:
        raise ValueError("A DateTime is from the year 1 to the year 9999, in UTC.") from overflow


def parse_decimal(value: object) -> Decimal:
    """Raises ValueError unless it is a text of digits with at most four decimals: a float would not be exact."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise ValueError('A Decimal is written as "49.90", in quotes, with at most four decimals.')
    return Decimal(value)


def parse_currency(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch("[A-Z]{3}", value):
        raise ValueError('A Currency is an ISO 4217 code, such as "EUR".')
    return value


class Currency(str):
    """An ISO 4217 code."""

    __slots__ = ()


SCALARS: dict[object, ScalarDefinition] = {
    date: strawberry.scalar(
        name="Date", description="Calendar day, YYYY-MM-DD.", serialize=str, parse_value=parse_date
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="Instant, RFC 3339, UTC, ends in Z.",
        serialize=str,
        parse_value=parse_datetime,
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
    ),
    Decimal: strawberry.scalar(
        name="Decimal", description='Exact decimal as a string: "49.90".', serialize=str, parse_value=parse_decimal
    ),
    Currency: strawberry.scalar(
        name="Currency", description="ISO 4217 code.", serialize=str, parse_value=parse_currency
    ),
}
