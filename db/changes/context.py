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
NOWHERE: RowKey = (UUID(int=0), UUID(int=0))
"""What an id that is none leads to: no row has it, so it is looked for like any other."""


@dataclass(frozen=True, slots=True)
class Act:
    """One call of a mutation."""

    user_id: UUID | None
    """None for a service."""
    subject: str
    """The token's: what a service is called in the trail."""
    now: datetime
    request_id: str | None = None
    for_store: bool = False
    """Any account may be changed: the caller made sure of the scope."""
    email: str | None = None
    """Lower case, and only when the issuer verified it."""
    random: Random | None = None
    """Given where rows must be the same each time."""

    @property
    def today(self) -> date:
        """In UTC, as everywhere."""
        return self.now.date()

    def parameters(self, **own: Any) -> Mapping[str, Any]:
        """What the rules' expressions ask for, and the statement's own parameters."""
        known = {"viewer": self.user_id, "email": self.email, "for_store": self.for_store}
        return {**known, "now": self.now, "today": self.today, **own}

    def new_id(self) -> UUID:
        return uuid7(self.now, self.random)
