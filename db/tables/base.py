"""What every table shares: the metadata, the constraint names, the column types and the keys between tables."""

import re
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, MetaData, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

# The longest grace period a product may grant: with it, "still usable" is bounded on the index over the end date.
MAX_GRACE_DAYS = 90
# What PostgreSQL's text has no place for: U+0000, and half a surrogate pair.
NOT_STORABLE = re.compile(r"[\0\ud800-\udfff]")

String = Annotated[str, Field(sa_type=Text)]
# Sorted by its bytes, so that lists by product are in the same order in every deployment.
CODE: Any = Text(collation="C")
Code = Annotated[str, Field(sa_type=CODE)]
OptionalString = Annotated[str | None, Field(sa_type=Text)]
Timestamp = Annotated[datetime, Field(sa_type=DateTime(timezone=True))]
OptionalTimestamp = Annotated[datetime | None, Field(sa_type=DateTime(timezone=True))]
Amount = Annotated[Decimal, Field(sa_type=Numeric)]
Json = Annotated[dict[str, Any] | list[Any] | None, Field(sa_type=JSONB)]


class Base(SQLModel):
    """The declarative base: one metadata, one naming rule, because constraint names are mapped to refusals."""

    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "uq": "%(table_name)s_%(column_0_N_name)s_unique",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "ck": "%(table_name)s_%(constraint_name)s_check",
        }
    )


def enum_check(column: str, values: type[StrEnum]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(value.value) for value in values)})", name=column)


def tenant_fk(table: str, *columns: str, on_delete: str | None = None) -> ForeignKeyConstraint:
    """(account_id, …) -> (account_id, …) of another of the account's tables; its last column is called id there."""
    names = ["account_id", *columns]
    targets = ["account_id", *columns[:-1], "id"]
    return ForeignKeyConstraint(names, [f"{table}.{target}" for target in targets], ondelete=on_delete)


def account_fk() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["account_id"], ["accounts.id"])


def product_fk() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["product_code"], ["products.code"])


def table(model: type[SQLModel]) -> Table:
    """The SQLAlchemy table of a model, typed."""
    core: Table = model.__table__  # type: ignore[attr-defined]
    return core
