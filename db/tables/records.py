"""What is kept about changes and attempts, and the mark of a demo database."""

from datetime import date
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlmodel import Field

from db.tables.base import Base, Json, OptionalString, String, Timestamp, account_fk


class _Event(Base):
    """Who changed what, written in the transaction of the change. Never holds a key or a token."""

    occurred_at: Timestamp
    actor_user_id: UUID | None = None
    actor: String
    action: String
    # the GraphQL type and the row's id within the account
    subject_type: OptionalString = None
    subject_id: UUID | None = None
    before: Json = None
    after: Json = None
    request_id: OptionalString = None


class AuditEvent(_Event, table=True):
    """What happened in an account."""

    __tablename__ = "audit_events"
    __table_args__ = (
        account_fk(),
        Index("audit_events_occurred_at_idx", "account_id", "occurred_at", "id"),
        Index("audit_events_action_idx", "account_id", "action", "occurred_at", "id"),
    )

    account_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)


class IssuedEvent(_Event, table=True):
    """What happened to a subscription that nobody has registered; with that it moves to the account's trail."""

    __tablename__ = "issued_events"
    __table_args__ = (ForeignKeyConstraint(["subscription_id"], ["issued_subscriptions.id"]),)

    subscription_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)


class IdempotencyRecord(Base, table=True):
    """What a mutation did under a client's key: ids of changed objects, never text or keys. Kept a day or more."""

    __tablename__ = "idempotency_records"
    __table_args__ = (Index("idempotency_records_created_at_idx", "created_at"),)

    viewer: Annotated[str, Field(sa_type=Text, primary_key=True)]
    mutation: Annotated[str, Field(sa_type=Text, primary_key=True)]
    key: Annotated[str, Field(sa_type=Text, primary_key=True)]
    input_digest: bytes
    result: Json = None
    created_at: Timestamp


class KeyAttempt(Base, table=True):
    """A try at a licence key that counts against a user or an address; the limit is shared by all workers."""

    __tablename__ = "key_attempts"
    __table_args__ = (
        Index("key_attempts_user_id_idx", "user_id", "attempted_at"),
        Index("key_attempts_address_idx", "address", "attempted_at"),
        Index("key_attempts_attempted_at_idx", "attempted_at"),
    )

    id: UUID = Field(primary_key=True)
    user_id: UUID
    address: OptionalString = None
    attempted_at: Timestamp


class DemoMark(Base, table=True):
    """One row in a database that the demo seeded and may reset. `seeded_on` is the day its dates relate to."""

    __tablename__ = "demo_marks"
    __table_args__ = (CheckConstraint("id = 1", name="id"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seeded_on: date
    created_at: Timestamp
