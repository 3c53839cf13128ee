"""Payloads of mutations: the objects as they are after it, and user errors."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import strawberry
from strawberry.utils.str_converters import to_camel_case

from db.changes import license_keys
from db.changes.context import ChangeContext
from db.changes.idempotency import Result
from db.mapping.declarations import Relation, by_primary_key
from db.user_errors import MutationRefused, UserErrorCode
from schema.context import Info
from schema.dsl.fields import field_projection

strawberry.enum(UserErrorCode)


@strawberry.type(description="Why nothing was changed.")
class UserError:
    code: UserErrorCode
    field: list[str] | None = strawberry.field(description="Path of the input field it is about.")
    message: str


@dataclass(frozen=True, slots=True)
class MutationResult:
    """What a payload is resolved from: ids and flags, by the names of its fields."""

    values: Result
    errors: tuple[UserError, ...] = ()
    ctx: ChangeContext | None = None
    """None after a refusal."""
    input: Any = None
    """None after a refusal."""


def object_field(relation: Relation, description: str | None = None) -> Any:
    """The object that the result names, as it is now and as far as the viewer may read it; null after a refusal."""

    async def resolve(root: Any, info: Info) -> Any:
        result: MutationResult = root
        key = result.values.get(info.python_name)
        if key is None:
            return None
        readable = _without_viewer_filter(relation) if result.ctx is not None and result.ctx.as_store else relation
        return await info.context.load_one(readable, field_projection(info), tuple(UUID(str(part)) for part in key))

    return strawberry.field(resolver=resolve, description=description)


def flag_field(description: str) -> Any:
    """A flag of the result; false after a refusal."""

    def resolve(root: Any, info: Info) -> bool:
        return bool(root.values.get(info.python_name))

    return strawberry.field(resolver=resolve, description=description)


def plaintext_key_field(description: str) -> Any:
    """The text of the key whose id the result has: here it leaves the database, and nowhere else.

    The role is asked again, because a call that is repeated may find it changed.
    """

    async def resolve(root: Any, info: Info) -> str | None:
        key_id = root.values.get(info.python_name)
        if key_id is None:
            return None
        keyring, key = info.context.services.keyring, UUID(str(key_id))
        return await info.context.with_connection(
            lambda conn: license_keys.decrypt_if_visible(conn, root.ctx, keyring, key)
        )

    return strawberry.field(resolver=resolve, description=description)


@lru_cache(maxsize=64)
def _without_viewer_filter(relation: Relation) -> Relation:
    return by_primary_key(relation.keys[0].table)


def user_error(refusal: MutationRefused, input: Any) -> UserError:
    """A refusal as the payload shows it."""
    # A refusal may be about a field that this mutation's input does not have.
    is_known = bool(refusal.field) and hasattr(input, refusal.field[0])
    path = [to_camel_case(name) for name in refusal.field] if is_known else None
    return UserError(code=refusal.code, field=path, message=refusal.message)


def _errors(root: Any) -> list[UserError]:
    return list(root.errors)


@strawberry.type
class Payload:
    user_errors: list[UserError] = strawberry.field(
        resolver=_errors, description="Nothing was written when there are any."
    )


@strawberry.type
class ChangePayload(Payload):
    changed: bool = flag_field("False when there was nothing to do.")
