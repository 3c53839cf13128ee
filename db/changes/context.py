"""Who makes a change, when, and under which request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any
from uuid import UUID

from db.ids import uuid7

RowKey = tuple[UUID, UUID]
"""(account, row): what a global id leads to."""
NO_ROW_KEY: RowKey = (UUID(int=0), UUID(int=0))
"""Placeholder for an undecodable id: matches no row, so it costs the same query as an unknown one."""


@dataclass(frozen=True, slots=True)
class ChangeContext:
    """Who calls a mutation, when, and under which request."""

    user_id: UUID | None
    """None for a service."""
    subject: str
    """The token's `sub`: a service's name in the audit trail."""
    now: datetime
    request_id: str | None = None
    as_store: bool = False
    """Any account may be changed: the caller made sure of the scope."""
    email: str | None = None
    """Lower case, and only when the issuer verified it."""
    random: Random | None = None
    """Set where rows must be the same each time."""

    @property
    def today(self) -> date:
        """In UTC, as everywhere."""
        return self.now.date()

    def parameters(self, **others: Any) -> Mapping[str, Any]:
        """The parameters of the rules' expressions, and the statement's own."""
        common = {"viewer": self.user_id, "email": self.email, "as_store": self.as_store}
        return {**common, "now": self.now, "today": self.today, **others}

    def new_id(self) -> UUID:
        return uuid7(self.now, self.random)
