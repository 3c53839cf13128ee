"""How every mutation runs: validate the input, run the resolver in one transaction, return objects or user errors.

A mutation is a function of a `MutationContext` and its input, with `mutation(…)` declaring its user error codes.
"""

import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from inspect import Parameter, Signature, cleandoc, get_annotations
from typing import Any

import strawberry
from asyncpg import Connection

from db.changes import idempotency, key_attempts, transactions
from db.changes.context import NO_ROW_KEY, ChangeContext, RowKey
from db.changes.idempotency import IdempotencyKey, Result
from db.changes.registration import KeyInput
from db.ids import parse_global_id
from db.user_errors import MutationRefused, UserErrorCode
from schema.context import Context, Info, Services
from schema.dsl.inputs import IdempotentInput, has_rules, validate
from schema.dsl.payloads import MutationResult, UserError, user_error

MUTATION_SPEC = "mutation_spec"


@dataclass(frozen=True, slots=True)
class MutationContext:
    """One run of a mutation, within its transaction."""

    conn: Connection
    ctx: ChangeContext
    services: Services
    counted_key: KeyInput | None = None

    @property
    def license_key(self) -> KeyInput:
        """The licence key of the input, its attempt counted."""
        assert self.counted_key is not None, "declare the mutation with counts_key_attempts"
        return self.counted_key


Resolver = Callable[[MutationContext, Any], Awaitable[Result]]
"""Returns, by the names of the payload's fields, the keys of rows and flags. Raises MutationRefused."""


@dataclass(frozen=True, slots=True)
class MutationSpec:
    """What is declared of a mutation."""

    name: str
    resolver: Resolver
    input_type: type
    codes: tuple[UserErrorCode, ...]
    """All that it can answer, in the order of their checks."""
    item_codes: tuple[UserErrorCode, ...]
    """Codes of single items of a list."""
    scope: str | None
    counts_key_attempts: bool

    @property
    def description(self) -> str:
        needs = f" Needs the scope {self.scope}." if self.scope else ""
        entries = f" For single entries {', '.join(self.item_codes)}." if self.item_codes else ""
        return f"{cleandoc(self.resolver.__doc__ or '')}{needs}\nAnswers {', '.join(self.codes)}.{entries}"


def mutation(
    *codes: UserErrorCode,
    item_codes: tuple[UserErrorCode, ...] = (),
    scope: str | None = None,
    counts_key_attempts: bool = False,
) -> Callable[[Resolver], Any]:
    """Declare a function as the field of its name. `codes` are those it adds to what its input and `scope` imply.

    `item_codes` are those of single items of a list, of which others may succeed.
    With `scope` it is for tokens with that scope, in any account. With `counts_key_attempts` its input has a licence
    key, and the look-up of the key refuses too many attempts.
    """

    def declare(resolver: Resolver) -> Any:
        input_type = get_annotations(resolver)["input"]
        all_codes = (*_implied_codes(input_type, scope), *codes)
        spec = MutationSpec(resolver.__name__, resolver, input_type, all_codes, item_codes, scope, counts_key_attempts)

        async def resolve(root: Any, info: Info, input: Any) -> MutationResult:
            return await _run(spec, info, input)

        _set_signature(resolve, input_type)
        return strawberry.mutation(resolver=resolve, description=spec.description, metadata={MUTATION_SPEC: spec})

    return declare


def decode_row_id(prefix: str, id_: str) -> RowKey:
    """The key in a global id of that type; one that leads nowhere when it is no such id."""
    decoded = parse_global_id(id_)
    if decoded is None or decoded[0] != prefix or len(decoded[1]) != 2:
        return NO_ROW_KEY
    account_id, row_id = decoded[1]
    return account_id, row_id


def decode_optional_row_id(prefix: str, id_: str | None) -> RowKey | None:
    return None if id_ is None else decode_row_id(prefix, id_)


def decode_account_id(id_: str) -> Any:
    """As `decode_row_id`, of an account's id."""
    decoded = parse_global_id(id_)
    return decoded[1][0] if decoded is not None and decoded[0] == "acc" and len(decoded[1]) == 1 else NO_ROW_KEY[0]


def _implied_codes(input_type: type, scope: str | None) -> list[UserErrorCode]:
    implied = [UserErrorCode.INVALID_INPUT] if has_rules(input_type) else []
    if scope is not None:
        implied.append(UserErrorCode.FORBIDDEN)
    if issubclass(input_type, IdempotentInput):
        implied += [UserErrorCode.IDEMPOTENCY_KEY_REUSED, UserErrorCode.IDEMPOTENCY_IN_PROGRESS]
    return implied


def _set_signature(resolver: Any, input_type: type) -> None:
    """Strawberry reads a field's arguments off the resolver's signature."""
    kind = Parameter.POSITIONAL_OR_KEYWORD
    annotations = {"root": Any, "info": Info, "input": input_type}
    resolver.__signature__ = Signature([Parameter(name, kind, annotation=type_) for name, type_ in annotations.items()])


async def _run(spec: MutationSpec, info: Info, input: Any) -> MutationResult:
    if errors := validate(input):
        code = UserErrorCode.INVALID_INPUT
        return MutationResult({}, tuple(UserError(code=code, field=list(path), message=text) for path, text in errors))
    ctx = _change_context(spec, info.context)
    try:
        return MutationResult(await _run_in_transaction(spec, info, ctx, input), ctx=ctx, input=input)
    except MutationRefused as refusal:
        return MutationResult(refusal.related, (declared_user_error(spec, refusal, input),))
    finally:
        info.context.clear_loaders()


def _change_context(spec: MutationSpec, context: Context) -> ChangeContext:
    viewer = context.viewer
    as_store = spec.scope is not None
    return ChangeContext(
        viewer.user_id, viewer.subject, context.now, context.request_info.request_id, as_store, viewer.email
    )


async def _run_in_transaction(spec: MutationSpec, info: Info, ctx: ChangeContext, input: Any) -> Result:
    context = info.context
    if spec.scope is not None and spec.scope not in context.viewer.scopes:
        raise MutationRefused(UserErrorCode.FORBIDDEN, message=f"This needs a token with the scope {spec.scope}.")
    idempotency_key = _idempotency_key(info, input)

    async def run(conn: Connection) -> Result:
        async with _with_counted_key(spec, context, conn, ctx, input) as counted_key:
            mutation_context = MutationContext(conn, ctx, context.services, counted_key)
            return await transactions.run_in_transaction(
                conn, lambda: _run_idempotently(spec, mutation_context, input, idempotency_key)
            )

    return await context.with_connection(run)


async def _run_idempotently(
    spec: MutationSpec, context: MutationContext, input: Any, key: IdempotencyKey | None
) -> Result:
    """The stored result of the key, if there is one; otherwise run the resolver and store its result."""
    if key is None:
        return await spec.resolver(context, input)
    stored = await idempotency.claim_or_replay(context.conn, key, context.ctx.now)
    if stored is not None:
        return stored
    result = await spec.resolver(context, input)
    await idempotency.store_result(context.conn, key, result)
    return result


def _with_counted_key(
    spec: MutationSpec, context: Context, conn: Connection, ctx: ChangeContext, input: Any
) -> AbstractAsyncContextManager[KeyInput | None]:
    if not spec.counts_key_attempts:
        return nullcontext()
    services = context.services
    return key_attempts.count_attempt(
        conn, ctx, services.keyring, input.key, context.request_info.client_ip, services.attempt_limits
    )


def _idempotency_key(info: Info, input: Any) -> IdempotencyKey | None:
    key = input.idempotency_key if isinstance(input, IdempotentInput) else None
    if key is None:
        return None
    context: Context = info.context
    sent = {name: value for name, value in info.arguments["input"].items() if name != "idempotencyKey"}
    viewer = f"user {context.viewer.user_id}" if context.viewer.user_id else f"service {context.viewer.subject}"
    digests = context.services.keyring.digests(json.dumps(sent, sort_keys=True, default=str))
    return IdempotencyKey(viewer, info.field_name, key, digests)


def declared_user_error(spec: MutationSpec, refusal: MutationRefused, input: Any) -> UserError:
    """A refusal as the payload shows it. One that is not declared is a fault: the published graph would be wrong."""
    assert refusal.code in spec.codes, f"{spec.name} does not declare {refusal.code}"
    return user_error(refusal, input)
